#!/usr/bin/env python3
"""validate.py PROGRAM SCHEMAS: every JSON output of the program is what docs/schema says, and the schema of the
configuration accepts exactly what the program accepts. Ends with the number of documents checked."""

import copy
import json
import os
import subprocess
import sys
import tempfile

import jsonschema

OLD = """events {}
http {
    server {
        listen 80;
        server_name api.shop.example;
        location / {
            if ($http_origin = "https://app.shop.example") {
                add_header Access-Control-Allow-Origin $http_origin;
                add_header Access-Control-Allow-Credentials true;
            }
            add_header Vary Origin;
            proxy_pass http://127.0.0.1:8080;
        }
        location /gone/ {
            add_header Access-Control-Allow-Origin "https://old.shop.example";
            return 200;
        }
        location /moved/ {
            add_header Access-Control-Allow-Origin * always;
            return 302 /gone/;
        }
        location /lua/ {
            content_by_lua_block { ngx.say("x") }
        }
    }
}
"""
NEW = OLD.replace('$http_origin = "https://app.shop.example"', r'$http_origin ~ "^https://.*shop\.example$"').replace(
    "https://old.shop.example", "https://other.shop.example")
REQUESTS = [
    {"method": "GET", "url": "http://api.shop.example/", "headers": {"Origin": "https://evilshop.example"}},
    {"method": "GET", "url": "http://api.shop.example/gone/", "headers": {}, "upstream_status": 500},
    {"method": "GET", "url": "http://api.shop.example/lua/", "headers": {"Origin": "null"}},
]
PAGES = [
    {"url": "http://api.shop.example/", "origin": "https://evilshop.example", "credentials": True},
    {"method": "PUT", "url": "http://api.shop.example/", "origin": "https://evilshop.example", "headers": {"Host": "x"}},
    {"url": "http://api.shop.example/moved/", "origin": "https://other.shop.example", "credentials": "omit"},
    {"url": "http://api.shop.example/moved/", "origin": "null"},
    {"url": "http://api.shop.example/lua/", "origin": "null"},
    {"url": "http://api.shop.example/", "origin": "null", "mode": "no-cors"},
]
CONFIGURATIONS = [  # text, whether it is right
    ("", True),
    ("version: 1\n", True),
    ("version: 2\n", False),
    ("version: one\n", False),
    ("trusted_origin: []\n", False),
    ('trusted_origins: ["https://*.shop.example", "https://partner.test:8443"]\n', True),
    ("trusted_origins: [shop.example]\n", False),
    ("trusted_origins: https://shop.example\n", False),
    ("sources: [nginx.conf, {path: conf.d/*.conf, type: nginx}]\n", True),
    ("sources: [{type: nginx}]\n", False),
    ("sources: [{path: a.conf, type: apache}]\n", False),
    ("sources: [{path: a.conf, kind: nginx}]\n", False),
    ('nginx: {version: "1.26.1"}\n', True),
    ("nginx: {version: 1.26}\n", True),
    ("nginx: {version: new}\n", False),
    ("nginx: {versoin: 1.26}\n", False),
    ('upstreams: {"http://app:8080": own, "http://b": none}\n', True),
    ('upstreams: {"http://app:8080": {status: 200, headers: {Vary: [Origin, Cookie], X-A: b}}}\n', True),
    ('upstreams: {"http://app:8080": {status: 20}}\n', False),
    ('upstreams: {"http://app:8080": {header: {}}}\n', False),
    ('upstreams: {"http://app:8080": maybe}\n', False),
    ("rules: {CG101: warning, CG301: off}\n", True),
    ('rules: {CG301: "off"}\n', True),
    ("rules: {CG101: fatal}\n", False),
    ("rules: [CG101]\n", False),
    ("rules: {CG101: }\n", False),
    ('expect: [{page: "https://shop.example", request: "PUT https://api.example/cart"}]\n', True),
    ('expect: [{page: "https://*.shop.example", request: "GET https://api.example/v1/*", headers: [x-a], '
     "credentials: include, outcome: blocked}]\n", True),
    ('expect: [{page: null, request: "GET https://api.example/"}]\n', True),
    ('expect: [{page: "null", request: "GET https://api.example/"}]\n', True),
    ('expect: [{page: "https://shop.example"}]\n', False),
    ('expect: [{page: "https://shop.example/", request: "GET https://api.example/"}]\n', False),
    ('expect: [{page: "https://shop.example", request: "https://api.example/"}]\n', False),
    ('expect: [{page: "https://shop.example", request: "GET api.example"}]\n', False),
    ('expect: [{page: "https://shop.example", request: "GET https://api.example/", headers: ["a b"]}]\n', False),
    ('expect: [{page: "https://shop.example", request: "GET https://api.example/", credentials: true}]\n', False),
    ('expect: [{page: "https://shop.example", request: "GET https://api.example/", outcome: maybe}]\n', False),
    ("expect: {}\n", False),
    ("stack: [cdn, gateway, nginx]\n", True),
    ("stack: nginx\n", False),
    ('controllers: {ingress-nginx: {version: "1.12", annotation-validation: true}}\n', True),
    ("controllers: {ingress-nginxx: {version: 1}}\n", False),
    ("controllers: {ingress-nginx: [version]}\n", False),
    ("controllers: [ingress-nginx]\n", False),
    ('review: {approvals: 1, approvers: ["@example/platform", someone], stale: same-findings, verified_revert: true,'
     ' acknowledge: .corsgate/ack.yml, endpoints: [{url: "https://pay.example/*", approvers: ["@example/pay"],'
     " approvals: 2}]}\n", True),
    ("review: {approvals: 0}\n", False),
    ("review: {approvals: many}\n", False),
    ("review: {approvers: everybody}\n", False),
    ('review: {approvers: ["a b"]}\n', False),
    ("review: {stale: never}\n", False),
    ("review: {endpoints: [{approvals: 2}]}\n", False),
    ('review: {endpoints: [{url: "pay.example"}]}\n', False),
    ("review: {verified_revert: perhaps}\n", False),
    ("custom_rules: []\n", True),
    ("custom_rules: policy.yaml\n", False),
    ('waive: [{rule: CG404, endpoint: "https://embed.example/", until: 2027-01-31, reason: "sandboxed frames"}]\n',
     True),
    ('waive: [{rule: CG404, endpoint: "*://*/*", reason: "all of it"}]\n', True),
    ('waive: [{rule: CG404, endpoint: "https://embed.example/"}]\n', False),
    ('waive: [{rule: CG404, endpoint: "https://embed.example/", reason: ""}]\n', False),
    ('waive: [{rule: CG404, endpoint: "https://embed.example/", until: soon, reason: a}]\n', False),
    ('waive: [{endpoint: "https://embed.example/", reason: a}]\n', False),
    ('waive: [{rule: CG404, reason: a}]\n', False),
    ("- version\n", False),
]


