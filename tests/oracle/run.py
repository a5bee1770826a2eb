#!/usr/bin/env python3
"""The real nginx against `corsgate simulate --raw`: random configurations, random requests, status and headers.

    run.py --corsgate PROGRAM --seeds N          N configurations
    run.py --corsgate PROGRAM --seed K [--shrink]  one of them, with its text; smaller, as long as it still differs

Fails on any mismatch, and when more than 2 % of the answers are unknown."""

import argparse
import collections
import copy
import json
import multiprocessing
import os
import random
import shutil
import sys

import conf
import gen
import idioms
import server

ATTEMPTS = 20  # configurations that nginx does not load are drawn again
UNKNOWN_LIMIT = 0.02


class Result:
    def __init__(self, seed):
        self.seed = seed
        self.requests = 0
        self.mismatches = []  # (request, answer of nginx, prediction)
        self.unknown = []  # (request, reason)
        self.failure = None
        self.mode = ""


def draw(seed, ports, upstream, folder):
    """A configuration that nginx loads, running."""
    said = ""
    for attempt in range(ATTEMPTS):
        case = gen.Gen(f"{seed}/{attempt}").case()
        try:
            used = [port for index, port in enumerate(ports) if f"@P{index}@" in case.plain]
            return case, started(case, seed, folder, ports, upstream, used)
        except server.LoadError as error:
            said = str(error)
    raise RuntimeError(f"seed {seed}: nginx loads none of {ATTEMPTS} configurations: {said}")


def started(case, seed, folder, ports, upstream, used):
    """nginx on the case's text, or on the same statements in several files."""
    for old in ("conf.d", "snippets"):
        shutil.rmtree(os.path.join(folder, old), ignore_errors=True)
    rng = random.Random(f"files {seed}")
    if rng.random() < 0.8:
        return server.Nginx(folder, case.filled(ports, upstream), used)
    main, parts = gen.Case(copy.deepcopy(case.statements), rng, case.mode, seed).split(rng)
    texts = {path: case.filled(ports, upstream, "\n".join(conf.render(part)) + "\n") for path, part in parts.items()}
    return server.Nginx(folder, case.filled(ports, upstream, "\n".join(conf.render(main)) + "\n"), used, texts)


def filled(case, request, ports):
    return dict(request, url=case.filled(ports, 0, request["url"]))


def compare(result, requests, answers, guesses):
    for request, answer, guess in zip(requests, answers, guesses, strict=True):
        result.requests += 1
        if guess.get("unknown"):
            if answer["status"] == 0 and "closed" in str(guess["unknown"]):
                continue
            result.unknown.append((request, guess["unknown"]))
        elif guess.get("status") != answer["status"] or guess.get("headers") != answer["headers"]:
            result.mismatches.append((request, answer, guess))


def run_seed(corsgate, seed, count, upstream):
    result = Result(seed)
    with server.temporary() as folder:
        server.site(folder)
        server.write(os.path.join(folder, ".corsgate.yml"), idioms.settings())
        ports = [server.free_port(), server.free_port()]
        case, nginx = draw(seed, ports, upstream, folder)
        result.mode = case.mode
        with nginx:
            requests = [filled(case, request, ports) for request in gen.requests(case, seed, count)]
            answers = [server.ask(port_of(request), request) for request in requests]
        try:
            compare(result, requests, answers, server.simulate(corsgate, folder, requests))
        except (RuntimeError, ValueError) as error:
            result.failure = str(error)
    return result


def port_of(request):
    return int(request["url"].split("://", 1)[1].split("/")[0].split("?")[0].rsplit(":", 1)[1])


# --- one seed, smaller -------------------------------------------------------------------------------------------


def differs(corsgate, statements, request, folder, ports, upstream):
    """(nginx's answer, prediction) where they differ, else None."""
    case = gen.Case(statements, random.Random(0), "proxy", 0)
    text = case.filled(ports, upstream, case.plain)
    used = [port for index, port in enumerate(ports) if f"@P{index}@" in case.plain]
    try:
        with server.Nginx(folder, text, used):
            answer = server.ask(port_of(request), request)
        guess = server.simulate(corsgate, folder, [request])[0]
    except (server.LoadError, RuntimeError, OSError, ValueError):
        return None
    if guess.get("unknown") or (guess["status"] == answer["status"] and guess["headers"] == answer["headers"]):
        return None
    return answer, guess


def shrink(corsgate, case, request, folder, ports, upstream):
    statements, found, again = case.statements, None, True
    while again:
        again = False
        position = 0
        while True:
            candidate, removed = without(statements, position)
            if not removed:
                break
            difference = differs(corsgate, candidate, request, folder, ports, upstream)
            if difference:
                statements, found, again = candidate, difference, True
            else:
                position += 1
        for name in list(request["headers"]):
            smaller = dict(request, headers={key: value for key, value in request["headers"].items() if key != name})
            difference = differs(corsgate, statements, smaller, folder, ports, upstream)
            if difference:
                request, found = smaller, difference
    return statements, request, found


