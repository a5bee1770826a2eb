#!/usr/bin/env python3
"""`corsgate diff` against `corsgate simulate`: random configurations and random changes to them.

    diff_check.py --corsgate PROGRAM --seeds N     N pairs
    diff_check.py --corsgate PROGRAM --seed K      one of them, with its texts

Every certain change is confirmed at its witness on both sides; no random probe contradicts what is reported; a version
against itself, and against itself in another spelling, has no changes; the swapped pair mirrors them."""

import argparse
import collections
import copy
import functools
import json
import multiprocessing
import os
import random
import re
import subprocess
import sys

import browser
import conf
import gen
import idioms
import server

PORTS, UPSTREAM = (8080, 8081), 9000
METHODS = ["GET"] * 5 + ["PUT", "DELETE", "PATCH", "POST", "HEAD"]


# --- changes to a configuration ----------------------------------------------------------------------------------


def places(statements, names):
    return [(block, index) for _, block, index in conf.walk(statements) if block[index][0][0] in names]


def drop(statements, rng):
    spots = places(statements, ("add_header", "if", "set", "return", "location", "more_set_headers", "proxy_hide_header",
                                "error_page", "limit_except", "rewrite", "break"))
    if spots:
        block, index = rng.choice(spots)
        del block[index]


def drop_key(statements, rng):
    maps = [block[index][1] for block, index in places(statements, ("map",))]
    if maps:
        keys = rng.choice(maps)
        del keys[rng.randrange(len(keys))]


def words_with(statements, mark):
    """(words, position) of every argument that `mark` accepts."""
    return [(block[index][0], position) for _, block, index in conf.walk(statements)
            for position, word in enumerate(block[index][0]) if position and mark(word)]


def other_origin(statements, rng):
    spots = words_with(statements, lambda word: "://" in word and not set(word) & set("$^\\(*[") and "127.0.0.1" not in word
                       and "//up" not in word)
    if spots:
        words, position = rng.choice(spots)
        words[position] = f'"{rng.choice(gen.ORIGINS)}"'


def loosen(statements, rng):
    spots = words_with(statements, lambda word: "\\." in word or "^" in word or "$\"" in word)
    if spots:
        words, position = rng.choice(spots)
        word = words[position]
        how = rng.choice(["caret", "dollar", "dot", "star", "scheme"])
        if how == "caret":
            word = word.replace("^", "", 1)
        elif how == "dollar":
            word = re.sub(r"\$(\"?)$", r"\1", word)
        elif how == "dot":
            word = word.replace("\\.", ".", 1)
        elif how == "star":
            word = word.replace("\\.", ".*\\.", 1)
        else:
            word = word.replace("https:", "https?:", 1) if "https:" in word else word.replace("https?:", "https:", 1)
        words[position] = word


def toggle_always(statements, rng):
    spots = places(statements, ("add_header",))
    if spots:
        block, index = rng.choice(spots)
        words = block[index][0]
        if words[-1] == "always":
            words.pop()
        elif len(words) == 3:
            words.append("always")


def other_value(statements, rng):
    spots = [spot for spot in places(statements, ("add_header",)) if spot[0][spot[1]][0][1].lower() == "access-control-allow-origin"]
    if spots:
        block, index = rng.choice(spots)
        block[index][0][2] = rng.choice(["*", "$http_origin", "https://app.test", '""', "null"])


def other_return(statements, rng):
    spots = [spot for spot in places(statements, ("return",)) if len(spot[0][spot[1]][0]) == 2]
    if spots:
        block, index = rng.choice(spots)
        if block[index][0][1].isdigit():
            block[index][0][1] = rng.choice(["200", "204", "403", "404"])


def other_method(statements, rng):
    spots = words_with(statements, lambda word: word.strip("\"')") in ("OPTIONS", "GET", "POST"))
    if spots:
        words, position = rng.choice(spots)
        old = words[position].strip("\"')")
        words[position] = words[position].replace(old, rng.choice(["OPTIONS", "GET", "POST", "PUT"]))


