#!/usr/bin/env python3
"""Holds corsgate's verdict on which files load against `nginx -t`.

Valid configurations are broken a little (tokens, braces, argument counts, contexts, expressions) and
given to both. Files whose fate depends on the machine (ports, name resolution) are left out and
replaced. Exit status 1 when the two disagree on any file; those are kept with --keep.

    mutate.py --program build/…/nginx_load [--count 1000] [--seed 1] [--keep FOLDER]
"""
import argparse
import os
import random
import re
import subprocess
import sys
import tempfile

from mutate_seeds import MODULES, PARTS, SEEDS

WORDS = ['$', '${', '${host', '$host', '${host}', '$1', '$nosuch', '$http_origin', '$-', '"a"b', '""',
         "''", '"', "'", '\\', '~(', '~^a$', '~*[a', '~', '*', '*.x.test', '*x', 'a*b', '.', '=', '=404',
         '==', '!~*', '=200', 'always', 'last', 'break', '99999', '-1', '0', '204', '499', '600', '1000', 'on',
         'off', 'yes', '10k', '10g', '1d', '1y', '10ms', '@x', '/x', '/api', 'http://127.0.0.1:1/x',
         'http://', 'https://$host', 'ftp://x', 'default', 'default_server', 'hostnames', 'include',
         'volatile', 'GET', 'FOO', '10.0.0.0/8', '10.0.0.0/99', 'all', 'any', '0.5%', '100%', '[::1]:18099',
         '18099', '127.0.0.1:18098', 'a' * 50, 'a' * 46, 'a' * 47, 'é', '(', ')', '($host)', '$a$b', '{', '}',
         ';', '#', '[0-9]{2}', '"[0-9]{2}"', '\\.', '(?<host>a)', '(?<fresh>a)', '~(?<fresh>a)', '#x', 'x;y',
         '-f', '!-e', '-q', 'modified', 'epoch', 'max', '@25h', '+1h', 'X-A: $host', '-s', '-z']
CHARS = [';', '{', '}', '"', "'", '(', ')', '$', '\\', '#', ' ', '\n', '\r', '\t', 'a', '~', '=', '*', '.']
ENVIRONMENT = re.compile(r'bind\(\)|host not found|could not be resolved|no port in upstream|getaddrinfo|'
                         r'Permission denied|mkdir\(\)|invalid IPv6|is not supported|setsockopt|'
                         # how Lua falls into nginx's read buffer depends on where it stands in the file
                         r'too long lua code block|inlined Lua code may be too long')
TOKEN = re.compile(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|#[^\n]*|[;{}]|(?:\\.|\$\{|[^\s;{}"\'\\])[^\s;{]*',
                   re.S)


def tokens(text):
    return [m.span() for m in TOKEN.finditer(text) if not m.group().startswith('#')]


def words(text):
    return [s for s in tokens(text) if text[s[0]:s[1]] not in (';', '{', '}')]


def names(text):
    """Where statements begin: a word after ';', '{', '}' or the beginning."""
    result, fresh = [], True
    for begin, end in tokens(text):
        mark = text[begin:end]
        if mark in (';', '{', '}'):
            fresh = True
        else:
            if fresh:
                result.append((begin, end))
            fresh = False
    return result


def statement_end(text, begin):
    """The offset behind the statement that begins there."""
    depth = 0
    for start, end in tokens(text):
        if start < begin:
            continue
        mark = text[start:end]
        if mark == '{':
            depth += 1
        elif mark == '}':
            depth -= 1
            if depth <= 0:
                return end
        elif mark == ';' and depth == 0:
            return end
    return len(text)


def replace(text, span, new):
    return text[:span[0]] + new + text[span[1]:]


def mutate_char(rng, text):
    at = rng.randrange(len(text) or 1)
    kind = rng.randrange(3)
    if kind == 0:
        at = rng.choice([m.start() for m in re.finditer(r'[;{}"\'()$\\#]', text)] or [at])
        return text[:at] + text[at + 1:]
    if kind == 1:
        return text[:at] + rng.choice(CHARS) + text[at:]
    return text[:at] + rng.choice(CHARS) + text[at + 1:]


def mutate_word(rng, text):
    if not words(text):
        return text
    span = rng.choice(words(text))
    kind = rng.randrange(6)
    if kind == 0:
        return replace(text, span, '')
    if kind == 1:
        return replace(text, span, text[span[0]:span[1]] + ' ' + text[span[0]:span[1]])
    if kind == 2:
        return text[:span[1]] + ' ' + rng.choice(WORDS) + text[span[1]:]
    return replace(text, span, rng.choice(WORDS))


def mutate_argument(rng, text):
    spans = sorted(set(words(text)) - set(names(text)))
    return spans and replace(text, rng.choice(spans), rng.choice(WORDS))


def mutate_swap(rng, text):
    all_words = words(text)
    if len(all_words) < 2:
        return text
    i = rng.randrange(len(all_words) - 1)
    a, b = all_words[i], all_words[min(len(all_words) - 1, i + rng.choice([1, 1, 2, 5]))]
    if a == b:
        return text
    return text[:a[0]] + text[b[0]:b[1]] + text[a[1]:b[0]] + text[a[0]:a[1]] + text[b[1]:]


