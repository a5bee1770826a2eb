#!/usr/bin/env python3
"""sarif_check.py --corsgate PROGRAM: what `--format sarif` writes about the golden cases is SARIF as Microsoft's
validator and GitHub's code scanning take it. The validator is what package-lock.json names; it is installed below
build/ if need be. Ends with the number of logs."""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.parse

HERE = os.path.dirname(os.path.realpath(__file__))
GOLDEN = os.path.join(HERE, "..", "golden")


def validator(folder):
    """The program of the validator for this system; installed if it is not there yet."""
    os.makedirs(folder, exist_ok=True)
    lock = os.path.join(HERE, "package-lock.json")
    done = os.path.join(folder, "installed.json")
    with open(lock, "rb") as file:
        wanted = file.read()
    if not os.path.exists(done) or open(done, "rb").read() != wanted:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(os.path.join(HERE, name), folder)
        subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder, check=True,
                       stdout=subprocess.DEVNULL)
        with open(done, "wb") as file:
            file.write(wanted)
    program = os.path.join(folder, "node_modules", "@microsoft", "sarif-multitool-linux", "Sarif.Multitool")
    os.chmod(program, 0o755)  # its own install script would do no more
    return program


def complaints(program, folder, logs):
    """(name of the log, rule, level) of everything that the validator says."""
    report = os.path.join(folder, "report.json")
    run = subprocess.run([program, "validate", *logs, "--rule-kind", "Sarif;Ghas", "--quiet", "true", "-o", report],
                         capture_output=True, check=False, timeout=300,
                         env=dict(os.environ, DOTNET_SYSTEM_GLOBALIZATION_INVARIANT="1"))
    if not os.path.exists(report):
        raise RuntimeError("the validator did not run: " + (run.stdout + run.stderr).decode("utf-8", "replace")[-2000:])
    with open(report, encoding="utf-8-sig") as file:
        document = json.load(file)
    for result in document["runs"][0].get("results", []):
        uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        yield os.path.basename(urllib.parse.unquote(uri)), result["ruleId"], result.get("level", "warning")


def github_refuses(log):
    """What GitHub's code scanning would not take, or not show."""
    run = log["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    for rule in rules:
        texts = (rule["shortDescription"]["text"], rule["fullDescription"]["text"], rule["name"])
        if not all(texts) or any(len(text) > most for text, most in zip(texts, (1024, 1024, 255))):
            yield f"rule {rule['id']}: a description is empty or too long"
        if not rule["help"]["text"] or not rule["help"]["markdown"] or len(rule["properties"]["tags"]) > 10:
            yield f"rule {rule['id']}: help or tags"
    if {rule["id"] for rule in rules} != {result["ruleId"] for result in run["results"]}:
        yield "the rules are not those of the results"
    hashes = set()
    for result in run["results"]:
        if rules[result["ruleIndex"]]["id"] != result["ruleId"]:
            yield "a ruleIndex is wrong"
        place = result["locations"][0]["physicalLocation"]
        uri = urllib.parse.urlsplit(place["artifactLocation"]["uri"])
        if uri.scheme or uri.netloc or uri.path.startswith("/") or ".." in uri.path.split("/") or uri.query or uri.fragment:
            yield f"{result['ruleId']}: the path is not below the repository: {place['artifactLocation']['uri']}"
        region = place["region"]
        if region["startLine"] < 1 or region.get("endColumn", 1 << 31) <= region.get("startColumn", 1):
            yield f"{result['ruleId']}: region {region}"
        mark = result["partialFingerprints"]["primaryLocationLineHash"]
        if mark in hashes:
            yield f"{result['ruleId']}: its fingerprint is not its own"
        hashes.add(mark)


def cases():
    """Cases whose only input is their folder, so that a copy of it is enough."""
    for name in sorted(os.listdir(GOLDEN)):
        folder = os.path.join(GOLDEN, name)
        wanted = name.startswith(("verdict-c1", "expect-", "suppress-", "cli-diff-", "cli-check-"))
        if not wanted or os.path.exists(os.path.join(folder, "setup")) or not os.path.exists(os.path.join(folder, "cmd")):
            continue
        with open(os.path.join(folder, "cmd"), encoding="utf-8") as file:
            words = file.read().replace("--format json", "").split()
        if words[0] in ("check", "diff") and not {"--format", "-o", "--output"} & set(words):
            yield name, folder, words


def write_logs(corsgate, folder):
    """The logs of all cases, and what has been written down as expected: path by name."""
    logs = {}
    for name in sorted(os.listdir(GOLDEN)):
        expected = os.path.join(GOLDEN, name, "expected.sarif")
        if os.path.exists(expected):
            logs[name] = shutil.copy(expected, os.path.join(folder, name + ".sarif"))
    for name, inputs, words in cases():
        copy = os.path.join(folder, "in", name)
        shutil.copytree(inputs, copy)
        plain = subprocess.run([corsgate, *words], cwd=copy, capture_output=True, check=False, timeout=60)
        run = subprocess.run([corsgate, *words, "--format", "sarif"], cwd=copy, capture_output=True, check=False, timeout=60)
        if run.returncode != plain.returncode:
            raise RuntimeError(f"{name}: exit {run.returncode} with --format sarif, {plain.returncode} without")
        if run.stdout:
            logs[name] = os.path.join(folder, name + ".sarif")
            with open(logs[name], "wb") as file:
                file.write(run.stdout)
    return logs


def spoil(path, out):
    """A log with mistakes that the validator has to find: the check itself is checked."""
    with open(path, encoding="utf-8") as file:
        log = json.load(file)
    log["runs"][0]["results"][0]["ruleIndex"] = 999
    log["runs"][0]["results"][0]["message"] = {}
    with open(out, "w", encoding="utf-8") as file:
        json.dump(log, file)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corsgate", required=True)
    parser.add_argument("--node", default=os.path.join(HERE, "..", "..", "build", "sarif"), help="where the validator is")
    options = parser.parse_args()
    program = validator(os.path.realpath(options.node))
    failed = 0
    with tempfile.TemporaryDirectory(prefix="corsgate-sarif-") as folder:
        logs = write_logs(os.path.realpath(options.corsgate), folder)
        for name, path in logs.items():
            with open(path, encoding="utf-8") as file:
                for problem in github_refuses(json.load(file)):
                    failed += 1
                    print(f"{name}: {problem}")
        spoilt = os.path.join(folder, "spoilt.sarif")
        spoil(logs["report-sarif-diff"], spoilt)
        found = list(complaints(program, folder, [*logs.values(), spoilt]))
        # There is no address to point to: the documentation comes with the program.
        found = [one for one in found if one[1] != "SARIF2005"]
        if not any(log == "spoilt.sarif" and level == "error" for log, _, level in found):
            failed += 1
            print("the validator found nothing wrong with a log that is wrong")
        for log, rule, level in found:
            if log != "spoilt.sarif":
                failed += 1
                print(f"{log}: {level} {rule}")
    print(f"{len(logs)} logs, {failed} failures")
    return 1 if failed or len(logs) < 20 else 0


if __name__ == "__main__":
    sys.exit(main())
