#!/usr/bin/env python3
"""entry_test.py --corsgate PROGRAM: the entry script of the action, case by case: what each event compares, an API that has
pages, limits and faults, tokens that may not, text that wants to act, and what is written where."""

import argparse
import json
import os
import subprocess
import sys
import traceback

from workflow import Workflow
from world import CONFIG, TOP, Checks, World, commands, nginx

APP, PARTNER, OTHER = "https://app.shop.example", "https://partner.test", "https://other.test"
GATE = os.path.join(TOP, "examples", "github", "gate", "corsgate.yml")
ACKNOWLEDGED = os.path.join(TOP, "examples", "github", "acknowledged", "corsgate.yml")
SECRETS = {"CORSGATE_TEAMS_TOKEN": "teams-token"}


def opened(world, **more):
    """A pull request by `author` that lets a partner read; the commits of base and head."""
    base = world.begin(**more)
    head = world.commit("Let a partner read", conf=nginx(APP, PARTNER))
    world.github.add_pull(7, "author", head)
    return base, head


def scanned(world, **inputs):
    """The workspace that the first job leaves."""
    workspace = world.workspace()
    step = world.run("pull_request_target", world.pull_event(7), workspace, "scan-token", exit_zero="true", **inputs)
    return workspace, step


def gate(world, workspace, token="publish-token", **inputs):
    inputs.setdefault("teams_token", "teams-token")
    return world.run("pull_request_target", world.pull_event(7), workspace, token, command="gate", **inputs)


# --- what is compared

def merge_of(world, base, head):
    """What GitHub makes of a pull request: refs/pull/7/merge."""
    world.git("checkout", "-q", "--detach", base)
    world.git("merge", "-q", "--no-ff", "-m", "Merge", head)
    merge = world.git("rev-parse", "HEAD")
    world.git("push", "-q", "--force", "origin", f"{merge}:refs/pull/7/merge")
    world.git("checkout", "-q", "topic")
    return merge


def check_out(world, commit, depth):
    workspace = world.workspace()
    world.git("init", "-q", workspace)
    world.git("remote", "add", "origin", f"file://{world.bare}", at=workspace)
    world.git("fetch", "-q", f"--depth={depth}", "origin", commit, at=workspace)
    world.git("checkout", "-q", "FETCH_HEAD", at=workspace)
    return workspace


def test_merge_commit(world, checks):
    base, head = opened(world)
    merge = merge_of(world, base, head)
    event = world.pull_event(7)
    sha = {"GITHUB_SHA": merge}
    step = world.run("pull_request", event, check_out(world, merge, 2), "", sha)
    checks.equal((step.status, step.outputs["base"], step.outputs["head"]), (3, base, merge), "a merge, two deep", str(step))
    checks.equal(world.github.requests, [], "which needs no network")
    checks.that(commands(step.log) == ["warning"], "an annotation", str(step))
    step = world.run("pull_request", event, check_out(world, merge, 1), "", sha, fetch="false")
    checks.equal((step.status, step.outputs["verdict"]), (2, "error"), "one deep, nothing fetched", str(step))
    checks.that(f"git fetch --depth=1 origin {base}" in step.log, "the command that brings it is said", str(step))
    step = world.run("pull_request", event, check_out(world, merge, 1), "", sha)
    checks.equal((step.status, step.outputs["base"]), (3, base), "one deep, fetched", str(step))
    # Of a checkout of the head alone, the API knows the rest.
    step = world.run("pull_request", event, check_out(world, head, 1), "scan-token", sha)
    checks.equal((step.status, step.outputs["base"], step.outputs["head"]), (3, base, head), "the head alone", str(step))


