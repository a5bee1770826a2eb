"""Random nginx configurations, out of the idioms that people use, and requests for them. All from one seed."""

import random
import re

import conf
import server

A = "https://app.test"
ORIGINS = [A, A, A, "https://www.app.test", "https://x.app.test", "http://app.test", "https://app.test:8443",
           "https://b.example", "https://admin.b.example", "http://localhost:3000", "http://localhost", "null",
           "capacitor://localhost", "https://evil.test", "https://evilapp.test", "https://app.test.evil.com",
           "https://appxtest", "https://xn--strae-oqa.test", "http://127.0.0.1:8080", "https://a.b.app.test"]
STATUSES = [200, 200, 200, 201, 202, 204, 206, 301, 302, 303, 304, 307, 308, 400, 401, 403, 404, 404, 405, 409, 410, 418, 422,
            429, 500, 502, 503, 504]
METHODS = ["GET"] * 6 + ["OPTIONS"] * 6 + ["HEAD", "POST", "POST", "PUT", "DELETE", "PATCH", "PROPFIND", "XGETY",
                                             "M-SEARCH", "GET_IT", "TRACE"]
NAMES = ["api.test", "app.test", "*.app.test", ".b.example", "www.*", r"~^(?<sub>[a-z]+)\.c\.test$", r"~^api\d+\.test$",
         "_", "static.test", "*.static.test", "api.*"]
HOSTS = {"*.app.test": ["x.app.test", "a.b.app.test", "app.test"], ".b.example": ["b.example", "x.b.example"],
         "www.*": ["www.test", "www.a.test", "www"], r"~^(?<sub>[a-z]+)\.c\.test$": ["cart.c.test", "c.test", "a1.c.test"],
         r"~^api\d+\.test$": ["api7.test", "api.test", "xapi7.test"], "*.static.test": ["a.static.test"],
         "api.*": ["api.de", "api.co.uk"]}
# location arguments, and targets that match or nearly do
LOCATIONS = [
    ("/api/", ["/api/", "/api/x", "/api", "/apix", "/API/x", "/%61pi/x", "//api//x", "/x/../api/y", "/api/./z?a=1"]),
    ("/api", ["/api", "/apix", "/api/x", "/ap%69"]),
    ("/api/v1/", ["/api/v1/", "/api/v1/users", "/api//v1/x", "/api/v1"]),
    ("/api/v1/users", ["/api/v1/users", "/api/v1/users/7", "/api/v1/user"]),
    ("/static/", ["/static/a.js", "/static/", "/static/../api/x", "/static/a%20b.css"]),
    ("/public", ["/public", "/public/logo.png", "/publicity"]),
    ("/old/", ["/old/x", "/old/api/y?q=1"]),
    ("= /api", ["/api", "/api?x=1", "/api/"]),
    ("= /health", ["/health", "/health/", "/Health"]),
    ("= /", ["/", "/?a=1"]),
    ("^~ /static/", ["/static/a.js", "/static/x/y.png"]),
    ("^~ /api/v1/", ["/api/v1/a.js", "/api/v1/b"]),
    (r"~ \.(js|css)$", ["/x.js", "/static/a.css", "/x.JS", "/x.jsx", "/api/a.js"]),
    (r"~* \.(png|woff2?)$", ["/a.PNG", "/f.woff", "/f.woff2", "/f.woff22", "/static/x.png"]),
    (r"~ ^/api/(v[0-9]+)/", ["/api/v1/x", "/api/v22/y", "/api/v/x", "/a/api/v1/"]),
    (r"~ ^/api/(?<version>v\d+)/(.*)$", ["/api/v1/x", "/api/v2/y/z"]),
    ("~ /admin", ["/admin", "/api/admin/x", "/Admin"]),
    (r"~ ^/(en|de)/(.+)$", ["/en/x", "/de/api/y", "/fr/x", "/en/"]),
    ("~* ^/API/", ["/api/x", "/Api/y"]),
    ("~ [^/]$", ["/x", "/x/"]),
]
HEADERS = {
    "Access-Control-Allow-Methods": ['"GET, POST, OPTIONS"', "GET", '"*"', "$http_access_control_request_method",
                                     '"GET,PUT,DELETE"', "'GET, POST'"],
    "Access-Control-Allow-Headers": ['"Authorization, Content-Type"', '"*"', "$http_access_control_request_headers",
                                     "X-Token", '"DNT,X-CustomHeader,Keep-Alive"'],
    "Access-Control-Allow-Credentials": ["true", '"true"', "false", "True"],
    "Access-Control-Expose-Headers": ["X-Total", '"X-Total, ETag"', '"*"'],
    "Access-Control-Max-Age": ["600", "86400", "-1", "1728000"],
    "Vary": ["Origin", "origin", '"Accept-Encoding, Origin"', "*"],
    "X-Other": ["1", "$request_method", '"$host$uri"'],
    "Cache-Control": ["no-store"],
    "Access-Control-Allow-Private-Network": ["true"],
}


class Case:
    """A configuration and requests for it. Ports are places in the text: @P0@, @P1@, @UP@."""

    def __init__(self, statements, rng, mode, seed):
        self.statements, self.mode, self.seed = statements, mode, seed
        self.plain = "\n".join(conf.render(statements)) + "\n"
        self.text = conf.scrambled(statements, rng) if rng.random() < 0.3 else self.plain

    def split(self, rng):
        """The same configuration in several files: (main statements, {path: statements})."""
        files = {}

        def out(statements, path):
            files[path] = statements
            return [["include", path], None]

        top = []
        for words, inner in self.statements:
            if words == ["http"]:
                servers = [one for one in inner if one[0][0] == "server"]
                rest = [one for one in inner if one[0][0] != "server"]
                for index, one in enumerate(servers):
                    files[f"conf.d/{index:02}.conf"] = [one]
                kept = []
                for one in rest:
                    kept.append(out([one], f"part{len(files)}.conf") if one[0][0] in ("map", "upstream") and rng.random() < 0.4 else one)
                inner = kept + [[["include", "conf.d/*.conf"], None]]
                for one in servers:
                    for index, child in enumerate(one[1]):
                        if child[0][0] in ("location", "add_header", "if") and rng.random() < 0.2:
                            one[1][index] = out([child], f"snippets/{len(files)}.conf")
            top.append([words, inner])
        return top, files

    def filled(self, ports, upstream, text=None):
        text = (self.text if text is None else text).replace("@UP@", str(upstream))
        for index, port in enumerate(ports):
            text = text.replace(f"@P{index}@", str(port))
        return text


