#!/usr/bin/env python3
"""Hosts of static sites against `corsgate simulate`: random files, every path, the headers that matter to CORS.

    hosting.py --corsgate PROGRAM --node FOLDER --count N   N files; FOLDER keeps what npm installs
    hosting.py --corsgate PROGRAM --node FOLDER --one K     one of them, with its text

The host is Firebase's own emulator, superstatic, a server on loopback. Fails on any mismatch, and when more than a
quarter of the answers are unknown. The status is not compared: the emulator has these files and no others, the
program takes what is asked for to be there, which it does for a page's requests, so --raw is not used. Not drawn:
what there is no file for, as the emulator then adds the headers of /404.html, too (of error pages nothing is said); an
empty regex, which the emulator takes for none; redirects."""

import argparse
import collections
import json
import os
import random
import shutil
import subprocess
import sys

import run
import server

HERE = os.path.join(os.path.dirname(os.path.realpath(__file__)), "hosting")
UNKNOWN_LIMIT = 0.25  # patterns that are not known, drawn on purpose
FILES = ["/a", "/b", "/ab", "/A", "/a.js", "/b.css", "/.a", "/.a.js", "/index.html", "/*", "/d/a", "/d/a.js", "/d/.a.js", "/d/e/b.js",
         "/d/e/b.woff2", "/d/.e/b.js", "/.d/a", "/1", "/a-b", "/[a", "/d/index.html", "/d/e/index.html", "/.d/index.html", "/c/index.html"]
PATHS = FILES + ["/", "/c/", "/d/", "/d/e/", "/.d/", "/d/a.js?v=1"]
NAMES = ["a", "b", "ab", "d", "e", "a.js", "b.css", ".a", ".d", "index.html", "A", "a-b", "c"]
# Negations, ranges and names of classes are drawn, too: corsgate must call them unknown.
PIECES = NAMES + ["*", "**", "*", "**", "*.js", "a*", "*a", "?", "??", ".*", "a?", "[ab]", "[!a]", "[^a]", "[a-c]", "[a", "@(a|b)",
                  "+(a|b)", "*(a|b)", "?(a|b)", "@(a|*.js)", "a@(b|.js)", "!(a)", "{a,b}", "{a,d/a}", "{a}", "{d,*}", "\\*",
                  "*.@(js|css)", "*.{js,css}", "{1..3}", "[[:alpha:]]", "**a", "a**", "{,a}", "a{,b}", "@(a|d)", "*.*", "***"]
# Expressions that RE2 and ECMAScript, which the emulator falls back to, read the same.
EXPRESSIONS = ["a", "^/a$", "^/d/.*", "\\.js$", "^/(a|b)", "^/[^/]*$", "/d/.+\\.(js|css)$", "^/.\\w*$", "b", "^/d/?$", "^a", "A"]
VALUES = ["*", "https://a.test", "https://b.test", "null", "https://a.test, https://b.test"]
NAMES_OF_HEADERS = ["Access-Control-Allow-Origin", "access-control-allow-origin", "Access-Control-Allow-Credentials", "Vary", "X-A",
                    "Access-Control-Expose-Headers"]


def install(folder):
    """The emulator; without RE2, which would have to be compiled."""
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(HERE, "package-lock.json"), "rb") as file:
        wanted = file.read()
    done = os.path.join(folder, "installed")
    if not os.path.exists(done) or open(done, "rb").read() != wanted:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(os.path.join(HERE, name), folder)
        subprocess.run(["npm", "ci", "--ignore-scripts", "--omit=optional", "--no-audit", "--no-fund"], cwd=folder, check=True,
                       stdout=subprocess.DEVNULL)
        with open(done, "wb") as file:
            file.write(wanted)
    return os.path.realpath(folder)


def glob(rng):
    """A pattern. Only `source` is put below "/", so a `glob` has its own."""
    parts = [rng.choice(PIECES) for _ in range(rng.choice([1, 1, 2, 2, 3, 4]))]
    return "/".join(parts) + rng.choice(["", "", "", "", "/"])


def matching(rng):
    kind = rng.choice(["source", "source", "source", "glob", "regex"])
    if kind == "regex":
        return {"regex": rng.choice(EXPRESSIONS)}
    return {kind: rng.choice(["", "/"] if kind == "source" else ["/"]) + glob(rng)}


