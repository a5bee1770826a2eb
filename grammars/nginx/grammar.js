// The statements of an nginx configuration file, as nginx's own reader cuts them. Words, quoting,
// comments and Lua bodies are in src/scanner.c, because nginx's rules for them need a state machine
// (docs: reference/nginx.md 1.1). What a statement means is not the grammar's business.
module.exports = grammar({
  name: 'nginx',

  externals: $ => [
    $.word,
    $.quoted,
    $.lua_name,
    $._lua_part,
    $._lua_end,
    $.comment,
    $._semicolon,
    $._open,
    $._close,
    $._recovering,
  ],

  extras: $ => [/[ \t\r\n]+/, $.comment],

  rules: {
    file: $ => repeat($._statement),

    _statement: $ => choice($.simple, $.block, $.lua_block),

    simple: $ => choice(
      seq(repeat1($._word), $._semicolon),
      seq($.lua_name, repeat($._word), $._semicolon),
    ),

    block: $ => seq(repeat1($._word), $._open, repeat($._statement), $._close),

    // NAME_by_lua_block ARGUMENT… { Lua }
    lua_block: $ => seq($.lua_name, repeat($._word), $.lua),

    // From brace to brace. A part ends behind a quote that turned out to open no string.
    lua: $ => seq(repeat($._lua_part), $._lua_end),

    _word: $ => choice($.word, $.quoted),
  },
});
