// Firebase's emulator of hosting: one site a line, as JSON {config, paths}, and its answers as a line,
// a list of {status, headers}. `node firebase.js FOLDER`, where FOLDER holds node_modules and the site in site/.
"use strict";
const http = require("http");
const path = require("path");
const readline = require("readline");
const folder = path.resolve(process.argv[2]);
const superstatic = require(path.join(folder, "node_modules", "superstatic")).default;

function ask(port, target) {
    return new Promise((resolve, reject) => {
        http.get({ host: "127.0.0.1", port, path: target, agent: false }, (answer) => {
            answer.resume();
            answer.on("end", () => resolve({ status: answer.statusCode, headers: pairs(answer.rawHeaders) }));
        }).on("error", reject);
    });
}

function pairs(raw) {
    const out = [];
    for (let i = 0; i < raw.length; i += 2)
        out.push([raw[i].toLowerCase(), raw[i + 1]]);
    return out;
}

async function answer(site) {
    const config = { ...site.config, public: "site" };
    const serve = superstatic({ cwd: folder, config, fallthrough: false });
    const server = http.createServer((request, response) => {
        serve(request, response, () => {
            response.statusCode = 500;
            response.end();
        });
    });
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    const answers = [];
    for (const target of site.paths)
        answers.push(await ask(server.address().port, target));
    server.close();
    return answers;
}

async function main() {
    for await (const line of readline.createInterface({ input: process.stdin }))
        process.stdout.write(JSON.stringify(await answer(JSON.parse(line))) + "\n");
}

main();
