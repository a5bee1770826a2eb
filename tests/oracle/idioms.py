#!/usr/bin/env python3
"""The 47 idioms of people's CORS configurations, with what the real nginx answers.

    idioms.py                      the answers of nginx are as the table says
    idioms.py --corsgate PROGRAM   and corsgate predicts them
    idioms.py --golden             writes tests/golden/nginx-idiom-c*/ from the answers of nginx

Columns: GA GET from A, GE GET from E, G- GET without Origin, PA and PE the preflights, ER GET /missing from A. A cell is
[STATUS:]VALUES, the values of the Access-Control-Allow-Origin lines joined by "|", "-" for none, A and E for the two
origins; the status is 200 unless given."""

import argparse
import json
import os
import shutil
import subprocess
import sys

import server

A = "https://app.test"
E = "https://evil.test"
PORT = 8080  # in the golden cases
UPSTREAM = 9000

ACAO = "add_header Access-Control-Allow-Origin"
ACAC = "add_header Access-Control-Allow-Credentials true"
ACAM = 'add_header Access-Control-Allow-Methods "GET, POST, OPTIONS"'
AGE = "add_header Access-Control-Max-Age 600"
PREFLIGHT = "if ($request_method = OPTIONS) { return 204; }"
DIGITS = r"~^http://localhost(:\d+)?$"


class Idiom:
    """columns: the six of the table, or None when `probes` say it all. probes: (method, path, origin, cell)."""

    def __init__(self, name, title, columns, http="", server="", location=None, probes=(), broken=None, more=False,
                 dead=False):
        self.name, self.title, self.columns = name, title, columns
        self.http, self.server, self.location = http, server, location
        self.probes, self.broken, self.more = probes, broken, more
        self.dead = dead  # nobody listens where the upstream should be: 502

    def proxied(self):
        return "proxy_pass http://up" in (self.location or "") + self.server

    def text(self, port, upstream):
        lines = []
        if self.more:
            lines += [f"load_module {server.MODULES}/{server.HEADERS_MORE};", ""]
        lines += ["events {", "}", "", "http {", "    types {", "        text/html  html;", "        text/plain txt;",
                  "    }"]
        if self.proxied():
            lines += ["", "    upstream up {", f"        server 127.0.0.1:{upstream};", "    }"]
        lines += layout(self.http, 1)
        lines += ["", "    server {", f"        listen      127.0.0.1:{port};", "        server_name api.test;",
                  "        root        html;"]
        lines += layout(self.server, 2)
        if self.location is not None:
            lines += ["", "        location / {"] + layout(self.location, 3) + ["        }"]
        return "\n".join(lines + ["    }", "}"]) + "\n"

    def requests(self):
        """[(request, cell)]"""
        rows = []
        if self.columns:
            cells = self.columns.split()
            for (method, path, origin), cell in zip(
                    (("GET", "/a.txt", A), ("GET", "/a.txt", E), ("GET", "/a.txt", None), ("OPTIONS", "/a.txt", A),
                     ("OPTIONS", "/a.txt", E), ("GET", "/missing", A)), cells, strict=True):
                rows.append((method, path, origin, cell))
        rows += self.probes
        return [(self.request(method, path, origin), cell) for method, path, origin, cell in rows]

    def request(self, method, path, origin):
        headers = {}
        if origin is not None:
            headers["Origin"] = origin
        if method == "OPTIONS":
            headers["Access-Control-Request-Method"] = "PUT"
            headers["Access-Control-Request-Headers"] = "x-token"
        host = f"api.test:{PORT}"
        request = {"method": method, "url": f"http://{host}{path}", "headers": headers}
        if self.proxied():
            request["upstream_status"] = 502 if self.dead else 404 if path == "/missing" else 200
            request["upstream_headers"] = [] if self.dead else [["Access-Control-Allow-Origin", "*"]]
        return request


def layout(text, depth):
    """One statement a line: the fragments above are written densely."""
    lines, token, quote = [], "", ""
    for c in text.replace("\n", " "):
        if quote:
            quote = "" if c == quote else quote
            token += c
            continue
        if c in "\"'":
            quote = c
        if c in ";{}" and not (c == "{" and token.endswith(("$", "\\"))) and not (c == "}" and "${" in token.split(" ")[-1]):
            if c == "}":
                depth -= 1
                lines.append("    " * depth + "}")
            else:
                lines.append("    " * depth + token.strip() + (" {" if c == "{" else ";"))
                depth += c == "{"
            token = ""
        else:
            token += c
    assert not token.strip(), token
    return lines