def test_credentials_for_git(world, checks):
    """What git sends when it fetches: one header, to the server and to nobody else."""
    base, head = opened(world)
    event = {"ref": "refs/heads/topic", "before": base, "after": head, "deleted": False,
             "repository": {"default_branch": "main"}}
    server = {"GITHUB_SERVER_URL": world.github.url}
    for name, origin, expected in (("the server", world.github.url, 1), ("another one", world.github.url.replace("127.0.0.1", "localhost"), 0)):
        workspace = check_out(world, head, 1)
        world.git("remote", "set-url", "origin", f"{origin}/example/shop", at=workspace)
        world.git("config", f"http.{world.github.url}/.extraheader", "Authorization: Basic left-by-checkout", at=workspace)
        world.github.requests, world.github.authorizations = [], []
        step = world.run("push", event, workspace, "scan-token", server)
        checks.equal((step.status, step.outputs["verdict"]), (2, "error"), name, str(step))
        checks.that("scan-token" not in step.log and "git fetch" in step.log, name, str(step))
        checks.that(world.github.requests and "info/refs" in world.github.requests[0], f"{name} was asked", str(world.github.requests))
        checks.equal(len(world.github.authorizations[0]), expected, f"{name}: headers", str(world.github.authorizations))
        checks.that("left-by-checkout" not in str(world.github.authorizations), f"{name}: ours", str(world.github.authorizations))


def test_push(world, checks):
    base, head = opened(world)
    event = {"ref": "refs/heads/topic", "before": base, "after": head, "deleted": False,
             "repository": {"default_branch": "main"}}
    step = world.run("push", event, check_out(world, head, 1), "")
    checks.equal((step.status, step.outputs["base"]), (3, base), "a push", str(step))
    checks.that("pull_request" in step.outputs and step.outputs["pull_request"] == "", "which is of no pull request")
    full = world.workspace()
    world.git("clone", "-q", f"file://{world.bare}", full)
    world.git("checkout", "-q", head, at=full)
    step = world.run("push", dict(event, before="0" * 40), full, "")
    checks.equal((step.status, step.outputs["base"]), (3, f"origin/main...{head}"), "a new branch", str(step))
    step = world.run("push", dict(event, before="0" * 40), check_out(world, head, 1), "")
    checks.equal(step.status, 2, "a new branch, shallow", str(step))
    step = world.run("push", dict(event, before="1" * 40), full, "")
    checks.equal(step.status, 2, "what was there before is gone", str(step))
    step = world.run("push", dict(event, after="0" * 40, deleted=True), full, "")
    checks.equal((step.status, step.outputs["verdict"]), (0, "clear"), "a branch that is deleted", str(step))


def test_merge_group(world, checks):
    base, head = opened(world)
    event = {"action": "checks_requested", "merge_group": {
        "head_sha": head, "base_sha": base, "head_ref": f"refs/heads/gh-readonly-queue/main/pr-7-{base}"}}
    step = world.run("merge_group", event, check_out(world, head, 2), "")
    checks.equal((step.status, step.outputs["base"], step.outputs["head"]), (3, base, head), "a merge group", str(step))

    # The doorbell, and the workflow behind it: the status is the group's.
    world.github.review(7, "Senior", "APPROVED", head)
    world.git("checkout", "-q", "--detach", base)
    world.git("merge", "-q", "--no-ff", "-m", "Group", head)
    group = world.git("rev-parse", "HEAD")
    world.git("push", "-q", "origin", f"{group}:refs/heads/gh-readonly-queue/main/pr-7-{base}")

    def ring(group):
        ping = {"action": "completed", "workflow_run": {
            "event": "merge_group", "head_sha": group, "head_branch": f"gh-readonly-queue/main/pr-7-{base}",
            "display_title": "ping "}}
        runs = Workflow(GATE).run(world, "workflow_run", ping, SECRETS)
        return world.github.status_of(group), "\n".join(map(str, runs.values()))

    (state, text), log = ring(group)
    checks.equal(state, "success", f"a group that shows the same: {text}", log)
    world.write("deploy/nginx.conf", nginx(APP, PARTNER, OTHER))
    world.git("commit", "-q", "-a", "-m", "Another pull request")
    more = world.git("rev-parse", "HEAD")
    world.git("push", "-q", "origin", f"{more}:refs/heads/more")
    (state, text), log = ring(more)
    checks.that(state == "pending" and "merge group" in text, f"a group that shows more: {state} {text}", log)


