#!/usr/bin/env python3
"""examples_test.py --corsgate PROGRAM: the workflows of examples/github/ are what GitHub takes and what this project says: keys,
events and permissions exist, nothing of others is put into a script, inputs and outputs are those of action.yml, and those are
the ones that the entry script knows. The settings in them are settings of corsgate."""

import argparse
import glob
import os
import re
import subprocess
import sys
import tempfile

import yaml

from world import TOP, Checks

# Of the syntax of workflows, what the examples may use (docs.github.com, "Workflow syntax for GitHub Actions").
WORKFLOW = {"name", "run-name", True, "permissions", "jobs"}
JOB = {"runs-on", "timeout-minutes", "permissions", "outputs", "steps", "needs", "if", "concurrency"}
STEP = {"id", "uses", "with", "run", "if", "continue-on-error", "env", "name"}
TYPES = {
    "pull_request": {"opened", "synchronize", "reopened", "ready_for_review", "edited"},
    "pull_request_review": {"submitted", "edited", "dismissed"},
    "merge_group": {"checks_requested"},
    "workflow_run": {"completed", "requested", "in_progress"},
    "workflow_dispatch": set(),
}
TYPES["pull_request_target"] = TYPES["pull_request"]
RIGHTS = {"actions", "attestations", "checks", "contents", "deployments", "id-token", "issues", "packages", "pages",
          "pull-requests", "security-events", "statuses"}
# What may be looked up in the fields of a step; all of it is harmless as the text of an input.
HARMLESS = re.compile(r"(inputs\.\w+|secrets\.\w+|(needs|steps)\.\w+\.outputs\.\w+|github\.(token|run_id))")
EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")


def read(path):
    with open(os.path.join(TOP, path), encoding="utf-8") as file:
        return file.read()


class Lint:
    def __init__(self, checks, action):
        self.checks, self.action = checks, action

    def workflow(self, name, data):
        self.name = name
        self.that(set(data) <= WORKFLOW and {"name", True, "jobs", "permissions"} <= set(data), f"keys {set(data)}")
        self.that(data["permissions"] == {}, "what no job asks for is not given")
        events = data[True]
        for event, more in events.items():
            self.that(event in TYPES and set((more or {}).get("types", [])) <= TYPES[event], f"event {event}")
        # A skipped workflow never reports, so what is required has no filters.
        for event in ("pull_request", "pull_request_target", "merge_group"):
            self.that(not set(events.get(event) or {}) & {"paths", "paths-ignore", "branches"}, "no filters")
        for job, body in data["jobs"].items():
            self.job(job, body, data)

    def that(self, good, what):
        self.checks.that(good, f"{self.name}: {what}")

    def job(self, name, job, data):
        self.that(set(job) <= JOB and {"runs-on", "timeout-minutes", "steps"} <= set(job), f"{name}: keys {set(job)}")
        rights = job.get("permissions", {})
        self.that(set(rights) <= RIGHTS and set(rights.values()) <= {"read", "write"}, f"{name}: rights {rights}")
        ids = {step["id"]: step for step in job["steps"] if "id" in step}
        for value in list(job.get("outputs", {}).values()) + [step.get("if", "") for step in job["steps"]]:
            for step, output in re.findall(r"steps\.(\w+)\.outputs\.(\w+)", str(value)):
                self.that(step in ids and output in self.action["outputs"], f"{name}: steps.{step}.outputs.{output}")
        for other, output in re.findall(r"needs\.(\w+)\.outputs\.(\w+)", yaml.safe_dump(job)):
            self.that(other == job["needs"] and output in data["jobs"][other]["outputs"], f"{name}: needs.{other}.{output}")
        trusted = any(event in data[True] for event in ("pull_request_target", "workflow_run"))
        for step in job["steps"]:
            self.step(name, step, trusted)
        reads = [step for step in job["steps"] if step.get("with", {}).get("command") == "diff"]
        if trusted and reads:
            self.that("write" not in rights.values(), f"{name}: what reads the text of others may write nothing")

    def step(self, name, step, trusted):
        self.that(set(step) <= STEP and len({"uses", "run"} & set(step)) == 1, f"{name}: step {set(step)}")
        self.that("${{" not in step.get("run", ""), f"{name}: nothing is put into a script")
        for value in step.get("with", {}).values():
            for expression in EXPRESSION.findall(str(value)):
                self.that(HARMLESS.fullmatch(expression), f"{name}: {expression}")
        uses = step.get("uses", "")
        self.that(not uses or re.fullmatch(r"[\w.-]+/[\w./-]+@v\d+", uses), f"{name}: uses {uses}")
        if trusted:
            self.that(not uses.startswith("actions/checkout"), f"{name}: nothing is checked out")
        if uses.startswith("OWNER/corsgate@"):
            for key, value in step.get("with", {}).items():
                self.that(key in self.action["inputs"], f"{name}: the action has no input {key}")
                default = self.action["inputs"].get(key, {}).get("default")
                self.that(isinstance(value, bool) == (default in ("true", "false")), f"{name}: {key}: {value}")