def star_ingress():
    return ("set $http_origin *; set $c \"true\"; if ($request_method = 'OPTIONS') { set $c ${c}options; }"
            " if ($c = \"true\") { more_set_headers 'Access-Control-Allow-Origin: $http_origin'; }"
            " if ($c = \"trueoptions\") { more_set_headers 'Access-Control-Allow-Origin: $http_origin';"
            " more_set_headers 'Access-Control-Allow-Methods: GET, PUT'; return 204; }")


def list_ingress():
    return (r"if ($http_origin ~* ((https://app\.test)|(https://[A-Za-z0-9\-]+\.app\.test))$ ) { set $c 'true'; }"
            " if ($request_method = 'OPTIONS') { set $c ${c}options; }"
            " if ($c = \"true\") { more_set_headers 'Access-Control-Allow-Origin: $http_origin'; }"
            " if ($c = \"trueoptions\") { more_set_headers 'Access-Control-Allow-Origin: $http_origin';"
            " more_set_headers 'Access-Control-Allow-Methods: GET, PUT'; return 204; }")


IDIOMS = [
    Idiom("c01", "server-wide star", "* * * 405:- 405:- 404:-", server=f"{ACAO} *;"),
    Idiom("c02", "star for every status", "* * * 405:* 405:* 404:*", server=f"{ACAO} * always;"),
    Idiom("c03", "headers of the location and a bare if", "* * * 204:* 204:* 404:-",
          location=f"{ACAO} *; {ACAM}; {PREFLIGHT}"),
    Idiom("c04", "the if adds one header", "A E - 204:- 204:- 404:-",
          location=f"{ACAO} $http_origin; {ACAC}; if ($request_method = OPTIONS) {{ {AGE}; return 204; }}"),
    Idiom("c05", "an if for each method", "* * * 204:* 204:* 404:-",
          location=f"if ($request_method = OPTIONS) {{ {ACAO} *; {ACAM}; return 204; }}"
                   f" if ($request_method = POST) {{ {ACAO} *; }} if ($request_method = GET) {{ {ACAO} *; }}",
          probes=[("HEAD", "/a.txt", A, "-"), ("PUT", "/a.txt", A, "405:-"), ("POST", "/a.txt", A, "405:-")]),
    Idiom("c06", "method by regular expression", "* * * 405:- 405:- 404:-",
          location=f'if ($request_method ~* "(GET|POST)") {{ {ACAO} *; }}',
          probes=[("XGETY", "/a.txt", A, "405:-"), ("HEAD", "/a.txt", A, "-")]),
    Idiom("c07", "accumulated condition", "A - - 204:A 204:- 404:A",
          location=r'set $c ""; if ($http_origin ~ "^http[s]*?://(app\.test|.+\.app\.test)") { set $c T; }'
                   ' if ($request_method = OPTIONS) { set $c "${c}O"; }'
                   f" if ($c = T) {{ {ACAO} $http_origin always; }} if ($c = O) {{ {AGE}; return 204; }}"
                   f" if ($c = TO) {{ {ACAO} $http_origin; {ACAM}; return 204; }}",
          probes=[("GET", "/a.txt", "https://app.test.evil.com", "https://app.test.evil.com"),
                  ("GET", "/a.txt", "httpsss://app.test", "httpsss://app.test")]),
    Idiom("c08", "accumulated in the wrong order", "- - - 405:- 405:- 404:-",
          location=r'set $c ""; if ($http_origin ~ "^https://app\.test$") { set $c true; }'
                   f' if ($c = trueget) {{ {ACAO} $http_origin; }} if ($request_method = GET) {{ set $c "${{c}}get"; }}'),
    Idiom("c09", "flag, then a bare if", "* * * 204:- 204:- 404:-",
          location="set $s 0; if ($request_method = GET) { set $s 1; }"
                   f" if ($request_method = OPTIONS) {{ set $s 1; {AGE}; }} if ($s = 1) {{ {ACAO} *; }} {PREFLIGHT}"),
    Idiom("c10", "reflected with credentials", "A E - 405:A 405:E 404:A",
          server=f"{ACAO} $http_origin always; {ACAC} always; add_header Vary Origin;",
          probes=[("GET", "/a.txt", "null", "null")]),
    Idiom("c11", "exact map", "A - - 405:A 405:- 404:A",
          http=f'map $http_origin $o {{ default ""; {A} $http_origin; }}',
          server=f"{ACAO} $o always; add_header Vary Origin always; {ACAC} always;",
          probes=[("GET", "/a.txt", "HTTPS://APP.TEST", "HTTPS://APP.TEST")]),
    Idiom("c12", "map with default 0 and a loose pattern", "A 0 0 405:- 405:- 404:-",
          http='map $http_origin $o { default 0; "~app.test" $http_origin; }', server=f"{ACAO} $o;",
          probes=[("GET", "/a.txt", "https://appXtest", "https://appXtest"),
                  ("GET", "/a.txt", "https://evil-app.test.com", "https://evil-app.test.com")]),
    Idiom("c13", "map without default", "- - - 405:- 405:- 404:-",
          http=f"map $http_origin $o {{ {DIGITS} $http_origin; }}", server=f"{ACAO} $o always;",
          probes=[("GET", "/a.txt", "http://localhost:3000", "http://localhost:3000"),
                  ("GET", "/a.txt", "http://localhost:", "-")]),
    Idiom("c14", "map in two stages", "A - - 405:A 405:- 404:A",
          http=r'map $http_origin $ok { default 0; "~^https://(www\.)?app\.test$" 1; }'
               ' map $ok $o { default ""; 1 $http_origin; }', server=f"{ACAO} $o always;"),
    Idiom("c15", "list with a comma", " ".join(['https://app.test,+https://b.test'] * 3 + ["405:-", "405:-", "404:-"]),
          server=f'{ACAO} "https://app.test, https://b.test";'),
    Idiom("c16", "composite key for the preflight", "- - - 204:A 405:- 404:-",
          http=f'map $http_origin $o {{ default ""; {A} $http_origin; }}'
               ' map "$request_method:$o" $pre { default 0; "~^OPTIONS:." 1; }',
          server=f"{ACAO} $o always; if ($pre) {{ return 204; }}", location="add_header X-Place here;"),
    Idiom("c17", "map with hostnames", "- - - 405:- 405:- 404:-",
          http='map $http_origin $o { hostnames; default ""; *.app.test $http_origin; }', server=f"{ACAO} $o always;",
          probes=[("GET", "/a.txt", "https://x.app.test", "https://x.app.test"),
                  ("GET", "/a.txt", "http://x.app.test:1", "-"),
                  ("GET", "/a.txt", "foo:bar/baz.app.test", "foo:bar/baz.app.test")]),
    Idiom("c18", "variable in a regular expression", "- - - 405:- 405:- 404:-",
          location=r'set $base "app.test"; if ($http_origin ~* (.*\.$base)) { add_header Access-Control-Allow-Origin'
                   " $http_origin always; }",
          probes=[("GET", "/a.txt", "https://x.app.test", "-")]),
    Idiom("c19", "keys that no browser sends", "- - - 405:- 405:- 404:-",
          http=r'map $http_origin $o { default ""; ~*^https://app\.test/$ $http_origin; https://app.test:443'
               " $http_origin; }", server=f"{ACAO} $o always;"),
    Idiom("c20", "capitals", "A - - 405:A 405:- 404:A",
          http='map $http_origin $o { default ""; https://App.test $http_origin; ~^https://B\\.test$ $http_origin;'
               " ~*^https://C\\.test$ $http_origin; }",
          server=f'{ACAO} $o always; if ($http_origin = "https://D.test") {{ return 403; }}',
          probes=[("GET", "/a.txt", "https://b.test", "-"), ("GET", "/a.txt", "https://c.test", "https://c.test"),
                  ("GET", "/a.txt", "https://d.test", "-")]),
    Idiom("c21", "set in an if of the server", "A - - 405:A 405:- 404:A",
          server=f'set $o ""; if ($http_origin = "{A}") {{ set $o $http_origin; }} {ACAO} $o always;'),
    Idiom("c22", "flag of the server, ifs of the location", "A - - 204:- 204:- 404:-",
          server="if ($http_origin ~* (.*app.test)) { set $c true; }",
          location=f"if ($c = true) {{ {ACAO} $http_origin; }} {PREFLIGHT}"),
    Idiom("c23", "inheritance lost", "- - - 405:- 405:- 404:*",
          server=f"{ACAO} * always; location = /a.txt {{ add_header Cache-Control no-cache; }}"),
    Idiom("c24", "regular expression on the extension", "* * * 405:- 405:- 404:-",
          server=r"location ~* \.(txt|woff2)$ { add_header Access-Control-Allow-Origin *; } location / { }"
                 " location ^~ /dir/ { }",
          probes=[("GET", "/dir/f.txt", A, "-")]),
    Idiom("c25", "duplicate behind a proxy", "*|A *|E * 200:*|A 200:*|E 404:*|A",
          location=f"proxy_pass http://up; {ACAO} $http_origin always;"),
    Idiom("c26", "hidden behind a proxy, and 204", "A E - 204:A 204:E 404:A",
          location=f"proxy_pass http://up; proxy_hide_header Access-Control-Allow-Origin; {ACAO} $http_origin always;"
                   f" {PREFLIGHT}"),
    Idiom("c27a", "dead upstream", " ".join(["502:-"] * 6), location=f"proxy_pass http://up; {ACAO} *;", dead=True),
    Idiom("c27b", "dead upstream with an error page", " ".join(["502:-"] * 6), dead=True,
          server="location = /50x.html { return 200 sorry; }",
          location=f"proxy_pass http://up; proxy_intercept_errors on; error_page 502 /50x.html; {ACAO} * always;"),
    Idiom("c28a", "authentication before the preflight", "401:* 401:* 401:* 401:* 401:* 401:*",
          server=f"auth_basic api; auth_basic_user_file .htpasswd; {ACAO} * always;"),
    Idiom("c28b", "authentication except for preflights", "401:* 401:* 401:* 204:* 204:* 401:*",
          location="limit_except OPTIONS { auth_basic api; auth_basic_user_file .htpasswd; }"
                   f" {PREFLIGHT} {ACAO} * always;"),
    Idiom("c29", "limit_except beats if", "* * * 403:* 403:* 404:*",
          location=f"limit_except GET {{ deny all; }} {PREFLIGHT} {ACAO} * always;"),
    Idiom("c30a", "405 turned into 200", "* * * 200:* 200:* 404:-",
          server=f"error_page 405 =200 $uri; {ACAO} *;"),
    Idiom("c30b", "a status of one's own", "- - - 204:A 204:E 404:-",
          server="error_page 418 = @p; location @p { add_header Access-Control-Allow-Origin $http_origin; return 204; }",
          location="if ($request_method = OPTIONS) { return 418; }"),
    Idiom("c30c", "the same without the equals sign", "- - - 418:- 418:- 404:-",
          server="error_page 418 @p; location @p { add_header Access-Control-Allow-Origin $http_origin; return 204; }",
          location="if ($request_method = OPTIONS) { return 418; }"),
    Idiom("c31", "star when there is no Origin", "A E * 405:- 405:- 404:-",
          server=f'set $o $http_origin; if ($http_origin = "") {{ set $o "*"; }} {ACAO} $o; {ACAC};'),
    Idiom("c32a", "what ingress-nginx writes, star", "* * * 204:* 204:* 404:*", location=star_ingress(), more=True),
    Idiom("c32b", "what ingress-nginx writes, a list", "A - - 204:A 405:- 404:A", location=list_ingress(), more=True,
          probes=[("GET", "/a.txt", "https://x.app.test", "https://x.app.test"),
                  ("GET", "/a.txt", "https://x.y.app.test", "-"),
                  ("GET", "/a.txt", "evil-https://app.test", "evil-https://app.test")]),
    Idiom("c33", "headers-more and add_header", "A|* E|* * 405:A 405:E 404:A",
          server=f"more_set_headers 'Access-Control-Allow-Origin: $http_origin'; {ACAO} *;", more=True),
    Idiom("c34", "gate", "A 403:E - 405:A 403:E 404:A",
          server='set $g 0; if ($http_origin = "") { set $g 1; } if ($http_origin = "https://app.test") { set $g 1; }'
                 f" if ($g = 0) {{ return 403; }} {ACAO} $http_origin always;"),
    Idiom("c35", "single page and an if", "A - - 405:- 405:- 404:-",
          location=f'try_files $uri /index.html; if ($http_origin = "{A}") {{ {ACAO} $http_origin; }} add_header X-L l;',
          probes=[("GET", "/route", A, "404:-"), ("GET", "/route", E, "-"), ("GET", "/route", None, "-")]),
    Idiom("c36", "return in an if", "A 403:- 403:- 200:A 403:- 200:A",
          location=r'if ($http_origin ~* "^https://app\.test$") { add_header Access-Control-Allow-Origin $http_origin;'
                   " return 200 x; } return 403;"),
    Idiom("c37a", "template that was not filled in", None, server=f"{ACAO} '${{CORS_ORIGIN}}';",
          broken='unknown "cors_origin" variable'),
    Idiom("c37b", "template filled with nothing", "- - - 405:- 405:- 404:-",
          server=f"{ACAO} * always;", location=f"{ACAO} '';"),
    Idiom("c38", "its own host", " ".join(["https://api.test"] * 3 + ["405:-", "405:-", "404:-"]),
          server=f"{ACAO} https://$server_name;"),
    Idiom("c39", "a hop through the index", None,
          server=f"location = / {{ {ACAO} *; }} location / {{ }}",
          probes=[("GET", "/", A, "-"), ("GET", "/", E, "-"), ("OPTIONS", "/", A, "405:-"), ("HEAD", "/", A, "-")]),
    Idiom("c40", "named fallback", None,
          server=f"location / {{ try_files $uri @app; {ACAO} *; }} location @app {{ proxy_pass http://up;"
                 " proxy_hide_header Access-Control-Allow-Origin; }",
          probes=[("GET", "/a.txt", A, "*"), ("GET", "/other", A, "-"), ("OPTIONS", "/other", A, "-"),
                  ("GET", "/missing", A, "404:-")]),
    Idiom("c41", "OPTIONS answered by the server", "* * * 204:- 204:- 404:-", server=PREFLIGHT, location=f"{ACAO} *;"),
    Idiom("c42", "a conditional header, then OPTIONS", "A - - 204:- 204:- 404:A",
          location=r'if ($http_origin ~* "^https://app\.test$") { add_header Access-Control-Allow-Origin $http_origin'
                   f" always; }} {PREFLIGHT}"),
    Idiom("c43", "requested headers echoed", "- - - 204:* 204:* 404:-",
          location=f"if ($request_method = OPTIONS) {{ {ACAO} *;"
                   " add_header Access-Control-Allow-Methods $http_access_control_request_method;"
                   " add_header Access-Control-Allow-Headers $http_access_control_request_headers; return 204; }"),
    Idiom("c44", "an error answered with the header", None,
          server=f"error_page 429 = @rl; location @rl {{ {ACAO} * always; return 429 x; }}"
                 " location = /limited { return 429; } location / { }",
          probes=[("GET", "/limited", A, "429:*"), ("OPTIONS", "/limited", A, "429:*"), ("GET", "/a.txt", A, "-")]),
    Idiom("c45", "composite of origin and service", "A - - 405:A 405:- 404:A",
          http=r'map "$http_origin->$svc" $ok { ~https://(app|b\.app)\.test->user "1"; }'
               ' map $ok $o { default ""; 1 $http_origin; }', server=f'set $svc user; {ACAO} $o always;',
          probes=[("GET", "/a.txt", "evil-https://app.test", "evil-https://app.test"),
                  ("GET", "/a.txt", "https://app.test->user/", "https://app.test->user/")]),
    Idiom("c46", "redirect to https", "301:* 301:* 301:* 301:* 301:* 301:*",
          server=f"{ACAO} *; return 301 https://$host$request_uri;"),
    Idiom("c47", "damage by a formatter", None, server="add_header Access - Control - Allow - Methods *;",
          broken='invalid number of arguments in "add_header" directive'),
]


