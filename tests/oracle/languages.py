#!/usr/bin/env python3
"""Holds the languages of expressions against the engines of the products that use them.

The program `languages` (languages.c) makes expressions and words and says which match; a small
program for each engine (languages/) says what the engine makes of them; every difference is shown.
An expression that we call unknown is not compared, and neither is a word on which an engine gives up.
What the engine accepts and we refuse, or the other way round, is a difference as well.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
PATTERNS = HERE.parent / "prop" / "cors_patterns.txt"
BATCH = 5000

# name: what must be there, how to build (in a folder of its own), how to run
ENGINES = {
    "pcre2": (
        "cc",
        ["cc", "-O2", "-D_GNU_SOURCE", "-o", "pcre2", f"{HERE}/languages/pcre2.c", "-lpcre2-8"],
        ["./pcre2"],
    ),
    "re2": ("g++", ["g++", "-O2", "-o", "re2", f"{HERE}/languages/re2.cc", "-lre2"], ["./re2"]),
    "go": ("go", ["go", "build", "-o", "go", f"{HERE}/languages/go.go"], ["./go"]),
    "java": ("javac", ["javac", "-d", ".", f"{HERE}/languages/Java.java"], ["java", "-Xss16m", "-cp", ".", "Java"]),
    # V8's optimised code contradicts its own interpreter: /(b-(?=[^\x62[]))+Qh/ and "b-Qh".
    "ecmascript": ("node", None, ["node", "--no-regexp-optimization", f"{HERE}/languages/ecmascript.js"]),
    "lua": ("luajit", None, ["luajit", f"{HERE}/languages/lua.lua"]),
}


def text(field):
    return "" if field == "-" else bytes.fromhex(field).decode("latin1")


class Tally:
    def __init__(self, engine):
        self.engine = engine
        self.dynamic = engine == "lua"  # the engine finds what is wrong with an expression when it comes there, or never
        self.expressions = self.refused = self.unknown = self.pairs = self.matching = self.differences = 0

    def is_newer(self, pattern):
        """Whether an engine of some years ago refuses what a new one takes."""
        return self.engine in ("re2", "go") and "(?<" in pattern

    def difference(self, what):
        self.differences += 1
        if self.differences <= 20:
            print("   ", what)


def compare(tally, line, theirs):
    fields = line.split(" ")
    ours, flags, pattern, words = fields[0], fields[1], text(fields[2]), fields[3:]
    tally.expressions += 1
    if ours == "?" or theirs == "?" or (ours == "!" and tally.dynamic):
        tally.unknown += 1
    elif "!" in (ours, theirs):
        tally.refused += 1
        if ours != theirs and not tally.is_newer(pattern):
            tally.difference(f"flags {flags} {pattern!r}: {'we refuse it' if ours == '!' else 'refused'}")
    else:
        for word, mine, other in zip(words, ours, theirs, strict=True):
            if other != "?":
                tally.pairs += 1
                tally.matching += other == "1"
            if other not in ("?", mine):
                tally.difference(f"flags {flags} {pattern!r} and {text(word)!r}: the engine says {other}")


def ask(program, run, folder, arguments, tally):
    lines = subprocess.run([program, *arguments], check=True, capture_output=True, text=True).stdout
    answers = subprocess.run(run, cwd=folder, input=lines, check=True, capture_output=True, text=True).stdout
    for line, theirs in zip(lines.splitlines(), answers.splitlines(), strict=True):
        compare(tally, line, theirs)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--program", required=True, help="the program languages")
    parser.add_argument("--engines", default=",".join(ENGINES), help="of " + ", ".join(ENGINES))
    parser.add_argument("--count", type=int, default=50000, help="expressions for each engine")
    parser.add_argument("--first", type=int, default=0, help="number of the first one")
    arguments = parser.parse_args()
    program, failed = str(Path(arguments.program).resolve()), False
    for name in arguments.engines.split(","):
        needed, build, run = ENGINES[name]
        if not shutil.which(needed):
            print(f"{name}: skipped, there is no {needed}")
            continue
        tally = Tally(name)
        with tempfile.TemporaryDirectory() as folder:
            if build:
                subprocess.run(build, cwd=folder, check=True)
            end = arguments.first + arguments.count
            for first in range(arguments.first, end, BATCH):
                ask(program, run, folder, [name, str(first), str(min(BATCH, end - first))], tally)
            ask(program, run, folder, [name, "0", "3", str(PATTERNS)], tally)
        failed |= tally.differences > 0 or tally.pairs == 0
        print(
            f"{name}: {tally.expressions} expressions ({tally.refused} refused, {tally.unknown} unknown), "
            f"{tally.pairs} pairs, {tally.matching} matching, {tally.differences} differences",
            flush=True,
        )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
