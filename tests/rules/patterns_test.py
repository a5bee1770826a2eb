#!/usr/bin/env python3
"""patterns_test PROGRAM [--update]: what `corsgate check` says about expressions for origins.

patterns.txt holds an expression a paragraph, with the findings of the rules that judge what it lets in: for answers
with credentials, for answers without, and for a project that trusts some origins. Every expression is written in four
ways (a map, an if that sets a variable, an if around the headers, a negated if), which must all come to the same.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

TABLE = Path(__file__).resolve().parent / "patterns.txt"
RULES = {"CG401", "CG403", "CG404", "CG405", "CG406", "CG407", "CG507"}
PLACES = {"cookies": "    add_header Access-Control-Allow-Credentials true always;\n", "plain": ""}


def read_table():
    """A list of {"expression", "caseless", "trusted", "cookies", "plain", "dead"}."""
    rows = []
    for line in TABLE.read_text().splitlines():
        if not line or line.startswith("#"):
            continue
        if not line.startswith("    "):
            caseless = line.startswith("~* ")
            expression = line[3:] if caseless else line
            rows.append({"expression": expression, "caseless": caseless, "trusted": "", "cookies": [], "plain": [], "dead": []})
            continue
        name, _, said = line.strip().partition(": ")
        if name == "trusted":
            rows[-1]["trusted"] = said
        else:
            rows[-1][name].append(said)
    return rows


def write_table(rows):
    head = [line for line in TABLE.read_text().splitlines() if line.startswith("#")]
    out = [*head]
    for row in rows:
        out += ["", ("~* " if row["caseless"] else "") + row["expression"]]
        out += [f"    trusted: {row['trusted']}"] if row["trusted"] else []
        out += [f"    {name}: {said}" for name in ("cookies", "plain", "dead") for said in row[name]]
    TABLE.write_text("\n".join(out) + "\n")


def headers(value, more):
    return (
        f"    add_header Access-Control-Allow-Origin {value} always;\n"
        f"{more}    add_header Vary Origin always;\n"
    )


def in_map(number, key, _, more):
    before = f'map $http_origin $origin_{number} {{\n    default "";\n    "~{key}" $http_origin;\n}}\n'
    return before, headers(f"$origin_{number}", more)


def in_set(_number, _key, condition, more):
    body = f'    set $origin "";\n    if ($http_origin {condition}) {{ set $origin $http_origin; }}\n'
    return "", body + headers("$origin", more)


def in_if(_number, _key, condition, more):
    body = f"    add_header Vary Origin always;\n    if ($http_origin {condition}) {{\n"
    return "", body + headers("$http_origin", more) + "    }\n"


def in_negated(_number, _key, condition, more):
    body = f'    set $origin $http_origin;\n    if ($http_origin !{condition}) {{ set $origin ""; }}\n'
    return "", body + headers("$origin", more)


def configuration(rows, form):
    """The text, and for every line the number of its row."""
    text, owners = "", [None]
    for number, row in enumerate(rows):
        star = "*" if row["caseless"] else ""
        condition, key = f'~{star} "{row["expression"]}"', star + row["expression"]
        before, server = "", f"server {{\nserver_name n{number}.example.com;\n"
        for place, more in PLACES.items():
            before, body = form(number, key, condition, more)
            server += f"location /{place}/ {{\n{body}    proxy_pass http://app;\n}}\n"
        piece = before + server + "}\n"
        text += piece
        owners += [number] * piece.count("\n")
    return text, owners


def check(program, rows, form, trusted):
    """For every row, what is said in each place."""
    text, owners = configuration(rows, form)
    said = [{"cookies": set(), "plain": set(), "dead": set()} for _ in rows]
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "nginx.conf").write_text(text)
        Path(folder, ".corsgate.yml").write_text(f"version: 1\ntrusted_origins: [{trusted}]\n")
        run = subprocess.run(
            [program, "check", "--format", "json", "nginx.conf"], cwd=folder, capture_output=True, text=True, check=False
        )
    result = json.loads(run.stdout)
    if result["unknown"]:
        sys.exit(f"unknown: {result['unknown']}")
    for finding in result["findings"]:
        if finding["rule"] not in RULES:
            continue
        owner = said[owners[finding["line"]]]
        if finding["rule"] == "CG507":
            owner["dead"].add("CG507 " + finding["level"])
            continue
        place = "cookies" if "/cookies/" in finding["endpoint"]["url"] else "plain"
        owner[place].add(f"{finding['rule']} {finding['level']} {finding['witness']}")
    return said


def main():
    program, update = str(Path(sys.argv[1]).resolve()), "--update" in sys.argv
    rows, wrong, checked = read_table(), 0, 0
    for trusted in sorted({row["trusted"] for row in rows}):
        group = [row for row in rows if row["trusted"] == trusted]
        for form in (in_map, in_set, in_if, in_negated):
            for row, said in zip(group, check(program, group, form, trusted)):
                checked += 1
                for place, findings in said.items():
                    if update and form is in_map:
                        row[place] = sorted(findings)
                    if sorted(findings) != sorted(row[place]):
                        wrong += 1
                        print(f"{row['expression']} ({form.__name__}, {place}): {sorted(findings)}, not {row[place]}")
    if update:
        write_table(rows)
    print(f"{checked} checked, {wrong} wrong")
    return 1 if wrong or not checked else 0


if __name__ == "__main__":
    sys.exit(main())