def cell_of(answer, request):
    origin = request["headers"].get("Origin")
    values = [value for name, value in answer["headers"] if name.lower() == "access-control-allow-origin"]
    named = {A: "A", E: "E"}
    values = [named.get(value, value) if value == origin else value for value in values]
    text = "|".join(values).replace(" ", "+") or "-"
    return text if answer["status"] == 200 else f"{answer['status']}:{text}"


def normal(cell):
    return cell.removeprefix("200:")


def check(idiom, folder, upstream, corsgate):
    """Complaints about one idiom, and the answers of nginx."""
    server.site(folder)
    port = server.free_port()
    text = idiom.text(port, server.free_port() if idiom.dead else upstream.port)
    server.write(os.path.join(folder, ".corsgate.yml"), settings())
    if idiom.broken:
        server.write(os.path.join(folder, "nginx.conf"), text)
        said = server.loads(text, folder)
        complaints = [] if said and idiom.broken in said else [f"nginx should say {idiom.broken}, said {said}"]
        if corsgate:
            run = subprocess.run([corsgate, "check", "nginx.conf"], cwd=folder, capture_output=True, check=False)
            if run.returncode != 2:
                complaints.append(f"corsgate check: exit {run.returncode} instead of 2")
        return complaints, []
    complaints, answers = [], []
    rows = idiom.requests()
    with server.Nginx(folder, text, [port]):
        for request, cell in rows:
            answers.append(server.ask(port, request))
            got = cell_of(answers[-1], request)
            if got != normal(cell):
                complaints.append(f"nginx: {json.dumps(request)}: {got}, the table says {cell}")
    if corsgate:
        server.write(os.path.join(folder, "nginx.conf"), idiom.text(PORT, UPSTREAM))
        predicted = server.simulate(corsgate, folder, [request for request, _ in rows])
        for (request, _), answer, guess in zip(rows, answers, predicted, strict=True):
            if guess.get("unknown") or {k: guess[k] for k in ("status", "headers")} != answer:
                complaints.append(f"corsgate: {json.dumps(request)}\n  nginx:    {json.dumps(answer)}\n"
                                  f"  corsgate: {json.dumps(guess)}")
    return complaints, answers