class Gen:
    """One use: Gen(seed).case()."""

    def __init__(self, seed):
        self.rng = random.Random(seed)
        self.seed = seed
        self.count = 0
        self.http = []
        self.variables = []  # that hold an origin, or nothing
        self.flags = []  # that hold a small word
        self.named = []  # locations that error_page may name
        self.more = False
        roll = self.rng.random()
        # proxy: upstreams and returns answer; static: files too; files: whether they exist decides more than a status
        self.mode = "static" if roll < 0.12 else "files" if roll < 0.2 else "proxy"

    # --- small choices

    def chance(self, p):
        return self.rng.random() < p

    def pick(self, *items):
        return self.rng.choice(items[0] if len(items) == 1 else items)

    def fresh(self, stem):
        self.count += 1
        return f"{stem}{self.count}"

    def quoted(self, text):
        if not text or set(text) & set(" ;{}#") or self.chance(0.4):
            return f'"{text}"' if '"' not in text else f"'{text}'"
        return text

    def origin(self):
        return self.pick(ORIGINS)

    def regex(self):
        """A pattern for origins."""
        if self.chance(0.04):
            return self.pick(".*", "^$", ".", r"^https?://", "app", r"^https://[^/]+$", "null", r"^(?!.*evil)https://.+$",
                             r"^https://(?i:APP)\.test$", r"(a)pp\.\w+", r"^(https?)://(.+)$", r"\btest\b", r"^\S+$",
                             r"^[^:]*://app\.test$", r"(?i)^HTTPS://APP\.TEST$", r"https://app\.test|null")
        host = self.pick([r"app\.test", "app.test", r"(www\.)?app\.test", r"(.+\.)?app\.test", r".*\.app\.test",
                          r"[a-z0-9-]+\.app\.test", r"[^.]+\.app\.test", r"(a|x|www)\.app\.test", r"([a-z]+)\.(app|web)\.test",
                          r"(app\.test|b\.example)", r"localhost", r"(.*)\.b\.example", r"([\w-]+\.)*app\.test",
                          r"(?:[a-z]{1,3}\.)?app\.test", r"app\.(test|example)", r"[\w.-]+test", r"(?<who>\w+)\.app\.test"])
        scheme = self.pick("https?://", "https://", "(http|https)://", "http[s]*?://", "", "https:\\/\\/", ".*", "http(s)?://")
        port = self.pick("", "", "", r"(:\d+)?", "(:[0-9]+)?", ":[0-9]{2,5}", r"(:\d{1,5})?")
        return self.pick("^", "^", "^", "") + scheme + host + port + self.pick("$", "$", "$", "", "/?$")

    def tilde(self):
        return self.pick("~", "~*")

    def always(self):
        return self.pick(" always", "")

    def header(self, name=None):
        name = name or self.pick(list(HEADERS))
        return f"add_header {name} {self.pick(HEADERS[name])}{self.always()};"

    def acao_value(self):
        values = ["*", "$http_origin", '"$http_origin"', A, '"https://b.example"', "null", "$scheme://$host",
                  "https://$host", '"https://app.test, https://b.example"']
        if self.variables:
            values += ["$" + self.pick(self.variables) for _ in range(8)]
        if self.flags and self.chance(0.05):
            values.append('"${' + self.pick(self.flags) + '}"')
        return self.pick(values)

    def acao(self, value=None):
        name = "Access-Control-Allow-Origin" if self.chance(0.97) else "access-control-allow-origin"
        return f"add_header {name} {value or self.acao_value()}{self.always()};"

    def headers(self):
        lines = [self.acao()] + [self.header() for _ in range(self.pick(0, 0, 1, 1, 2, 3))]
        self.rng.shuffle(lines)
        return " ".join(lines)

    # --- http level: maps

    def origin_map(self):
        """A map from the origin to what is allowed."""
        name = self.fresh("o")
        source = self.pick(["$http_origin"] * 6 + ['"$http_origin"', "$http_referer"])
        keys = []
        for _ in range(self.pick(1, 2, 3, 4)):
            value = self.pick(["$http_origin"] * 6 + [A, '"*"', "1", '""', '"$http_origin"'])
            if self.chance(0.5):
                keys.append(f"{self.quoted(self.origin())} {value};")
            else:
                pattern = self.regex()
                if "(" in pattern and "(?" not in pattern and self.chance(0.15):
                    value = self.pick("$1", '"https://$1"', '"$1$2"', '"https://$2.app.test"')
                keys.append(f"\"{self.tilde()}{pattern}\" {value};")
        if self.chance(0.75):
            otherwise = self.pick('""', '""', '""', "0", A, "$http_origin", '"null"')
            keys.insert(self.pick(0, len(keys)), f"default {otherwise};")
        self.http.append(f"map {source} ${name} {{ {' '.join(distinct(keys))} }}")
        self.variables.append(name)
        return name

    def flag_map(self, source=None):
        name = self.fresh("f")
        if source is None:
            source = self.pick("$http_origin", "$request_method", "$host", "$uri", "$arg_debug", "$cookie_session",
                               "$http_x_token", '"$request_method:$http_origin"', '"$http_origin->$host"', "$scheme",
                               '"$request_method$arg_debug"', "$http_access_control_request_method")
        keys = []
        for _ in range(self.pick(1, 2, 3)):
            if "http_origin" in source:
                method = self.pick("OPTIONS", "GET", "(GET|POST)")
                key = {"$http_origin": self.regex(), '"$request_method:$http_origin"': f"^{method}:{self.regex().lstrip('^')}",
                       '"$http_origin->$host"': f"{self.regex().rstrip('$')}->{self.pick('api', 'app.test$', '.*')}"}[source]
                keys.append(f"\"{self.tilde()}{key}\" {self.pick('1', '1', 'yes', '0')};")
            elif source == "$uri":
                path = self.pick("~^/api/", r"~*\.(js|css)$", "/health", "~/admin")
                keys.append(f"{path} {self.pick('1', 'api')};")
            elif "method" in source:
                keys.append(f"{self.pick('OPTIONS', 'GET', 'POST', '~^(PUT|DELETE)$', '~^P', 'OPTIONS1')} {self.pick('1', '2', 'yes')};")
            elif source == "$host":
                host = self.pick("api.test", r"~^x\.", "~test$", "app.test")
                keys.append(f"{host} {self.pick('1', 'in')};")
            else:
                key = self.pick("1", "on", "~.", '""', "~^[a-z]+$")
                keys.append(f"{key} {self.pick('1', 'yes', '0')};")
        otherwise = self.pick("0", '""', "1")
        keys.append(f"default {otherwise};")
        self.http.append(f"map {source} ${name} {{ {' '.join(distinct(keys))} }}")
        self.flags.append(name)
        return name

    # --- conditions and the rewrite module

    def condition(self):
        roll = self.rng.random()
        if roll < 0.4:
            return self.pick([
                f'$http_origin ~{self.pick("", "*")} "{self.regex()}"', f'$http_origin ~* "{self.regex()}"',
                f'$http_origin !~{self.pick("", "*")} "{self.regex()}"', f'$http_origin = "{self.origin()}"',
                f'$http_origin != "{self.origin()}"', '$http_origin = ""', "$http_origin"])
        if roll < 0.65:
            return self.pick("$request_method = OPTIONS", "$request_method = 'OPTIONS'", '$request_method ~* "(GET|POST)"',
                             "$request_method != GET", "$request_method !~ ^(GET|HEAD|OPTIONS)$", "$request_method = GET",
                             "$request_method ~ ^P")
        if roll < 0.85 and self.variables + self.flags:
            name = self.pick(self.variables + self.flags)
            return self.pick(f"${name}", f"${name}", f'${name} = "{self.pick("1", "yes", "T", "0", "true", "")}"',
                             f"${name} != 1", f'${name} ~ "^(T|1|yes)"', f'${name} = "T{self.pick("O", "G", "")}"',
                             f"${name} = $http_origin")
        return self.pick(["$arg_debug", "$arg_debug = 1", "$http_x_token", "$cookie_session", '$host = "api.test"',
                          "$host ~ ^x", '$uri ~ "^/api"', '$args ~ "debug"', "$request_uri ~ \\?", "$scheme = https",
                          "$http_access_control_request_method", '$http_x_token != ""', "$server_name = app.test",
                          "$http_access_control_request_headers ~* token", "$is_args", "$http_authorization",
                          '$http_user_agent ~ "curl"', "$content_type = application/json", '$cookie_session ~* "^a"'])

    def set_value(self):
        words = ['""', "T", "1", "0", "true", "$http_origin", '"*"', A, "$request_method"]
        if self.flags:
            name = self.pick(self.flags)
            words += ['"${%s}O"' % name, '"${%s}G"' % name, '"$%s"' % name]
        if self.chance(0.1):
            words = ['"$1"', '"https://$1"', "$host", '"$request_method:$http_origin"', "$arg_debug"]
        return self.pick(words)

    def set_statement(self):
        if self.chance(0.6) and self.flags:
            name = self.pick(self.flags)
        elif self.chance(0.5) and self.variables:
            name = self.pick(self.variables)
        else:
            name = self.fresh("s")
            self.pick(self.flags, self.variables).append(name)
        return f"set ${name} {self.set_value()};"

    def return_statement(self):
        return self.pick(["return 204;"] * 5 + [
            "return 200;", 'return 200 "ok";', "return 403;", "return 404;", "return 405;", "return 418;", "return 429;",
            "return 301 https://app.test$request_uri;", "return 302 /api/;", 'return 400 "no";', "return 500;",
            "return 503;", "return https://b.example/;", 'return 404 "gone";', "return 307 $scheme://$host/x;",
            "return 410;", 'return 201 "made";'])

    def rewrite_statement(self):
        return self.pick(r"rewrite ^/old/(.*)$ /api/$1 last;", r"rewrite ^/old/(.*)$ /static/$1 break;",
                         r"rewrite ^/old/(.*)$ /api/$1;", r"rewrite ^/en/(.*)$ /$1? last;", r"rewrite ^/public /static/x.png;",
                         r"rewrite ^/admin /api/v1/users permanent;", r"rewrite ^/x$ https://b.example/ redirect;",
                         r"rewrite ^/(.*)\.JS$ /$1.js last;", "rewrite ^/loop /loop/x last;", r"rewrite /api/v22/(.*) /api/v1/$1;",
                         "rewrite ^/health$ /api/health?from=health break;")

    def if_block(self, place):
        body = []
        for _ in range(self.pick(1, 1, 2, 3)):
            roll = self.rng.random()
            if roll < 0.3 or (place == "server" and roll < 0.6):
                body.append(self.set_statement())
            elif roll < 0.65 and place == "location":
                body.append(self.pick(self.acao, self.header, self.headers)())
            elif roll < 0.69 and place == "location":
                body.append(self.pick("expires 1h;", "error_page 404 = /health;", "expires -1;", "error_page 403 /api/;"))
            elif roll < 0.74:
                body.append(self.rewrite_statement())
            elif roll < 0.76:
                body.append("break;")
        if place == "location" and self.more and self.chance(0.2):
            body.append(self.more_headers())
        if self.chance(0.4):
            body.append(self.return_statement())
        single = {"expires": 0}
        body = [line for line in body if not line.startswith("expires") or single.update(expires=single["expires"] + 1)
                or single["expires"] == 1]
        return f"if ({self.condition()}) {{ {' '.join(body)} }}"

    def more_headers(self):
        return self.pick("more_set_headers 'Access-Control-Allow-Origin: $http_origin';",
                         f"more_set_headers 'Access-Control-Allow-Origin: {self.origin()}' 'Vary: Origin';",
                         "more_clear_headers Access-Control-Allow-Origin;", "more_clear_headers 'Access-Control-*';",
                         "more_set_headers -s '404 403' 'Access-Control-Allow-Origin: *';",
                         "more_set_headers 'Access-Control-Allow-Methods: GET, PUT';",
                         "more_set_headers 'Access-Control-Allow-Origin:';", "more_clear_headers Vary;")

    def random_chain(self, place):
        lines = []
        for _ in range(self.pick(1, 2, 2, 3, 4)):
            roll = self.rng.random()
            if roll < 0.25:
                lines.append(self.set_statement())
            elif roll < 0.33:
                lines.append(self.rewrite_statement())
            elif roll < 0.35:
                lines.append("break;")
            else:
                lines.append(self.if_block(place))
        return lines

    # --- locations

    def handler(self, place="location"):
        """What answers in a location."""
        if self.mode != "proxy" and self.chance(0.6):
            if self.mode == "files" and place == "location" and self.chance(0.6):
                return self.pick("try_files $uri /index.html;", "try_files $uri $uri/ =404;", "try_files $uri /api/;",
                                 "try_files /a.txt =403;", "if (-f $request_filename) { add_header X-File 1; }",
                                 f"if (!-e $request_filename) {{ {self.pick('return 404;', 'rewrite ^ /a.txt last;', self.acao())} }}",
                                 "try_files $uri $uri/ /dir/f.txt;", "index f.txt index.html;", "index none.html;",
                                 f"try_files $uri @{self.pick(self.named)};" if self.named else "autoindex on;")
            return ""
        if self.chance(0.7):
            lines = [self.pick("proxy_pass http://up;", "proxy_pass http://127.0.0.1:@UP@;")]
            if self.chance(0.3):
                lines.append("proxy_hide_header Access-Control-Allow-Origin;")
                if self.chance(0.3):
                    lines.append(f"proxy_hide_header {self.pick('Vary', 'access-control-allow-credentials', 'Access-Control-*')};")
            if self.chance(0.15):
                lines.append("proxy_intercept_errors on;")
            if self.chance(0.1):
                lines.append(self.pick('proxy_set_header Origin "";', "proxy_set_header Host $host;", "proxy_set_header X-A b;"))
            if self.chance(0.04):
                lines.append("proxy_pass_header Access-Control-Allow-Origin;")
            return " ".join(lines)
        return self.return_statement()

    def error_page(self):
        code = self.pick("404", "403", "405", "418", "500 502 503 504", "429", "401", "400")
        if self.named and self.chance(0.5):
            target = "@" + self.pick(self.named)
        else:
            target = self.pick("/health", "/api/", "/50x.html", "https://b.example/e", "/static/x.png", "/a.txt")
        return f"error_page {code} {self.pick('', '', '= ', '=200 ', '=204 ', '=403 ')}{target};"

    def location(self, argument, depth=0):
        body = []
        if self.chance(0.45):
            body.append(self.headers())
        if self.chance(0.5):
            body += self.random_chain("location")
        if self.chance(0.12):
            body.append(self.error_page())
        if self.chance(0.04):
            body.append(self.pick("limit_except GET { deny all; }", "limit_except GET POST { deny all; }",
                                  "limit_except OPTIONS { deny all; }", "limit_except GET OPTIONS { allow all; }"))
        if self.chance(0.03):
            body.append(self.pick("deny all;", "allow all;", "internal;", "satisfy any;"))
        if self.chance(0.015):
            body.append("auth_basic api; auth_basic_user_file .htpasswd;")
        if self.chance(0.04):
            body.append(self.pick("expires 1h;", "expires off;", "expires epoch;"))
        if self.more and self.chance(0.4):
            body.append(self.more_headers())
        body.append(self.handler())
        self.rng.shuffle(body)
        if depth < 2 and self.chance(0.12) and not argument.startswith(("=", "@")):
            children = [child for child, _ in LOCATIONS if fits(argument, child)]
            for child in self.rng.sample(children, min(len(children), self.pick(1, 1, 2))):
                body.append(self.location(child, depth + 1))
        return f"location {argument} {{ {' '.join(body)} }}"

    # --- the idioms, as (server statements, location statements)

    def idiom(self):
        number = self.pick([n for n in range(1, 47) if n not in (27, 37)] + [37])
        return getattr(self, f"c{number:02}")()

    def preflight(self):
        condition = self.pick("$request_method = OPTIONS", "$request_method = 'OPTIONS'", '$request_method = "OPTIONS"')
        extra = self.pick("", "", "", self.header("Access-Control-Max-Age"), "add_header Content-Length 0;")
        return f"if ({condition}) {{ {extra} return {self.pick('204', '204', '204', '200')}; }}"

    def bare_preflight(self):
        return "if ($request_method = OPTIONS) { return 204; }"

    def c01(self):
        return ["add_header Access-Control-Allow-Origin *;"], []

    def c02(self):
        return ["add_header Access-Control-Allow-Origin * always;"], []

    def c03(self):
        return [], [self.acao("*"), self.header("Access-Control-Allow-Methods"), self.bare_preflight()]

    def c04(self):
        inner = self.header(self.pick(list(HEADERS)))
        return [], [self.acao("$http_origin"), self.header("Access-Control-Allow-Credentials"),
                    f"if ($request_method = OPTIONS) {{ {inner} return 204; }}"]

    def c05(self):
        rows = [f"if ($request_method = {method}) {{ {self.acao()} {'return 204;' if method == 'OPTIONS' else ''} }}"
                for method in self.rng.sample(["OPTIONS", "POST", "GET", "PUT", "HEAD", "DELETE"], 3)]
        return [], rows

    def c06(self):
        pattern = self.pick('"(GET|POST)"', '"GET|POST|OPTIONS"', '"^(GET|POST)$"', "^OPTIONS")
        return [], [f"if ($request_method {self.pick('~*', '~', '!~*', '!~')} {pattern}) {{ {self.pick(self.acao(), 'return 405;')} }}"]

    def c07(self):
        v = self.fresh("c")
        self.flags.append(v)
        rows = [f'if ($http_origin {self.tilde()} "{self.regex()}") {{ set ${v} T; }}',
                f'if ($request_method = OPTIONS) {{ set ${v} "${{{v}}}O"; }}']
        uses = [f"if (${v} = T) {{ {self.acao('$http_origin')} }}", f"if (${v} = O) {{ {self.header('Access-Control-Max-Age')} return 204; }}",
                f"if (${v} = TO) {{ {self.acao('$http_origin')} {self.header('Access-Control-Allow-Methods')} return 204; }}"]
        self.rng.shuffle(uses)
        return [], [f'set ${v} "";', *rows, *uses]

    def c08(self):
        v = self.fresh("c")
        rows = [f'if ($http_origin ~ "{self.regex()}") {{ set ${v} true; }}', f"if (${v} = trueget) {{ {self.acao('$http_origin')} }}",
                f'if ($request_method = GET) {{ set ${v} "${{{v}}}get"; }}']
        if self.chance(0.3):
            self.rng.shuffle(rows)
        return [], [f'set ${v} "";', *rows]

    def c09(self):
        v = self.fresh("c")
        return [], [f"set ${v} 0;", f"if ($request_method = GET) {{ set ${v} 1; }}",
                    f"if ($request_method = OPTIONS) {{ set ${v} 1; {self.header('Access-Control-Max-Age')} }}",
                    f"if (${v} = 1) {{ {self.acao()} }}", self.bare_preflight()]

    def c10(self):
        return [self.acao("$http_origin"), self.header("Access-Control-Allow-Credentials"), self.header("Vary")], []

    def c11(self):
        v = self.fresh("o")
        self.variables.append(v)
        keys = distinct([f"{self.quoted(self.origin())} $http_origin;" for _ in range(self.pick(1, 2, 5))])
        self.http.append(f'map $http_origin ${v} {{ default ""; {" ".join(keys)} }}')
        return [self.acao("$" + v), self.header("Vary"), self.header("Access-Control-Allow-Credentials")], []

    def c12(self):
        v = self.fresh("o")
        self.http.append(f'map $http_origin ${v} {{ default 0; "{self.tilde()}{self.regex()}" $http_origin; }}')
        return [self.acao("$" + v)], []

    def c13(self):
        v = self.fresh("o")
        self.http.append(f'map $http_origin ${v} {{ "{self.tilde()}{self.regex()}" $http_origin; }}')
        return [self.acao("$" + v)], []

    def c14(self):
        ok, v = self.fresh("ok"), self.fresh("o")
        self.http += [f'map $http_origin ${ok} {{ default 0; "{self.tilde()}{self.regex()}" 1; "{self.tilde()}{self.regex()}" {self.pick("1", "2")}; }}',
                      f'map ${ok} ${v} {{ default ""; 1 $http_origin; 2 "{self.origin()}"; }}']
        return [self.acao("$" + v)], []

    def c15(self):
        return [f'add_header Access-Control-Allow-Origin "{self.origin()}{self.pick(", ", " ", ",")}{self.origin()}";'], []

    def c16(self):
        v, pre = self.fresh("o"), self.fresh("p")
        self.http += [f'map $http_origin ${v} {{ default ""; "{self.tilde()}{self.regex()}" $http_origin; }}',
                      f'map "$request_method:${v}" ${pre} {{ default 0; "~^OPTIONS:{self.pick(".", "", "https", ".+$")}" 1; }}']
        return [self.acao("$" + v), f"if (${pre}) {{ return 204; }}"], [self.header("X-Other")] if self.chance(0.5) else []

    def c17(self):
        v = self.fresh("o")
        keys = self.rng.sample(["*.app.test", ".b.example", "https://app.test", "*.test", "https://www.*", "~localhost"], 2)
        self.http.append(f'map $http_origin ${v} {{ hostnames; default ""; {" ".join(k + " $http_origin;" for k in keys)} }}')
        return [self.acao("$" + v)], []

    def c18(self):
        return [], ["set $base app.test;", f"if ($http_origin ~* (.*\\.$base)) {{ {self.acao('$http_origin')} }}"]

    def c19(self):
        v = self.fresh("o")
        self.http.append(f'map $http_origin ${v} {{ default ""; ~*^https://app\\.test/$ $http_origin; https://app.test:443 $http_origin;'
                         f' {self.pick("https://app.test/", "app.test", "*", "https://*.app.test")} $http_origin; }}')
        return [self.acao("$" + v)], []

    def c20(self):
        v = self.fresh("o")
        self.http.append(f'map $http_origin ${v} {{ default ""; https://App.test $http_origin; ~^https://B\\.Example$ $http_origin;'
                         " ~*^https://X\\.App\\.test$ $http_origin; }")
        return [self.acao("$" + v), 'if ($http_origin = "https://App.test") { return 403; }'], []

    def c21(self):
        v = self.fresh("o")
        self.variables.append(v)
        rows = [f"if ($http_origin {test}) {{ set ${v} $http_origin; }}"
                for test in (self.pick(f'= "{self.origin()}"', f'~ "{self.regex()}"') for _ in range(self.pick(1, 2)))]
        return [f'set ${v} "";', *rows, self.acao("$" + v)], []

    def c22(self):
        v = self.fresh("c")
        self.flags.append(v)
        return [f"if ($http_origin ~* \"{self.regex()}\") {{ set ${v} true; }}"], [
            f"if (${v} = true) {{ {self.acao('$http_origin')} }}", self.bare_preflight()]

    def c23(self):
        return [self.acao("*")], ["add_header Cache-Control no-cache;"]

    def c24(self):
        return [], [self.acao()]

    def c25(self):
        return [], [self.acao("$http_origin")]

    def c26(self):
        return [], ["proxy_hide_header Access-Control-Allow-Origin;", self.acao("$http_origin"), self.preflight()]

    def c28(self):
        if self.chance(0.7):
            return self.c02()
        return [], ["limit_except OPTIONS { auth_basic api; auth_basic_user_file .htpasswd; }", self.bare_preflight(), self.acao("*")]

    def c29(self):
        return [], [f"limit_except {self.pick('GET', 'GET POST', 'POST', 'GET OPTIONS')} {{ deny all; }}", self.bare_preflight(),
                    self.acao("*")]

    def c30(self):
        name = self.fresh("p")
        self.named.append(name)
        code = self.pick("418", "405", "403")
        return [f"error_page {code} {self.pick('= ', '', '=204 ', '=200 ')}@{name};",
                f"location @{name} {{ {self.acao('$http_origin')} {self.pick('return 204;', 'return 200 x;', 'return 403;')} }}"], [
                    f"if ($request_method = OPTIONS) {{ return {code}; }}"]

    def c31(self):
        v = self.fresh("o")
        self.variables.append(v)
        return [f"set ${v} $http_origin;", f'if ($http_origin = "") {{ set ${v} "*"; }}', self.acao("$" + v),
                self.header("Access-Control-Allow-Credentials")], []

    def c32(self):
        self.more = True
        c = self.fresh("c")
        setter = "more_set_headers 'Access-Control-Allow-Origin: $http_origin'; more_set_headers 'Access-Control-Allow-Credentials: true';"
        star = "set $http_origin *; " if self.chance(0.4) else ""
        start = f'set ${c} "true";' if star else f"if ($http_origin ~* ({self.regex().strip('^$')})$ ) {{ set ${c} 'true'; }}"
        if "{" in start.split("{ set")[0].split("(", 1)[-1]:
            start = f"if ($http_origin = {self.origin()}) {{ set ${c} 'true'; }}"
        return [], [star + start, f"if ($request_method = 'OPTIONS') {{ set ${c} ${{{c}}}options; }}",
                    f'if (${c} = "true") {{ {setter} }}', f'if (${c} = "trueoptions") {{ {setter} return 204; }}']

    def c33(self):
        self.more = True
        return ["more_set_headers 'Access-Control-Allow-Origin: $http_origin';", self.acao("*")], []

    def c34(self):
        g = self.fresh("g")
        return [f"set ${g} 0;", f'if ($http_origin = "") {{ set ${g} 1; }}', f'if ($http_origin = "{self.origin()}") {{ set ${g} 1; }}',
                f"if (${g} = 0) {{ return 403; }}", self.acao("$http_origin")], []

    def c35(self):
        files = ["try_files $uri /index.html;"] if self.mode == "files" else []
        return [], [*files, f'if ($http_origin = "{self.origin()}") {{ {self.acao("$http_origin")} }}', "add_header X-L l;"]

    def c36(self):
        return [], [f'if ($http_origin ~* "{self.regex()}") {{ {self.acao("$http_origin")} return 200 x; }}', "return 403;"]

    def c37(self):
        return [self.acao("*")], ["add_header Access-Control-Allow-Origin '';"]

    def c38(self):
        return [self.acao(self.pick("https://$server_name", "$scheme://$http_host", "https://$host", '"https://$host:$server_port"'))], []

    def c39(self):
        return [f"location = / {{ {self.acao('*')} {self.handler()} }}"], []

    def c40(self):
        name = self.fresh("n")
        self.named.append(name)
        if self.mode != "files":
            return [f"location @{name} {{ proxy_pass http://up; {self.acao()} }}", f"error_page 404 = @{name};"], []
        return [f"location @{name} {{ proxy_pass http://up; proxy_hide_header Access-Control-Allow-Origin; }}"], [
            f"try_files $uri @{name};", self.acao("*")]

    def c41(self):
        return [self.bare_preflight()], [self.acao()]

    def c42(self):
        return [], [f'if ($http_origin ~* "{self.regex()}") {{ {self.acao("$http_origin")} }}', self.bare_preflight()]

    def c43(self):
        return [], [f"if ($request_method = OPTIONS) {{ {self.acao()} add_header Access-Control-Allow-Methods $http_access_control_request_method;"
                    " add_header Access-Control-Allow-Headers $http_access_control_request_headers; return 204; }"]

    def c44(self):
        name = self.fresh("rl")
        self.named.append(name)
        return [f"error_page 429 = @{name};", f"location @{name} {{ {self.acao('*')} return 429 x; }}",
                f"location = /limited{name} {{ return 429; }}"], []

    def c45(self):
        ok = self.fresh("ok")
        self.http.append(f'map "$http_origin->$host" ${ok} {{ "{self.tilde()}{self.regex().rstrip("$")}->api" "1"; }}')
        return [f'set $o{ok} ""; if (${ok}) {{ set $o{ok} $http_origin; }}', self.acao(f"$o{ok}")], []

    def c46(self):
        return [self.acao("*"), "return 301 https://$host$request_uri;"], [] if self.chance(0.5) else [self.acao()]

    # --- servers and all

    def server(self, index, default):
        listens = [0] if self.chance(0.8) else self.pick([[1], [0, 1]])
        lines = [f"listen 127.0.0.1:@P{port}@{' default_server' if default == (index, port) else ''};" for port in listens]
        names = self.rng.sample(NAMES, self.pick(1, 1, 2, 3))
        lines.append(f"server_name {' '.join(self.quoted(name) for name in names)};")
        lines.append("root html;")
        if self.chance(0.03):
            lines.append("merge_slashes off;")
        arguments = [argument for argument, _ in self.rng.sample(LOCATIONS, self.pick(0, 1, 1, 2, 3, 4))]
        if "/" not in arguments and (self.mode == "proxy" or self.chance(0.8)):
            arguments.append("/")
        parts = {argument: [] for argument in arguments}
        for _ in range(self.pick(1, 1, 2, 3)):
            top, inside = self.idiom()
            if "return 301" in " ".join(top) and self.chance(0.7):
                continue
            lines += top
            if inside and arguments:
                parts[self.pick(arguments)] += inside
        if self.chance(0.12):
            lines += self.random_chain("server")
        if self.chance(0.1):
            lines.append(self.error_page())
        if self.more and self.chance(0.2):
            lines.append(self.more_headers())
        for argument in distinct_locations(arguments):
            text = self.location(argument)
            if parts[argument]:
                lead = f"location {argument} {{ "
                # The idiom's statements keep their order, in front of what is random.
                only = self.handler() if self.chance(0.6) else text[len(lead):-2]
                body = join_location(parts[argument], only)
                text = lead + body + " }"
            lines.append(text)
        return f"server {{ {' '.join(lines)} }}"

    def case(self):
        for _ in range(self.pick(0, 0, 1, 2)):
            self.pick(self.origin_map, self.flag_map)()
        count = self.pick(1, 1, 1, 2, 3)
        default = (self.pick(range(count)), 0) if self.chance(0.5) else None
        servers = [self.server(index, default) for index in range(count)]
        top = ["types { text/html html; text/plain txt; }", "upstream up { server 127.0.0.1:@UP@; }"]
        if self.chance(0.1):
            top.append(self.headers())
        if self.chance(0.04):
            top.append("proxy_hide_header Access-Control-Allow-Credentials;")
        text = " ".join([*top, *self.http, *servers])
        missing = sorted(set(re.findall(r"\$\{?([a-z]+\d+)", text)) - set(re.findall(r"(?:set|map \S+) \$([a-z]+\d+)", text)))
        for name in missing:  # mentioned somewhere, set nowhere: nginx would not load it
            text = text[:-1] + f' set ${name} ""; }}'
        load = ""
        if "more_" in text:
            load = f"load_module {server.MODULES}/{server.HEADERS_MORE};"
        statements = tidy(conf.parse(f"{load} events {{ }} http {{ {text} }}"))
        return Case(statements, self.rng, self.mode, self.seed)


