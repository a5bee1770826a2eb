"""manuals.py PROGRAM SOURCE: the manual pages say all that the program's --help and the configuration's schema say, and
nothing else; and mandoc, where it is installed, has no complaint about them."""

import json
import re
import shutil
import subprocess
import sys

program, source = sys.argv[1:]
wrong = []


def text_of(*arguments):
    return subprocess.run([program, *arguments], capture_output=True, text=True, check=True).stdout


def manual(name):
    with open(f"{source}/docs/man/{name}", encoding="utf-8") as file:
        return file.read()


def compare(what, described, there):
    for name in sorted(there - described):
        wrong.append(f"{what} {name} is not in the manual")
    for name in sorted(described - there):
        wrong.append(f"{what} {name} of the manual is not there")


def items(text, macro):
    """The first words of list items: .It MACRO a, MACRO b"""
    found = set()
    for line in text.splitlines():
        if line.startswith(f".It {macro} "):
            found.update(re.findall(rf"\b{macro} (\S+)", line))
    return found


def schema_keys(node):
    """The names of all keys that have a fixed name."""
    found = set()
    if isinstance(node, dict):
        if isinstance(node.get("properties"), dict):
            found.update(node["properties"])
        for value in node.values():
            found |= schema_keys(value)
    elif isinstance(node, list):
        for value in node:
            found |= schema_keys(value)
    return found


commands = set(re.findall(r"^  ([a-z]+) +\S", text_of("--help"), re.M))
options = set()
for command in commands:
    listed = text_of(command, "--help").split("\nOptions:\n")[1]
    options.update(re.findall(r"^  (?:-[a-z], )?--([a-z-]+)", listed, re.M))
    options.update(re.findall(r"^  -([a-z]), ", listed, re.M))
if len(commands) < 8 or len(options) < 20:
    wrong.append(f"--help lists {len(commands)} commands and {len(options)} options: it is not understood")

page = manual("corsgate.1")
compare("command", items(page.split(".Sh OPTIONS")[0], "Cm"), commands)
compare("command of the synopsis", set(re.findall(r"^\.Nm\n\.Cm (\S+)", page, re.M)), commands)
compare("option", {name.lstrip("-") for name in items(page, "Fl")}, options)

# What a product of controllers: may have is the product's, and the schema lists it with the product.
with open(f"{source}/docs/schema/config.json", encoding="utf-8") as file:
    keys = schema_keys(json.load(file))
page = manual("corsgate.yml.5")
compare("key", items(page, "Cm"), keys)

if shutil.which("mandoc"):
    for name in ("corsgate.1", "corsgate.yml.5"):
        done = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", f"{source}/docs/man/{name}"],
                              capture_output=True, text=True, check=False)
        said = [line for line in done.stdout.splitlines() if "outdated mandoc.db" not in line]
        wrong.extend(said)

for line in wrong:
    print(line)
print(f"{len(commands)} commands, {len(options)} options, {len(keys)} keys: {len(wrong)} wrong")
sys.exit(bool(wrong))
