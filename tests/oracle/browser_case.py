"""Cases for a real browser: what a page asks, what the servers answer. The tables of reference/browser.md 5.2, and random
ones around them."""

import random
import re

O = "https://app.example.com"
B = "https://b.example.com"
R = "https://api.example.com"
R2 = "https://cdn.example.com"
NAMES = {"o": "Access-Control-Allow-Origin", "c": "Access-Control-Allow-Credentials", "m": "Access-Control-Allow-Methods",
         "h": "Access-Control-Allow-Headers", "e": "Access-Control-Expose-Headers", "a": "Allow", "l": "Location",
         "g": "Access-Control-Max-Age"}


def answer(status, text):
    """o:VALUE and so on, one a line."""
    return {"status": status, "headers": [[NAMES[line[0]], line[2:]] for line in text.split("\n") if line]}


def hop(response, preflight=None):
    return {"preflight": preflight, "response": response}


class Cases:
    def __init__(self):
        self.items = []

    def add(self, name, *hops, page=O, url=R, method="GET", headers=(), credentials="same-origin", expect=None, **more):
        """`expect`: the error, "" when it is allowed; None: whatever the browser says."""
        case = {"id": f"c{len(self.items)}", "name": name, "page": page, "method": method, "headers": [list(h) for h in headers],
                "credentials": credentials, "mode": "cors", "redirect": "follow", "force": False, "hops": list(hops),
                "expect": expect}
        case.update(more)
        case["url"] = f"{url}/c/{case['id']}/0"
        for index, one in enumerate(case["hops"]):
            for said in (one["preflight"], one["response"]):
                for header in (said or {}).get("headers", []):
                    header[1] = header[1].replace("@NEXT@", f"/c/{case['id']}/{index + 1}")
        self.items.append(case)


def simple(cases):
    """Table A and B."""
    def row(expect, *lines, **more):
        for text in lines:
            cases.add(f"A {text!r}", hop(answer(more.get("status", 200), text)), expect=expect,
                      **{key: value for key, value in more.items() if key != "status"})
    row("", "o:*", f"o:{O}", f"o: \t{O} \t", "o:\t*", "o:*\nc:true", "o:*\nc:false")
    for status, text in ((404, "o:*"), (500, f"o:{O}"), (401, f"o:{O}"), (204, "o:*")):
        row("", text, status=status)
    row("MissingAllowOriginHeader", "", "c:true")
    row("MissingAllowOriginHeader", "", status=403)
    row("MissingAllowOriginHeader", "c:true", credentials="include")
    row("MissingAllowOriginHeader", "", page=f"{O}:8443", url=O)
    row("MultipleAllowOriginValues", f"o:{O}, {B}", f"o:{O}\no:{O}", f"o:*\no:{O}", "o:*\no:*", f"o:*, {O}", f"o:{O} {B}",
        "o:\no:*", f"o:{O},", "o:* *")
    row("InvalidAllowOriginValue", "o:app.example.com", "o://app.example.com", "o:", "o:**", 'o:"*"', "o:'*'", "o:true",
        f"o:{O}%23", f"o:{O}|{B}", "o:-", "o:http:://app.example.com", "o:*.example.com", "o:all", "o:$http_origin")
    row("AllowOriginMismatch", f"o:{O}/", f"o:{O}?", f"o:{O}#", f"o:{O}:443", "o:HTTPS://APP.EXAMPLE.COM",
        "o:https://APP.example.com", "o:http://app.example.com", "o:https://example.com", "o:https://*.example.com", "o:null",
        "o:https://.*\\.example\\.com", f"o:{O}.", "o:ftp://app.example.com", f"o:{O}/page", f"o:{O};{B}",
        "o:https:app.example.com")
    row("", f"o:{O}:8443", page=f"{O}:8443")
    row("", "o:https://xn--bcher-kva.example.com", page="https://bücher.example.com")
    row("", f"o:{O}", page="https://APP.Example.COM:443")
    row("", "o:https://my_app.example.com", page="https://my_app.example.com")
    row("", f"o:{O}.", page=f"{O}.")
    row("", "o:http://app.example.com", page="http://app.example.com", url="http://api.example.com")
    row("AllowOriginMismatch", f"o:{O}", page=f"{O}:8443")
    row("AllowOriginMismatch", "o:https://bücher.example.com", page="https://bücher.example.com")
    row("AllowOriginMismatch", f"o:{O}", page=f"{O}.")
    row("AllowOriginMismatch", "o:http://app.example.com:80", f"o:{O}", page="http://app.example.com", url="http://api.example.com")
    row("", "o:null", "o:*", page="null")
    row("", "o:null\nc:true", page="null", credentials="include")
    row("AllowOriginMismatch", f"o:{O}", page="null")
    row("InvalidAllowOriginValue", "o:Null", 'o:"null"', page="null")
    row("MultipleAllowOriginValues", "o:null\no:null", page="null")
    row("WildcardOriginNotAllowed", "o:*\nc:true", page="null", credentials="include")
    for expect, values in (("", ["true", " \ttrue "]), ("InvalidAllowCredentials", [
            None, "True", "TRUE", "1", "yes", "true\nc:true", '"true"', "false", "", "false\nc:true"])):
        for value in values:
            row(expect, f"o:{O}" + ("" if value is None else f"\nc:{value}"), credentials="include")
    row("WildcardOriginNotAllowed", "o:*\nc:true", "o:*", credentials="include")
    row("AllowOriginMismatch", f"o:{B}\nc:true", "o:null\nc:true", credentials="include")
    row("MultipleAllowOriginValues", f"o:{O}\no:{O}\nc:true", credentials="include")


