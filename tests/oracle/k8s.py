#!/usr/bin/env python3
"""ingress-nginx: random sets of Ingresses, the servers that the controller would write for them (reference/kubernetes.md
4, not its template) in the real nginx with headers-more, and `corsgate simulate --raw` on the manifests.

    k8s.py --corsgate PROGRAM --seeds N [--requests M]   N sets, M requests each
    k8s.py --corsgate PROGRAM --seed K                   one of them, in full

Fails on any mismatch, and when more than 2 % of the answers are unknown."""

import argparse
import json
import multiprocessing
import os
import random
import re
import sys

import run
import server

PREFIX = "nginx.ingress.kubernetes.io/"
METHODS = "GET, PUT, POST, DELETE, PATCH, OPTIONS"
HEADERS = ("DNT,Keep-Alive,User-Agent,X-Requested-With,If-Modified-Since,Cache-Control,Content-Type,Range,"
           "Authorization")
VERSIONS = ["1.15.1", "1.13.0", "1.12.0", "1.11.8", "1.9.5", "1.9.4"]
HOSTS = ["api.shop.test", "www.shop.test", "*.shop.test", "admin.shop.test", ""]
PATHS = ["/", "/v1", "/v1/users", "/api", "/api/v2", "/static", "/v1.0"]
ORIGINS = ["https://app.shop.test", "https://*.shop.test", "https://admin.shop.test:8443", "http://localhost:3000", "null",
           "https://A.Shop.test", "capacitor://localhost", "https://*.b.test:8443", "*"]
WRONG = ["https://app.shop.test/", "app.shop.test", "*.shop.test", "https://*", "https://a.*.test", "http://localhost:*",
         "https://a_b.test", "HTTPS://app.shop.test", "https://a.test https://b.test", "chrome-extension://abc", "NULL", "true",
         "$http_origin", "https://(a|b).test", "https://a.test;https://b.test", "https://a.test:", "", " "]
SNIPPETS = [
    'more_set_headers "Access-Control-Allow-Origin: https://partner.test";',
    "add_header Access-Control-Allow-Origin https://partner.test;",
    'add_header Access-Control-Allow-Origin "https://partner.test" always;',
    'if ($request_method = "PUT") { return 405; }',
    'if ($http_x_token) { add_header X-Token yes; }',
    'if ($http_origin ~* "^https://partner\\.test$") { add_header Access-Control-Allow-Origin $http_origin always; }',
    "proxy_hide_header Access-Control-Allow-Origin;",
    "more_clear_headers Access-Control-Allow-Credentials;",
    "add_header Vary Origin;",
    "set $cors \"\";",
]
SERVER_SNIPPETS = [
    "add_header Access-Control-Allow-Origin * always;",
    'more_set_headers "Access-Control-Allow-Origin: https://server.test";',
    "add_header X-Frame-Options DENY;",
    'if ($request_method = OPTIONS) { set $asked 1; }',
]


