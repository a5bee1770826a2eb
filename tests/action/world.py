"""What the tests of the action share: a repository with a base branch, a stand-in for GitHub, and a runner that gives the
entry script what a real one would."""

import json
import os
import re
import shutil
import subprocess
import tempfile

from github import GitHub, REPOSITORY

HERE = os.path.dirname(os.path.realpath(__file__))
TOP = os.path.realpath(os.path.join(HERE, "..", ".."))
ENTRY = os.path.join(TOP, "src", "action", "entry.sh")

CONFIG = """version: 1
trusted_origins: ["https://*.shop.example"]
review:
  approvers: ["@example/seniors", "lead"]
  stale: {stale}
"""

NGINX = """events {{}}
http {{
    map $http_origin $allowed {{
        default "";
        {origins}
    }}
    server {{
        listen 80;
        server_name api.shop.example;
        location /v1/ {{
            add_header Access-Control-Allow-Origin $allowed always;
            add_header Vary Origin always;
            proxy_pass http://127.0.0.1:8080;
        }}
    }}
}}
"""


def nginx(*origins):
    return NGINX.format(origins="\n        ".join(f'"{origin}" $http_origin;' for origin in origins))


class Checks:
    def __init__(self):
        self.made, self.failed = 0, 0

    def that(self, good, what, detail=""):
        self.made += 1
        if not good:
            self.failed += 1
            print(f"FAILED: {what}\n{detail}")

    def equal(self, actual, expected, what, detail=""):
        self.that(actual == expected, f"{what}: {actual!r}, expected {expected!r}", detail)

    def end(self):
        print(f"{self.made} checks, {self.failed} failed")
        return 1 if self.failed or not self.made else 0


class Step:
    """One run of the entry script: its exit status, log, outputs and summary."""

    def __init__(self, status, log, outputs, summary):
        self.status, self.log, self.outputs, self.summary = status, log, outputs, summary

    def __str__(self):
        return f"exit status {self.status}\noutputs {self.outputs}\n{self.log}"


def read_outputs(path):
    """As the runner reads them (actions/runner, FileCommandManager)."""
    out = {}
    with open(path, encoding="utf-8") as file:
        lines = file.read().split("\n")
    while lines:
        line = lines.pop(0)
        if not line:
            continue
        name, mark = line.split("<<", 1)
        value = []
        while lines[0] != mark:
            value.append(lines.pop(0))
        lines.pop(0)
        out[name] = "\n".join(value)
    return out


