"""The real thing: nginx with its own prefix on loopback, an upstream that answers what it is told, raw requests."""

import ctypes
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time

NGINX = shutil.which("nginx") or "/usr/sbin/nginx"
MODULES = "/usr/lib/nginx/modules"
HEADERS_MORE = "ngx_http_headers_more_filter_module.so"
LUA = ("ndk_http_module.so", "ngx_http_lua_module.so")
# What nginx would otherwise take from the system: it must start for any user, and touch nothing outside its prefix.
RUNTIME = (
    "access_log off; client_body_temp_path tmp/body; proxy_temp_path tmp/proxy; fastcgi_temp_path tmp/fastcgi;"
    " uwsgi_temp_path tmp/uwsgi; scgi_temp_path tmp/scgi; "
)
# How a request tells the upstream what to answer. nginx passes both on.
STATUS_HEADER = "Upstream-Status"
HEADERS_HEADER = "Upstream-Headers"
BASIC_USER = ("user", "secret", "user:{PLAIN}secret\n")  # for .htpasswd


def nginx_version():
    text = subprocess.run([NGINX, "-v"], capture_output=True, text=True, check=True).stderr
    return re.search(r"nginx/([0-9.]+)", text).group(1)


def die_with_parent():
    """Whatever ends this process ends its servers."""
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


PATIENCE = 60  # seconds that corsgate may take for anything here; it needs milliseconds


class Upstream:
    """A process that answers every request with the status and the headers that the request asks for."""

    def __init__(self):
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", 0))
        listener.listen(128)
        self.port = listener.getsockname()[1]
        self.pid = os.fork()
        if self.pid == 0:
            die_with_parent()
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            try:
                serve(listener)
            finally:
                os._exit(1)
        listener.close()

    def stop(self):
        if self.pid:
            os.kill(self.pid, signal.SIGTERM)
            os.waitpid(self.pid, 0)
            self.pid = 0


def serve(listener):
    while True:
        connection, _ = listener.accept()
        with connection:
            connection.settimeout(5)
            try:
                answer(connection)
            except OSError:
                pass


def answer(connection):
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65536)
        if not more:
            return
        data += more
    head = data.split(b"\r\n\r\n")[0].decode("utf-8", "surrogateescape").split("\r\n")
    asked = {}
    for line in head[1:]:
        name, _, value = line.partition(":")
        asked[name.lower()] = value.strip()
    status = int(asked.get(STATUS_HEADER.lower(), "200"))
    headers = json.loads(asked.get(HEADERS_HEADER.lower(), "[]"))
    body = b"" if status in (204, 304) or head[0].startswith("HEAD ") else b"upstream\n"
    lines = [f"HTTP/1.1 {status} Said", "Connection: close"] + [f"{name}: {value}" for name, value in headers]
    if status not in (204, 304):
        lines.append("Content-Length: 9")
    connection.sendall("\r\n".join(lines).encode("utf-8", "surrogateescape") + b"\r\n\r\n" + body)


class LoadError(Exception):
    """nginx does not load the configuration; the message says why."""


