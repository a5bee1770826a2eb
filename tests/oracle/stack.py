#!/usr/bin/env python3
"""The real nginx in front of the real nginx against `corsgate simulate --raw` on both files: random configurations, random
requests to the outer one, status and headers as they arrive.

    stack.py --corsgate PROGRAM --seeds N    N pairs
    stack.py --corsgate PROGRAM --seed K     one of them, with its texts

The layers are linked by `stack:`, or by the name that the outer one passes requests on to. Fails on any mismatch."""

import argparse
import copy
import multiprocessing
import os
import random
import shutil
import sys

import conf
import gen
import idioms
import run
import server

OUTER, INNER = "outer", "inner"
INNER_NAME = "inner.test"
UNKNOWN_LIMIT = 0.05
TARGETS = ("http://up", "http://127.0.0.1:@UP@")
ORIGIN_LINES = ['Origin ""', "Origin $http_origin", "Origin https://app.test", 'Origin "$http_origin"', "Origin $http_x_token",
                "Origin https://$host", "X-Token 1", 'X-Token ""', "Host $host", "Host $http_host", "Host api.test",
                "Host $proxy_host", 'Access-Control-Request-Method ""', "X-Real-IP $remote_addr", 'Cookie "session=x"',
                'Cookie ""', "Host $host:$server_port"]
URIS = ["/", "/", "/api/", "/api", "/static/", "/api/v1/", "/x?a=b", "/api%2Fv1/", "/public"]


def is_prefix(words):
    return words[0] == "location" and not words[1].startswith(("~", "@"))


def pass_on(block, rng, maps, inside=None):
    """Says more about what is passed on, in place."""
    passes = [one for one in block if one[0][0] == "proxy_pass"]
    if passes and inside and inside[0] == "location":
        names = set()
        for _ in range(rng.choice([0, 0, 1, 1, 2])):
            line = rng.choice([*ORIGIN_LINES, *(f"Origin ${name}" for name in maps)])
            if line.split(" ")[0] not in names:
                names.add(line.split(" ")[0])
                block.append([["proxy_set_header", *line.split(" ", 1)], None])
        if rng.random() < 0.05:
            block.append([["proxy_method", rng.choice(["GET", "POST", "OPTIONS"])], None])
        if is_prefix(inside) and rng.random() < 0.35:
            passes[0][0][1] += rng.choice(URIS)
    for words, inner in block:
        if inner is not None:
            pass_on(inner, rng, maps, words)


def origin_maps(statements):
    return [block[index][0][2].lstrip("$") for _, block, index in conf.walk(statements)
            if block[index][0][0] == "map" and len(block[index][0]) > 2]


def linked_by_name(statements):
    """The outer configuration with the inner server's name as its target. A Host of its own would lead elsewhere."""
    for _, block, index in list(conf.walk(statements)):
        words = block[index][0]
        for target in TARGETS:
            if words[0] == "proxy_pass" and words[1].startswith(target):
                words[1] = "http://" + INNER_NAME + words[1].removeprefix(target)
        if words[:2] == ["upstream", "up"]:
            words[1] = INNER_NAME
    for _, block, _ in list(conf.walk(statements)):
        block[:] = [one for one in block if one[0][:2] != ["proxy_set_header", "Host"]]


def named(statements, rng):
    """Gives one of the inner servers at the first port that name."""
    servers = [block[index][1] for _, block, index in conf.walk(statements) if block[index][0] == ["server"]]
    at_first = [one for one in servers if any(words[0] == "listen" and "@P0@" in words[1] for words, _ in one)]
    chosen = rng.choice(at_first)
    for one in chosen:
        if one[0][0] == "server_name":
            one[0].append(INNER_NAME)
            return
    chosen.insert(0, [["server_name", INNER_NAME], None])


def without(block, name):
    block[:] = [one for one in block if one[0][0] != name]
    for _, inner in block:
        if inner is not None:
            without(inner, name)