class Set:
    """Ingresses and the controller's ConfigMap, as the manifests and as what they hold."""

    def __init__(self, seed):
        self.rng = random.Random(f"k8s {seed}")
        rng = self.rng
        self.version = rng.choice(VERSIONS)
        self.number = tuple(int(part) for part in self.version.split("."))
        self.validates = self.number >= (1, 12)
        self.config = {"allow-snippet-annotations": "true", "annotations-risk-level": "Critical"}
        self.maps = {}
        if rng.random() < 0.15:
            self.config["add-headers"] = "ingress-nginx/added"
            self.maps["added"] = {"Access-Control-Allow-Origin": rng.choice(["*", "https://added.test"])}
        if rng.random() < 0.15:
            self.config["hide-headers"] = rng.choice(["Access-Control-Allow-Origin", "Access-Control-Allow-Origin,Access-Control-Allow-Credentials"])
        if rng.random() < 0.1:
            self.config["location-snippet"] = rng.choice(SNIPPETS[:2] + SNIPPETS[6:9])
        if rng.random() < 0.1:
            self.config["custom-http-errors"] = rng.choice(["404", "404,503"])
        self.ingresses = [self.ingress(number) for number in range(rng.randint(1, 4))]

    def origin_value(self):
        rng = self.rng
        pick = [rng.choice(ORIGINS[:8]) for _ in range(rng.randint(1, 3))]
        roll = rng.random()
        if roll < 0.35:
            pick[rng.randrange(len(pick))] = rng.choice(WRONG)
        elif roll < 0.42:
            pick.append("*")
        text = rng.choice([",", ", ", " , "]).join(pick)
        if rng.random() < 0.08:
            text += ","
        if rng.random() < 0.05:
            text = text.replace(",", ",\n")
        return text

    def annotations(self):
        rng = self.rng
        out = {}

        def maybe(chance, name, *values):
            if rng.random() < chance:
                out[PREFIX + name] = rng.choice(values)

        maybe(0.85, "enable-cors", "true", "true", "true", "1", "True", "false", "yes", "T")
        if rng.random() < 0.8:
            out[PREFIX + "cors-allow-origin"] = self.origin_value()
        maybe(0.4, "cors-allow-credentials", "false", "true", "no", "0", "FALSE")
        maybe(0.3, "cors-allow-methods", "GET, POST", "*", "PUT", "GET,,PUT", "get", "GET POST")
        maybe(0.3, "cors-allow-headers", "X-A, X-B", "*", "content-type", "a;b", "")
        maybe(0.3, "cors-expose-headers", "X-Total", "*", "X-A, X-B", "a;b")
        maybe(0.3, "cors-max-age", "600", "600s", "-1", "1e3", "")
        maybe(0.25, "configuration-snippet", *SNIPPETS)
        maybe(0.1, "server-snippet", *SERVER_SNIPPETS)
        maybe(0.08, "use-regex", "true", "false")
        maybe(0.08, "rewrite-target", "/", "/$1", "/v1")
        maybe(0.05, "canary", "true", "false")
        maybe(0.06, "custom-http-errors", "404", "500,404")
        maybe(0.05, "permanent-redirect", "https://elsewhere.test/")
        return out

    def ingress(self, number):
        rng = self.rng
        rules = []
        for _ in range(rng.randint(1, 2)):
            paths = [(rng.choice(PATHS), rng.choice(["Prefix", "Prefix", "Exact", "ImplementationSpecific", None]))
                     for _ in range(rng.randint(0, 3))]
            rules.append((rng.choice(HOSTS), paths))
        if rng.random() < 0.05:
            rules = []
        return {"name": f"{rng.choice('abcxyz')}{number}", "namespace": rng.choice(["prod", "test"]), "created": f"2024-01-{10 + rng.randint(0, 9)}T00:00:{number:02}Z",
                "annotations": self.annotations(), "rules": rules, "default": rng.random() < 0.2 or not rules}

    def manifests(self):
        documents = [{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "controller", "namespace": "ingress-nginx"},
                      "spec": {"template": {"spec": {"containers": [
                          {"name": "controller", "image": f"registry.k8s.io/ingress-nginx/controller:v{self.version}@sha256:00"}]}}}},
                     config_map("ingress-nginx-controller", self.config)]
        documents += [config_map(name, data) for name, data in self.maps.items()]
        for ingress in self.ingresses:
            spec = {"ingressClassName": "nginx"}
            if ingress["rules"]:
                spec["rules"] = [rule(host, paths) for host, paths in ingress["rules"]]
            if ingress["default"]:
                spec["defaultBackend"] = {"service": {"name": "other", "port": {"number": 80}}}
            documents.append({"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {
                "name": ingress["name"], "namespace": ingress["namespace"], "creationTimestamp": ingress["created"],
                "annotations": ingress["annotations"]}, "spec": spec})
        self.rng.shuffle(documents)
        return "---\n".join(yaml(document, 0) for document in documents)


def config_map(name, data):
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": "ingress-nginx"}, "data": data}


def rule(host, paths):
    out = {"host": host} if host else {}
    if paths:
        out["http"] = {"paths": [dict({"path": path, "backend": {"service": {"name": "app", "port": {"number": 80}}}},
                                      **({"pathType": kind} if kind else {})) for path, kind in paths]}
    return out