def add_line(statements, rng):
    spots = [spot for spot in places(statements, ("location", "server")) if spot[0][spot[1]][1] is not None]
    if spots:
        block, index = rng.choice(spots)
        line = rng.choice(["add_header Cache-Control no-store;", "add_header Access-Control-Allow-Origin $http_origin;",
                           "add_header Access-Control-Allow-Credentials true;", "if ($request_method = OPTIONS) { return 204; }",
                           'add_header Access-Control-Allow-Methods "GET, PUT" always;', "add_header Vary Origin;"])
        block[index][1].insert(rng.randrange(len(block[index][1]) + 1), conf.parse(line)[0])


def swap(statements, rng):
    blocks = [inner for _, block, index in conf.walk(statements) for inner in [block[index][1]] if inner and len(inner) > 1]
    if blocks:
        block = rng.choice(blocks)
        index = rng.randrange(len(block) - 1)
        block[index], block[index + 1] = block[index + 1], block[index]


def other_default(statements, rng):
    spots = [spot for spot in places(statements, ("default",)) if len(spot[0][spot[1]][0]) == 2]
    if spots:
        block, index = rng.choice(spots)
        block[index][0][1] = rng.choice(["$http_origin", '""', "0", "1", "*"])


def other_path(statements, rng):
    spots = [spot for spot in places(statements, ("location",)) if not spot[0][spot[1]][0][-1].startswith("@")]
    if spots:
        block, index = rng.choice(spots)
        block[index][0][1:] = rng.choice(gen.LOCATIONS)[0].split(" ")


CHANGES = [drop, drop, drop_key, other_origin, other_origin, loosen, loosen, toggle_always, other_value, other_value, other_return,
           other_method, add_line, swap, other_default, other_path]


def changed(statements, rng):
    result = copy.deepcopy(statements)
    for _ in range(rng.choice([1, 1, 1, 2])):
        rng.choice(CHANGES)(result, rng)
    return result


# --- probes ------------------------------------------------------------------------------------------------------


def probe(rng, case, template):
    """A cross-origin request of a page: what `template`, a request of gen, asks for, as a browser would send it."""
    origin = template["headers"].get("Origin", "")
    if not browser.is_origin(origin):
        origin = rng.choice([origin for origin in gen.ORIGINS if browser.is_origin(origin)])
    url = case.filled(PORTS, UPSTREAM, template["url"]).split("?")[0]
    return {"method": rng.choice(METHODS), "url": url, "origin": origin, "credentials": rng.random() < 0.5}


def is_refused(url):
    """Whether a server refuses the path as malformed before it looks at its configuration: that is no access to compare."""
    path = "/" + url.split("://", 1)[1].partition("/")[2]
    if re.search(r"%(?![0-9a-fA-F]{2})|%00", path):
        return True
    depth = 0
    for segment in re.sub(r"%([0-9a-fA-F]{2})", lambda code: chr(int(code[1], 16)), path).split("/"):
        depth += -1 if segment == ".." else segment not in ("", ".")
        if depth < 0:
            return True
    return False


def steps(one):
    """The raw requests behind a probe: the request itself, and its preflight first if it needs one."""
    request = {"method": one["method"], "url": one["url"], "headers": {"Origin": one["origin"]}, "upstream_status": 200,
               "upstream_headers": []}
    headers = one.get("headers", ())
    if one["method"] in browser.SAFELISTED_METHODS and not headers:
        return [request]
    request["headers"].update({header: "1" for header in headers})
    return [browser.preflight_request(request, one["method"], headers), request]


def allowed(one, answers):
    """True, False, None where the answer leads elsewhere, or why it is not known."""
    for answer in answers:
        if answer.get("unknown"):
            return answer["unknown"]
    *preflights, answer = answers
    for preflight in preflights:
        if not browser.preflight_passes(preflight, one["origin"], one["credentials"], one["method"], one.get("headers", ())):
            return False
    passes = browser.cors_check(answer, one["origin"], one["credentials"])
    if answer["status"] in browser.REDIRECTS:
        return None if passes else False
    if "expose" in one and passes:
        exposed = browser.names(answer, "access-control-expose-headers") or []
        lower = [name.lower() for name in exposed]
        return one["expose"] in lower or ("*" in lower and not one["credentials"])
    return passes


class Side:
    """One of the two versions, as `simulate` sees it."""

    def __init__(self, corsgate, folder, path):
        self.corsgate, self.folder, self.path = corsgate, folder, path

    def judge(self, probes):
        return judge(self.corsgate, self.folder, self.path, probes)