def mutate_name(rng, text):
    all_names = names(text)
    if not all_names:
        return text
    span = rng.choice(all_names)
    name = text[span[0]:span[1]]
    kind = rng.randrange(3)
    if kind == 0:
        other = rng.choice(all_names)
        return replace(text, span, text[other[0]:other[1]])
    if kind == 1:
        at = rng.randrange(len(name))
        return replace(text, span, name[:at] + rng.choice('abexyz_') + name[at + 1:])
    return replace(text, span, name.upper() if rng.random() < .5 else '"' + name + '"')


def mutate_statement(rng, text):
    if not names(text):
        return text
    begin = rng.choice(names(text))[0]
    end = statement_end(text, begin)
    body = text[begin:end]
    kind = rng.randrange(4)
    if kind == 0:
        return text[:begin] + text[end:]
    if kind == 1:
        return text[:end] + ' ' + body + text[end:]
    rest = text[:begin] + text[end:] if kind == 2 else text
    places = [m.end() for m in re.finditer(r'[;{}]\s', rest)]
    at = rng.choice(places) if places else 0
    return rest[:at] + ' ' + body + ' ' + rest[at:]


def mutate_terminator(rng, text):
    spans = [s for s in tokens(text) if text[s[0]:s[1]] in (';', '{', '}')]
    return spans and replace(text, rng.choice(spans), rng.choice([';', '{', '}', '{ }', ' ', ';;', '} ;']))


def mutate_file(rng, text):
    at = rng.randrange(len(text) or 1)
    kind = rng.randrange(9)
    size = rng.choice([4092, 4093, 4094, 4095, 4096, 4097, 5000])
    if kind == 0:
        return text[:at]
    if kind == 1:
        return '\ufeff' + text
    if kind == 2:
        return text.replace('\n', '\r\n')
    if kind == 3:
        return text[:at] + '#' + text[at:]
    if kind == 4:
        return text + '#' + 'c' * size + '\n'
    span = rng.choice(names(text) or [(0, 0)])
    if kind == 5:
        return text[:span[0]] + 'add_header X "' + 'v' * size + '"; ' + text[span[0]:]
    if kind == 6:
        return text[:span[0]] + 'add_header X ' + 'v' * size + '; ' + text[span[0]:]
    if kind == 7:
        return text[:span[0]] + '# comment }\n' + text[span[0]:]
    return text[:span[1]] + ' # comment ; {\n ' + text[span[1]:]


MUTATIONS = [mutate_char, mutate_word, mutate_argument, mutate_argument, mutate_argument, mutate_swap,
             mutate_name, mutate_statement, mutate_statement, mutate_terminator, mutate_file]


def mutated(seed, number):
    rng = random.Random(f'{seed}:{number}')
    text = rng.choice(SEEDS)
    for _ in range(rng.choice([1, 1, 1, 2, 3])):
        text = rng.choice(MUTATIONS)(rng, text) or text
    return text.replace('\0', '')


def nginx_verdict(nginx, folder, path):
    run = subprocess.run([nginx, '-t', '-p', folder, '-c', path, '-e', 'stderr'], stdin=subprocess.DEVNULL,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    output = run.stdout.decode('utf-8', 'replace')
    reason = next((line for line in output.splitlines() if '[emerg]' in line), output[-200:])
    return run.returncode == 0, reason.split('#', 1)[-1]


def corsgate_verdict(program, path):
    run = subprocess.run([program, path], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    output = run.stdout.decode('utf-8', 'replace').strip()
    if run.returncode or not output.startswith(('ok ', 'no ')):
        return None, output
    return output.startswith('ok '), output


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--program', required=True)
    parser.add_argument('--nginx', default='/usr/sbin/nginx')
    parser.add_argument('--count', type=int, default=1000)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--keep')
    options = parser.parse_args()

    loads = wrong = left_out = done = 0
    with tempfile.TemporaryDirectory() as folder:
        os.makedirs(folder + '/logs')
        for name, text in PARTS.items():
            with open(f'{folder}/{name}', 'w', encoding='utf-8') as file:
                file.write(text)
        path = folder + '/nginx.conf'
        number = 0
        while done < options.count:
            text = MODULES + mutated(options.seed, number) if number % 20 else SEEDS[number // 20 % len(SEEDS)]
            if number % 20 == 0:
                text = MODULES + text
            number += 1
            with open(path, 'w', encoding='utf-8', newline='') as file:
                file.write(text)
            expected, reason = nginx_verdict(options.nginx, folder, path)
            if not expected and ENVIRONMENT.search(reason):
                left_out += 1
                continue
            actual, said = corsgate_verdict(options.program, path)
            done += 1
            loads += expected
            if actual == expected:
                continue
            wrong += 1
            print(f'{options.seed}:{number - 1}: nginx: {"loads" if expected else reason}\n'
                  f'    corsgate: {said.replace(folder, "")[:300]}')
            if options.keep:
                os.makedirs(options.keep, exist_ok=True)
                with open(f'{options.keep}/{options.seed}-{number - 1}.conf', 'w', encoding='utf-8',
                          newline='') as file:
                    file.write(text)
    print(f'{done} files, {loads} load, {wrong} disagreements, {left_out} left out')
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main())
