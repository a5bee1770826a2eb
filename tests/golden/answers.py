#!/usr/bin/env python3
"""answers.py REQUESTS EXPECTED ACTUAL: compares what `simulate --raw` predicts with what the server answered.

Only what a client sees counts: the status, and the Access-Control-* and Vary headers in order. A prediction of
"unknown" is a failure here: the cases are ones that corsgate knows."""

import json
import sys


def read(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def main():
    requests, expected, actual = (read(path) for path in sys.argv[1:4])
    failed = 0
    if not expected or not len(requests) == len(expected) == len(actual):
        print(f"{len(requests)} requests, {len(expected)} expected answers, {len(actual)} predicted")
        failed = 1
    for number, (request, want, got) in enumerate(zip(requests, expected, actual), 1):
        seen = {"status": got.get("status"), "headers": got.get("headers")}
        if seen != want or got.get("unknown"):
            print(f"line {number}: {json.dumps(request)}\n  server:    {json.dumps(want)}")
            print(f"  predicted: {json.dumps(got)}")
            failed = 1
    return failed


if __name__ == "__main__":
    sys.exit(main())