def settings():
    return f'version: 1\nnginx: {{version: "{server.nginx_version()}"}}\n'


def write_golden(idiom, answers, root):
    folder = os.path.join(root, "nginx-idiom-" + idiom.name)
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    server.write(os.path.join(folder, "nginx.conf"), f"# {idiom.title}\n" + idiom.text(PORT, UPSTREAM))
    server.write(os.path.join(folder, ".corsgate.yml"), settings())
    if idiom.broken:
        server.write(os.path.join(folder, "cmd"), "check nginx.conf\n")
        server.write(os.path.join(folder, "status"), "2\n")
        return
    server.write(os.path.join(folder, "cmd"), "simulate nginx.conf --raw --requests requests.jsonl\n")
    server.write(os.path.join(folder, "status"), "0\n")
    rows = [request for request, _ in idiom.requests()]
    server.write(os.path.join(folder, "requests.jsonl"), "".join(json.dumps(row) + "\n" for row in rows))
    server.write(os.path.join(folder, "expected.answers"), "".join(json.dumps(answer) + "\n" for answer in answers))
    server.site(folder, " ".join([idiom.text(PORT, UPSTREAM), *(row["url"] + "/index.html" * row["url"].endswith("/") for row in rows)]))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--corsgate", help="the program whose predictions are checked")
    parser.add_argument("--golden", action="store_true", help="write the golden cases")
    parser.add_argument("names", nargs="*", help="only these, as in c07")
    options = parser.parse_args()
    corsgate = options.corsgate and os.path.realpath(options.corsgate)
    golden = os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "golden")
    bad = 0
    upstream = server.Upstream()
    try:
        for idiom in IDIOMS:
            if options.names and idiom.name not in options.names:
                continue
            with server.temporary() as folder:
                try:
                    complaints, answers = check(idiom, folder, upstream, corsgate)
                except (server.LoadError, RuntimeError) as error:
                    complaints, answers = [str(error)], []
            for complaint in complaints:
                print(f"{idiom.name} ({idiom.title}): {complaint}")
            bad += bool(complaints)
            if options.golden and not complaints:
                write_golden(idiom, answers, golden)
    finally:
        upstream.stop()
    print(f"{len(IDIOMS)} idioms, {bad} with mismatches")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
