#!/usr/bin/env python3
"""pull_request_test.py --corsgate PROGRAM [--octokit FOLDER]: the life of a pull request that opens CORS, event by event,
through the steps of examples/github/gate/corsgate.yml as a runner would take them. With --octokit the events are recorded
ones, and the stand-in for GitHub answers as GitHub's own description has it."""

import argparse
import os
import sys

import octokit
from workflow import Workflow
from world import TOP, Checks, World, nginx

APP, PARTNER, OTHER = "https://app.shop.example", "https://partner.test", "https://other.test"


class Story:
    def __init__(self, program, shapes, checks):
        self.program, self.shapes, self.checks = program, shapes, checks
        self.workflow = Workflow(os.path.join(TOP, "examples", "github", "gate", "corsgate.yml"))

    def step(self, world, name, event, expected, words):
        """One event: the workflow runs, and the head of the pull request has a status."""
        event_name = "workflow_run" if "workflow_run" in event else "pull_request_target"
        runs = self.workflow.run(world, event_name, event,
                                 secrets={"CORSGATE_TEAMS_TOKEN": "teams-token"})
        log = "\n".join(f"--- {key}\n{run}" for key, run in runs.items())
        state, text = world.github.status_of(world.github.pulls[7]["head"])
        self.checks.equal(state, expected, name, log)
        self.checks.that(words in (text or ""), f"{name}: the status says {text!r}, not {words!r}", log)
        return runs

    def tell(self, stale, rebased):
        with World(self.program, self.shapes) as world:
            base = world.begin(stale)
            world.git("checkout", "-q", "topic")
            first = world.commit("Let a partner read", conf=nginx(APP, PARTNER))
            world.github.add_pull(7, "author", first)
            self.step(world, "opened", world.pull_event(7), "pending", "held: approvals are missing for 1 finding")
            world.github.review(7, "junior", "APPROVED", first)
            self.step(world, "junior approves", world.ping_event(7), "pending", "held")
            world.github.review(7, "author", "APPROVED", first)  # of the team, and the author
            self.step(world, "the author approves", world.ping_event(7), "pending", "held")

            second = world.commit("Let another one read", conf=nginx(APP, PARTNER, OTHER))
            world.rewind(7, second)
            world.github.review(7, "Senior", "APPROVED", first)
            self.step(world, "a senior approves an older head, which showed less", world.ping_event(7), "pending", "held")
            world.github.review(7, "Senior", "APPROVED", second)
            self.step(world, "a senior approves the head", world.ping_event(7), "success", "approved: 1 finding is approved")
            if stale == "strict":
                world.github.review(7, "lead", "CHANGES_REQUESTED", second)
                self.step(world, "another asks for changes", world.ping_event(7), "pending", "requests changes")
                world.github.review(7, "lead", "APPROVED", second)
                self.step(world, "and takes it back", world.ping_event(7), "success", "approved")

            third = world.commit("Let everyone read", conf=nginx("~.", PARTNER).replace('"~."', "~."))
            world.rewind(7, third)
            self.step(world, "a push that widens", world.pull_event(7, "synchronize"), "pending", "held")
            self.checks.equal(world.github.status_of(second)[0], "success", "the older head keeps its status")

            world.git("reset", "-q", "--hard", second)
            world.git("checkout", "-q", "main")
            world.write("README", "elsewhere")
            world.commit("Go on elsewhere")
            world.git("checkout", "-q", "topic")
            world.git("rebase", "-q", "main")
            fourth = world.commit("Nothing more")
            world.rewind(7, fourth)
            self.step(world, f"a rebase, {stale}", world.pull_event(7, "synchronize"), rebased,
                      "held" if rebased == "pending" else "approved")
            self.checks.that(base != world.git("merge-base", "main", "topic"), "the branch was rebased")

            # Whoever may edit the configuration of the branch does not become an approver by it.
            world.git("checkout", "-q", "topic")
            fifth = world.commit("Let the junior approve", config="version: 1\nreview: {approvers: [junior]}\n")
            world.rewind(7, fifth)
            world.github.review(7, "junior", "APPROVED", fifth)
            runs = self.step(world, "the branch names its own approver", world.pull_event(7, "synchronize"), "pending", "held")
            self.checks.that("CG906" in runs["scan.0"].summary, "a weakened gate is said", str(runs["scan.0"]))

            # What was trusted once, and is no more, is not trusted for branches that begin there.
            world.git("checkout", "-q", "main")
            world.commit("Trust a partner", config="version: 1\ntrusted_origins: ['https://once.test']\n")
            world.git("checkout", "-q", "-b", "early")
            world.git("checkout", "-q", "main")
            world.commit("Trust him no more", config="version: 1\ntrusted_origins: ['https://app.shop.example']\n")
            world.git("checkout", "-q", "early")
            late = world.commit("Use what was", conf=nginx(APP, "https://once.test"))
            world.github.pulls[7]["head"] = late
            self.step(world, "a branch from an early commit", world.pull_event(7, "synchronize"), "pending", "held")

            world.git("checkout", "-q", "-B", "calm", "main")
            calm = world.commit("A comment", conf="# calm\n" + nginx(APP))
            world.github.pulls[7]["head"] = calm
            runs = self.step(world, "nothing to review", world.pull_event(7, "synchronize"), "success", "clear")
            self.checks.that("no website gains or loses access" in runs["scan.0"].summary, "the proof is in the summary",
                             str(runs["scan.0"]))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--corsgate", required=True)
    parser.add_argument("--octokit")
    options = parser.parse_args()
    shapes = None
    if options.octokit:
        octokit.install(options.octokit)
        shapes = octokit.Shapes(options.octokit)
    checks = Checks()
    story = Story(options.corsgate, shapes, checks)
    story.tell("strict", "pending")
    story.tell("same-findings", "success")
    if shapes:
        print("as GitHub has them:", *sorted(shapes.checked), sep="\n  ")
    return checks.end()


if __name__ == "__main__":
    sys.exit(main())