OPTIONAL = ("broken", "revert")  # there only when it is so
LINES = ("simulate", "simulate-raw", "why")  # one document a line


class Checker:
    def __init__(self, program, schemas):
        self.program = program
        self.schemas = {}
        for name in ("diff", "check", "show", "simulate", "simulate-raw", "why", "config", "gate"):
            with open(os.path.join(schemas, name + ".json"), encoding="utf-8") as file:
                schema = json.load(file)
            jsonschema.Draft202012Validator.check_schema(schema)
            self.schemas[name] = jsonschema.Draft202012Validator(schema)
        self.checked = self.failed = 0

    def fail(self, what):
        self.failed += 1
        print(what)

    def run(self, folder, *arguments, stdin=""):
        return subprocess.run([self.program, *arguments], cwd=folder, input=stdin.encode(), capture_output=True,
                              check=False, timeout=60)

    def check(self, name, document, what):
        self.checked += 1
        for error in self.schemas[name].iter_errors(document):
            self.fail(f"{what}: {'/'.join(map(str, error.absolute_path))}: {error.message[:300]}")
        # A schema that accepts anything would prove nothing: every key is needed, and no other is allowed.
        for key in document:
            less = {other: document[other] for other in document if other != key}
            if key not in OPTIONAL and self.schemas[name].is_valid(less):
                self.fail(f"{what}: the schema does not need {key}")
        more = copy.deepcopy(document)
        more["surprise"] = 1
        if self.schemas[name].is_valid(more):
            self.fail(f"{what}: the schema allows any key")

    def output(self, name, folder, *arguments, stdin=""):
        run = self.run(folder, *arguments, stdin=stdin)
        what = "corsgate " + " ".join(arguments)
        try:
            lines = run.stdout.decode("utf-8").splitlines() if name in LINES else [run.stdout.decode("utf-8")]
            documents = [json.loads(line) for line in lines]
        except ValueError as error:
            self.fail(f"{what}: exit {run.returncode}: {error}: {run.stderr.decode('utf-8', 'replace')[:500]}")
            return []
        for document in documents:
            self.check(name, document, what)
        return documents