def entry_agrees(checks, action):
    """action.yml and the scripts name the same inputs and outputs, and the same defaults."""
    text = "".join(read(path) for path in glob.glob(os.path.join(TOP, "src", "action", "*.sh")))
    text = re.sub(r"^\s*#.*$", "", text, flags=re.MULTILINE)
    known = set(re.findall(r"\b(?:input|input_choice|is_true) ([a-z_]+)", text)) - {"name"}
    checks.equal(known, set(action["inputs"]), "inputs of the scripts and of action.yml")
    told = set(re.findall(r"\boutput ([a-z_]+) ", text)) | set(re.findall(r"\bkeep \S+ \S+ ([a-z_]+)", text))
    told |= set(re.findall(r"gate-comment|comment\.md\b.*?\)\" ([a-z_]+)", text)) - {""}
    checks.equal(told, set(action["outputs"]), "outputs of the scripts and of action.yml")
    for name, default in re.findall(r"is_true ([a-z_]+) (true|false)", text):
        checks.equal(action["inputs"][name].get("default"), default, f"the default of {name}")
    for name, default in re.findall(r"input_choice ([a-z_]+) ([a-z]+)", text):
        if "default" in action["inputs"][name]:
            checks.equal(action["inputs"][name]["default"], default, f"the default of {name}")
    for name in action["inputs"]:
        checks.that(re.fullmatch(r"[a-z_]+", name), f"{name}: shells drop variables with other characters")
    checks.equal(action["runs"]["using"], "docker", "the kind of action")
    checks.equal(action["runs"]["entrypoint"], "/usr/lib/corsgate/action/entry.sh", "the entrypoint")
    image = os.path.join(TOP, action["runs"]["image"])
    if os.path.exists(image):
        checks.that("lib/corsgate/action" in read(image) or "cmake --install" in read(image) or ".deb" in read(image),
                    "the image has the scripts")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--corsgate", required=True)
    options = parser.parse_args()
    checks = Checks()
    action = yaml.safe_load(read("action.yml"))
    lint = Lint(checks, action)
    paths = sorted(glob.glob(os.path.join(TOP, "examples", "github", "*", "*.yml")))
    checks.that(len(paths) >= 4, "examples were found")
    for path in paths:
        data = yaml.safe_load(read(path))
        if "jobs" in data:
            lint.workflow(os.path.relpath(path, TOP), data)
            continue
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "a.conf"), "w", encoding="utf-8") as file:
                file.write("events {}\nhttp { server { listen 80; } }\n")
            run = subprocess.run([options.corsgate, "check", "--config", path, "a.conf"], cwd=folder, capture_output=True,
                                 check=False)
            checks.equal(run.returncode, 0, f"{path} are settings", run.stderr.decode())
    for line in read("examples/github/acknowledged/CODEOWNERS").splitlines():
        checks.that(not line or line.startswith("#") or re.fullmatch(r"/[\w./]+\s+@[\w-]+/[\w-]+", line), f"CODEOWNERS: {line}")
    entry_agrees(checks, action)
    return checks.end()


if __name__ == "__main__":
    sys.exit(main())
