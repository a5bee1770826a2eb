"""What GitHub really sends: the description of its REST API (@octokit/openapi) and recorded events
(@octokit/webhooks-examples), installed below build/ from the lock file if need be. Neither is part of this project."""

import copy
import json
import os
import shutil
import subprocess

import jsonschema

HERE = os.path.dirname(os.path.realpath(__file__))
FILES = {
    "api.json": "@octokit/openapi/generated/api.github.com.json",
    "events.json": "@octokit/webhooks-examples/api.github.com/index.json",
}


def install(folder):
    """The two files that are needed, in `folder`."""
    os.makedirs(folder, exist_ok=True)
    done = os.path.join(folder, "installed.json")
    with open(os.path.join(HERE, "package-lock.json"), "rb") as file:
        wanted = file.read()
    if os.path.exists(done) and open(done, "rb").read() == wanted:
        return
    for name in ("package.json", "package-lock.json"):
        shutil.copy(os.path.join(HERE, name), folder)
    subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder, check=True,
                   stdout=subprocess.DEVNULL)
    modules = os.path.join(folder, "node_modules")
    for name, path in FILES.items():
        shutil.copy(os.path.join(modules, path), os.path.join(folder, name))
    shutil.rmtree(modules)  # 400 MB
    with open(done, "wb") as file:
        file.write(wanted)


def laid_over(below, above):
    """`above` in what `below` has besides. Every key of `above` must be one of `below`."""
    if isinstance(above, dict) and isinstance(below, dict):
        unknown = set(above) - set(below)
        if unknown:
            raise AssertionError(f"GitHub's own has no {sorted(unknown)}; it has {sorted(below)}")
        return {key: laid_over(value, above[key]) if key in above else copy.deepcopy(value) for key, value in below.items()}
    if isinstance(above, list) and isinstance(below, list) and below:
        return [laid_over(below[0], item) for item in above]
    return above


def as_json_schema(node):
    """OpenAPI 3.0 in JSON Schema: "nullable" is a type."""
    if isinstance(node, list):
        return [as_json_schema(item) for item in node]
    if not isinstance(node, dict):
        return node
    out = {key: as_json_schema(value) for key, value in node.items() if key not in ("example", "examples", "discriminator")}
    if node.get("nullable"):
        return {"anyOf": [{key: value for key, value in out.items() if key != "nullable"}, {"type": "null"}]}
    return out


class Shapes:
    def __init__(self, folder):
        with open(os.path.join(folder, "api.json"), encoding="utf-8") as file:
            self.api = json.load(file)
        with open(os.path.join(folder, "events.json"), encoding="utf-8") as file:
            self.recorded = json.load(file)
        self.components = as_json_schema(self.api["components"])
        self.checked = {}

    def resolve(self, node):
        while "$ref" in node:
            target = self.api
            for part in node["$ref"].removeprefix("#/").split("/"):
                target = target[part]
            node = target
        return node

    def validate(self, schema, data, example=None):
        """What is wrong with GitHub's own example is not ours."""
        validator = jsonschema.Draft7Validator(dict(as_json_schema(schema), components=self.components))
        known = {(tuple(error.absolute_path), error.validator) for error in validator.iter_errors(example)} if example else ()
        for error in validator.iter_errors(data):
            if (tuple(error.absolute_path), error.validator) not in known:
                raise AssertionError(f"not as GitHub's: {list(error.absolute_path)}: {error.message[:300]}")

    def check(self, what, method, template, status, data):
        """A request must be as the API takes it. An answer becomes GitHub's own example with our values in it."""
        operation = self.api["paths"][template][method.lower()]
        self.checked[f"{method} {template} {what}"] = True
        if what == "request":
            self.validate(operation["requestBody"]["content"]["application/json"]["schema"], data)
            return data
        content = self.resolve(operation["responses"][str(status)])["content"]["application/json"]
        example = self.resolve(list(content["examples"].values())[0])["value"]
        data = laid_over(example, data)
        self.validate(content["schema"], data, example)
        return data

    def event(self, name, action, ours):
        """The recorded event of that name and action, with our values. What is younger than the recordings is in the
        description."""
        kind = name.replace("_", "-")
        parts = self.resolve(self.components["schemas"][f"webhook-{kind}-{action}"])["properties"]
        for group in self.recorded:
            for example in group["examples"]:
                if group["name"] != name or example.get("action") != action:
                    continue
                example = copy.deepcopy(example)
                for part, values in ours.items():
                    known = self.resolve(parts[part]).get("properties", {})
                    if isinstance(values, dict):
                        example[part].update({key: None for key in values if key not in example[part] and key in known})
                self.checked[f"event {name} {action}"] = True
                return laid_over(example, ours)
        raise AssertionError(f"no event {name} {action} is recorded")
