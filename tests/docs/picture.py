#!/usr/bin/env python3
"""picture.py PROGRAM: the picture of README.md, an SVG, on standard output: the change of an example and what the program
says about it, as a terminal shows both. Of the report, the fix of the first finding and the findings behind it are left out."""

import os
import re
import subprocess
import sys
import xml.sax.saxutils

EXAMPLE = os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "..", "examples", "opened-to-every-site")
SIZE, ADVANCE, LEADING = 13, 7.8, 19.5  # of a character: height, width, and from line to line
LEFT, TOP, BAR = 22, 24, 36
FAMILY = "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono','Liberation Mono',monospace"
BACK, LINE, TEXT, DIM = "#11161d", "#2b3440", "#d7dee8", "#8593a5"
COLORS = {"31": "#ff8f7a", "32": "#7fd8a0", "33": "#f2c86b", "34": "#8ab8ff", "2": DIM}


def run(program):
    report = subprocess.run([program, "diff", "--color", "always", "old.conf", "new.conf"], cwd=EXAMPLE, capture_output=True, text=True,
                            check=False)
    if report.returncode != 1 or report.stderr:
        sys.exit(f"the example ends with {report.returncode}: {report.stderr}")
    return report.stdout.rstrip("\n").split("\n")


def spans(line):
    """A line with escape sequences as (text, fill, bold)."""
    fill, bold = TEXT, False
    for code, text in re.findall(r"(?:\x1b\[([0-9;]*)m)?([^\x1b]*)", line):
        for part in code.split(";") if code else []:
            if part in ("", "0"):
                fill, bold = TEXT, False
            elif part == "1":
                bold = True
            else:
                fill = COLORS[part]
        if text:
            yield text, fill, bold


def lines_of(program):
    change = subprocess.run(["diff", "old.conf", "new.conf"], cwd=EXAMPLE, capture_output=True, text=True, check=False).stdout
    prompt = [("$ ", COLORS["32"], True)]
    out = [prompt + [("diff old.conf new.conf", TEXT, False)]]
    colors = {"<": COLORS["31"], ">": COLORS["32"]}
    out += [[(line, colors.get(line[0], DIM), False)] for line in change.splitlines()]
    out += [[], prompt + [("corsgate diff old.conf new.conf", TEXT, False)]]
    report = run(program)
    plain = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in report]
    fix = next(i for i, line in enumerate(plain) if line.lstrip().startswith("| fix:"))
    out += [list(spans(line)) for line in report[:fix]]
    out += [[("       | fix: ...", DIM, False)], [], list(spans(report[-1]))]
    return out


def number(value):
    return f"{value:.1f}".rstrip("0").rstrip(".")


def draw(lines):
    columns = max(sum(len(text) for text, _, _ in line) for line in lines)
    width = 2 * LEFT + columns * ADVANCE
    height = BAR + TOP + len(lines) * LEADING + 8
    yield (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {number(width)} {number(height)}" width="{number(width)}" '
           f'height="{number(height)}" role="img" aria-labelledby="t d">')
    yield '<title id="t">corsgate diff</title>'
    yield ('<desc id="d">A change of one line, and the report about it: every website can now read the API with the visitor\'s '
           'cookies, for example https://evil.com.</desc>')
    yield f'<rect x=".5" y=".5" width="{number(width - 1)}" height="{number(height - 1)}" rx="9" fill="{BACK}" stroke="{LINE}"/>'
    yield f'<path d="M0 {BAR}H{number(width)}" stroke="{LINE}"/>'
    for place, color in enumerate(("#ff5f57", "#febc2e", "#28c840")):
        yield f'<circle cx="{LEFT + place * 20}" cy="{BAR // 2}" r="5.5" fill="{color}"/>'
    yield f'<g font-family="{FAMILY}" font-size="{SIZE}">'
    for row, line in enumerate(lines):
        column = 0
        for text, fill, bold in line:
            # Several blanks would become one.
            for piece in re.finditer(r"[^ ]+(?: [^ ]+)*", text):
                weight = ' font-weight="700"' if bold else ""
                yield (f'<text x="{number(LEFT + (column + piece.start()) * ADVANCE)}" y="{number(BAR + TOP + row * LEADING + 4)}" '
                       f'fill="{fill}"{weight} textLength="{number(len(piece.group()) * ADVANCE)}" lengthAdjust="spacingAndGlyphs">'
                       f'{xml.sax.saxutils.escape(piece.group())}</text>')
            column += len(text)
    yield "</g>"
    yield "</svg>"


print("\n".join(draw(lines_of(os.path.realpath(sys.argv[1])))))