# Directives that may stand once in a block; a later one is dropped.
ONCE = {"proxy_pass", "proxy_intercept_errors", "expires", "try_files", "limit_except", "auth_basic", "auth_basic_user_file", "satisfy",
        "internal", "merge_slashes", "root"}


def tidy(block):
    seen, out = set(), []
    for words, inner in block:
        key = words[0]
        if key == "location":
            key = "location " + " ".join(word.strip('"') for word in words[1:])
        if key in seen and (words[0] in ONCE or words[0] == "location"):
            continue
        seen.add(key)
        out.append([words, None if inner is None else tidy(inner)])
    return out


def distinct(keys):
    """One line a key of a map, which does not tell upper from lower case."""
    seen, out = set(), []
    for key in keys:
        name = key.rsplit(" ", 1)[0].strip().strip('"').lower()
        if name not in seen:
            seen.add(name)
            out.append(key)
    return out


def distinct_locations(arguments):
    return list(dict.fromkeys(arguments))


def join_location(statements, rest):
    return " ".join(statements) + " " + rest


def fits(outer, inner):
    """Whether nginx lets `inner` stand inside `outer`."""
    if inner.startswith("~"):
        return True
    path = inner.split(" ")[-1]
    if outer.startswith("~"):
        return False
    return path.startswith(outer.split(" ")[-1]) and path != outer.split(" ")[-1]