def yaml(value, depth):
    """Block style; texts in double quotes, of several lines as literal blocks where that says the same."""
    pad = "  " * depth
    if isinstance(value, dict):
        if not value:
            return pad + "{}\n"
        out = ""
        for key, inner in value.items():
            if isinstance(inner, (dict, list)) and inner:
                out += f"{pad}{key}:\n{yaml(inner, depth + 1)}"
            else:
                out += f"{pad}{key}: {scalar(inner, depth + 1)}\n"
        return out
    return "".join(pad + "- " + yaml(item, depth + 1).lstrip(" ") for item in value)


def scalar(value, depth):
    if isinstance(value, str) and "\n" in value and not value.startswith((" ", "\n")) and not re.search(r"[ \n]\n|[ \n]$", value):
        pad = "  " * depth
        return "|-\n" + "\n".join(pad + line for line in value.split("\n"))
    return json.dumps(value)


# --- what the controller makes of it: kubernetes.md 4 ---------------------------------------------------------------


def go_bool(text, otherwise):
    if text in ("1", "t", "T", "TRUE", "true", "True"):
        return True
    if text in ("0", "f", "F", "FALSE", "false", "False"):
        return False
    return otherwise


def origins(value, number, validates):
    """None for everybody, or the list; "" in it is an empty alternative."""
    if value is None or not value.strip():
        return None
    scheme = "[a-z]+" if number >= (1, 12) else "https?"
    item = re.compile(r"%s://(\*\.)?[A-Za-z0-9\-.]*(:\d+)?" % scheme)
    # Each piece of an item is optional, and so is the comma: any sequence of pieces
    listed = re.compile(r"(%s://|\*\.|[A-Za-z0-9\-.]|:[0-9]|,)*|\*" % scheme)
    if validates and ("\n" in value or "\r" in value or not listed.fullmatch(value.replace(" ", ""))):
        return None
    out = []
    for part in "".join(line.strip() for line in value.split("\n")).split(","):
        part = part.strip()
        if part == "*":
            return None
        if not part:
            if number < (1, 9, 5):
                out.append(part)
        elif item.fullmatch(part) or (part == "null" and number >= (1, 13)):
            out.append(part)
    return out


def cors_block(annotations, number, validates):
    def get(name):
        return annotations.get(PREFIX + name)

    def listed(name, expression, otherwise):
        value = get(name)
        return value if value is not None and re.search(expression, value.replace(" ", "")) else otherwise

    allowed = origins(get("cors-allow-origin"), number, validates)
    headers = ['more_set_headers "Access-Control-Allow-Origin: $http_origin";']
    if go_bool(get("cors-allow-credentials"), True):
        headers.append('more_set_headers "Access-Control-Allow-Credentials: true";')
    methods = listed("cors-allow-methods", r"^([A-Za-z]+,?\s?)+$", METHODS)
    headers.append(f'more_set_headers "Access-Control-Allow-Methods: {methods}";')
    asked = listed("cors-allow-headers", r"^[A-Za-z0-9-_, ]*$", HEADERS)
    headers.append(f'more_set_headers "Access-Control-Allow-Headers: {asked}";')
    expose = listed("cors-expose-headers", r"^(([A-Za-z0-9\-\_]+|\*),?\s?)+$", "")
    if expose:
        headers.append(f'more_set_headers "Access-Control-Expose-Headers: {expose}";')
    age = get("cors-max-age")
    age = age if age is not None and re.fullmatch(r"[+-]?[0-9]+", age) else "1728000"
    headers.append(f'more_set_headers "Access-Control-Max-Age: {age}";')
    lines = []
    if allowed is None:
        lines += ["set $http_origin *;", "set $cors 'true';"]
    elif allowed:
        words = "|".join("(" + one.replace(".", "\\.").replace("*", "[A-Za-z0-9\\-]+", 1) + ")" for one in allowed)
        lines.append(f"if ($http_origin ~* ({words})$ ) {{ set $cors 'true'; }}")
    lines.append("if ($request_method = 'OPTIONS') { set $cors ${cors}options; }")
    lines.append('if ($cors = "true") { ' + " ".join(headers) + " }")
    lines.append('if ($cors = "trueoptions") { ' + " ".join(headers) + " return 204; }")
    return lines