def asked(cases):
    """Table C."""
    def row(expect, method, headers, lines, credentials="same-origin", status=204, actual=None, base=None):
        c = "\nc:true" if credentials == "include" else ""
        first = f"o:{O}{c}\n" if base is None else base + "\n"
        final = answer(200, f"o:{O}\nc:true") if actual is None else actual
        cases.add(f"C {method} {lines!r} {status}", hop(final, answer(status, first + lines)), method=method,
                  headers=headers, credentials=credentials, expect=expect)
    x = [("X-Test", "1")]
    auth = [("Authorization", "Bearer x")]
    json_body = [("Content-Type", "application/json")]
    method_no, header_no = "MethodDisallowedByPreflightResponse", "HeaderDisallowedByPreflightResponse"
    row("", "PUT", [], "m:PUT")
    row("", "PUT", [], "m:*", base="o:*")
    row(method_no, "PUT", [], "m:*", "include")
    row("", "PUT", [], "m:PUT", "include")
    for lines in ("m:put", "", "a:PUT"):
        row(method_no, "PUT", [], lines)
    row(method_no, "patch", [], "m:PATCH")
    row("", "patch", [], "m:patch")
    row(method_no, "PATCH", [], "m:patch")
    row("", "put", [], "m:PUT")
    row("", "delete", [], "m:DELETE")
    row("", "QUERY", [], "m:QUERY")
    row("", "OPTIONS", [], "m:OPTIONS")
    row(method_no, "OPTIONS", [], "")
    row("", "POST", x, "m:GET\nh:x-test")
    for lines, credentials, expect in (("h:x-test", "same-origin", ""), ("h:X-TEST", "same-origin", ""), ("", "same-origin", header_no),
                                       ("h:*", "same-origin", ""), ("h:*", "include", header_no), ("h:x-te*", "same-origin", header_no),
                                       ("h:X-*", "same-origin", header_no)):
        row(expect, "GET", x, lines, credentials)
    for lines, credentials, expect in (("h:*", "same-origin", ""), ("h:*, Authorization", "same-origin", ""),
                                       ("h:authorization", "same-origin", ""), ("h:*", "include", header_no),
                                       ("h:*, authorization", "include", "")):
        row(expect, "GET", auth, lines, credentials)
    row("", "POST", json_body, "h:content-type")
    row(header_no, "POST", json_body, "m:POST")
    row(header_no, "GET", [("X-A", "1"), ("X-B", "1")], "h:x-a")
    row("", "GET", [("X-A", "1"), ("X-B", "1")], "h:x-a\nh:x-b")
    row("", "PUT", [], "m:GET, POST\nm:PUT")
    row("", "PUT", [], "m:,PUT, ,,")
    for lines in ("m:PUT DELETE", "m:PUT;DELETE", 'm:"PUT"'):
        row("InvalidAllowMethodsPreflightResponse", "PUT", [], lines)
    row("InvalidAllowHeadersPreflightResponse", "PUT", [], "m:PUT\nh:header name with space")
    row("InvalidAllowMethodsPreflightResponse", "GET", x, "h:x-test\nm:Bad method name")
    for lines in ("h:x-test;", "h:x-test, @#$"):
        row("InvalidAllowHeadersPreflightResponse", "GET", x, lines)
    for status in (200, 201, 204, 299):
        row("", "PUT", [], "m:PUT", status=status)
    for status in (300, 304, 400, 401, 403, 404, 405, 500, 503):
        row("PreflightInvalidStatus", "PUT", [], "m:PUT", status=status)
    for status in (301, 302, 303, 307, 308):
        row("PreflightDisallowedRedirect", "PUT", [], f"m:PUT\nl:{R}@NEXT@", status=status)
    row("PreflightMissingAllowOriginHeader", "PUT", [], "", base="")
    row("PreflightAllowOriginMismatch", "PUT", [], "", base=f"o:{B}")
    row("PreflightWildcardOriginNotAllowed", "PUT", [], "m:PUT", "include", base="o:*\nc:true")
    row("PreflightInvalidAllowCredentials", "PUT", [], "m:PUT", "include", base=f"o:{O}")
    row("PreflightInvalidAllowCredentials", "PUT", [], "m:PUT", "include", base=f"o:{O}\nc:True")
    row("PreflightMultipleAllowOriginValues", "PUT", [], "", base=f"o:{O}\no:{O}")
    row("PreflightInvalidAllowOriginValue", "PUT", [], "", base="o:app.example.com")
    row("PreflightMissingAllowOriginHeader", "PUT", [], "", base="", status=404)
    row("PreflightMissingAllowOriginHeader", "PUT", [], "a:GET", base="", status=405)
    cases.add("C47", hop(answer(200, "o:*"), None), method="PUT", expect="PreflightTransport")
    row("MissingAllowOriginHeader", "PUT", [], "m:PUT", actual=answer(200, ""))
    row("InvalidAllowCredentials", "PUT", [], "m:PUT", "include", actual=answer(200, f"o:{O}"))
    row("WildcardOriginNotAllowed", "PUT", [], "m:PUT", "include", actual=answer(200, "o:*"))
    row("MissingAllowOriginHeader", "PUT", [], "m:PUT", actual=answer(401, ""))
    row("", "PUT", [], "m:PUT", actual=answer(200, "o:*"))
    row("", "*", [("*", "1")], "m:*\nh:*", "include")
    row(method_no, "OK", x, "m:*\nh:*", "include")
    row("", "GET", x, "m:get\nh:x-test")
    for name in ("Cache-Control", "If-None-Match", "X-Requested-With"):
        row(header_no, "GET", [(name, "x")], "h:accept")
    row("", "DELETE", [("X-Csrf", "1")], "m:DELETE\nh:X-Csrf", "include")
    row(header_no, "DELETE", [("X-Csrf", "1")], "m:DELETE", "include")
    row("", "HEAD", x, "h:x-test")