def test_explicit(world, checks):
    base, head = opened(world)
    full = world.workspace()
    world.git("clone", "-q", f"file://{world.bare}", full)
    step = world.run("schedule", {}, full, "", base=base, head=head)
    checks.equal((step.status, step.outputs["verdict"], step.outputs["review_required"]), (3, "review", "true"), "named", str(step))
    checks.that(len(step.outputs["digest"]) == 64, "a digest")
    same = world.run("schedule", {}, full, "", base=base, head=head, paths="deploy\n")
    checks.equal(same.outputs["digest"], step.outputs["digest"], "the digest is of what was found")
    other = world.run("schedule", {}, full, "", base=base, head=head, paths="  elsewhere  ")
    checks.equal(other.status, 2, "a path that is not there", str(other))
    note = world.run("schedule", {}, full, "", base=base, head=head, review="note")
    checks.equal((note.status, note.outputs["verdict"], note.outputs["review_required"]), (0, "clear", "true"), "a note", str(note))
    step = world.run("schedule", {}, full, "")
    checks.equal(step.status, 2, "nothing named", str(step))
    step = world.run("workflow_dispatch", {"inputs": {}}, world.workspace(), "scan-token", pull_request="7")
    checks.equal((step.status, step.outputs["head"]), (3, head), "by hand, with a number", str(step))
    world.git("checkout", "-q", head, at=full)
    step = world.run("schedule", {}, full, "", command="check")
    checks.equal((step.status, step.outputs["verdict"]), (0, "clear"), "check", str(step))
    with open(os.path.join(full, step.outputs["sarif_file"]), encoding="utf-8") as file:
        checks.equal(json.load(file)["version"], "2.1.0", "SARIF of check")
    step = world.run("schedule", {}, world.workspace(), "", command="check")
    checks.equal(step.status, 2, "check of nothing", str(step))


def test_acknowledged(world, checks):
    """The variant without permissions: examples/github/acknowledged."""
    base = world.begin()
    world.git("checkout", "-q", "main")
    with open(os.path.join(TOP, "examples/github/acknowledged/corsgate-settings.yml"), encoding="utf-8") as file:
        base = world.commit("Ask the owners", config=file.read())
    world.git("checkout", "-q", "-B", "topic")
    head = world.commit("Let a partner read", conf=nginx(APP, PARTNER))
    world.github.add_pull(7, "author", head)

    def red(head):
        world.github.pulls[7]["head"] = head
        merge = merge_of(world, base, head)
        runs = Workflow(ACKNOWLEDGED).run(world, "pull_request", world.pull_event(7), sha=merge, check_out=check_out)
        return runs["corsgate.1"].status, str(runs["corsgate.1"])

    checks.equal(red(head)[0], 3, "not acknowledged", red(head)[1])
    os.makedirs(os.path.join(world.clone, ".corsgate"))
    subprocess.run([world.program, "diff", base, "--write-acknowledged", ".corsgate/acks.json"], cwd=world.clone,
                   env=world.environment, capture_output=True, check=False)
    with open(os.path.join(world.clone, ".corsgate/acks.json"), encoding="utf-8") as file:
        entries = file.read()
    world.write(".corsgate/acks.json", entries.replace('"reason": ""', '"reason": "asked for"'))
    for name, files, expected in (("Acknowledge", {}, 0), ("More", {"conf": nginx(APP, PARTNER, OTHER)}, 3)):
        status, log = red(world.commit(name, **files))
        checks.equal(status, expected, name, log)
    checks.equal(world.github.requests, [], "nothing is asked of the API")


# --- the API