def headers(rng):
    return [{"key": name, "value": "true" if name.endswith("Credentials") else rng.choice(VALUES)}
            for name in rng.choices(NAMES_OF_HEADERS, k=rng.choice([1, 1, 2, 3]))]


def draw(seed):
    rng = random.Random(f"hosting {seed}")
    return {"headers": [{**matching(rng), "headers": headers(rng)} for _ in range(rng.choice([1, 2, 3, 4]))]}


class Host:
    """The emulator, one process for all sites."""

    def __init__(self, folder):
        for path in FILES:
            os.makedirs(os.path.dirname(folder + "/site" + path), exist_ok=True)
            server.write(folder + "/site" + path, "x")
        self.process = subprocess.Popen(["node", os.path.join(HERE, "firebase.js"), folder], text=True, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, preexec_fn=server.die_with_parent)

    def ask(self, config):
        self.process.stdin.write(json.dumps({"config": config, "paths": PATHS}) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def stop(self):
        self.process.stdin.close()
        self.process.wait(server.PATIENCE)


def compared(pairs):
    return sorted([name.lower(), value] for name, value in pairs if name.lower() == "vary" or name.lower().startswith("access-control-"))


def predict(corsgate, config):
    """What corsgate predicts for each path: the headers, or None."""
    lines = "".join(json.dumps({"url": "https://site.test" + path, "origin": "https://a.test"}) + "\n" for path in PATHS)
    with server.temporary() as folder:
        server.write(os.path.join(folder, "firebase.json"), json.dumps({"hosting": {"public": "site", **config}}))
        done = subprocess.run([corsgate, "simulate", "firebase.json", "--requests", "-"], input=lines, capture_output=True, text=True,
                              cwd=folder, check=False, timeout=server.PATIENCE)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    if done.returncode != 0 or len(answers) != len(PATHS):
        raise RuntimeError(f"exit {done.returncode}, {len(answers)} answers: {done.stderr[-2000:]}")
    return [answer["response"] and compared(answer["response"]["headers"]) for answer in answers]


def run_one(corsgate, host, seed):
    result, config = run.Result(seed), draw(seed)
    answers = host.ask(config)
    try:
        guesses = predict(corsgate, config)
    except (RuntimeError, ValueError) as error:
        result.failure = str(error)
        return result
    for path, answer, guess in zip(PATHS, answers, guesses, strict=True):
        theirs = compared(answer["headers"])
        if answer["status"] != 200:
            raise RuntimeError(f"superstatic: {path}: {answer['status']}")
        result.requests += 1
        if guess is None:
            result.unknown.append(path)
        elif theirs != guess:
            result.mismatches.append((path, theirs, guess))
        elif theirs:
            result.mode += "+"  # as many as there were headers to compare
    return result


def show(seed, result):
    print(f"file {seed}: {json.dumps(draw(seed))}")
    if result.failure:
        print(f"  corsgate failed: {result.failure}")
    for url, theirs, ours in result.mismatches[:5]:
        print(f"  {url}\n    superstatic: {theirs}\n    corsgate:    {ours}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--corsgate", required=True)
    parser.add_argument("--node", required=True, help="folder for what npm installs; kept")
    parser.add_argument("--count", type=int, default=500, help="how many files")
    parser.add_argument("--one", type=int, help="only this one, with its text")
    options = parser.parse_args()
    corsgate = os.path.realpath(options.corsgate)
    host, sums = Host(install(options.node)), collections.Counter()
    try:
        for seed in range(options.count) if options.one is None else [options.one]:
            result = run_one(corsgate, host, seed)
            if result.mismatches or result.failure or options.one is not None:
                show(seed, result)
            sums.update(requests=result.requests, mismatches=len(result.mismatches), failures=bool(result.failure),
                        unknown=len(result.unknown), some=len(result.mode), files=1)
    finally:
        host.stop()
    print(f"superstatic: {sums['files']} files, {sums['requests']} answers ({sums['some']} with headers, {sums['unknown']} unknown):"
          f" {sums['mismatches']} mismatches, {sums['failures']} failures")
    bad = sums["mismatches"] or sums["failures"] or not sums["some"]
    return 1 if bad or (options.one is None and sums["unknown"] > UNKNOWN_LIMIT * sums["requests"]) else 0


if __name__ == "__main__":
    sys.exit(main())