def needed(cases):
    """Table D: the preflight is refused, the answer is open to all: allowed means that none was sent."""
    def row(preflight, headers, method="POST", **more):
        cases.add(f"D {headers}", hop(answer(200, "o:*"), answer(403, "")), method=method, headers=headers,
                  expect="PreflightMissingAllowOriginHeader" if preflight else "", **more)
    for value in ("text/plain", "Text/Plain; charset=UTF-8", "text/plain;", "text/plain;garbage", "text/plain; application/json",
                  "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain;" + "x" * 117):
        row(False, [("Content-Type", value)])
    for name, values in (("Accept", ["a" * 128, "a/b;c=d", "é"]), ("Accept-Language", ["en-US,en;q=0.9", "*"]),
                         ("Range", ["bytes=0-", "bytes=0-100"]), ("Save-Data", ["on"]), ("DPR", ["2"]), ("Width", ["100"])):
        for value in values:
            row(False, [(name, value)], "GET")
    for value in ("application/json", "text/html", "text/xml", "application/octet-stream", "application/graphql",
                  "application/reports+json", "text /plain", "text/plain,", ",text/plain", "text/plain,application/json", "", "text",
                  'text/plain; x="y"', "text/plain;" + "x" * 118, "application/csp-report"):
        row(True, [("Content-Type", value)])
    for name, values in (("Accept", ['"', "(", ")", ":", "<", ">", "?", "@", "[", "\\", "]", "{", "}", "a" * 129]),
                         ("Accept-Language", ["de_DE", "en/x", "en@x"]), ("Content-Language", ["nn_NO"]),
                         ("Range", ["bytes=-500", "bytes=0-1,2-3", "bytes =0-1", "bytes=200-100", "Bytes=0-1", "100-200", "bytes="]),
                         ("Save-Data", ["off"])):
        for value in values:
            row(True, [(name, value)], "GET")
    for name in ("Authorization", "X-Requested-With", "X-Csrf-Token", "X-Api-Key", "Idempotency-Key", "traceparent", "baggage",
                 "sentry-trace", "Cache-Control", "Pragma", "If-Match", "Priority", "Last-Event-ID", "X-HTTP-Method-Override"):
        row(True, [(name, "1")], "GET")
    row(True, [("X-Empty", "")], "GET")
    row(True, [("Accept", "a" * 100), ("Accept", "b" * 100)], "GET")
    row(True, [("Content-Type", "application/json"), ("Content-Type", "text/plain")])
    for name in ("Cookie", "Host", "Date", "Sec-X", "Proxy-X", "Via", "User-Agent"):
        row(False, [(name, "1")], "GET")
    row(False, [("X-HTTP-Method-Override", "GET, track")], "GET")
    row(False, [])
    row(True, [], force=True)


