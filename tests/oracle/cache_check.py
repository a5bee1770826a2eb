#!/usr/bin/env python3
"""Shared caches: what CG301 and CG303 say of proxy_cache, against an nginx that caches in front of another one.

    cache_check.py --corsgate PROGRAM --seeds N

For every location and every two origins, one after the other, the second answer is compared with the one that it would
have been without the first. corsgate must name a sequence exactly where some pair shows a difference to who can read."""

import argparse
import json
import os
import random
import subprocess
import sys

import server

ORIGINS = [None, "https://a.test", "https://b.test", "https://c.test", "http://a.test", "https://d.example"]
LOCATIONS = 8
MAPS = """
map $http_origin $listed { default ""; https://a.test $http_origin; https://b.test $http_origin; }
map $http_origin $starred { default ""; https://a.test "*"; }
map $http_origin $one { default ""; https://a.test https://a.test; }
"""
KEYS = """
map $http_origin $known { default 0; ~^https://[ab]\\.test$ 1; }
map $http_origin $part { default ""; ~^https://([a-z]+)\\.test$ $1; }
map $http_origin $asked { default 1; "" 0; }
"""


def inner_location(rng, number):
    lines = []
    value = rng.choice(["$listed", "$listed", "$http_origin", "$starred", "$one", "*", "https://a.test", None])
    if value:
        lines.append(f'add_header Access-Control-Allow-Origin "{value}"{rng.choice(["", " always"])};')
    vary = rng.choice([None, None, None, None, None, None, "Origin", "Accept-Encoding", "Accept, origin", "*"])
    if vary:
        lines.append(f'add_header Vary "{vary}";')
    control = rng.choice([None, None, None, None, None, None, None, None, "no-store", "no-cache", "private", "max-age=60", "max-age=0",
                          "public, s-maxage=60", "max-age=0, s-maxage=60"])
    if control:
        lines.append(f'add_header Cache-Control "{control}";')
    return f"    location /l{number}/ {{ {' '.join(lines)} return 200 x; }}\n"


def edge_location(rng, number, port):
    lines = [f"proxy_pass http://127.0.0.1:{port};"]
    if rng.random() < 0.9:
        lines.append("proxy_cache api;")
    valid = rng.choice([None, None, "10m", "10m", "10m", "10m", "10m", "200 10m", "404 10m", "any 10m", "200 301 1m", "0"])
    if valid:
        lines.append(f"proxy_cache_valid {valid};")
    key = rng.choice([None, None, None, "$uri", "$uri$http_origin", "$uri$known", "$uri$part", "$http_origin/$uri"])
    if key:
        lines.append(f'proxy_cache_key "{key}";')
    ignored = rng.choice([None, None, "Vary", "Cache-Control", "Cache-Control Vary", "Expires"])
    if ignored:
        lines.append(f"proxy_ignore_headers {ignored};")
    for directive in ("proxy_no_cache", "proxy_cache_bypass"):
        if rng.random() < 0.15:
            lines.append(f'{directive} {rng.choice(["$http_origin", "$known", "$asked", "$arg_nocache", "0"])};')
    if rng.random() < 0.1:
        lines.append("proxy_buffering off;")
    if rng.random() < 0.15:
        lines.append("proxy_hide_header Access-Control-Allow-Origin; add_header Access-Control-Allow-Origin $listed;")
    if rng.random() < 0.2:
        lines.append("add_header Vary Origin;")
    return f"    location /l{number}/ {{ {' '.join(lines)} }}\n"


def texts(seed, ports):
    rng = random.Random(f"cache {seed}")
    edge = "proxy_cache_path cache keys_zone=api:1m;\n" + KEYS
    edge += f"server {{\n    listen 127.0.0.1:{ports[0]};\n    server_name api.test;\n"
    edge += "".join(edge_location(rng, i, ports[1]) for i in range(LOCATIONS)) + "}\n"
    inner = MAPS + f"server {{\n    listen 127.0.0.1:{ports[1]};\n    server_name 127.0.0.1;\n"
    inner += "".join(inner_location(rng, i) for i in range(LOCATIONS)) + "}\n"
    return {"edge.conf": edge, "inner.conf": inner}


def get(port, path, origin):
    request = {"method": "GET", "url": f"http://api.test:{port}{path}"}
    if origin:
        request["headers"] = {"Origin": origin}
    answer = server.ask(port, request)
    return [value for name, value in answer["headers"] if name.lower() == "access-control-allow-origin"]


def reads(lines, origin):
    return len(lines) == 1 and lines[0] in ("*", origin)


def observed(port):
    """The locations where some pair of requests shows a difference."""
    out = {}
    for number in range(LOCATIONS):
        for first in ORIGINS:
            for second in ORIGINS[1:]:
                pair = f"{ORIGINS.index(first)}-{ORIGINS.index(second)}"
                fresh = get(port, f"/l{number}/fresh{pair}", second)
                get(port, f"/l{number}/{pair}", first)
                if reads(get(port, f"/l{number}/{pair}", second), second) != reads(fresh, second):
                    out.setdefault(number, f"{first} then {second}")
    return out


def told(corsgate, folder):
    """The locations that corsgate names, with what it says."""
    run = subprocess.run([corsgate, "check", "--format", "json", "."], cwd=folder, capture_output=True, check=False,
                         timeout=server.PATIENCE)
    result = json.loads(run.stdout)
    out = {}
    for finding in result["findings"]:
        if finding["rule"] != "CG303" and not (finding["rule"] == "CG301" and "proxy_cache api" in finding["message"]):
            continue
        for endpoint in finding.get("endpoints") or [finding["endpoint"]]:
            out[int(endpoint["path"].strip("/l"))] = finding["message"]
    return out


def check(corsgate, seed):
    ports = [server.free_port(), server.free_port()]
    with server.temporary() as folder:
        files = texts(seed, ports)
        main = "events {}\nhttp { include edge.conf; include inner.conf; }\n"
        with server.Nginx(folder, main, ports, files):
            real = observed(ports[0])
        project = os.path.join(folder, "project")
        os.makedirs(project)
        for name, text in files.items():
            server.write(os.path.join(project, name), text)
        server.write(os.path.join(project, ".corsgate.yml"), "version: 1\nstack: [edge.conf, inner.conf]\n")
        said = told(corsgate, project)
    wrong = []
    for number in sorted(set(real) ^ set(said)):
        config = [line.strip() for text in files.values() for line in text.splitlines() if f"location /l{number}/" in line]
        wrong.append(f"seed {seed}: nginx: {real.get(number)}; corsgate: {said.get(number)}\n    " + "\n    ".join(config))
    return len(real), wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corsgate", required=True)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--seed", type=int)
    options = parser.parse_args()
    corsgate = os.path.abspath(options.corsgate)
    mixed, wrong = 0, []
    seeds = [options.seed] if options.seed is not None else range(options.seeds)
    for seed in seeds:
        some, errors = check(corsgate, seed)
        mixed += some
        wrong += errors
    print("\n".join(wrong))
    print(f"{len(seeds)} pairs of servers, {len(seeds) * LOCATIONS} locations, {mixed} that mix origins up, "
          f"{len(wrong)} told wrongly")
    if mixed == 0 and options.seed is None:
        print("no location mixes anything up: the check checks nothing")
        return 1
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