class Pair:
    """Two configurations that nginx loads, running, the outer one in front of the inner one."""

    def __init__(self, seed, folder, upstream, statements=None):
        self.rng = random.Random(f"stack {seed}")
        self.by_name = self.rng.random() < 0.3
        self.folder = folder
        self.servers = []
        self.read = os.path.join(folder, "read")  # what corsgate gets to see: nginx's own copies are elsewhere
        self.ports = {layer: [server.free_port(), server.free_port()] for layer in (OUTER, INNER)}
        self.cases = {}
        for layer in (INNER, OUTER):
            behind = upstream if layer == INNER else self.ports[INNER][0]
            self.cases[layer] = self.start(seed, layer, behind, statements and statements[layer])
        stack = "" if self.by_name else "stack: [outer/nginx.conf, inner/nginx.conf]\n"
        os.makedirs(self.read)
        server.write(os.path.join(self.read, ".corsgate.yml"), idioms.settings() + stack)
        for layer in (OUTER, INNER):
            server.site(os.path.join(self.read, layer))
            shutil.copy(os.path.join(folder, layer, "nginx.conf"), os.path.join(self.read, layer))

    def start(self, seed, layer, behind, statements):
        said = ""
        folder = os.path.join(self.folder, layer)
        os.makedirs(folder, exist_ok=True)
        server.site(folder)
        for attempt in range(run.ATTEMPTS):
            case = self.case(f"{seed}/{layer}/{attempt}", layer) if statements is None else \
                gen.Case(statements, random.Random(0), "proxy", seed)
            used = [port for index, port in enumerate(self.ports[layer]) if f"@P{index}@" in case.plain]
            if self.ports[layer][0] not in used:
                continue
            try:
                self.servers.append(server.Nginx(folder, case.filled(self.ports[layer], behind, case.plain), used))
                return case
            except server.LoadError as error:
                said = str(error)
        raise RuntimeError(f"seed {seed}: nginx loads none of {run.ATTEMPTS} configurations: {said}")

    def case(self, seed, layer):
        while True:
            case = gen.Gen(seed).case()
            if case.mode == "proxy":
                break
            seed += "+"
        statements = copy.deepcopy(case.statements)
        if layer == INNER:  # "//" that the outer one takes for "/" is not modelled behind it
            without(statements, "merge_slashes")
        if layer == OUTER:
            pass_on(statements, self.rng, origin_maps(statements))
        if self.by_name and layer == OUTER:
            linked_by_name(statements)
        elif self.by_name and "@P0@" in case.plain:
            named(statements, self.rng)
        return gen.Case(statements, random.Random(0), "proxy", seed)

    def stop(self):
        for one in self.servers:
            one.stop()

    def requests(self, seed, count):
        """To the outer one; paths and origins of both."""
        out = []
        outer = gen.requests(self.cases[OUTER], seed, count)
        inner = gen.requests(self.cases[INNER], f"{seed} inner", count)
        for one, other in zip(outer, inner, strict=True):
            one = run.filled(self.cases[OUTER], one, self.ports[OUTER])
            if self.rng.random() < 0.4:
                one["headers"] = other["headers"]
            if self.rng.random() < 0.4:
                scheme, rest = one["url"].split("://", 1)
                host = rest.split("/")[0].split("?")[0]
                path = other["url"].split("://", 1)[1]
                cut = min([path.find(c) for c in "/?" if c in path] or [len(path)])
                one["url"] = f"{scheme}://{host}{path[cut:]}"
            out.append(one)
        return out


def by_name(answer):
    """Lines of one name in order. Where a line stands that takes the place of an inner one, and how its name is written
    then, depends on lines that are empty; nobody minds."""
    if "headers" in answer:
        answer["headers"] = sorted(([name.lower(), value] for name, value in answer["headers"]), key=lambda header: header[0])
    return answer


def run_seed(corsgate, seed, count, upstream):
    result = run.Result(seed)
    with server.temporary() as folder:
        pair = Pair(seed, folder, upstream)
        result.mode = "by name" if pair.by_name else "stack"
        try:
            requests = pair.requests(seed, count)
            answers = [server.ask(run.port_of(request), request) for request in requests]
        finally:
            pair.stop()
        try:
            guesses = server.simulate(corsgate, pair.read, requests, ".")
            run.compare(result, requests, [by_name(one) for one in answers], [by_name(one) for one in guesses])
        except (RuntimeError, ValueError) as error:
            result.failure = str(error)
    return result


def show_seed(corsgate, seed, count, upstream):
    result = run_seed(corsgate, seed, count, upstream)
    with server.temporary() as folder:
        pair = Pair(seed, folder, upstream)
        pair.stop()
        for layer in (OUTER, INNER):
            with open(os.path.join(folder, layer, "nginx.conf"), encoding="utf-8", newline="") as file:
                print(f"# --- {layer}\n{file.read()}")
    run.report(result, True)
    return result


def work(arguments):
    task, corsgate, seed, count, upstream = arguments
    try:
        return task(corsgate, seed, count, upstream)
    except Exception as error:  # one seed's trouble is a result, not the end of the run
        result = run.Result(seed)
        result.failure = f"{type(error).__name__}: {error}"
        return result


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--corsgate", required=True)
    parser.add_argument("--seeds", type=int, default=100, help="how many pairs")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--seed", type=int, help="only this one, in full")
    parser.add_argument("--requests", type=int, default=60, help="requests for each pair")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    corsgate = os.path.realpath(options.corsgate)
    if not os.access(corsgate, os.X_OK):
        parser.error(f"{options.corsgate} is not a program")
    upstream = server.Upstream()
    try:
        if options.seed is not None:
            result = show_seed(corsgate, options.seed, options.requests, upstream.port)
            return 1 if result.mismatches or result.failure else 0
        seeds = range(options.first, options.first + options.seeds)
        rows = [(run_seed, corsgate, seed, options.requests, upstream.port) for seed in seeds]
        with multiprocessing.Pool(options.jobs) as pool:
            return run.summary(pool.imap(work, rows, chunksize=2), UNKNOWN_LIMIT)
    finally:
        upstream.stop()


if __name__ == "__main__":
    sys.exit(main())