def redirected(cases):
    """Table E. L is the page's own server, R and R2 are others."""
    places = {"L": O, "R": R, "R2": R2}

    def row(expect, start, first, then, final, credentials="same-origin", status=302):
        to = f"l:{places.get(then, then)}@NEXT@"
        cases.add(f"E {start} {first!r} {then} {final!r}", hop(answer(status, f"{first}\n{to}")), hop(answer(200, final)),
                  url=places[start], credentials=credentials, expect=expect)
    missing, mismatch, user = "MissingAllowOriginHeader", "AllowOriginMismatch", "RedirectContainsCredentials"
    for final, expect in (("o:*", ""), (f"o:{O}", ""), ("o:null", mismatch), ("", missing)):
        row(expect, "L", "", "R", final)
    for final, expect in (("o:*", ""), (f"o:{O}", mismatch), ("o:null", ""), ("", missing)):
        row(expect, "R", "o:*", "L", final)
    row(missing, "R", "", "L", "o:*")
    row(mismatch, "R", "o:null", "L", "o:*")
    for final, expect in (("o:*", ""), (f"o:{O}", ""), ("o:null", mismatch), ("", missing), (f"o:{R}", mismatch)):
        row(expect, "R", f"o:{O}", "R", final)
    for final, expect in (("o:*", ""), (f"o:{O}", mismatch), ("o:null", ""), ("", missing)):
        row(expect, "R", "o:*", "R2", final)
    row("", "R", f"o:{O}\nc:true", "R2", "o:null\nc:true", "include")
    row(mismatch, "R", f"o:{O}\nc:true", "R2", f"o:{O}\nc:true", "include")
    row("WildcardOriginNotAllowed", "R", "o:*", "R2", "o:*", "include")
    row(user, "R", "o:*", "https://u:p@api.example.com", "o:*")
    row(user, "L", "", "https://u@api.example.com", "o:*")
    row(user, "R", "o:*", "https://:p@app.example.com", "o:*")
    row("", "R", "o:*", "https://@api.example.com", "o:*")
    row("", "R", "o:*", "https://:@api.example.com", "o:*")
    put = {"method": "PUT", "headers": [("X-T", "1")]}
    good = answer(204, "o:*\nm:PUT\nh:x-t")
    for status in (301, 302, 307, 308):
        for second, expect in ((good, ""), (answer(204, f"o:{O}\nm:PUT\nh:x-t"), "PreflightAllowOriginMismatch")):
            cases.add(f"E27 {status}", hop(answer(status, f"o:*\nl:{R2}@NEXT@"), good), hop(answer(200, "o:*"), second),
                      expect=expect, **put)
    cases.add("E28", hop(answer(303, f"o:*\nl:{R2}@NEXT@"), good), hop(answer(200, "o:*"), answer(204, "o:*\nh:x-t")), expect="", **put)
    for status in (301, 302, 303):
        cases.add(f"E29 {status}", hop(answer(status, f"o:*\nl:{R2}@NEXT@"), answer(204, "o:*\nh:content-type")),
                  hop(answer(200, "o:*"), answer(403, "")), method="POST", headers=[("Content-Type", "application/json")], expect="")
    auth = answer(204, "o:*\nh:authorization")
    cases.add("E31", hop(answer(302, f"o:*\nl:{R2}@NEXT@"), auth), hop(answer(200, "o:*"), answer(403, "")),
              headers=[("Authorization", "x")], expect="")
    cases.add("E31 same", hop(answer(302, f"o:*\nl:{R}@NEXT@"), auth), hop(answer(200, "o:*"), answer(403, "")),
              headers=[("Authorization", "x")], expect="PreflightMissingAllowOriginHeader")
    cases.add("E32", hop(answer(302, f"o:*\nl:{R}@NEXT@")), redirect="error", expect="RedirectModeError")
    cases.add("E33", hop(answer(302, f"o:*\nl:{R}@NEXT@")), redirect="manual", expect="OpaqueRedirect")
    cases.add("E34", hop(answer(302, "o:*")), expect="")
    cases.add("E35", hop(answer(302, "o:*\nl:data:,x")), expect="RedirectLocation")
    cases.add("relative", hop(answer(302, "o:*\nl:@NEXT@")), hop(answer(200, f"o:{O}")), expect="")
    cases.add("relative scheme", hop(answer(302, "o:*\nl://cdn.example.com@NEXT@")), hop(answer(200, f"o:{O}")),
              expect="AllowOriginMismatch")
    cases.add("21 redirects", *[hop(answer(302, "o:*\nl:@NEXT@")) for _ in range(21)], hop(answer(200, "o:*")), expect="TooManyRedirects")
    cases.add("20 redirects", *[hop(answer(302, "o:*\nl:@NEXT@")) for _ in range(20)], hop(answer(200, "o:*")), expect="")