def judge(corsgate, folder, path, probes):
    raw = [steps(one) for one in probes]
    answers = iter(server.simulate(corsgate, folder, [request for requests in raw for request in requests], path)) if raw else iter(())
    return [allowed(one, [next(answers) for _ in requests]) for one, requests in zip(probes, raw, strict=True)]


def capabilities(one):
    """The names under which the diff may report what a probe asks for."""
    if one["method"] == "GET":
        return ["credentials" if one["credentials"] else "read"]
    return [f"method:{one['method']}", "method:*"]


def covers(change, one):
    """Whether a change can be about a probe: by capability and origin; regions are merged, so not by path."""
    origins = change["origins"]
    if change["capability"] not in capabilities(one) or change["credentials"] != one["credentials"]:
        return False
    if origins["count"] is not None and origins["count"] <= 20:
        return one["origin"] in origins["members"]
    if origins["kind"] == "subdomains" and origins["sites"]:
        host = one["origin"].split("://")[-1].split(":")[0]
        return any(host == site or host.endswith("." + site) for site in origins["sites"])
    return True


def at_witness(change, origin):
    """The probe that confirms a change, or None for a kind that has none."""
    kind, _, name = change["capability"].partition(":")
    one = {"method": "GET", "url": change["endpoint"]["url"], "origin": origin, "credentials": change["credentials"]}
    if kind == "method":
        one["method"] = "ODD" if name == "*" else name
    elif kind == "header":
        one["headers"] = ("x-odd-header" if name == "*" else name,)
        if name == "content-type":  # which a GET has no use for
            one["method"] = "POST"
    elif kind == "expose":
        one["expose"] = "x-odd-header" if name == "*" else name
    return one


# --- one pair ----------------------------------------------------------------------------------------------------


class Result:
    def __init__(self, seed):
        self.seed = seed
        self.kind = collections.Counter()
        self.complaints = []
        self.texts = None


def run_diff(corsgate, folder, old, new):
    try:
        run = subprocess.run([corsgate, "diff", "--format", "json", old, new], cwd=folder, capture_output=True, check=False,
                             timeout=server.PATIENCE)
    except subprocess.TimeoutExpired as error:
        raise RuntimeError(f"diff: no answer within {server.PATIENCE} s") from error
    if run.returncode not in (0, 1, 3):
        raise RuntimeError(f"diff: exit {run.returncode}: " + run.stderr.decode("utf-8", "replace")[-1500:])
    return json.loads(run.stdout)


def pair(seed, folder):
    """Two versions that nginx loads."""
    rng = random.Random(f"pair {seed}")
    for attempt in range(40):
        case = gen.Gen(f"{seed}/{attempt}").case()
        if case.mode != "proxy" or server.loads(case.filled(PORTS, UPSTREAM), folder):
            continue
        for _ in range(20):
            other = gen.Case(changed(case.statements, rng), rng, case.mode, seed)
            if other.plain != case.plain and not server.loads(other.filled(PORTS, UPSTREAM), folder):
                return rng, case, other
    raise RuntimeError("no pair that nginx loads")


def mirror(result):
    flipped = {"gained": "lost", "lost": "gained"}
    return sorted((flipped[c["direction"]], c["certainty"], c["capability"], c["credentials"]) for c in result["changes"])


def check_pair(corsgate, seed, count):
    result = Result(seed)
    with server.temporary() as folder:
        server.site(folder)
        rng, case, other = pair(seed, folder)
        server.write(os.path.join(folder, ".corsgate.yml"), idioms.settings())
        old, new = (side.filled(PORTS, UPSTREAM, side.plain) for side in (case, other))
        result.texts = (old, new)
        for name, text in (("old.conf", old), ("new.conf", new), ("respelt.conf", case.filled(PORTS, UPSTREAM, conf.scrambled(case.statements, rng)))):
            server.write(os.path.join(folder, name), text)
        found = run_diff(corsgate, folder, "old.conf", "new.conf")
        changes = found["changes"]
        result.kind["changes"] += len(changes)

        for again in ("old.conf", "respelt.conf"):
            same = run_diff(corsgate, folder, "old.conf", again)
            if same["changes"] or same["relation"] != "equal":
                result.complaints.append(f"old.conf against {again}: {json.dumps(same['changes'][:2])}")
        back = run_diff(corsgate, folder, "new.conf", "old.conf")
        if mirror(back) != sorted((c["direction"], c["certainty"], c["capability"], c["credentials"]) for c in changes):
            result.complaints.append("the swapped pair does not mirror the changes")

        sides = [Side(corsgate, folder, name) for name in ("old.conf", "new.conf")]
        probes = [probe(rng, case, template) for template in gen.requests(case, result.seed, count)]
        confirm(result, sides, changes, 5)
        contradict(result, sides, changes, probes)
    return result