class Renderer:
    def __init__(self, case, port, upstream):
        self.case, self.port, self.pass_on = case, port, f"proxy_pass http://127.0.0.1:{upstream};"
        self.servers = {}
        # The oldest first; of one age by namespace and name, descending
        order = sorted(case.ingresses, key=lambda i: (i["namespace"], i["name"]), reverse=True)
        for ingress in sorted(order, key=lambda i: i["created"]):
            self.add(ingress)

    def add(self, ingress):
        annotations = ingress["annotations"]
        if go_bool(annotations.get(PREFIX + "canary"), False):
            return
        rules = ingress["rules"] or [("", [("/", None)])]
        for host, paths in rules:
            served = self.servers.setdefault(host, {"first": [], "locations": {}, "regex": False})
            served["first"].append(ingress)
            for path, kind in paths:
                target = annotations.get(PREFIX + "rewrite-target")
                if go_bool(annotations.get(PREFIX + "use-regex"), False) or (target and target != path):
                    served["regex"] = True
                served["locations"].setdefault((path, kind == "Exact"), ingress)

    def location(self, name, ingress):
        annotations, case = ingress["annotations"], self.case
        lines = cors_block(annotations, case.number, case.validates) if go_bool(annotations.get(PREFIX + "enable-cors"), False) else []
        codes = [code for code in annotations.get(PREFIX + "custom-http-errors", "").split(",") if code]
        if codes:
            lines += ["proxy_intercept_errors on;"] + [f"error_page {code} = @custom_{code};" for code in codes]
        lines += [case.config.get("location-snippet", ""), annotations.get(PREFIX + "configuration-snippet", "")]
        if PREFIX + "permanent-redirect" in annotations:
            lines.append("return 301 " + annotations[PREFIX + "permanent-redirect"] + ";")
        return f"location {name} {{ " + "\n".join(lines) + f"\n{self.pass_on} }}\n"

    def server(self, host, served):
        locations = dict(served["locations"])
        locations.setdefault(("/", False), served["first"][0])
        out = [f"listen {self.port}" + ("" if host else " default_server") + ";"]
        if host.startswith("*."):
            out.append(r"server_name ~^[\w-]+" + host[1:].replace(".", r"\.") + "$;")
        else:
            out.append(f"server_name {host or '_'};")
        snippets = [i["annotations"][PREFIX + "server-snippet"] for i in served["first"] if PREFIX + "server-snippet" in i["annotations"]]
        out += snippets[:1]
        if served["regex"]:
            ordered = sorted(locations, key=lambda key: key[1], reverse=True)
            ordered.sort(key=lambda key: key[0], reverse=True)
            ordered.sort(key=lambda key: len(key[0]), reverse=True)
            out += [self.location(f'~* "^{path}"', locations[(path, exact)]) for path, exact in ordered]
        else:
            for (path, exact), ingress in locations.items():
                if exact:
                    out.append(self.location(f"= {path}", ingress))
                elif path == "/":
                    out.append(self.location("/", ingress))
                else:
                    out.append(self.location(path + "/", ingress))
                    if (path, True) not in locations:
                        out.append(self.location(f"= {path}", ingress))
        for code in ("404", "500", "503"):
            out.append(f"location @custom_{code} {{ {self.pass_on} }}")
        return "server {\n" + "\n".join(out) + "\n}\n"

    def text(self):
        config, case = self.case.config, self.case
        http = []
        if "add-headers" in config:
            http += [f'more_set_headers "{name}: {value}";' for name, value in case.maps["added"].items()]
        http += [f"proxy_hide_header {name};" for name in config.get("hide-headers", "").split(",") if name]
        if "custom-http-errors" in config:
            http.append("proxy_intercept_errors on;")
            http += [f"error_page {code} = @custom_{code};" for code in config["custom-http-errors"].split(",")]
        servers = [self.server(host, served) for host, served in self.servers.items()]
        if "" not in self.servers:
            servers.append(f"server {{ listen {self.port} default_server; server_name _; return 404; }}")
        return (f"load_module {server.MODULES}/{server.HEADERS_MORE};\nevents {{}}\nhttp {{\n" + "\n".join(http + servers) + "\n}\n")


