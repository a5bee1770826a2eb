#!/usr/bin/env python3
"""The real Chromium against `corsgate why`: the tables of reference/browser.md 5.2 and random requests and answers. The
verdict must be the same in all, the name of the error in all where Chromium tells one.

    browser_check.py --corsgate PROGRAM --count N [--seed K] [--node FOLDER]
    browser_check.py --corsgate PROGRAM --only NAME     one case, with everything that is known about it

FOLDER holds node_modules/playwright-core; without it, it is installed below build/."""

import argparse
import collections
import json
import os
import shutil
import subprocess
import sys
import tempfile

import browser_case

HERE = os.path.dirname(os.path.realpath(__file__))
PATIENCE = 900  # seconds for all cases together
# What corsgate names where Chromium names nothing: it is no matter of CORS.
OWN_NAMES = ("ForbiddenMethod", "Transport", "PreflightTransport", "RedirectModeError", "TooManyRedirects", "RedirectLocation",
             "BadPort", "OpaqueResponse", "OpaqueRedirect")


class Missing(Exception):
    """Something that the check needs is not here."""


def node_folder(folder):
    """Where playwright-core is; installs what package-lock.json names if need be."""
    for program in ("chromium", "node", "openssl"):
        if not shutil.which(program):
            raise Missing(f"{program} is not here")
    if folder:
        return folder
    folder = os.path.join(HERE, "..", "..", "build", "node")
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(HERE, "package-lock.json"), "rb") as file:
        wanted = file.read()
    done = os.path.join(folder, "installed.json")
    if not os.path.exists(done) or open(done, "rb").read() != wanted:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(os.path.join(HERE, name), folder)
        run = subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder, capture_output=True, text=True,
                             check=False)
        if run.returncode != 0:
            raise Missing("npm ci: " + run.stderr.strip()[-500:])
        with open(done, "wb") as file:
            file.write(wanted)
    return os.path.realpath(folder)


def certificate():
    with tempfile.TemporaryDirectory(prefix="corsgate-oracle-") as folder:
        paths = [os.path.join(folder, name) for name in ("key.pem", "cert.pem")]
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                        "-subj", "/CN=corsgate.invalid", "-keyout", paths[0], "-out", paths[1]], check=True, capture_output=True)
        return [open(path, encoding="ascii").read() for path in paths]


def ask_browser(node, cases, front=(), har=None):
    """What Chromium makes of the cases, by their ids. A recording of it all is written to the path `har`."""
    key, cert = certificate()
    text = json.dumps({"key": key, "cert": cert, "front": list(front), "cases": cases, "har": har})
    run = subprocess.run(["node", os.path.join(HERE, "browser_run.mjs")], input=text.encode(), capture_output=True, check=False,
                         timeout=PATIENCE, env=dict(os.environ, CORSGATE_NODE=os.path.realpath(node)))
    if run.returncode != 0 or not run.stdout:
        raise RuntimeError(f"browser_run.mjs: exit {run.returncode}: " + run.stderr.decode("utf-8", "replace")[-3000:])
    return {one["id"]: one for one in json.loads(run.stdout)}


def verdict(got):
    """(verdict, error or None where the browser tells none)"""
    result = got.get("result")
    if got.get("broken") or not result:
        raise RuntimeError(f"{got['id']}: {got.get('broken')}")
    if not result["ok"]:
        return "blocked", got.get("error")
    if result["type"] in ("opaque", "opaqueredirect"):
        return "blocked", {"opaque": "OpaqueResponse", "opaqueredirect": "OpaqueRedirect"}[result["type"]]
    return "allowed", None


def same(browser, guess):
    if browser[0] != guess["verdict"]:
        return False
    if browser[0] == "allowed":
        return True
    # Behind a redirect Chromium tells no name for this one.
    return guess["error"] == browser[1] if browser[1] else guess["error"] in (*OWN_NAMES, "DisallowedByMode")


def same_headers(case, got, guess):
    """Whether corsgate names just those headers that the page could not read."""
    readable = got["result"].get("readable", [])
    text = "".join(note["text"] for note in guess["notes"] if note["id"] == "HeaderNotExposed")
    named = text.split(":")[0].removeprefix("the page cannot read ").split(", ")
    return all((name in readable) != (name in named) for name in case.get("read", []))


