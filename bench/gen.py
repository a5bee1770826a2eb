#!/usr/bin/env python3
"""Writes large pairs of configurations for bench/run.sh: gen.py FOLDER. The same bytes in every run."""

import os
import random
import sys

LINES = 134_000
ORIGINS = 100_000
SERVERS = 5_000
WILDCARDS = 10_000
FOLLOWED = 200  # origins: as many as libfa can follow

LOCATIONS = """\
    location = /health {{
        return 200 "ok";
    }}
    location /v{n}/ {{
        if ($http_origin ~ "^https://([a-z0-9-]+\\.)?team{team}\\.example$") {{
            add_header Access-Control-Allow-Origin $http_origin always;
            add_header Access-Control-Allow-Credentials true always;
        }}
        proxy_pass http://backend{team};
        proxy_set_header Host $host;
    }}
    location /assets/ {{
        add_header Access-Control-Allow-Origin *;
        root /srv/{n};
        expires 1h;
    }}
    location / {{
        if ($request_method = OPTIONS) {{
            add_header Access-Control-Allow-Origin https://{allowed};
            add_header Access-Control-Allow-Methods "GET, POST, PUT";
            return 204;
        }}
        add_header Access-Control-Allow-Origin https://{allowed};
        proxy_pass http://backend{team};
    }}
"""


def server(number, allowed=None):
    """One virtual host, as a team that runs many tenants has them."""
    team = number % 40
    head = f"server {{\n    listen 80;\n    server_name t{number}.tenants.example www.t{number}.tenants.example;\n"
    body = LOCATIONS.format(n=number, team=team, allowed=allowed or f"app.team{team}.example")
    return head + body + "}\n"


def main_file(parts):
    """A whole configuration around the blocks of its http block."""
    return "events {}\nhttp {\n" + "".join(parts) + "}\n"


def lines_pair():
    """Files of LINES lines that differ in one location of one server."""
    count = (LINES - 3) // server(0).count("\n")
    old = [server(i) for i in range(count)]
    new = list(old)
    new[count // 2] = server(count // 2, "www.stranger.example")
    return main_file(old), main_file(new)


def servers_pair(count):
    """Every server changes."""
    return (main_file(server(i) for i in range(count)),
            main_file(server(i, f"app.team{(i + 1) % 40}.example") for i in range(count)))


def origins(count):
    """Custom domains of a multi-tenant product."""
    return [f"https://{'shop' if i % 3 else 'www'}.customer{i * 7919 % count:06d}.example" for i in range(count)]


def map_file(names):
    """The list as a map, and a server that answers by it."""
    rows = "".join(f"    {name} $http_origin;\n" for name in names)
    return main_file([
        "map_hash_bucket_size 256;\nmap_hash_max_size 1048576;\n",
        'map $http_origin $allowed {\n    default "";\n' + rows + "}\n",
        "server {\n    listen 80;\n    server_name api.example;\n    location / {\n"
        "        add_header Access-Control-Allow-Origin $allowed;\n        return 204;\n    }\n}\n"])


def origins_pair(count):
    """One origin goes, one comes."""
    old = origins(count)
    new = list(old)
    new[count // 2] = "https://shop.newcomer.example"
    return old, new


def tenants(count):
    """Names that have nothing in common, in no order."""
    chance = random.Random(7)
    names = set()
    while len(names) <= count:
        names.add("".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=chance.randint(5, 12))))
    names = sorted(names)
    chance.shuffle(names)
    return names


def wildcard_file(names, row, first=""):
    """One wildcard for each tenant."""
    rows = "".join(row.format(name) for name in names)
    return main_file([
        "map_hash_max_size 1048576;\nmap $http_origin $allowed {\n" + first + '    default "";\n' + rows + "}\n",
        "server {\n    listen 80;\n    location / {\n"
        "        add_header Access-Control-Allow-Origin $allowed;\n        return 204;\n    }\n}\n"])


PATTERN = '    "~^https://.*\\.{}\\.example$" $http_origin;\n'
HOSTNAME = "    *.{}.example $http_origin;\n"


def wildcards_pair(count, row, first=""):
    """One tenant goes, one comes."""
    names = tenants(count)
    return wildcard_file(names[:count], row, first), wildcard_file(names[1:], row, first)


def write(folder, name, text):
    """Writes one file."""
    with open(os.path.join(folder, name), "w", encoding="ascii") as file:
        file.write(text)


def write_pair(folder, name, pair):
    """Writes both versions of a case."""
    for version, text in zip(("old", "new"), pair):
        write(folder, f"{name}.{version}.conf", text)


def main():
    """Writes everything."""
    folder = sys.argv[1]
    os.makedirs(folder, exist_ok=True)
    write_pair(folder, "lines", lines_pair())
    for scale in (1, 2):
        count = SERVERS * scale
        write_pair(folder, f"servers-{count}", servers_pair(count))
        count = ORIGINS * scale // 2
        old, new = origins_pair(count)
        write_pair(folder, f"origins-{count}", (map_file(old), map_file(new)))
        for version, names in (("old", old), ("new", new)):
            write(folder, f"origins-{count}.{version}.txt", "".join(name + "\n" for name in names))
        count = WILDCARDS * scale // 2
        write_pair(folder, f"patterns-{count}", wildcards_pair(count, PATTERN))
        write_pair(folder, f"hostnames-{count}", wildcards_pair(count, HOSTNAME, "    hostnames;\n"))
    old, new = origins_pair(FOLLOWED)
    for version, names in (("old", old), ("new", new)):
        write(folder, f"origins-{FOLLOWED}.{version}.txt", "".join(name + "\n" for name in names))
    write_pair(folder, f"origins-{FOLLOWED}", (map_file(old), map_file(new)))


if __name__ == "__main__":
    main()