# --- requests ----------------------------------------------------------------------------------------------------


def literals(case, marks):
    """The words of the configuration that hold one of `marks`, without quotes and regular expressions."""
    for path, block, index in conf.walk(case.statements):
        del path
        for word in block[index][0]:
            word = word.strip("\"'")
            if any(mark in word for mark in marks) and not set(word) & set("$\\^*()[]"):
                yield word


def targets(case, rng):
    named = dict(LOCATIONS)
    out = []
    for _, block, index in conf.walk(case.statements):
        words = block[index][0]
        if words[0] == "location":
            argument = " ".join(words[1:])
            out += named.get(argument, [])
            if words[1] == "=":
                out += [words[2], words[2] + "x"]
    out += ["/", "/x", "/health", "/a.txt", "/50x.html", "/old/x", "/en/api/v1/x", "/x.js", "/loop/1", "/public", "/admin", "/api/v22/q"]
    if case.mode != "proxy":
        out += ["/a.txt", "/dir/f.txt", "/missing", "/static/missing.js", "/", "/dir", "/dir/", "/index.html", "/dir/index.html",
                "/missing/", "//a.txt", "/dir/../a.txt", "/a.txt/"] * 2
    target = rng.choice(out)
    roll = rng.random()
    if roll < 0.04:
        target = target.replace("/", "//", 1)
    elif roll < 0.07:
        target = "/." + target
    elif roll < 0.1:
        target = "/zz/.." + target
    elif roll < 0.12:
        at = rng.randrange(1, len(target) + 1)
        target = target[:at] + rng.choice(["%20", "%2F", "%2e", "%41", "%C3%A9", "+", "~", "%3F", "%25", "é"]) + target[at:]
    elif roll < 0.13:
        target = rng.choice(["/%00", "/..", "/%zz", "/../x", "/a%", "/%2e%2e/y"])
    if rng.random() < 0.25:
        target += ("&" if "?" in target else "?") + rng.choice(["debug=1", "debug=0", "a=b&debug=on", "debug", "x", "", "debug=&y",
                                                               "q=%2F..", "Debug=1", "debug=a%20b"])
    return target