def write(folder, name, text):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def check_outputs(checker, folder):
    write(folder, "old/nginx.conf", OLD)
    write(folder, "new/nginx.conf", NEW)
    write(folder, "broken/nginx.conf", NEW.replace("listen 80;", "listen 80"))
    diff = checker.output("diff", folder, "diff", "old", "new", "--format", "json")
    for part in ("changes", "findings", "unknown"):
        if diff and not diff[0][part]:
            checker.fail(f"corsgate diff old new: no {part}, so their schema was not tried")
    examples = os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "..", "examples", "opened-to-every-site")
    several = checker.output("diff", examples, "diff", "old.conf", "new.conf", "--format", "json")
    if several and not any("endpoints" in finding for finding in several[0]["findings"]):
        checker.fail("corsgate diff old.conf new.conf: no finding about several endpoints was tried")
    checker.output("diff", folder, "diff", "new", "old", "--format", "json")
    checker.output("diff", folder, "diff", "old", "old", "--format", "json")
    broken = checker.output("diff", folder, "diff", "old", "broken", "--format", "json")
    if broken and not broken[0].get("broken"):
        checker.fail("corsgate diff old broken: the result does not say that something could not be read")
    checker.output("check", folder, "check", "new", "--format", "json")
    checker.output("check", folder, "check", "broken", "--format", "json")
    checker.output("show", folder, "show", "new", "--format", "json")
    lines = "".join(json.dumps(request) + "\n" for request in REQUESTS) + "no request\n"
    answers = checker.output("simulate-raw", folder, "simulate", "new", "--raw", "--requests", "-", stdin=lines)
    if len(answers) != len(REQUESTS) + 1:
        checker.fail(f"simulate --raw: {len(answers)} answers to {len(REQUESTS) + 1} lines")
    lines = "".join(json.dumps(request) + "\n" for request in PAGES) + "no request\n"
    answers = checker.output("simulate", folder, "simulate", "new", "--requests", "-", stdin=lines)
    if {answer["verdict"] for answer in answers} != {"allowed", "blocked", "unknown"}:
        checker.fail("simulate: not every verdict was tried")
    if not any(answer["redirects"] for answer in answers) or not any(answer["preflight"] for answer in answers):
        checker.fail("simulate: no redirect or no preflight was tried")


def plain_loader(yaml):
    class Loader(yaml.SafeLoader):
        pass

    Loader.yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    return Loader


def check_generated(checker, schemas, printer):
    """The schema of the configuration is the one that the program's own table says."""
    run = subprocess.run([printer], capture_output=True, check=True, timeout=60)
    with open(os.path.join(schemas, "config.json"), "rb") as file:
        if file.read() != run.stdout:
            checker.fail("docs/schema/config.json is not up to date: BUILD/tests/config_schema prints what it has to hold")
    golden = os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "golden")
    for case, recording in (("cli-why-lines", "recording.jsonl"), ("cli-why-har", "session.har"), ("cli-why-wrong", "recording.jsonl")):
        if not checker.output("why", os.path.join(golden, case), "why", recording):
            checker.fail(f"why: no answer for {case}")
    decisions = set()
    for case in ("approved", "approved-json", "endpoints-held", "error", "error-json", "clear", "hostile", "author"):
        folder = os.path.join(golden, "gate-" + case)
        arguments = ["gate", "--result", "result.json", "--reviews", "reviews.json", "--event", "event.json"]
        if os.path.exists(os.path.join(folder, "teams.json")):
            arguments += ["--teams", "teams.json"]
        # What gate is given here is what diff writes.
        with open(os.path.join(folder, "result.json"), encoding="utf-8") as file:
            checker.check("diff", json.load(file), case)
        decisions |= {record["decision"] for record in checker.output("gate", folder, *arguments, "--format", "json")}
    if decisions != {"clear", "approved", "held", "failed"}:
        checker.fail(f"gate: not every decision was tried, only {decisions}")


def check_configurations(checker, folder):
    try:
        import yaml
    except ImportError:
        yaml = None
        print("python3-yaml is not there: the schema of the configuration is held against the program by JSON only")
    for text, right in CONFIGURATIONS:
        write(folder, "config.yml", text)
        run = checker.run(folder, "show", "old", "--config", "config.yml")
        checker.checked += 1
        if (run.returncode == 0) != right:
            checker.fail(f"{text!r}: exit {run.returncode}: {run.stderr.decode('utf-8', 'replace')[:500]}")
        # A day is a text to the program, as to most readers of YAML.
        if yaml and checker.schemas["config"].is_valid(yaml.load(text, Loader=plain_loader(yaml))) != right:
            checker.fail(f"{text!r}: the schema says {not right}")


def main():
    checker = Checker(os.path.realpath(sys.argv[1]), sys.argv[2])
    with tempfile.TemporaryDirectory() as folder:
        check_outputs(checker, folder)
        check_configurations(checker, folder)
    if len(sys.argv) > 3:
        check_generated(checker, sys.argv[2], sys.argv[3])
    print(f"{checker.checked} documents checked, {checker.failed} failures")
    return 1 if checker.failed or not checker.checked else 0


if __name__ == "__main__":
    sys.exit(main())
