#!/usr/bin/env python3
"""docs_check.py PROGRAM RULE_PAGES: docs/rules and the picture are what ./dev docs writes, every link of the documentation leads somewhere, and
every command line of corsgate in it has a command and options that exist. Ends with what was looked at."""

import os
import re
import subprocess
import sys
import tempfile

import yaml

ROOT = os.path.realpath(os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", ".."))


def pages():
    """The files of documentation, from the root."""
    found = ["README.md", "CHANGELOG.md"]
    for folder in ("docs", "examples"):
        for path, _, names in os.walk(os.path.join(ROOT, folder)):
            found += [os.path.relpath(os.path.join(path, name), ROOT) for name in names if name.endswith(".md")]
    return sorted(found)


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


def anchors(text):
    """Of the headings, as GitHub makes them."""
    found = set()
    for heading in re.findall(r"^#+ +(.*)$", re.sub(r"^```.*?^```", "", text, flags=re.M | re.S), re.M):
        found.add(re.sub(r" ", "-", re.sub(r"[^\w\- ]", "", heading.strip().lower())))
    return found


def check_links(page, text, complain):
    prose = re.sub(r"`[^`\n]*`", "", re.sub(r"^(```+).*?^\1", "", text, flags=re.M | re.S))
    links = re.findall(r"\]\(([^)\s]+)\)", prose) + re.findall(r"(?:src|href|srcset)=\"([^\"]+)\"", prose)
    for link in links:
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = os.path.normpath(os.path.join(os.path.dirname(page), path)) if path else page
        if not os.path.exists(os.path.join(ROOT, target)):
            complain(f"{page}: {link} leads nowhere")
        elif anchor and target.endswith(".md") and anchor not in anchors(read(target)):
            complain(f"{page}: {link}: there is no such heading")
    return len(links)


class Commands:
    """What --help says about commands and their options, asked once each."""

    def __init__(self, program):
        self.program = program
        self.names = re.findall(r"^  ([a-z]+) ", self.ask("--help"), re.M)
        self.options = {}

    def ask(self, *arguments):
        return subprocess.run([self.program, *arguments], capture_output=True, text=True, check=True).stdout

    def takes(self, name, option):
        if name not in self.options:
            text = self.ask(name, "--help").split("\nOptions:\n")[1]
            self.options[name] = set(re.findall(r"^  (?:(-.), )?(--[a-z-]+)", text, re.M))
            self.options[name] = {word for pair in self.options[name] for word in pair if word}
        return option in self.options[name]


def check_commands(page, text, commands, complain):
    blocks = re.findall(r"^```(?:|sh|yaml|console)\n(.*?)^```", text, re.M | re.S)
    lines = [line for block in blocks for line in block.replace("\\\n", " ").splitlines()]
    lines += re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.M | re.S))
    count = 0
    for line in lines:
        match = re.match(r"(?:\$ |exec |run: |entry: |- |\S*/)*corsgate +([a-z-]+)(.*)", line.strip())
        if not match or line.strip().startswith("#"):
            continue
        count += 1
        name, rest = match.groups()
        if name in ("help",) or name.startswith("-"):
            continue
        if name not in commands.names:
            complain(f"{page}: there is no command {name}: {line.strip()}")
            continue
        rest = re.split(r" #| \| | > | &&|\|\||;", rest)[0]
        for option in re.findall(r"(?<=[ \[])(--[a-z][a-z-]*|-[a-z](?= |$))", rest.split(" -- ")[0]):
            if not commands.takes(name, option):
                complain(f"{page}: {name} has no option {option}: {line.strip()}")
    return count


def check_rule_pages(rule_pages, complain):
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([rule_pages, folder], check=True)
        written, kept = sorted(os.listdir(folder)), sorted(os.listdir(os.path.join(ROOT, "docs", "rules")))
        for name in sorted(set(written) ^ set(kept)):
            complain(f"docs/rules/{name} is there only {'once' if name in kept else 'newly'} written: ./dev docs")
        for name in set(written) & set(kept):
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                if file.read() != read(os.path.join("docs", "rules", name)):
                    complain(f"docs/rules/{name} is not what its rule says now: ./dev docs")
    return len(written)


def check_action(page, text, complain):
    """What a workflow gives to the action is among its inputs."""
    inputs = yaml.safe_load(read("action.yml"))["inputs"] if os.path.exists(os.path.join(ROOT, "action.yml")) else None
    for block in re.findall(r"^```yaml\n(.*?)^```", text, re.M | re.S):
        try:
            documents = [document for document in yaml.safe_load_all(block) if isinstance(document, dict)]
        except yaml.YAMLError as error:
            complain(f"{page}: a block is no YAML: {error}")
            continue
        steps = [step for document in documents for job in document.get("jobs", {}).values() for step in job["steps"]]
        for step in steps:
            if "/corsgate@" in step.get("uses", "") and inputs:
                for name in set(step.get("with", {})) - set(inputs):
                    complain(f"{page}: the action has no input {name}")


def check_picture(program, complain):
    made = subprocess.run([sys.executable, os.path.join(ROOT, "tests", "docs", "picture.py"), program], capture_output=True, text=True,
                          check=True).stdout
    if made != read("docs/picture.svg"):
        complain("docs/picture.svg is not what the program says now: ./dev docs")


def main():
    complaints = []
    commands = Commands(sys.argv[1])
    rules = check_rule_pages(sys.argv[2], complaints.append)
    check_picture(sys.argv[1], complaints.append)
    links = lines = 0
    for page in pages():
        text = read(page)
        links += check_links(page, text, complaints.append)
        check_action(page, text, complaints.append)
        lines += check_commands(page, text, commands, complaints.append)
    print("\n".join(complaints))
    print(f"{rules} pages of rules, {links} links, {lines} command lines, {len(complaints)} complaints")
    sys.exit(bool(complaints) or not links or not lines)


main()