def test_pages(world, checks):
    _, head = opened(world)
    world.github.page_size = 2
    world.github.teams["example/seniors"] = ["a", "b", "c", "d", "Senior"]
    for login in ("one", "two", "three", "four"):
        world.github.review(7, login, "APPROVED", head)
    workspace, _ = scanned(world)
    gate(world, workspace)
    checks.equal(world.github.status_of(head)[0], "pending", "no senior yet")
    world.github.review(7, "Senior", "APPROVED", head)
    step = gate(world, workspace)
    checks.equal(world.github.status_of(head)[0], "success", "on the last page, of the last page", str(step))
    checks.that(any("page=3" in request for request in world.github.requests), "three pages were asked for")
    # Pages of another server are not asked for: they would get the token.
    elsewhere = world.github.url.replace("127.0.0.1", "localhost") + "/repos/example/shop/pulls/7/reviews?page=9"
    world.github.faults = [("GET", "/reviews", 200, {"Link": f'<{elsewhere}>; rel="next"'}, [])]
    step = gate(world, workspace)
    checks.that(not any("page=9" in request for request in world.github.requests), "a page elsewhere is not asked for", str(step))
    checks.equal((step.status, world.github.status_of(head)[0]), (2, "error"), "a page elsewhere", str(step))
    for answer in ({"message": "no list"}, b"<html>", b""):
        world.github.faults = [("GET", "/reviews", 200, {}, answer)]
        step = gate(world, workspace)
        checks.equal((step.status, world.github.status_of(head)[0]), (2, "error"), f"the reviews are {answer}", str(step))


