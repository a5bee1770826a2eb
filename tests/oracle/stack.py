#!/usr/bin/env python3
"""The real nginx in front of the real nginx against `corsgate simulate --raw` on both files: random configurations, random
requests to the outer one, status and headers as they arrive.

    stack.py --corsgate PROGRAM --seeds N    N pairs
    stack.py --corsgate PROGRAM --seed K     one of them, with its texts
    stack.py --corsgate PROGRAM --diff ...   without servers: N pairs of which one layer is changed at random, `diff` against
                                             what `simulate` says of both versions for some thirty origins

The layers are linked by `stack:`, or by the name that the outer one passes requests on to. Fails on any mismatch."""

import argparse
import copy
import functools
import multiprocessing
import os
import random
import shutil
import sys

import browser
import conf
import diff_check
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


def draw(seed, layer, rng, by_name):
    """A configuration for that layer; whether nginx loads it is another matter."""
    while True:
        case = gen.Gen(seed).case()
        if case.mode == "proxy":
            break
        seed += "+"
    statements = copy.deepcopy(case.statements)
    if layer == INNER:  # "//" that the outer one takes for "/" is not modelled behind it
        without(statements, "merge_slashes")
    if layer == OUTER:
        pass_on(statements, rng, origin_maps(statements))
    if by_name and layer == OUTER:
        linked_by_name(statements)
    elif by_name and "@P0@" in case.plain:
        named(statements, rng)
    return gen.Case(statements, random.Random(0), "proxy", seed)


def settings(by_name):
    return idioms.settings() + ("" if by_name else "stack: [outer/nginx.conf, inner/nginx.conf]\n")


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
        os.makedirs(self.read)
        server.write(os.path.join(self.read, ".corsgate.yml"), settings(self.by_name))
        for layer in (OUTER, INNER):
            server.site(os.path.join(self.read, layer))
            shutil.copy(os.path.join(folder, layer, "nginx.conf"), os.path.join(self.read, layer))

    def start(self, seed, layer, behind, statements):
        said = ""
        folder = os.path.join(self.folder, layer)
        os.makedirs(folder, exist_ok=True)
        server.site(folder)
        for attempt in range(run.ATTEMPTS):
            case = draw(f"{seed}/{layer}/{attempt}", layer, self.rng, self.by_name) if statements is None else \
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

    def stop(self):
        for one in self.servers:
            one.stop()

    def requests(self, seed, count):
        return requests_for(self.cases, self.ports[OUTER], self.rng, seed, count)


def requests_for(cases, ports, rng, seed, count):
    """To the outer one; paths and origins of both."""
    out = []
    outer = gen.requests(cases[OUTER], seed, count)
    inner = gen.requests(cases[INNER], f"{seed} inner", count)
    for one, other in zip(outer, inner, strict=True):
        one = run.filled(cases[OUTER], one, ports)
        if rng.random() < 0.4:
            one["headers"] = other["headers"]
        if rng.random() < 0.4:
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


# --- two versions of a pair ---------------------------------------------------------------------------------------

PORTS = {OUTER: (8080, 8081), INNER: (8082, 8083)}
UPSTREAM = 9000
ORIGINS_EACH = 30
URLS_EACH = 5
OLD, NEW = "old", "new"


def text_of(case, layer):
    return case.filled(PORTS[layer], PORTS[INNER][0] if layer == OUTER else UPSTREAM, case.plain)


def loaded(candidates, layer, folder):
    """The first of them that nginx loads."""
    for case in candidates:
        if (layer == INNER or "@P0@" in case.plain) and not server.loads(text_of(case, layer), folder):
            return case
    raise RuntimeError("nothing that nginx loads")


def passed_on_otherwise(statements, rng):
    """Changes what a proxy_pass passes on."""
    spots = diff_check.places(statements, ("proxy_set_header",))
    if spots and rng.random() < 0.5:
        block, index = rng.choice(spots)
        del block[index]
        return
    passes = [(block, index) for path, block, index in conf.walk(statements)
              if block[index][0][0] == "proxy_pass" and path and path[-1][0] == "location"]
    if passes:
        block, index = rng.choice(passes)
        line = rng.choice([*ORIGIN_LINES, *(f"Origin ${name}" for name in origin_maps(statements))])
        name = line.split(" ")[0]
        block[:] = [one for one in block if one[0][:2] != ["proxy_set_header", name]]
        block.append([["proxy_set_header", *line.split(" ", 1)], None])


