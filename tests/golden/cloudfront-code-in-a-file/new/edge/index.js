exports.handler = async () => ({status: "200", headers: {}});