def test_faults(world, checks):
    _, head = opened(world)
    workspace, _ = scanned(world)
    world.github.review(7, "lead", "APPROVED", head)
    secondary = {"message": "You have exceeded a secondary rate limit"}
    cases = [
        ([(502, {}, b"<html>bad gateway</html>"), (503, {}, b"")], "success", "trying again in 2 s"),
        ([(500, {}, {})], "success", "trying again in 1 s"),
        ([(429, {"Retry-After": "7"}, {})], "success", "trying again in 7 s"),
        ([(429, {}, {})], "success", "trying again in 60 s"),
        ([(403, {"Retry-After": "3"}, secondary)], "success", "trying again in 3 s"),
        ([(403, {}, secondary)], "success", "trying again in 60 s"),
        ([(403, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1"}, {"message": "rate limit"})], "success",
         "trying again in 1 s"),
        ([(0, {}, b"")], "success", "no answer"),
        ([(502, {}, b"")] * 5, "error", "status 502"),
        ([(429, {"Retry-After": "4000"}, {})], "error", "that is too long"),
        ([(403, {}, {"message": "Resource not accessible by integration"})], "error",
         'the job needs "permissions: {pull-requests: read}"'),
        ([(404, {}, {"message": "Not Found"})], "error", "it does not exist, or the token may not see it"),
        ([(401, {}, {"message": "Bad credentials"})], "error", "the token is not accepted"),
    ]
    for faults, expected, words in cases:
        world.github.statuses = []
        world.github.faults = [("GET", "/reviews", *fault) for fault in faults]
        step = gate(world, workspace)
        checks.equal(world.github.status_of(head)[0], expected, f"{faults}", str(step))
        checks.equal(step.status, 0 if expected == "success" else 2, f"{faults}", str(step))
        checks.that(words in step.log, f"{faults}: the log does not say {words!r}", str(step))
        checks.equal(world.github.faults, [], "every fault was met", str(step))
    # The status itself.
    world.github.faults = [("POST", "/statuses", 500, {}, b"")]
    world.github.statuses = []
    step = gate(world, workspace)
    checks.equal((step.status, world.github.status_of(head)[0]), (0, "success"), "the status, a second time", str(step))
    step = gate(world, workspace, token="scan-token")
    checks.that(step.status == 2 and "statuses: write" in step.log, "a token that may not set it", str(step))


def test_teams(world, checks):
    _, head = opened(world)
    workspace, _ = scanned(world)
    world.github.review(7, "lead", "APPROVED", head)
    step = gate(world, workspace, teams_token="")
    checks.equal(world.github.status_of(head)[0], "error", "the job's token may not read teams", str(step))
    checks.that("teams_token" in step.log and "read:org" in step.log, "which one may is said", str(step))
    checks.equal(gate(world, workspace).outputs["decision"], "approved", "with the other one")
    checks.that(all("teams-token" not in request for request in world.github.requests), "no token in an address")


def test_enterprise(world, checks):
    _, head = opened(world)
    workspace, step = scanned(world)
    checks.equal(step.outputs["verdict"], "review", "an API below a path", str(step))
    gate(world, workspace)
    checks.equal(world.github.status_of(head)[0], "pending", "below a path")
    checks.that(all(" /api/v3/" in request for request in world.github.requests), "every request", str(world.github.requests))
    step = world.run("pull_request_target", world.pull_event(7), world.workspace(), "scan-token",
                     {"GITHUB_API_URL": "file:///etc"})
    checks.equal(step.status, 2, "an address that is none", str(step))


# --- without a verdict

def test_no_verdict(world, checks):
    _, head = opened(world)
    world.github.review(7, "lead", "APPROVED", head)
    step = gate(world, world.workspace())
    checks.equal((step.status, world.github.status_of(head)[0]), (2, "error"), "there is no result", str(step))
    workspace, _ = scanned(world)
    result = os.path.join(workspace, "corsgate-report", "result.json")
    with open(result, encoding="utf-8") as file:
        good = file.read()
    for name, text in (("cut", good[:400]), ("empty", ""), ("of another tool", "{}"),
                       ("broken", good.replace('"verdict": "review"', '"verdict": "fail", "broken": true')),
                       ("without a verdict", good.replace('"verdict": "review"', '"verdict": "pass"').replace(
                           '"review": true', '"review": 1'))):
        with open(result, "w", encoding="utf-8") as file:
            file.write(text)
        world.github.statuses = []
        step = gate(world, workspace)
        checks.equal((step.status, world.github.status_of(head)[0]), (2, "error"), f"a result that is {name}", str(step))
    with open(result, "w", encoding="utf-8") as file:
        file.write(good)
    step = gate(world, workspace)
    checks.equal(world.github.status_of(head)[0], "success", "the right one", str(step))
    second = world.commit("Go on", conf=nginx(APP, PARTNER, OTHER))
    world.rewind(7, second)
    step = gate(world, workspace)
    checks.equal((step.status, world.github.status_of(second)), (0, (None, None)), "a head that went on", str(step))

    broken = world.commit("Break it", conf=nginx(APP) + "}\n")
    world.rewind(7, broken)
    world.github.review(7, "lead", "APPROVED", broken)
    runs = Workflow(GATE).run(world, "pull_request_target", world.pull_event(7), SECRETS)
    log = "\n".join(map(str, runs.values()))
    checks.equal((runs["scan.0"].outputs["verdict"], world.github.status_of(broken)[0]), ("error", "error"), "a broken file", log)


def test_errors_are_not_lifted(world, checks):
    _, head = opened(world)
    text = CONFIG.format(stale="strict") + "rules: {CG503: error}\n"
    world.git("checkout", "-q", "main")
    world.commit("Be strict", config=text)
    world.github.review(7, "lead", "APPROVED", head)
    world.git("checkout", "-q", "topic")
    head = world.commit("Misspell a value", conf=nginx(APP).replace(
        "proxy_pass", 'add_header Access-Control-Allow-Credentials "yes" always; proxy_pass'))
    world.rewind(7, head)
    world.github.review(7, "lead", "APPROVED", head)
    runs = Workflow(GATE).run(world, "pull_request_target", world.pull_event(7), SECRETS)
    log = "\n".join(map(str, runs.values()))
    checks.equal((runs["scan.0"].outputs["verdict"], world.github.status_of(head)[0]), ("fail", "failure"), "an error", log)


# --- what is written

def test_comments(world, checks):
    _, head = opened(world)
    comments = world.github.all_comments[7]
    comments += [[n, "someone", "+1"] for n in range(1, 120)]
    comments.append([500, "evil", "<!-- corsgate:gate v=1 base=main --> mine"])
    count = len(comments)
    workspace, _ = scanned(world)
    gate(world, workspace, comment="true")
    gate(world, workspace, comment="true")
    checks.equal(len(comments), count + 1, "one comment, however often")
    checks.that("held" in comments[-1][2] and "`lead`" in comments[-1][2], "who is missing is in it", comments[-1][2])
    world.github.review(7, "lead", "APPROVED", head)
    gate(world, workspace, comment="true")
    checks.that("PASS" in comments[-1][2] and len(comments) == count + 1, "it goes on", comments[-1][2])
    checks.that(comments[-2][2].endswith("mine"), "those of others stay")
    step = gate(world, workspace, token="fork-token", comment="true", status="false")
    checks.that(step.status == 0 and "the token may not write it" in step.log, "a token of a fork", str(step))
    checks.that("notice" in commands(step.log), "which is said", str(step))
    world.github.faults = [("PATCH", "/comments", 422, {}, {"message": "spam"})]
    step = gate(world, workspace, comment="true")
    checks.equal((step.status, world.github.status_of(head)[0]), (0, "success"), "a comment that is refused", str(step))
    world.git("checkout", "-q", "-B", "calm", "main")
    calm = world.commit("A comment", conf="# calm\n" + nginx(APP))
    world.github.pulls[7]["head"] = calm
    workspace, _ = scanned(world)
    gate(world, workspace, comment="true")
    checks.that("nothing needs a review" in comments[-1][2], "all is well now", comments[-1][2])
    del comments[count:]
    gate(world, workspace, comment="true")
    checks.equal(len(comments), count, "and then none is begun")


def test_long_reports(world, checks):
    world.begin()
    places = "\n".join(f"location /{n}/ {{ add_header Access-Control-Allow-Origin https://p{n}.test always; add_header Vary Origin"
                       f" always; proxy_pass http://127.0.0.1:80{n % 90 + 10}; }}" for n in range(700))
    head = world.commit("Many", conf=f"events {{}}\nhttp {{ server {{ server_name api.shop.example; {places} }} }}\n")
    world.github.add_pull(7, "author", head)
    workspace, step = scanned(world)
    with open(os.path.join(workspace, step.outputs["comment_file"]), encoding="utf-8") as file:
        comment = file.read()
    checks.that(30000 < len(comment) <= 65536, f"a comment of {len(comment)} characters")
    checks.that("left out here" in comment and comment.count("\n- **") > 50, "findings come first, and it is said that it was cut")
    checks.that(len(step.summary) <= 1 << 20 and "corsgate: REVIEW" in step.summary, "the summary")
    checks.that(commands(step.log).count("warning") <= 10 and commands(step.log)[-1] == "notice", "ten annotations", step.log[-3000:])
    gate(world, workspace, comment="true")
    checks.that(len(world.github.all_comments[7]) == 1, "GitHub takes it")


HOSTILE = ['::error::x', '##[error]x', '::set-output name=a::b', '</td><script>alert(1)</script>', '@example/seniors',
           '[x](javascript:alert(1))', '%0A::error::x', '`` ` ::stop-commands::x']


def test_hostile_text(world, checks):
    world.begin()
    lines = "\n".join(f'add_header "X-{text}" "{text}"; set $x "{text}\n{text}\n::error::y\n##[warning]z";' for text in HOSTILE)
    lua = "\n".join(f'set_by_lua_block $o{n} {{ return "{text}" }}\n add_header Access-Control-Allow-Origin $o{n};'
                    for n, text in enumerate(HOSTILE[:3]))
    world.write("k8s/a\n::error::name.yaml", "a: b")
    head = world.commit("Hostile", conf=f"events {{}}\nhttp {{ server {{ server_name \"::error::h\" api.shop.example; location "
                                        f"\"/##[error]::error::\" {{ {lua} {lines} }} location / {{ {lua} }} }} }}\n",
                        config="version: 1\n'::error::k': ['##[error]x']\n")
    world.github.add_pull(7, "a::error::b", head)
    world.github.pulls[7]["base"] = "main"
    world.github.review(7, "lead\n::error::", "APPROVED", head)
    for name, files in (("with a broken configuration", {}), ("as it is", {"config": CONFIG.format(stale="strict")})):
        head = world.commit(name, **files)
        world.rewind(7, head)
        workspace, step = scanned(world)
        allowed = {"error", "warning", "notice"}
        checks.that(set(commands(step.log)) <= allowed and "name=a" not in step.outputs, f"{name}: no command acts", str(step))
        checks.that(commands(step.log).count("error") <= 2 and len(commands(step.log)) <= 11, f"{name}: of ours only", str(step))
        checks.that("<script" not in step.summary.replace("`", "") or "&lt;script" in step.summary or
                    all("`" in line for line in step.summary.split("\n") if "<script" in line), f"{name}: no markup", step.summary)
        log = gate(world, workspace, comment="true")
        checks.that(set(commands(log.log)) <= allowed, f"{name}: the gate", str(log))
    # Answers of an API, and a payload.
    world.github.faults = [("GET", "/pulls/7", 404, {}, {"message": "x\n::error::y\n##[error]z" + "w" * 9999})]
    step = world.run("pull_request_target", world.pull_event(7), world.workspace(), "scan-token")
    checks.equal(commands(step.log), ["error"], "what an API says", str(step))
    world.github.faults = [("GET", "/pulls/7", 502, {}, {"message": "::error::y\n##[error]z ##[warning]"})]
    step = world.run("pull_request_target", world.pull_event(7), world.workspace(), "scan-token")
    said = [line for line in step.log.split("\n") if "trying again" in line]
    checks.that(len(said) == 1 and "##[" not in said[0] and not commands(said[0]), "what an API says first", str(said))
    event = world.pull_event(7)
    for number in ("7\n::error::x", "$(touch /tmp/x)", -1, 10 ** 12, "../1", None, [7]):
        event["pull_request"]["number"] = number
        step = world.run("pull_request_target", event, world.workspace(), "scan-token")
        checks.that(step.status == 2 and set(commands(step.log)) == {"error"}, f"the number {number!r}", str(step))
    for broken in ("", "[]", "{"):
        workspace = world.workspace()
        path = os.path.join(workspace, "event.json")
        with open(path, "w", encoding="utf-8") as file:
            file.write(broken)
        step = world.run("pull_request_target", {}, workspace, "scan-token", {"GITHUB_EVENT_PATH": path})
        checks.equal(step.status, 2, f"the payload {broken!r}", str(step))


def test_inputs(world, checks):
    base, head = opened(world)
    full = world.workspace()
    world.git("clone", "-q", f"file://{world.bare}", full)
    for name, value in (("command", "push"), ("fail_on", "panic"), ("review", "yes"), ("annotations", "yes"), ("fetch", "1"),
                        ("comment", "on"), ("output_folder", "../out"), ("output_folder", "/tmp"), ("output_folder", "a/../b"),
                        ("pull_request", "seven"), ("base", "--output=x"), ("token", "a b")):
        inputs = {"base": base, "head": head, name: value}
        step = world.run("schedule", {}, full, inputs.pop("token", ""), **inputs)
        checks.equal(step.status, 2, f"{name}={value}", str(step))
        checks.that(commands(step.log).count("error") == 1, f"{name}={value}: it is said once", str(step))
    for value in (" true ", "TRUE", "False"):
        step = world.run("schedule", {}, full, "", base=base, head=head, annotations=value)
        checks.equal((step.status, "warning" in commands(step.log)), (3, "rue" in value.lower()), f"annotations={value}", str(step))
    step = world.run("schedule", {}, full, "", base=base, head=head, summary="false", output_folder="out/of", exit_zero="true")
    checks.equal((step.status, step.summary, step.outputs["result"]), (0, "", "out/of/result.json"), "a folder", str(step))
    # What was checked out may hold links.
    outside = os.path.join(world.folder, "outside")
    os.makedirs(outside)
    os.symlink(outside, os.path.join(full, "link"))
    step = world.run("schedule", {}, full, "", base=base, head=head, output_folder="link")
    checks.equal((step.status, os.listdir(outside)), (2, []), "a folder that is a link", str(step))
    os.makedirs(os.path.join(full, "links"))
    target = os.path.join(outside, "file")
    with open(target, "w", encoding="utf-8") as file:
        file.write("precious")
    os.symlink(target, os.path.join(full, "links", "result.json"))
    step = world.run("schedule", {}, full, "", base=base, head=head, output_folder="links")
    with open(target, encoding="utf-8") as file:
        checks.equal((step.status, file.read()), (3, "precious"), "a file that is a link", str(step))


def test_rights(world, checks):
    """As root, the program runs as somebody who may do nothing."""
    base, head = opened(world)
    if os.geteuid() != 0:
        return
    full = world.workspace()
    world.git("clone", "-q", f"file://{world.bare}", full)
    secret = os.path.join(world.folder, "secret")
    with open(secret, "w", encoding="utf-8") as file:
        file.write('{"findings": [], "of": "root"}')
    spy = os.path.join(world.folder, "spy")
    with open(spy, "w", encoding="utf-8") as file:
        file.write("#!/bin/bash\nid -u >&2\nid -G >&2\nenv >&2\ngrep -E 'CapEff|CapBnd|NoNewPrivs' /proc/self/status >&2\n"
                   "echo > /etc/corsgate-was-here\n"
                   f"ln -s {secret} $HOME/result.json; ln -s {secret} $HOME/report.md; mkdir $HOME/a; exit 2\n")
    os.chmod(spy, 0o755)
    subprocess.run(["chmod", "-R", "a+rX", world.folder], check=True)
    os.chmod(secret, 0o600)
    more = {"CORSGATE_PROGRAM": spy, "CORSGATE_ACTION_USER": "", "GITHUB_TOKEN": "secret", "ACTIONS_RUNTIME_TOKEN": "secret"}
    for owner, mode, expected in ((0, "a+rX", "65534"), (1234, "a+rX", "65534"), (1234, "go-rwx", "1234")):
        subprocess.run(["chown", "-R", str(owner), full], check=True)
        subprocess.run(["chmod", "-R", mode, full], check=True)
        step = world.run("schedule", {}, full, "secret", more, base=base, head=head)
        lines = [line.strip() for line in step.log.split("\n")]
        checks.that(expected in lines and "0" not in lines, f"owner {owner}: another user", str(step))
        checks.that("secret" not in step.log and "INPUT_" not in step.log, f"owner {owner}: without our environment", str(step))
        checks.that("CapEff:\t0000000000000000" in lines and "CapBnd:\t0000000000000000" in lines and "NoNewPrivs:\t1" in lines,
                    f"owner {owner}: without rights", str(step))
        checks.that('"of": "root"' not in step.summary and "result" not in step.outputs, f"owner {owner}: no link is followed",
                    str(step) + step.summary)
    checks.that(not os.path.exists("/etc/corsgate-was-here"), "nothing was written")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--corsgate", required=True)
    parser.add_argument("cases", nargs="*")
    options = parser.parse_args()
    checks = Checks()
    for name, case in sorted(globals().items()):
        if name.startswith("test_") and (not options.cases or name[5:] in options.cases):
            made, failed = checks.made, checks.failed
            try:
                with World(options.corsgate, prefix="/api/v3" if name == "test_enterprise" else "") as world:
                    case(world, checks)
            except Exception:
                checks.that(False, name, traceback.format_exc())
            print(f"{name[5:]}: {checks.made - made} checks, {checks.failed - failed} failed", flush=True)
    return checks.end()


if __name__ == "__main__":
    sys.exit(main())