class Nginx:
    """nginx on a configuration text. The text is written to FOLDER/nginx.conf for others to read; nginx itself gets a
    copy beside it with RUNTIME added. FOLDER is the prefix; `files` are further texts, by path."""

    def __init__(self, folder, text, ports, files=None):
        self.folder = folder
        self.process = None
        os.makedirs(os.path.join(folder, "tmp"), exist_ok=True)
        write(os.path.join(folder, "nginx.conf"), text)
        for path, part in (files or {}).items():
            os.makedirs(os.path.dirname(os.path.join(folder, path)), exist_ok=True)
            write(os.path.join(folder, path), part)
        running = re.sub(r"\bhttp\s*\{", lambda m: m.group(0) + " " + RUNTIME, text, count=1)
        write(os.path.join(folder, "running.conf"), running)
        self.log = os.path.join(folder, "error.log")
        write(self.log, "")
        # One process, in the foreground, so that its process id is ours
        self.process = subprocess.Popen(
            [NGINX, "-p", folder, "-e", self.log, "-c", os.path.join(folder, "running.conf"),
             "-g", f"daemon off; master_process off; pid {os.path.join(folder, 'nginx.pid')};"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            preexec_fn=die_with_parent)
        deadline = time.monotonic() + 10
        for port in ports:
            while not reachable(port):
                if self.process.poll() is not None:
                    message = self.process.stderr.read().decode("utf-8", "replace")
                    self.process.stderr.close()
                    self.process = None
                    raise LoadError(message)
                if time.monotonic() > deadline:
                    self.stop()
                    raise LoadError("nginx did not listen within 10 seconds")
                time.sleep(0.002)

    def stop(self):
        if self.process:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.process.stderr.close()
            self.process = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


def write(path, text):
    with open(path, "w", encoding="utf-8", newline="", errors="surrogateescape") as file:
        file.write(text)


def loads(text, folder):
    """nginx's own verdict on a configuration: None, or its complaint."""
    os.makedirs(os.path.join(folder, "tmp"), exist_ok=True)
    path = os.path.join(folder, "load.conf")
    write(path, re.sub(r"\bhttp\s*\{", lambda m: m.group(0) + " " + RUNTIME, text, count=1))
    run = subprocess.run([NGINX, "-t", "-q", "-p", folder, "-e", "stderr", "-c", path,
                          "-g", f"pid {os.path.join(folder, 'load.pid')};"], capture_output=True, check=False)
    return None if run.returncode == 0 else run.stderr.decode("utf-8", "replace")


def reachable(port):
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def ask(port, request):
    """Sends a request of the form of `simulate --raw` and gives {"status", "headers"} as a client sees them: the
    Access-Control-* and Vary lines in order. Status 0: the connection was closed without an answer."""
    rest = request["url"].split("://", 1)[1]
    cut = min([rest.find(c) for c in "/?" if c in rest] or [len(rest)])
    host, target = rest[:cut], rest[cut:] or "/"
    lines = [f"{request['method']} {target} HTTP/1.1", f"Host: {host}", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in request.get("headers", {}).items()]
    if "upstream_status" in request:
        lines.append(f"{STATUS_HEADER}: {request['upstream_status']}")
    if request.get("upstream_headers"):
        lines.append(f"{HEADERS_HEADER}: {json.dumps(request['upstream_headers'])}")
    data = "\r\n".join(lines).encode("utf-8", "surrogateescape") + b"\r\n\r\n"
    received = b""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(data)
        while b"\r\n\r\n" not in received:
            try:
                more = connection.recv(65536)
            except ConnectionResetError:
                more = b""
            if not more:
                break
            received += more
    head = received.split(b"\r\n\r\n")[0].decode("utf-8", "surrogateescape").split("\r\n")
    if not head[0].startswith("HTTP/"):
        return {"status": 0, "headers": []}
    headers = []
    for line in head[1:]:
        name, _, value = line.partition(":")
        if name.lower() == "vary" or name.lower().startswith("access-control-"):
            headers.append([name, value.strip(" ")])
    return {"status": int(head[0].split(" ")[1]), "headers": headers}


def site(folder, mentioned=None):
    """The files that a static root serves, the same in every test; or of them only what `mentioned` speaks of."""
    for path, text in (("html/a.txt", "a\n"), ("html/index.html", "index\n"), ("html/dir/f.txt", "f\n"),
                       ("html/dir/index.html", "dir\n"), (".htpasswd", BASIC_USER[2])):
        if mentioned is None or path.removeprefix("html") in mentioned:
            full = os.path.join(folder, path)
            os.makedirs(os.path.dirname(full), exist_ok=True)
            write(full, text)


def simulate(corsgate, folder, requests, path="nginx.conf"):
    """What corsgate predicts, one answer a request; RuntimeError with its complaint when it has none."""
    lines = "".join(json.dumps(request) + "\n" for request in requests)
    try:
        run = subprocess.run([corsgate, "simulate", path, "--raw", "--requests", "-"], input=lines.encode(),
                             capture_output=True, cwd=folder, check=False, timeout=PATIENCE)
    except subprocess.TimeoutExpired as error:
        raise RuntimeError(f"simulate: no answer within {PATIENCE} s") from error
    answers = [json.loads(line) for line in run.stdout.decode("utf-8", "surrogateescape").splitlines() if line]
    if run.returncode != 0 or len(answers) != len(requests):
        raise RuntimeError(f"exit {run.returncode}, {len(answers)} answers: "
                           + run.stderr.decode("utf-8", "replace")[-2000:])
    return answers


def temporary():
    return tempfile.TemporaryDirectory(prefix="corsgate-oracle-")