def origin_near(origin, rng):
    """Something that differs from `origin` where configurations go wrong."""
    host = origin.split("://")[-1]
    return rng.choice([
        origin.replace("https:", "http:"), origin + ".evil.com", origin.replace("://", "://evil"), origin.replace("://", "://x."),
        origin + ":8443", origin + "/", origin.upper(), origin.replace(".", "x", 1), "evil-" + origin, origin[:-1], origin + "x",
        origin.replace("https:", "httpss:"), host, origin + ":443", " ".join([origin, origin]), origin.replace("://", "://a.b."),
        origin + "->api", origin + "\t", "x" + origin, origin.replace("test", "Test"), origin + ".", origin + ":1"])


def odd_origin(rng):
    return rng.choice(["null", "https://é.test", "https://\x01", "*", "0", "1", "$http_origin", "https://[::1]:8080", "file://",
                       "https://app.test, https://evil.test", "a b", "https://", "\x7f", "https://app_test", "yes", "T",
                       "chrome-extension://abcdefghijklmnopabcdefghijklmnop", "OPTIONS:https://app.test", "https://user@app.test"])


def requests(case, seed, count):
    """Requests in the form of `simulate --raw`, each with "port" as the index of the port."""
    rng = random.Random(f"requests {seed}")
    origins = [word for word in literals(case, ["://", "null"]) if not word.startswith(("~", "http://up", "http://127.0.0.1:@"))]
    names = [word for word in literals(case, [".test", ".example"]) if "/" not in word] + ["api.test", "unknown.test"]
    for _, block, index in conf.walk(case.statements):
        if block[index][0][0] == "server_name":
            names += [host for name in block[index][0][1:] for host in HOSTS.get(name.strip('"'), [])]
    names = [name for name in names if not set(name) & set("~* ,") and not name.startswith(".")]
    ports = [index for index in (0, 1) if f"@P{index}@" in case.plain]
    out = []
    for _ in range(count):
        method = rng.choice(METHODS)
        host = rng.choice(names)
        roll = rng.random()
        host = host.upper() if roll < 0.03 else host + "." if roll < 0.05 else host
        target = targets(case, rng)
        headers = {}
        roll = rng.random()
        if roll < 0.35:
            headers["Origin"] = rng.choice(ORIGINS)
        elif roll < 0.6 and origins:
            headers["Origin"] = rng.choice(origins)
        elif roll < 0.8:
            headers["Origin"] = origin_near(rng.choice(origins + ORIGINS), rng)
        elif roll < 0.85:
            headers["Origin"] = odd_origin(rng)
        elif roll < 0.87:
            headers["Origin"] = ""
        if rng.random() < (0.8 if method == "OPTIONS" else 0.05):
            headers["Access-Control-Request-Method"] = rng.choice(["GET", "PUT", "DELETE", "POST", "patch"])
        if rng.random() < (0.5 if method == "OPTIONS" else 0.05):
            headers["Access-Control-Request-Headers"] = rng.choice(["x-token", "authorization,content-type", "*", "a,b,c"])
        for name, values, chance in (("Cookie", ["session=abc", "session=", "a=b; session=1", "Session=x"], 0.15),
                                     ("X-Token", ["1", "0", "abc"], 0.15), ("Authorization", ["Basic dXNlcjpzZWNyZXQ=", "Bearer x"], 0.1),
                                     ("Referer", ["https://app.test/", "https://evil.test/x"], 0.1), ("User-Agent", ["curl/8", "Mozilla"], 0.1),
                                     ("Content-Type", ["application/json", "text/plain"], 0.05)):
            if rng.random() < chance:
                headers[name] = rng.choice(values)
        # A header is what is left between its surrounding spaces.
        headers = {name: value.strip(" ") for name, value in headers.items()}
        port = rng.choice(ports)
        request = {"method": method, "url": f"http://{host}:@P{port}@{target}", "headers": headers}
        request.update(behind(headers, rng))
        out.append(request)
    return out


def behind(headers, rng):
    """What an upstream answers, if one is asked."""
    lines = []
    if rng.random() < 0.5:
        origin = headers.get("Origin", "") or "*"
        lines.append(["Access-Control-Allow-Origin", rng.choice(["*", "*", origin if origin.isascii() and origin.isprintable() else "*", A])])
        if rng.random() < 0.3:
            lines.append([rng.choice(["Vary", "vary"]), rng.choice(["Origin", "Accept-Encoding"])])
        if rng.random() < 0.3:
            lines.append(["Access-Control-Allow-Credentials", "true"])
        if rng.random() < 0.15:
            lines.append(["access-control-allow-methods", "GET, PUT"])
        if rng.random() < 0.03:
            lines.append(["Access-Control-Allow-Origin", "https://second.test"])
        rng.shuffle(lines)
    return {"upstream_status": rng.choice(STATUSES), "upstream_headers": lines}
