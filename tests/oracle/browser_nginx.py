#!/usr/bin/env python3
"""From one end to the other: a real nginx with the configurations of gen.py, a real Chromium, and `corsgate simulate`, which
knows the configuration only. The verdict must be the same, and the name of the error where Chromium tells one.

    browser_nginx.py --corsgate PROGRAM --count N [--seed K] [--node FOLDER]

What simulate leaves open is counted, and must not be more than a fifth."""

import argparse
import collections
import contextlib
import json
import os
import random
import subprocess
import sys

import browser
import browser_check
import gen
import idioms
import run
import server

EACH = 20  # requests for one configuration
AT_ONCE = 25  # configurations that run at the same time
UNKNOWN_LIMIT = 0.2
PAGES = ["https://app.test", "https://x.app.test", "http://app.test", "https://evil.test", "https://b.example", "null"]
METHODS = ["GET"] * 6 + ["HEAD", "POST", "PUT", "PATCH", "DELETE", "patch", "put", "PROPFIND"]
HEADERS = [("X-Token", "1"), ("Authorization", "Bearer x"), ("Content-Type", "application/json"), ("Content-Type", "text/plain"),
           ("X-Custom", "a"), ("Accept", "application/json"), ("a", "1")]


class Running:
    """A configuration, and the nginx that runs it."""

    def __init__(self, seed, folder, upstream):
        self.seed, self.folder = seed, folder
        server.site(folder)
        server.write(os.path.join(folder, ".corsgate.yml"), idioms.settings())
        self.ports = [server.free_port(), server.free_port()]
        self.case, self.nginx = run.draw(seed, self.ports, upstream, folder)

    def requests(self):
        """Requests as a page makes them, drawn from those of gen.py."""
        rng = random.Random(f"pages {self.seed}")
        out = []
        for wire in gen.requests(self.case, self.seed, EACH):
            origin = wire["headers"].get("Origin", "")
            page = origin if browser.is_origin(origin) and origin.startswith("http") else rng.choice(PAGES)
            url = self.case.filled(self.ports, 0, wire["url"]).split("#")[0]
            headers = [header for header in HEADERS if rng.random() < 0.1]
            out.append({"url": url, "origin": page, "method": rng.choice(METHODS), "headers": [list(header) for header in headers],
                        "credentials": rng.choice(["include", "same-origin", "omit"]), "mode": "cors",
                        "redirect": "manual" if rng.random() < 0.05 else "follow", "force_preflight": False})
        return out


def simulate(corsgate, running, requests):
    lines = "".join(json.dumps(request) + "\n" for request in requests)
    done = subprocess.run([corsgate, "simulate", "nginx.conf", "--requests", "-"], input=lines.encode(), cwd=running.folder,
                          capture_output=True, check=False, timeout=server.PATIENCE)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    if done.returncode != 0 or len(answers) != len(requests):
        raise RuntimeError(f"seed {running.seed}: exit {done.returncode}: " + done.stderr.decode("utf-8", "replace")[-2000:])
    return answers


def as_case(request, number):
    """In the form of browser_run.mjs, and the request with a mark in its URL by which it is known again."""
    mark = f"cg=n{number}"
    request["url"] += ("&" if "?" in request["url"] else "?") + mark
    return {"id": f"n{number}", "name": request["url"], "page": request["origin"], "url": request["url"], "method": request["method"],
            "headers": request["headers"], "credentials": request["credentials"], "mode": "cors", "redirect": request["redirect"],
            "force": False, "hops": [], "expect": None}


def batch(seeds, node, corsgate, counts, differences):
    upstream = server.Upstream()
    with contextlib.ExitStack() as stack:
        stack.callback(upstream.stop)
        work = []
        for seed in seeds:
            running = Running(seed, stack.enter_context(server.temporary()), upstream.port)
            stack.enter_context(running.nginx)
            for request in running.requests():
                work.append((running, request, as_case(request, len(work))))
        heard = browser_check.ask_browser(node, [case for _, _, case in work],
                                          [port for running in {id(one[0]): one[0] for one in work}.values() for port in running.ports])
        guesses = {}
        for running in {id(one[0]): one[0] for one in work}.values():
            mine = [(request, case) for other, request, case in work if other is running]
            for (_, case), guess in zip(mine, simulate(corsgate, running, [request for request, _ in mine]), strict=True):
                guesses[case["id"]] = guess
        for running, request, case in work:
            compare(running, request, heard[case["id"]], guesses[case["id"]], counts, differences)


def compare(running, request, got, guess, counts, differences):
    if got.get("broken"):  # no browser opens a page there
        counts["not asked: " + got["broken"][:60]] += 1
        return
    says = browser_check.verdict(got)
    counts["requests"] += 1
    assumed = any(note["id"] == "FileAssumed" for note in guess["notes"])
    if guess["verdict"] == "unknown":
        counts["unknown: " + guess["why"][:100]] += 1
        counts["unknown"] += 1
    elif browser_check.same(says, guess):
        counts["same: " + (guess["error"] or "allowed")] += 1
    elif assumed:
        counts["another, with a file that may not be there"] += 1
        counts["unknown"] += 1
    else:
        differences.append((running.seed, request, says, got, guess))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--corsgate", required=True)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--node")
    arguments = parser.parse_args()
    try:
        node = browser_check.node_folder(arguments.node)
    except browser_check.Missing as error:
        print(f"cannot be checked here: {error}")
        return 1
    counts, differences = collections.Counter(), []
    seeds = [f"{arguments.seed}/{index}" for index in range((arguments.count + EACH - 1) // EACH)]
    for begin in range(0, len(seeds), AT_ONCE):
        batch(seeds[begin:begin + AT_ONCE], node, os.path.realpath(arguments.corsgate), counts, differences)
    for seed, request, says, got, guess in differences[:15]:
        print(f"seed {seed}: Chromium says {says} {got.get('failures')}, corsgate {guess['verdict']} {guess['error']} "
              f"({guess['file']}:{guess['line']})")
        print(f"  {json.dumps(request)}\n  {json.dumps(got.get('result'))}\n  {json.dumps(guess)}")
    for name, count in counts.most_common():
        print(f"{count:6} {name}")
    print(f"{counts['requests']} requests: {len(differences)} differences, {counts['unknown']} left open")
    return 1 if differences or counts["unknown"] > UNKNOWN_LIMIT * counts["requests"] or not counts["requests"] else 0


if __name__ == "__main__":
    sys.exit(main())
