// JSON (RFC 8259), for the tests: the reader of src/syntax/read_json.c is held against it, token by
// token. docs/architecture.md says why the program does not read with it.
module.exports = grammar({
  name: 'json',

  extras: $ => [/[ \t\r\n]+/],

  rules: {
    text: $ => $._value,

    _value: $ => choice($.object, $.array, $.string, $.number, $.word),

    object: $ => seq('{', optional(list($.pair)), '}'),

    pair: $ => seq($.string, ':', $._value),

    array: $ => seq('[', optional(list($._value)), ']'),

    string: $ => token(seq('"', /([^"\\\x00-\x1f]|\\[^\x00-\x1f])*/, '"')),

    number: $ => /-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?/,

    word: $ => choice('true', 'false', 'null'),
  },
});

function list(item) {
  return seq(item, repeat(seq(',', item)));
}