def explain(corsgate, cases):
    lines = "".join(json.dumps(browser_case.recording(case)) + "\n" for case in cases)
    run = subprocess.run([corsgate, "why", "-"], input=lines.encode(), capture_output=True, check=False, timeout=PATIENCE)
    answers = [json.loads(line) for line in run.stdout.splitlines()]
    if run.returncode != 0 or len(answers) != len(cases):
        raise RuntimeError(f"why: exit {run.returncode}, {len(answers)} answers to {len(cases)}: "
                           + run.stderr.decode("utf-8", "replace")[-2000:])
    return answers


def compare(cases, heard, guesses):
    counts = collections.Counter()
    differences = []
    for case, guess in zip(cases, guesses, strict=True):
        browser = verdict(heard[case["id"]])
        counts[browser[1] or ("no CORS error" if browser[0] == "blocked" else "allowed")] += 1
        expected = case["expect"]
        if not same(browser, guess) or not same_headers(case, heard[case["id"]], guess):
            differences.append((case, heard[case["id"]], guess))
        elif expected is not None and expected != (guess["error"] or ""):
            differences.append((case, heard[case["id"]], guess))
    return counts, differences


def check_har(corsgate, har, cases, heard):
    """The recording does not hold the answers that the page did not get, but what is said of it must not be wrong."""
    run = subprocess.run([corsgate, "why", har], capture_output=True, check=False, timeout=PATIENCE)
    said = collections.defaultdict(list)
    for line in run.stdout.splitlines():
        one = json.loads(line)
        said[one["request"]["url"].split("/c/")[1].split("/")[0]].append(one["verdict"])
    wrong = [case["name"] for case in cases for verdicts in [said[case["id"]]] if verdicts and case["redirect"] == "follow"
             and (("blocked" in verdicts) if verdict(heard[case["id"]])[0] == "allowed" else set(verdicts) == {"allowed"})]
    sure = sum("blocked" in verdicts or set(verdicts) == {"allowed"} for verdicts in said.values())
    print(f"the recording: exit {run.returncode}, {len(said)} requests, {sure} explained, {len(wrong)} wrong: {wrong[:5]}")
    return run.returncode == 0 and sure > len(cases) / 10 and not wrong


def show(case, got, guess):
    print(f"{case['name']}: Chromium says {verdict(got)} {got.get('failures')}, corsgate {guess['verdict']} {guess['error']}"
          + (f", the table {case['expect']!r}" if case["expect"] is not None else ""))
    print("  " + json.dumps(browser_case.recording(case), ensure_ascii=False))
    print(f"  page {got.get('actual')}, asked {json.dumps(got.get('asked'))}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--corsgate", required=True)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--only")
    parser.add_argument("--node")
    arguments = parser.parse_args()
    try:
        node = node_folder(arguments.node)
    except Missing as error:
        print(f"cannot be checked here: {error}")
        return 1
    cases = browser_case.table()
    tables = len(cases)
    for case in browser_case.drawn(arguments.seed, arguments.count):
        for text in (case,):
            text["id"] = text["id"].replace("c", "r", 1)
        cases.append(json.loads(json.dumps(case).replace("/c/c", "/c/r")))
    if arguments.only:
        cases = [case for case in cases if case["name"] == arguments.only]
    corsgate = os.path.realpath(arguments.corsgate)
    with tempfile.TemporaryDirectory(prefix="corsgate-oracle-") as folder:
        har = os.path.join(folder, "session.har")
        heard = ask_browser(node, cases, har=har)
        har_is_right = arguments.only or check_har(corsgate, har, cases, heard)
    guesses = explain(corsgate, cases)
    counts, differences = compare(cases, heard, guesses)
    for difference in differences[:20] if not arguments.only else [(cases[0], heard[cases[0]["id"]], guesses[0])]:
        show(*difference)
    for name, count in counts.most_common():
        print(f"{count:6} {name}")
    print(f"{len(cases)} requests ({tables} from the tables): {len(differences)} differences")
    return 1 if differences or not cases or not har_is_right else 0


if __name__ == "__main__":
    sys.exit(main())