def changed(case, layer, rng):
    """Changes of one layer, none of them the configuration itself."""
    for _ in range(20):
        if layer == OUTER and rng.random() < 0.3:
            statements = copy.deepcopy(case.statements)
            passed_on_otherwise(statements, rng)
        else:
            statements = diff_check.changed(case.statements, rng)
        other = gen.Case(statements, rng, case.mode, case.seed)
        if other.plain != case.plain:
            yield other


def write_version(folder, version, pair, by_name):
    for layer, case in pair.items():
        server.site(os.path.join(folder, version, layer))
        server.write(os.path.join(folder, version, layer, "nginx.conf"), text_of(case, layer))
    server.write(os.path.join(folder, version, ".corsgate.yml"), settings(by_name))


def versions(seed, folder, rng, sides):
    """{version: {layer: case}}, written to folders of that name, and probes. Most changes of one layer of two show nowhere:
    of two pairs out of three, the first of several changes that shows for some probe is taken, if one does."""
    by_name = rng.random() < 0.3
    old = {layer: loaded((draw(f"{seed}/{layer}/{attempt}", layer, rng, by_name) for attempt in range(40)), layer, folder)
           for layer in (INNER, OUTER)}
    write_version(folder, OLD, old, by_name)
    for _ in range(rng.choice([1, 6, 6])):
        layer = rng.choice((OUTER, INNER))
        pairs = {OLD: old, NEW: {**old, layer: loaded(changed(old[layer], layer, rng), layer, folder)}}
        write_version(folder, NEW, pairs[NEW], by_name)
        probes = probes_of(pairs, rng, seed)
        before, after = (side.judge(probes) for side in sides)
        if any(had != has and {had, has} <= {True, False} for had, has in zip(before, after, strict=True)):
            break
    return pairs, probes


def origins_of(pairs, rng):
    """What the configurations name, what is nearly that, and others."""
    named_ones = {word for pair in pairs.values() for case in pair.values() for word in gen.literals(case, ["://", "null"])}
    near = [gen.origin_near(origin, rng) for origin in sorted(named_ones) for _ in range(2)]
    found = dict.fromkeys(one for one in [*sorted(named_ones), *dict.fromkeys(gen.ORIGINS), *near] if browser.is_origin(one))
    return list(found) if len(found) <= ORIGINS_EACH else rng.sample(list(found), ORIGINS_EACH)


def probes_of(pairs, rng, seed):
    """Every origin with every way to ask at some URLs of both versions."""
    requests = [one for pair in pairs.values() for one in requests_for(pair, PORTS[OUTER], rng, seed, 2 * URLS_EACH)]
    urls = dict.fromkeys(one["url"].split("?")[0] for one in requests)
    urls = rng.sample(list(urls), min(URLS_EACH, len(urls)))
    origins = origins_of(pairs, rng)
    probes = [{"method": method, "url": url, "origin": origin, "credentials": credentials}
              for url in urls for origin in origins for method in ("GET", "PUT") for credentials in (False, True)]
    return [one for one in probes if not diff_check.is_refused(one["url"])]


def diff_seed(corsgate, seed):
    result = diff_check.Result(seed)
    rng = random.Random(f"stack diff {seed}")
    with server.temporary() as folder:
        sides = [diff_check.Side(corsgate, os.path.join(folder, version), ".") for version in (OLD, NEW)]
        pairs, probes = versions(seed, folder, rng, sides)
        result.texts = tuple("".join(f"# --- {layer}\n{text_of(case, layer)}" for layer, case in pair.items())
                             for pair in pairs.values())
        changes = diff_check.run_diff(corsgate, folder, OLD, NEW)["changes"]
        result.kind["changes"] += len(changes)
        result.kind["pairs with changes"] += bool(changes)
        if diff_check.run_diff(corsgate, folder, OLD, OLD)["relation"] != "equal":
            result.complaints.append("a version differs from itself")
        diff_check.confirm(result, sides, changes, ORIGINS_EACH, {one["origin"]: None for one in probes})
        diff_check.contradict(result, sides, changes, probes)
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
    parser.add_argument("--seeds", "--count", type=int, default=100, help="how many pairs")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--seed", type=int, help="only this one, in full")
    parser.add_argument("--requests", type=int, default=60, help="requests for each pair")
    parser.add_argument("--diff", action="store_true", help="two versions of each pair, and diff instead of servers")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    corsgate = os.path.realpath(options.corsgate)
    if not os.access(corsgate, os.X_OK):
        parser.error(f"{options.corsgate} is not a program")
    if options.diff:
        return diff_check.run_all(functools.partial(diff_seed, corsgate), options)
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
