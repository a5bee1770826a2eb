#!/usr/bin/env python3
"""Asks `nginx -t` again about the rows of src/dialect/nginx/directive_rows.c that it knows.

For each name: where it may stand, with how many arguments, and whether it opens a block. Prints each
difference; exit status 1 when there is one. Names that this nginx does not know are counted only.
"""
import os
import re
import subprocess
import sys
import tempfile

from mutate_seeds import MODULES

ROWS = os.path.join(os.path.dirname(__file__), '../../src/dialect/nginx/directive_rows.c')
ROW = re.compile(r'\{\s*"(\w+)",\s*([A-Z |]+),\s*([A-Z0-9 |]+),\s*FORM_(\w+),\s*VALUE_\w+,\s*[A-Z0-9 |]+\}')
PLACES = {'M': ('events {}', ''), 'E': ('events {', '}'), 'H': ('events {} http {', '}'),
          'S': ('events {} http { server {', '}}'), 'L': ('events {} http { server { location / {', '}}}'),
          'SI': ('events {} http { server { if ($host) {', '}}}'),
          'LI': ('events {} http { server { location / { if ($host) {', '}}}}'),
          'X': ('events {} http { server { location / { limit_except GET {', '}}}}'),
          'U': ('events {} http { upstream u {', '}}')}


def main():
    with open(ROWS, encoding='utf-8') as file:
        rows = ROW.findall(file.read())
    different = unknown = 0
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(folder + '/logs')

        def ask(place, statement):
            before, after = PLACES[place]
            with open(folder + '/nginx.conf', 'w', encoding='utf-8') as file:
                file.write(f'{MODULES}{before}\n{statement}\n{after}\n')
            run = subprocess.run(['/usr/sbin/nginx', '-t', '-p', folder, '-c', folder + '/nginx.conf', '-e',
                                  'stderr'], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                 stderr=subprocess.STDOUT, check=False)
            return run.stdout.decode('utf-8', 'replace')

        said = {}
        for name, places, arguments, form in rows:
            said.setdefault(name, []).append((places, arguments, form))
        for name, meanings in said.items():
            if 'unknown directive' in ask('M', name + ';'):
                unknown += 1
                continue
            for place in PLACES:
                allowed = 'is not allowed here' not in ask(place, name + ';')
                meaning = [m for m in meanings if place in m[0].split(' | ') or m[0].strip() == 'ALL']
                if allowed != bool(meaning):
                    print(f'{name} in {place}: nginx {"allows" if allowed else "refuses"} it')
                    different += 1
                if not allowed or not meaning:
                    continue
                _, arguments, form = meaning[0]
                block = form != 'SIMPLE'
                if block != ('has no opening "{"' in ask(place, name + ';')):
                    print(f'{name} in {place}: block or not')
                    different += 1
                for count in range(9):
                    takes = ('ANY' in arguments or ('MORE1' in arguments and count >= 1) or
                             ('MORE2' in arguments and count >= 2) or f'A{count}' in arguments.split(' | '))
                    words = ' '.join(f'a{i}' for i in range(count))
                    output = ask(place, f'{name} {words}' + (' {}' if block else ';'))
                    if takes != (f'invalid number of arguments in "{name}"' not in output):
                        print(f'{name} in {place}: {count} arguments')
                        different += 1
    print(f'{len(said)} names, {unknown} unknown to this nginx, {different} differences')
    return 1 if different else 0


if __name__ == '__main__':
    sys.exit(main())