def without(statements, position):
    """A copy of the tree without its statement number `position`; and whether there is one."""
    counter = -1

    def copy(block):
        nonlocal counter
        out = []
        for words, inner in block:
            counter += 1
            if counter == position:
                continue
            out.append([words, None if inner is None else copy(inner)])
        return out

    result = copy(statements)
    return result, counter >= position


def show_seed(corsgate, seed, count, upstream, smaller):
    result = run_seed(corsgate, seed, count, upstream)
    with server.temporary() as folder:
        server.site(folder)
        server.write(os.path.join(folder, ".corsgate.yml"), idioms.settings())
        ports = [server.free_port(), server.free_port()]
        case, nginx = draw(seed, ports, upstream, folder)
        nginx.stop()
        for path in written(folder):
            with open(os.path.join(folder, path), encoding="utf-8", newline="") as file:
                print(f"# --- {path}\n{file.read()}")
        report(result, True)
        if smaller and result.mismatches:
            request = next(filled(case, request, ports) for request in gen.requests(case, seed, count)
                           if same(filled(case, request, ports), result.mismatches[0][0]))
            statements, request, found = shrink(corsgate, case, request, folder, ports, upstream)
            if found:
                print("smaller:\n" + "\n".join(conf.render(statements)))
                print_mismatch(request, *found)
    return result


def written(folder):
    """The configuration files of a case."""
    parts = [os.path.join(sub, name) for sub in ("conf.d", "snippets") if os.path.isdir(os.path.join(folder, sub))
             for name in sorted(os.listdir(os.path.join(folder, sub)))]
    parts += sorted(name for name in os.listdir(folder) if name.startswith("part"))
    return ["nginx.conf", *parts]


def same(a, b):
    """The same request, but for the port."""
    strip = "".join
    return {**a, "url": strip(c for c in a["url"] if not c.isdigit())} == {**b, "url": strip(c for c in b["url"] if not c.isdigit())}


# --- all of them -------------------------------------------------------------------------------------------------


def print_mismatch(request, answer, guess):
    print(f"  request:  {json.dumps(request)}\n  nginx:    {json.dumps(answer)}\n  corsgate: {json.dumps(guess)}")


def report(result, full):
    if result.failure:
        print(f"seed {result.seed}: corsgate failed: {result.failure}")
    for mismatch in result.mismatches[:None if full else 3]:
        print(f"seed {result.seed} ({result.mode}): mismatch")
        print_mismatch(*mismatch)
    if full:
        for request, reason in result.unknown:
            print(f"seed {result.seed}: unknown ({reason}): {json.dumps(request)}")


def work(arguments):
    corsgate, seed, count, upstream = arguments
    try:
        return run_seed(corsgate, seed, count, upstream)
    except Exception as error:  # one seed's trouble is a result, not the end of the run
        result = Result(seed)
        result.failure = f"{type(error).__name__}: {error}"
        return result


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--corsgate", required=True)
    parser.add_argument("--seeds", type=int, default=300, help="how many configurations")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--seed", type=int, help="only this one, in full")
    parser.add_argument("--shrink", action="store_true", help="with --seed: look for a smaller configuration")
    parser.add_argument("--requests", type=int, default=60, help="requests for each configuration")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    corsgate = os.path.realpath(options.corsgate)
    if not os.access(corsgate, os.X_OK):
        parser.error(f"{options.corsgate} is not a program")
    upstream = server.Upstream()
    try:
        if options.seed is not None:
            result = show_seed(corsgate, options.seed, options.requests, upstream.port, options.shrink)
            return 1 if result.mismatches or result.failure else 0
        seeds = range(options.first, options.first + options.seeds)
        rows = [(corsgate, seed, options.requests, upstream.port) for seed in seeds]
        with multiprocessing.Pool(options.jobs) as pool:
            return summary(pool.imap(work, rows, chunksize=2))
    finally:
        upstream.stop()


def summary(results, limit=UNKNOWN_LIMIT):
    total, bad, failed, seeds, configurations = 0, 0, [], [], 0
    reasons = collections.Counter()
    for result in results:
        configurations += 1
        report(result, False)
        total += result.requests
        bad += len(result.mismatches)
        if result.mismatches:
            seeds.append(result.seed)
        if result.failure:
            failed.append(result.seed)
        reasons.update(reason for _, reason in result.unknown)
    unknown = sum(reasons.values())
    for reason, number in reasons.most_common(10):
        print(f"unknown, {number} times: {reason}")
    if seeds:
        print(f"seeds with mismatches: {' '.join(map(str, seeds[:40]))}")
    if failed:
        print(f"seeds at which corsgate failed: {' '.join(map(str, failed[:40]))}")
    share = unknown / total if total else 1.0
    print(f"{configurations} configurations, {total} requests: {bad} mismatches, {len(failed)} failures,"
          f" {unknown} unknown ({100 * share:.2f} %)")
    return 1 if bad or failed or share > limit else 0


if __name__ == "__main__":
    sys.exit(main())