class World:
    def __init__(self, program, shapes=None, prefix=""):
        self.program, self.shapes = os.path.realpath(program), shapes
        self.folder = os.path.realpath(tempfile.mkdtemp(prefix="corsgate-action-"))
        self.server = os.path.join(self.folder, "server")
        self.bare = os.path.join(self.server, REPOSITORY)
        self.clone = os.path.join(self.folder, "clone")
        self.environment = dict(
            PATH=os.environ["PATH"], HOME=self.folder, LC_ALL="C.UTF-8", TZ="UTC", GIT_CONFIG_NOSYSTEM="1",
            GIT_AUTHOR_NAME="Author", GIT_AUTHOR_EMAIL="author@shop.example", GIT_AUTHOR_DATE="2024-06-01T12:00:00Z",
            GIT_COMMITTER_NAME="Author", GIT_COMMITTER_EMAIL="author@shop.example", GIT_COMMITTER_DATE="2024-06-01T12:00:00Z",
            GIT_CONFIG_GLOBAL=os.path.join(self.folder, "gitconfig"))
        with open(self.environment["GIT_CONFIG_GLOBAL"], "w", encoding="utf-8") as file:
            file.write("[init]\n defaultBranch = main\n[advice]\n detachedHead = false\n")
        self.git("init", "-q", "--bare", self.bare, at=self.folder)
        self.git("config", "uploadpack.allowAnySHA1InWant", "true", at=self.bare)
        self.git("init", "-q", self.clone, at=self.folder)
        self.git("remote", "add", "origin", f"file://{self.bare}")
        self.github = GitHub(self.bare, prefix, shapes)
        # What the job's own token may: never the members of teams.
        self.github.tokens = {
            "scan-token": {"contents: read", "pull-requests: read"},
            "publish-token": {"contents: read", "pull-requests: write", "statuses: write"},
            "fork-token": {"contents: read", "pull-requests: read"},
            "teams-token": {"members: read"},
        }
        self.github.teams = {"example/seniors": ["Senior", "author"]}
        self.runs = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.github.stop()
        shutil.rmtree(self.folder)
        assert not self.github.wrong, "\n".join(self.github.wrong)

    # --- the repository

    def git(self, *arguments, at=None):
        return subprocess.run(["git", *arguments], cwd=at or self.clone, env=self.environment, check=True,
                              stdout=subprocess.PIPE, text=True).stdout.strip()

    def write(self, name, text):
        path = os.path.join(self.clone, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    def commit(self, message, **files):
        """Commits nginx.conf and .corsgate.yml, as far as they are given, and pushes the branch. The commit's id."""
        for name, text in files.items():
            self.write({"conf": "deploy/nginx.conf", "config": ".corsgate.yml"}[name], text)
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        self.git("push", "-q", "--force", "origin", "HEAD")
        return self.git("rev-parse", "HEAD")

    def begin(self, stale="strict", **more):
        """main, as a project has it that runs the gate; then the branch topic."""
        self.git("checkout", "-q", "-B", "main")
        base = self.commit("Begin", conf=nginx("https://app.shop.example"), config=CONFIG.format(stale=stale), **more)
        self.git("checkout", "-q", "-b", "topic")
        return base

    def rewind(self, number, commit):
        self.github.pulls[number]["head"] = commit

    # --- events

    def event(self, name, action, ours):
        return self.shapes.event(name, action, ours) if self.shapes else dict(ours, action=action)

    def pull_event(self, number, action="opened"):
        pull = self.github.pulls[number]
        ours = {"number": number, "pull_request": {
            "number": number, "user": {"login": pull["author"]}, "head": {"sha": pull["head"], "ref": "topic"},
            "base": {"ref": pull["base"], "sha": self.git("rev-parse", f"origin/{pull['base']}")}}}
        if action == "synchronize" and not self.shapes:
            ours["after"] = pull["head"]
        return self.event("pull_request", "opened" if self.shapes else action, ours)

    def ping_event(self, number):
        return self.event("workflow_run", "completed", {"workflow_run": {
            "event": "pull_request_review", "display_title": f"ping {number}", "head_branch": "main",
            "head_sha": self.git("rev-parse", "origin/main")}})

    # --- the runner

    def workspace(self, name=None):
        self.runs += 1
        path = os.path.join(self.folder, name or f"workspace{self.runs}")
        os.makedirs(path, exist_ok=True)
        return path

    def run(self, event_name, event, workspace, token, more=None, **inputs):
        """One step `uses: corsgate`, with these inputs."""
        self.runs += 1
        scratch = os.path.join(self.folder, f"run{self.runs}")
        os.makedirs(scratch)
        paths = {name: os.path.join(scratch, name) for name in ("event.json", "output", "summary")}
        for path in paths.values():
            with open(path, "w", encoding="utf-8") as file:
                if path.endswith(".json"):
                    json.dump(event, file)
        environment = dict(
            PATH=os.environ["PATH"], HOME=scratch, TMPDIR=scratch, GITHUB_ACTIONS="true", GITHUB_EVENT_NAME=event_name,
            GITHUB_EVENT_PATH=paths["event.json"], GITHUB_OUTPUT=paths["output"], GITHUB_STEP_SUMMARY=paths["summary"],
            GITHUB_WORKSPACE=workspace, GITHUB_REPOSITORY=REPOSITORY, GITHUB_API_URL=self.github.url,
            GITHUB_SERVER_URL=f"file://{self.server}", GITHUB_RUN_ID="42", GITHUB_SHA=self.git("rev-parse", "origin/main"),
            CORSGATE_PROGRAM=self.program, CORSGATE_ACTION_USER="same", CORSGATE_ACTION_SECOND="0.001",
            INPUT_TOKEN=token)
        environment.update(more or {})
        environment.update({f"INPUT_{name.upper()}": value for name, value in inputs.items()})
        # The runner's working directory is the workspace. What a step writes to either stream is its log.
        run = subprocess.run([ENTRY], cwd=workspace, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                             stdin=subprocess.DEVNULL, timeout=300, check=False)
        with open(paths["summary"], encoding="utf-8") as file:
            summary = file.read()
        left = [name for name in os.listdir(scratch) if name not in paths]
        assert not left, f"the entry script left {left}"
        return Step(run.returncode, run.stdout.decode("utf-8", "replace"), read_outputs(paths["output"]), summary)


COMMAND = re.compile(r"^\s*::([a-z-]+)(?: [^:]*)?::|##\[([a-z-]+)")


def commands(log):
    """The workflow commands that a runner would see in a log: `::name::` at the beginning of a line, `##[name]`
    anywhere; none between stop-commands and its word."""
    out, word = [], None
    for line in log.split("\n"):
        if word:
            if line.strip() == f"::{word}::":
                word = None
            continue
        match = COMMAND.search(line)
        if not match:
            continue
        if match[1] and "##[" in line:
            out.append("##[")
        if match[1] == "stop-commands":
            word = line.split("::")[2]
            continue
        out.append(match[1] or match[2])
    return out