def exposed(cases):
    """Table F: which headers the page can read; `read` are those that corsgate has to name when it cannot."""
    def row(lines, credentials="same-origin"):
        said = answer(200, f"o:{O if credentials == 'include' else '*'}\nc:true\n{lines}")
        said["headers"] += [["X-Bb", "1"], ["X-Other", "1"], ["ETag", "1"]]
        cases.add(f"F {lines!r}", hop(said), credentials=credentials, expect="", read=["x-bb", "x-other", "etag"])
    for value in ("X-Bb", "x-bb", "X-bB, x-other", "X-BB,", ",X-BB, ,", "NO\ne:x-bb", "*", "*, set-cookie", "", "x-bb;", '"x-bb"', "x-bb, no no",
                  "no no\ne:x-bb", "@#$, x-bb", "x-bb x-other", "x-b*", "set-cookie", "etag,x-bb"):
        row("e:" + value)
    row("")
    for value in ("x-bb", "*, x-bb", "*"):
        row("e:" + value, "include")


def other(cases):
    """Modes, methods, and what is over before CORS begins."""
    cases.add("no-cors", hop(answer(200, "")), mode="no-cors", expect="OpaqueResponse")
    cases.add("same-origin mode", hop(answer(200, "o:*")), mode="same-origin", expect="DisallowedByMode")
    cases.add("no-cors and manual", hop(answer(200, "o:*")), mode="no-cors", redirect="manual",
              expect="NoCorsRedirectModeNotFollow")
    cases.add("own server", hop(answer(200, "")), url=O, method="PUT", credentials="include", expect="")
    cases.add("own server, mode", hop(answer(200, "")), url=O, mode="same-origin", expect="")
    for method in ("TRACE", "connect", "Track", "a b", ""):
        cases.add(f"method {method!r}", hop(answer(200, "o:*")), method=method or "(", expect="ForbiddenMethod")
    cases.add("no-cors and PUT", hop(answer(200, "o:*")), method="PUT", mode="no-cors", expect="ForbiddenMethod")
    cases.add("closed", hop(None), expect="Transport")
    cases.add("port", hop(answer(200, "o:*")), url="https://api.example.com:6000", expect="BadPort")
    cases.add("ftp", hop(answer(200, "o:*")), url="ftp://api.example.com", expect="CorsDisabledScheme")


