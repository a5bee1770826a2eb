"""What a browser makes of an answer: the Fetch Standard's checks on {"status": N, "headers": [[name, value], …]}."""

import re

SAFELISTED_METHODS = ("GET", "HEAD", "POST")
TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+\Z")
REDIRECTS = (301, 302, 303, 307, 308)
WEB = re.compile(r"(https?)://([a-z0-9_-]+(?:\.[a-z0-9_-]+)*)(?::([1-9][0-9]{0,4}))?\Z")
APPS = re.compile(r"(capacitor|ionic|tauri|chrome-extension)://[A-Za-z0-9._-]+\Z")


def is_origin(text):
    """Whether a browser can send it (a part of that universe: no IPv6, no odd bytes)."""
    if text == "null" or APPS.match(text):
        return True
    found = WEB.match(text)
    if not found:
        return False
    scheme, host, port = found.groups()
    if port and (int(port) > 65535 or port == {"http": "80", "https": "443"}[scheme]):
        return False
    if re.fullmatch(r"[0-9.]+", host):
        return bool(re.fullmatch(r"(?:(?:25[0-5]|2[0-4]\d|1?[1-9]?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?[1-9]?\d)", host))
    return not re.fullmatch(r"[0-9]+|0x[0-9a-f]*", host.rsplit(".", maxsplit=1)[-1])


def lines(answer, name):
    return [value.strip(" \t") for key, value in answer["headers"] if key.lower() == name]


def cors_check(answer, origin, credentials):
    """1.10 of reference/browser.md"""
    allowed = lines(answer, "access-control-allow-origin")
    if not allowed:
        return False
    value = ", ".join(allowed)
    if value == "*" and not credentials:
        return True
    if value != origin:
        return False
    return not credentials or ", ".join(lines(answer, "access-control-allow-credentials")) == "true"


def names(answer, header):
    """The list in a header; None when it cannot be parsed."""
    items = [item.strip(" \t") for item in ", ".join(lines(answer, header)).split(",")]
    items = [item for item in items if item]
    return items if all(TOKEN.match(item) for item in items) else None


def preflight_passes(answer, origin, credentials, method, headers=()):
    """1.8 of reference/browser.md; `headers` in lower case. Shipping browsers let "*" cover Authorization."""
    if answer["status"] in REDIRECTS or not cors_check(answer, origin, credentials) or not 200 <= answer["status"] <= 299:
        return False
    methods = names(answer, "access-control-allow-methods")
    allowed = names(answer, "access-control-allow-headers")
    if methods is None or allowed is None:
        return False
    if method not in methods and method not in SAFELISTED_METHODS and (credentials or "*" not in methods):
        return False
    lower = [name.lower() for name in allowed]
    return all(header in lower or (not credentials and "*" in lower) for header in headers)


def preflight_request(request, method, headers=()):
    """The preflight that a browser sends before `request`."""
    asked = {"Origin": request["headers"]["Origin"], "Access-Control-Request-Method": method}
    if headers:
        asked["Access-Control-Request-Headers"] = ",".join(sorted(headers))
    return dict(request, method="OPTIONS", headers=asked)
