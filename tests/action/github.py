"""A stand-in for GitHub's REST API on a free port of the loopback: what the action's entry script asks for, with pages,
permissions and faults. What it says about commits it asks a real repository. With the description of the real API (see
octokit.py) its answers are the examples given there, with our values in them, and are held against the schemas."""

import base64
import http.server
import json
import re
import subprocess
import threading
import urllib.parse

REPOSITORY = "example/shop"

# Method, path, template in the description of the API, permission that a token needs, handler.
ROUTES = [
    ("GET", r"/repos/example/shop/pulls/(\d+)", "/repos/{owner}/{repo}/pulls/{pull_number}", "pull-requests: read", "pull"),
    ("GET", r"/repos/example/shop/git/ref/heads/(.+)", "/repos/{owner}/{repo}/git/ref/{ref}", "contents: read", "ref"),
    ("GET", r"/repos/example/shop/compare/(\w+)\.\.\.(\w+)", "/repos/{owner}/{repo}/compare/{basehead}", "contents: read",
     "compare"),
    ("GET", r"/repos/example/shop/contents/(.+)", "/repos/{owner}/{repo}/contents/{path}", "contents: read", "contents"),
    ("GET", r"/repos/example/shop/pulls/(\d+)/reviews", "/repos/{owner}/{repo}/pulls/{pull_number}/reviews",
     "pull-requests: read", "reviews"),
    ("GET", r"/orgs/(\w+)/teams/([\w-]+)/members", "/orgs/{org}/teams/{team_slug}/members", "members: read", "members"),
    ("POST", r"/repos/example/shop/statuses/(\w+)", "/repos/{owner}/{repo}/statuses/{sha}", "statuses: write", "status"),
    ("GET", r"/repos/example/shop/issues/(\d+)/comments", "/repos/{owner}/{repo}/issues/{issue_number}/comments",
     "pull-requests: read", "comments"),
    ("POST", r"/repos/example/shop/issues/(\d+)/comments", "/repos/{owner}/{repo}/issues/{issue_number}/comments",
     "pull-requests: write", "add_comment"),
    ("PATCH", r"/repos/example/shop/issues/comments/(\d+)", "/repos/{owner}/{repo}/issues/comments/{comment_id}",
     "pull-requests: write", "edit_comment"),
]


class Refusal(Exception):
    def __init__(self, status, message, headers=None):
        super().__init__(message)
        self.answer = (status, {"message": message, "documentation_url": "https://docs.github.com/rest"}, headers or {})


