// Answers the lines of languages (see languages.c) with RegExp.
'use strict';

const text = (hex) => (hex === '-' ? '' : Buffer.from(hex, 'hex').toString('latin1'));

const out = [];
for (const line of require('fs').readFileSync(0, 'latin1').split('\n')) {
  if (line === '') continue;
  const [, flags, pattern, ...words] = line.split(' ');
  try {
    const expression = new RegExp(text(pattern), Number(flags) & 1 ? 'i' : '');
    out.push(words.map((word) => (expression.test(text(word)) ? '1' : '0')).join(''));
  } catch {
    out.push('!');
  }
}
process.stdout.write(out.map((line) => line + '\n').join(''));