def table():
    cases = Cases()
    for part in (simple, asked, needed, redirected, exposed, other):
        part(cases)
    return cases.items


# --- random ones -------------------------------------------------------------------------------------------------

PAGES = [O, O, O, "null", f"{O}:8443", "https://my_app.example.com", "http://app.example.com", "https://b.example.com"]
METHODS = ["GET", "GET", "POST", "HEAD", "PUT", "put", "PATCH", "patch", "DELETE", "OPTIONS", "QUERY", "*", "Get", "x-y", "CHICKEN"]
REQUEST_HEADERS = ["X-Test", "Authorization", "Content-Type", "Accept", "Accept-Language", "Content-Language", "Range", "X-Csrf",
                   "Cookie", "Cache-Control", "Save-Data", "DPR", "Width", "ECT", "RTT", "Downlink", "Device-Memory", "Viewport-Width",
                   "User-Agent", "Sec-Fetch-X", "X-HTTP-Method", "Last-Event-ID", "Referer", "x_y", "Date"]
VALUES = ["1", "on", "text/plain", "application/json", "text/plain;charset=utf-8", "en-US", "de_DE", "bytes=0-5", "bytes=5-0", "*", "",
          "multipart/form-data", "TEXT/PLAIN", "text/plain ; x", "bytes=00-7", "GET", "TRACE, x", "3g", "0.5", "a:b", 'q="1"', "a" * 128]
STATUSES = [200, 200, 200, 204, 201, 206, 299, 300, 304, 400, 401, 403, 404, 405, 418, 500, 503, 599]
TOKENS = ["GET", "PUT", "DELETE", "PATCH", "patch", "*", "put", "x-test", "X-Test", "authorization", "content-type", "x-csrf", "QUERY",
          "", " ", "a b", "@", "PUT;", '"PUT"', "é", "x_y", "OPTIONS", "accept", "cache-control", "range", "GET\tPUT", "x-y", "CHICKEN",
          "last-event-id", "content-language"]
