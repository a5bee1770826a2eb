"""Workflow files as a runner takes them, as far as the examples go: jobs in order, steps that use corsgate or carry
artifacts, and expressions that look something up. What is not understood is an error."""

import os
import re
import shutil

import yaml

EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")


class Workflow:
    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            self.text = file.read()
        self.data = yaml.safe_load(self.text)
        self.events = self.data[True]  # "on" is a boolean of YAML 1.1

    def run(self, world, event_name, event, secrets=None, sha=None, check_out=None):
        """Every step that uses corsgate as JOB.NUMBER: Step. The token of a job has the rights that it is given. `sha`: what
        the event is about, which `check_out(world, commit, depth)` makes a workspace of."""
        assert event_name in self.events, f"{event_name} does not start it"
        context = {"github.event_name": event_name, "github.run_id": "42", "github.repository": "example/shop",
                   **{f"secrets.{name}": value for name, value in (secrets or {}).items()}}
        artifacts, out = {}, {}
        for name, job in self.data["jobs"].items():
            assert job.get("if", "always()") == "always()", f"{name}: {job['if']}"
            token = f"{name}-job-token"
            world.github.tokens[token] = {f"{area}: {right}" for area, right in job["permissions"].items()}
            context["github.token"] = token
            workspace = world.workspace()
            more = {"GITHUB_SHA": sha} if sha else {}
            for number, step in enumerate(job["steps"]):
                if step.get("uses", "").startswith("actions/checkout@"):
                    workspace = check_out(world, sha, step["with"]["fetch-depth"])
                    continue
                inputs = {key: fill(value, context) for key, value in step.get("with", {}).items()}
                done = self.step(world, step, inputs, workspace, artifacts, event_name, event, token, more)
                if done:
                    out[f"{name}.{number}"] = done
                    if "id" in step:
                        context.update({f"steps.{step['id']}.outputs.{key}": value for key, value in done.outputs.items()})
                    if done.status and not step.get("continue-on-error"):
                        break
            context.update({f"needs.{name}.outputs.{key}": fill(value, context)
                            for key, value in job.get("outputs", {}).items()})
        return out

    def step(self, world, step, inputs, workspace, artifacts, event_name, event, token, more):
        uses = step["uses"].split("@")[0]
        if uses == "actions/upload-artifact":
            source = os.path.join(workspace, inputs["path"])
            if os.path.isdir(source):
                artifacts[inputs["name"]] = source
        elif uses == "actions/download-artifact":
            if inputs["name"] in artifacts:
                shutil.copytree(artifacts[inputs["name"]], os.path.join(workspace, inputs["path"]))
            else:
                assert step["continue-on-error"] is True
        elif uses.endswith("/corsgate"):
            inputs.setdefault("token", token)
            given = inputs.pop("token")
            return world.run(event_name, event, workspace, given, more, **inputs)
        else:
            raise AssertionError(f"what is {uses}?")
        return None


def fill(value, context):
    """The text of an input. What is not there is empty, as on GitHub."""
    if isinstance(value, bool):
        return str(value).lower()
    return EXPRESSION.sub(lambda match: context.get(match[1], "") if re.fullmatch(r"[\w.-]+", match[1]) else "?", str(value))