# --- requests ------------------------------------------------------------------------------------------------------


def requests(case, hosts, seed, count):
    rng = random.Random(f"k8s requests {seed}")
    words = {"https://app.shop.test", "https://evil.test", "https://x.shop.test", "https://x.y.shop.test", "https://shop.test", "null",
             "http://hostnull", "xhttps://app.shop.test", "https://app.shop.test.evil.test", "https://x.b.test:8443", "https://partner.test"}
    for ingress in case.ingresses:
        for part in re.split(r"[,\s]+", ingress["annotations"].get(PREFIX + "cors-allow-origin", "")):
            words |= {part, part.lower(), part.replace("*", "sub"), part + ".evil.test"}
    words = sorted(word for word in words if word)
    names = [name for host in hosts for name in ([host] if host and "*" not in host else ["x.shop.test", "y.z.shop.test"] if host else ["else.test"])]
    names = [name for name in names if name != "y.z.shop.test" or "" in hosts]
    paths = ["/", "/other", "/v1", "/v1/", "/v1/users", "/v1/users/7", "/v1x", "/api", "/API/v2", "/api/v2/x", "/static", "/v100", "/v1?x=1"]
    out = []
    for _ in range(count):
        method = rng.choice(["GET", "OPTIONS", "OPTIONS", "POST", "PUT", "HEAD"])
        headers = {}
        if rng.random() < 0.85:
            headers["Origin"] = rng.choice(words)
        if method == "OPTIONS" and rng.random() < 0.8:
            headers["Access-Control-Request-Method"] = "PUT"
        if rng.random() < 0.1:
            headers["X-Token"] = "1"
        sent = []
        if rng.random() < 0.4:
            sent = [["Access-Control-Allow-Origin", rng.choice(["*", headers.get("Origin", "https://up.test")])]]
            if rng.random() < 0.5:
                sent.append(["Access-Control-Allow-Credentials", "true"])
        out.append({"method": method, "url": f"http://{rng.choice(names)}{rng.choice(paths)}", "headers": headers,
                    "upstream_status": rng.choice([200, 200, 200, 204, 404, 500, 503]), "upstream_headers": sent})
    return out


def run_seed(corsgate, seed, count, upstream, show=False):
    result = run.Result(seed)
    case = Set(seed)
    with server.temporary() as folder:
        port = server.free_port()
        manifests = os.path.join(folder, "manifests")
        os.makedirs(manifests)
        server.write(os.path.join(manifests, "all.yaml"), case.manifests())
        renderer = Renderer(case, port, upstream)
        text = renderer.text()
        if show:
            print(case.manifests() + "\n# ---\n" + text)
        if not renderer.servers:
            return result
        sent = requests(case, list(renderer.servers), seed, count)
        with server.Nginx(folder, text, [port]):
            answers = [server.ask(port, request) for request in sent]
        try:
            run.compare(result, sent, answers, server.simulate(corsgate, manifests, sent, "all.yaml"))
        except (RuntimeError, ValueError) as error:
            result.failure = str(error)
    return result


def work(arguments):
    try:
        return run_seed(*arguments)
    except Exception as error:  # one seed's trouble is a result, not the end of the run
        result = run.Result(arguments[1])
        result.failure = f"{type(error).__name__}: {error}"
        return result


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--corsgate", required=True)
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seed", type=int, help="only this one, in full")
    parser.add_argument("--requests", type=int, default=40)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    corsgate = os.path.realpath(options.corsgate)
    upstream = server.Upstream()
    try:
        if options.seed is not None:
            result = run_seed(corsgate, options.seed, options.requests, upstream.port, True)
            run.report(result, True)
            return 1 if result.mismatches or result.failure else 0
        rows = [(corsgate, seed, options.requests, upstream.port) for seed in range(options.first, options.first + options.seeds)]
        with multiprocessing.Pool(options.jobs) as pool:
            return run.summary(pool.imap(work, rows, chunksize=2))
    finally:
        upstream.stop()


if __name__ == "__main__":
    sys.exit(main())