def members(change, most, origins):
    """The witness, at most that many of those that are named, and of `origins` what is in "any" set for sure."""
    found = change["origins"]
    every = [origin for origin in origins if origin.startswith("http")] if found["kind"] == "any" else []
    return dict.fromkeys([found["witness"], *found["members"][:most], *every])


def confirm(result, sides, changes, most, origins=()):
    """Asks both sides about members of every change that is certain."""
    rows = []
    for change in changes:
        if change["certainty"] == "certain" and not change.get("condition"):
            for origin in members(change, most, origins):
                rows.append((change, at_witness(change, origin)))
    before, after = (side.judge([one for _, one in rows]) for side in sides)
    for (change, one), had, has in zip(rows, before, after, strict=True):
        want = (False, True) if change["direction"] == "gained" else (True, False)
        result.kind["witnesses"] += 1
        if isinstance(had, str) or isinstance(has, str):
            result.kind["witnesses not decided"] += 1  # the status is not known, though the verdict is
        elif had is None or has is None:
            result.kind["witnesses that are redirected"] += 1
        elif (had, has) != want:
            result.complaints.append(f"witness: {change['direction']} {change['capability']} at {one}: before {had}, after {has}")


def contradict(result, sides, changes, probes):
    """Asks both sides; where they differ, the changes must say so."""
    probes = [one for one in probes if not is_refused(one["url"])]
    before, after = (side.judge(probes) for side in sides)
    for one, had, has in zip(probes, before, after, strict=True):
        result.kind["probes"] += 1
        if not {had, has} <= {True, False}:
            result.kind["probes not decided"] += 1
        elif had != has:
            result.kind["probes with a change"] += 1
            direction = "gained" if has else "lost"
            if not any(change["direction"] == direction and covers(change, one) for change in changes):
                result.complaints.append(f"probe: {direction} but not reported: {one}")


def work(arguments):
    check, seed = arguments
    try:
        return check(seed)
    except Exception as error:  # one seed's trouble is a result, not the end of the run
        result = Result(seed)
        result.complaints.append(f"{type(error).__name__}: {error}")
        return result


def run_all(check, options):
    """`check` makes a Result of a seed; for options.seed alone, in full, or for all of options."""
    if options.seed is not None:
        result = check(options.seed)
        print("# old\n" + result.texts[0] + "\n# new\n" + result.texts[1])
        print("\n".join(result.complaints))
        return 1 if result.complaints else 0
    seeds = range(options.first, options.first + options.seeds)
    bad, kinds = [], collections.Counter()
    with multiprocessing.Pool(options.jobs) as pool:
        for result in pool.imap(work, [(check, seed) for seed in seeds]):
            for complaint in result.complaints[:3]:
                print(f"seed {result.seed}: {complaint}")
            if result.complaints:
                bad.append(result.seed)
            kinds.update(result.kind)
    if bad:
        print(f"seeds with contradictions: {' '.join(map(str, bad[:40]))}")
    print(", ".join(f"{number} {kind}" for kind, number in sorted(kinds.items())))
    print(f"{len(seeds)} pairs, {len(bad)} with contradictions")
    return 1 if bad else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--corsgate", required=True)
    parser.add_argument("--seeds", type=int, default=100, help="how many pairs")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--seed", type=int, help="only this one, in full")
    parser.add_argument("--probes", type=int, default=200, help="random probes for each pair")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    corsgate = os.path.realpath(options.corsgate)
    if not os.access(corsgate, os.X_OK):
        parser.error(f"{options.corsgate} is not a program")
    return run_all(functools.partial(check_pair, corsgate, count=options.probes), options)


if __name__ == "__main__":
    sys.exit(main())