class GitHub:
    """`git`: the bare repository. `prefix`: before every path, as GitHub Enterprise Server has it."""

    def __init__(self, git, prefix="", shapes=None):
        self.git, self.prefix, self.shapes = git, prefix, shapes
        self.pulls, self.all_reviews, self.teams = {}, {}, {}
        self.statuses = []  # (commit, state, context, description)
        self.all_comments = {}  # number: [(id, login, body)]
        self.tokens = {}  # token: set of permissions
        self.page_size = 100  # at most
        self.faults = []  # (method, part of the path, status, headers, body), each used once, in order
        self.requests = []  # "GET /path?query"
        self.authorizations = []  # of each request: all headers of that name
        self.next_id = 1000
        self.wrong = []  # answers that are none of GitHub's
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def respond(self):
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length)
                try:
                    status, answer, headers = outer.answer(self.command, self.path, self.headers, body)
                except Exception as error:
                    outer.wrong.append(f"{self.command} {self.path}: {error!r}")
                    status, answer, headers = 422, {"message": "the stand-in went wrong"}, {}
                if status == 0:
                    self.close_connection = True
                    return
                raw = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            do_GET = do_POST = do_PATCH = respond

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}{prefix}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    # --- what there is

    def add_pull(self, number, author, head, base="main"):
        self.pulls[number] = {"author": author, "head": head, "base": base}
        self.all_reviews[number] = []
        self.all_comments[number] = []

    def review(self, number, login, state, commit, kind="User"):
        self.next_id += 1
        day = len(self.all_reviews[number])
        self.all_reviews[number].append({
            "id": self.next_id, "user": login and {"login": login, "type": kind}, "body": "", "state": state,
            "commit_id": commit, "submitted_at": f"2026-01-01T{day // 60:02}:{day % 60:02}:00Z", "author_association": "NONE",
            "pull_request_url": f"{self.url}/repos/{REPOSITORY}/pulls/{number}"})
        return self.next_id

    def status_of(self, commit, context="corsgate/review"):
        """(state, description): the last one counts, as on GitHub."""
        found = [(state, text) for sha, state, name, text in self.statuses if sha == commit and name == context]
        return found[-1] if found else (None, None)

    # --- how it answers

    def answer(self, method, target, headers, body):
        path, _, query = target.partition("?")
        self.requests.append(f"{method} {target}")
        self.authorizations.append(headers.get_all("Authorization") or [])
        for fault in self.faults:
            if fault[0] == method and fault[1] in target:
                self.faults.remove(fault)
                return fault[2], fault[4], fault[3]
        try:
            if not path.startswith(self.prefix):
                raise Refusal(404, "Not Found")
            for verb, pattern, template, permission, name in ROUTES:
                match = re.fullmatch(pattern, path[len(self.prefix):])
                if verb == method and match:
                    self.authorize(headers, permission)
                    given = json.loads(body) if body else {}
                    if body:
                        self.check("request", method, template, None, given)
                    parameters = {key: value[0] for key, value in urllib.parse.parse_qs(query).items()}
                    status, data, more = getattr(self, name)(*match.groups(), query=parameters, given=given)
                    return status, self.check("response", method, template, status, data), more
            raise Refusal(404, "Not Found")
        except Refusal as refusal:
            return refusal.answer

    def check(self, what, method, template, status, data):
        return self.shapes.check(what, method, template, status, data) if self.shapes else data

    def authorize(self, headers, permission):
        token = (headers.get("Authorization") or "").removeprefix("Bearer ")
        if token not in self.tokens:
            raise Refusal(401, "Bad credentials")
        area, right = permission.split(": ")
        held = self.tokens[token]
        if permission in held or (right == "read" and f"{area}: write" in held):
            return
        # What a token may not see is not there; what it may not do is forbidden.
        if right == "read" and area == "members":
            raise Refusal(404, "Not Found")
        raise Refusal(403, "Resource not accessible by integration")

    def paged(self, path, items, query):
        size = min(int(query.get("per_page", 30)), self.page_size)
        page = int(query.get("page", 1))
        more = {}
        if page * size < len(items):
            following = f"{self.url}{path}?per_page={size}&page={page + 1}"
            more["Link"] = f'<{following}>; rel="next", <{following}>; rel="last"'
        return 200, items[(page - 1) * size:page * size], more

    def rev(self, *arguments):
        run = subprocess.run(["git", "-C", self.git, *arguments], capture_output=True, text=True, check=False)
        if run.returncode:
            raise Refusal(404, "Not Found")
        return run.stdout

    def pull(self, number, query, given):
        pull = self.pulls.get(int(number))
        if not pull:
            raise Refusal(404, "Not Found")
        return 200, {"url": f"{self.url}/repos/{REPOSITORY}/pulls/{number}", "number": int(number), "state": "open",
                     "user": {"login": pull["author"], "type": "User"}, "head": {"sha": pull["head"]},
                     "base": {"ref": pull["base"], "sha": self.rev("rev-parse", pull["base"]).strip()}}, {}

    def ref(self, name, query, given):
        name = urllib.parse.unquote(name)
        commit = self.rev("rev-parse", "--verify", "--quiet", f"refs/heads/{name}").strip()
        return 200, {"ref": f"refs/heads/{name}", "object": {"type": "commit", "sha": commit}}, {}

    def compare(self, old, new, query, given):
        return 200, {"merge_base_commit": {"sha": self.rev("merge-base", old, new).strip()}}, {}

    def contents(self, path, query, given):
        text = self.rev("show", f"{query['ref']}:{path}")
        return 200, {"type": "file", "encoding": "base64", "path": path, "name": path.split("/")[-1],
                     "content": base64.encodebytes(text.encode()).decode()}, {}

    def reviews(self, number, query, given):
        return self.paged(f"/repos/{REPOSITORY}/pulls/{number}/reviews", self.all_reviews[int(number)], query)

    def members(self, organisation, team, query, given):
        name = f"{organisation}/{team}"
        if name not in self.teams:
            raise Refusal(404, "Not Found")
        members = [{"login": login, "type": "User"} for login in self.teams[name]]
        return self.paged(f"/orgs/{organisation}/teams/{team}/members", members, query)

    def status(self, commit, query, given):
        if given["state"] not in ("error", "failure", "pending", "success") or len(given["description"]) > 140:
            raise Refusal(422, "Validation Failed")
        self.statuses.append((commit, given["state"], given["context"], given["description"]))
        return 201, {"state": given["state"], "context": given["context"], "description": given["description"]}, {}

    def comment(self, entry):
        return {"id": entry[0], "user": {"login": entry[1], "type": "Bot"}, "body": entry[2]}

    def comments(self, number, query, given):
        return self.paged(f"/repos/{REPOSITORY}/issues/{number}/comments",
                          [self.comment(entry) for entry in self.all_comments[int(number)]], query)

    def add_comment(self, number, query, given):
        if len(given["body"]) > 65536:
            raise Refusal(422, "body is too long (maximum is 65536 characters)")
        self.next_id += 1
        entry = [self.next_id, "github-actions[bot]", given["body"]]
        self.all_comments[int(number)].append(entry)
        return 201, self.comment(entry), {}

    def edit_comment(self, wanted, query, given):
        for entries in self.all_comments.values():
            for entry in entries:
                if entry[0] == int(wanted):
                    entry[2] = given["body"]
                    return 200, self.comment(entry), {}
        raise Refusal(404, "Not Found")
