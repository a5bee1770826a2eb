#!/usr/bin/env python3
"""hostile_check.py PROGRAM: whatever bytes a configuration holds, each report is what its readers can read, no text of the
configuration acts on the platform that shows it, and the exit status is that of the text report. Ends with the number of
reports."""

import json
import os
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

BYTES = [bytes([byte]) for byte in range(1, 256) if byte not in b"/\n\"\\"]
TEXTS = BYTES + [b"\\" + b"\\", b"::error::x", b"##[error]x", b"%0A::error::x", b"%25", b"]]>", b"<!--", b"&lt;", b"\xef\xbf\xbe",
                 b"\xef\xbf\xbf", b"\xed\xa0\x80", b"\xe2\x80\xae", b"\xc2\x85", b"\xc2\x9b31m", b"\xe2\x80\xa8", b"\xf0\x9f\x98\x80",
                 b"[a](b)", b"{0}", b"`x`", b"@all", b"$(id)"]
SERVER = b"""events {}
http {
    server {
        listen 80;
        server_name "a%s.example";
        location "/%s" {
            # corsgate-ignore-next-line CG301 -- because %s
            add_header Access-Control-Allow-Origin $http_origin;
            add_header Access-Control-Allow-Credentials "true%s";
            return 200;
        }
        location /fixed/ {
            add_header Access-Control-Allow-Origin "https://%s.example";
            return 200;
        }
        location /open/ {
            add_header Access-Control-Allow-Origin $http_origin always;
            add_header Access-Control-Allow-Credentials true always;
            return 200;
        }
    }
}
"""
LINE = re.compile(r"::(error|warning|notice) [a-z]+=[^:\n]*::[^\n]*|corsgate: [a-z]+: [a-zA-Z0-9:, ]*")
ACTS = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\ufffe\uffff]")


def judge_github(text):
    for line in text.splitlines() if text.endswith("\n") else ["no line end"]:
        if not LINE.fullmatch(line) or "##[" in line or ACTS.search(line):
            yield f"line {line!r}"


def judge_gitlab(text):
    entries = json.loads(text)
    if len({entry["fingerprint"] for entry in entries}) != len(entries):
        yield "a fingerprint occurs twice"
    if not entries:
        yield "there are no entries"
    for entry in entries:
        if ACTS.search(entry["description"]):
            yield f"description {entry['description']!r}"


def judge_junit(text):
    root = xml.etree.ElementTree.fromstring(text.encode())
    tests = root.findall("testsuite/testcase")
    found = [len(tests)] + [len(root.findall("testsuite/testcase/" + name)) for name in ("failure", "error", "skipped")]
    said = [int(root.get(name)) for name in ("tests", "failures", "errors", "skipped")]
    if found != said or not tests:
        yield f"{found} tests, failures, errors and skipped are said to be {said}"
    for test in tests:
        if ACTS.search(test.get("name")) or ACTS.search(test.get("file", "")):
            yield f"test {test.attrib!r}"


def judge_sarif(text):
    run = json.loads(text)["runs"][0]
    if not run["results"]:
        yield "there are no results"
    for result in run["results"]:
        message = re.sub(r"\\.", "", result["message"]["text"])
        links = re.findall(r"\[[^\[\]]*\]\(1\)", message)
        if len(links) > 1 or any(c in message.replace(links[0] if links else "", "") for c in "[]") or ACTS.search(message):
            yield f"message {message!r}"
        for place in result["locations"]:
            uri = place["physicalLocation"]["artifactLocation"]["uri"]
            if not re.fullmatch(r"([A-Za-z0-9._~/-]|%[0-9A-F]{2})*", uri):
                yield f"uri {uri!r}"


JUDGES = {"github": judge_github, "gitlab": judge_gitlab, "junit": judge_junit, "sarif": judge_sarif}


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(text)


def variants(folder):
    """Arguments for one comparison and one check with all texts at once, and one for each text that stands alone."""
    write(os.path.join(folder, "old", "nginx.conf"), SERVER.replace(b"$http_origin", b"https://app.example") % ((b"x",) * 5))
    for number, text in enumerate(TEXTS):
        name = text.replace(b"/", b"") + b"n.conf"
        if number % 8 == 0 or number >= len(BYTES):
            write(os.path.join(folder.encode(), b"new%d" % number, name), SERVER % ((text,) * 5))
            yield ["check", f"new{number}"]
    every = b"".join(TEXTS).replace(b";", b"")
    write(os.path.join(folder, "all", "nginx.conf"), SERVER % ((every,) * 5))
    yield ["check", "all"]
    yield ["diff", "old", "all"]
    yield ["diff", "old", "old"]


def main():
    program = os.path.realpath(sys.argv[1])
    checked = failed = 0
    with tempfile.TemporaryDirectory(prefix="corsgate-hostile-") as folder:
        for words in variants(folder):
            outputs = [word for name in JUDGES for word in ("--format", f"{name}=out.{name}")]
            plain = subprocess.run([program, *words], cwd=folder, capture_output=True, check=False, timeout=60)
            run = subprocess.run([program, *words, *outputs], cwd=folder, capture_output=True, check=False, timeout=60)
            if run.returncode != plain.returncode or run.returncode not in (0, 1, 2, 3):
                failed += 1
                print(f"{words}: exit {run.returncode} and {plain.returncode}: {run.stderr[-300:]!r}")
            for name, judge in JUDGES.items():
                path = os.path.join(folder, "out." + name)
                if not os.path.exists(path):
                    continue
                with open(path, "rb") as file:
                    text = file.read().decode("utf-8")
                os.remove(path)
                checked += 1
                for problem in judge(text) if words[1:] != ["old", "old"] else ():
                    failed += 1
                    print(f"{words} {name}: {problem[:400]}")
    print(f"{checked} reports, {failed} failures")
    return 1 if failed or checked < 100 else 0


if __name__ == "__main__":
    sys.exit(main())