ODD = list("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~ \t09azAZ") + ["%20", "%2e", "%41", "%", "//", "\\", "xn--", "é", "ß", "0x7f", "..", "::"]


class Random:
    def __init__(self, seed):
        self.rng = random.Random(seed)

    def chance(self, probability):
        return self.rng.random() < probability

    def origin_value(self, page):
        rng = self.rng
        roll = rng.random()
        if roll < 0.35:
            return page
        if roll < 0.5:
            return "*"
        if roll < 0.6:
            return rng.choice(["null", O, B, "http://app.example.com", "", "true", "**", f"{O}, {B}", f"{page} ", f"\t{page}", R])
        return self.mutate(rng.choice([page, O, "https://127.0.0.1:80", "https://[::1]:443", "http://a.b:8080", "custom://host:1/x",
                                       "file:///x", "mailto:a@b", "https://u:p@h.example/p?q#f", "http:app.example.com"]))

    def mutate(self, text):
        for _ in range(self.rng.choice([1, 1, 2, 3])):
            at = self.rng.randrange(len(text) + 1)
            roll = self.rng.random()
            if roll < 0.5:
                text = text[:at] + self.rng.choice(ODD) + text[at:]
            elif roll < 0.8:
                text = text[:at] + text[at + 1:]
            else:
                text = text[:at] + self.rng.choice(ODD) + text[at + 1:]
        return text

    def listing(self, wanted):
        items = [self.rng.choice(TOKENS + wanted * 4) for _ in range(self.rng.randrange(4))]
        return self.rng.choice([", ", ",", " ,\t"]).join(items)

    def name(self, key):
        return self.rng.choice([NAMES[key]] * 4 + [NAMES[key].lower(), NAMES[key].upper()])

    def answer(self, page, credentials, preflight, wanted=()):
        rng = self.rng
        lines = []
        if self.chance(0.93):
            good = self.chance(0.7)
            lines.append([self.name("o"), page if good else self.origin_value(page)])
        if self.chance(0.06):
            lines.append([self.name("o"), self.origin_value(page)])
        if self.chance(0.9 if credentials else 0.2):
            lines.append([self.name("c"), rng.choice(["true"] * 12 + ["True", "false", "", "1", " true\t", "true, true", "TRUE"])])
        if preflight:
            for key, chance in (("m", 0.75), ("h", 0.75), ("m", 0.1), ("h", 0.1)):
                if self.chance(chance):
                    clean = ", ".join(wanted[0 if key == "m" else 1]) if self.chance(0.6) else None
                    lines.append([self.name(key), self.listing(list(wanted[0 if key == "m" else 1])) if clean is None else clean])
        rng.shuffle(lines)
        for line in lines:
            line[1] = rng.choice(["", " ", " ", "\t "]) + line[1]
        status = rng.choice(STATUSES) if self.chance(0.35) else rng.choice([200, 204])
        return {"status": status, "headers": lines}

    def value(self, cases, name):
        """A value of Access-Control-Allow-Origin: is it a URL?"""
        bases = [O, "https://127.0.0.1:80", "https://[::1]:443", "http://a.b:8080", "custom://host:1/x", "file:///x", "mailto:a@b",
                 "https://u:p@h.example/p?q#f", "http:app.example.com", "https://[1:2::3.4.5.6]", "https://0x7f.1", "ws://x", "file://h/x",
                 "custom://[::1]:1"]
        cases.add(name, hop({"status": 200, "headers": [[NAMES["o"], self.mutate(self.rng.choice(bases))]]}))

    def case(self, cases, name):
        rng = self.rng
        page = rng.choice(PAGES)
        http = page.startswith("http:")
        method = rng.choice(METHODS)
        headers = []
        for _ in range(rng.choice([0, 0, 1, 1, 2, 3])):
            headers.append((rng.choice(REQUEST_HEADERS), rng.choice(VALUES)))
        if self.chance(0.05) and headers:
            headers.append((headers[0][0], rng.choice(VALUES)))
        credentials = rng.choice(["omit", "same-origin", "include", "include"])
        wanted = ([method.upper() if method.lower() in ("put", "delete", "options", "get") else method], [h[0] for h in headers])
        more = {}
        if self.chance(0.05):
            more["mode"] = rng.choice(["no-cors", "same-origin"])
        if self.chance(0.06):
            more["redirect"] = rng.choice(["error", "manual"])
        count = rng.choice([1] * 8 + [2, 2, 3])
        bases = [R, R2, page if page != "null" else "https://sandbox.example.com"]
        bases = [base.replace("https:", "http:") for base in bases[:2]] + bases[2:] if http else bases
        hops = []
        start = rng.choice(bases[:1] * 6 + bases)
        for index in range(count):
            credential = credentials == "include"
            one = hop(self.answer(page, credential, False), self.answer(page, credential, True, wanted))
            if self.chance(0.02):
                one[rng.choice(["preflight", "response"])] = None
            if index + 1 < count and one["response"]:
                one["response"]["status"] = rng.choice([301, 302, 303, 307, 308])
                if self.chance(0.6):
                    one["response"]["headers"] = [[NAMES["o"], page], [NAMES["c"], "true"]]
                to = rng.choice(["@NEXT@"] + [base + "@NEXT@" for base in bases]) if self.chance(0.93) else rng.choice(
                    ["http://", "data:,x", "https://u:p@api.example.com@NEXT@", "//api.example.com@NEXT@", "/\\api.example.com@NEXT@",
                     "@NEXT@" if http else "https:@NEXT@",
                     "../../..@NEXT@", "mailto:x", "https://[@NEXT@"])
                one["response"]["headers"].append([NAMES["l"], to])
                if index:
                    for said in (one["preflight"], one["response"]):
                        if said and self.chance(0.6):
                            said["headers"] = [[n, "null" if n.lower() == "access-control-allow-origin" else v] for n, v in said["headers"]]
            elif index and self.chance(0.5):
                for said in (one["preflight"], one["response"]):
                    for line in (said or {"headers": []})["headers"]:
                        if line[0].lower() == "access-control-allow-origin":
                            line[1] = rng.choice(["*", "null"])
            elif self.chance(0.02) and one["preflight"]:
                one["preflight"]["status"] = rng.choice([301, 302, 307])
                if self.chance(0.7):
                    one["preflight"]["headers"].append([NAMES["l"], "@NEXT@"])
            hops.append(one)
        cases.add(name, *hops, page=page, url=start, method=method, headers=headers, credentials=credentials, **more)


def drawn(seed, count):
    cases = Cases()
    for index in range(count):
        draw = Random(f"{seed}/{index}")
        (draw.value if index % 5 == 0 else draw.case)(cases, f"seed {seed}/{index}")
    return cases.items


def recording(case):
    """The case as a line of `corsgate why`."""
    def said(one):
        return {"status": 0, "headers": []} if one is None else one
    hops = case["hops"]
    request = {"method": case["method"], "url": case["url"], "origin": ascii_page(case["page"]), "credentials": case["credentials"],
               "mode": case["mode"], "redirect": case["redirect"], "force_preflight": case["force"], "headers": case["headers"]}
    return {"request": request, "redirects": [{"preflight": said(one["preflight"]), "response": said(one["response"])} for one in hops[:-1]],
            "preflight": said(hops[-1]["preflight"]), "response": said(hops[-1]["response"])}


def ascii_page(page):
    return re.sub(r"[^/:.@]+", lambda label: label.group(0) if label.group(0).isascii() else label.group(0).encode("idna").decode(), page)
