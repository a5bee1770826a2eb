#!/usr/bin/env python3
"""completion_check.py PROGRAM SHELL: holds the completion of `corsgate completion SHELL` against `corsgate --help`: every
command, every option of every command and every value are typed but for their last letter, in the real shell, and must be
completed. Exit status 77 when the shell is not installed."""

import os
import pty
import re
import select
import shutil
import subprocess
import sys
import tempfile
import time

PATIENCE = 60  # seconds until a shell that says nothing counts as dead


class Terminal:
    """An interactive shell on a terminal of its own. Lines are typed, completed, shown and taken back."""

    def __init__(self, arguments, folder, environment):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.chdir(folder)
            os.execvpe(arguments[0], arguments, environment)
        self.seen = ""

    def type(self, text):
        os.write(self.fd, text.encode())

    def wait(self, pattern):
        """What the shell prints up to the pattern, which is taken away."""
        end = time.monotonic() + PATIENCE
        while True:
            match = re.search(pattern, self.seen, re.S)
            if match:
                self.seen = self.seen[match.end():]
                return match
            if time.monotonic() > end or not select.select([self.fd], [], [], max(0, end - time.monotonic()))[0]:
                sys.exit(f"the shell does not say {pattern}: {self.seen!r}")
            try:
                self.seen += os.read(self.fd, 65536).decode(errors="replace")
            except OSError:
                sys.exit(f"the shell has ended: {self.seen!r}")

    def complete(self, line):
        """The line once Tab was pressed. ^Xp shows the line; ^U takes it back."""
        self.type("\x15" + line + "\t\x18p")
        return self.wait(r"<<<(.*?)>>>").group(1).replace("\r", "").replace("\n", "")

    def close(self):
        self.type("\x15exit\n")
        os.close(self.fd)
        os.waitpid(self.pid, 0)


def bash(folder, environment):
    terminal = Terminal(["bash", "--norc", "--noprofile", "-i"], folder, environment)
    terminal.type("bind 'set enable-bracketed-paste off'; bind 'set completion-query-items 0'; bind 'set page-completions off'\n"
                  "bind -x '\"\\C-xp\": printf \"<%s%s>%s\" \"<<\" \"$READLINE_LINE\" \">>\"'\n"
                  "source completion.bash; echo rea''dy\n")
    terminal.wait("\r?\nready")
    return terminal


def zsh(folder, environment):
    terminal = Terminal(["zsh", "-f", "-i"], folder, environment)
    terminal.type("unsetopt zle_bracketed_paste 2>/dev/null; unset zle_bracketed_paste; LISTMAX=10000\n"
                  "show() { print -rn -- \"<\"\"<<$BUFFER>\"\">>\" }; zle -N show; bindkey -e; bindkey '^Xp' show\n"
                  "fpath=($PWD $fpath); autoload -Uz compinit && compinit -u -d dump; echo rea''dy\n")
    terminal.wait("\r?\nready")
    return terminal


class Fish:
    """fish completes a line by itself, without a terminal."""

    def __init__(self, folder, environment):
        self.folder, self.environment = folder, environment
        self.lines = {}

    def all_of(self, line):
        script = "source completion.fish; complete -C " + "'" + line.replace("\\", "\\\\").replace("'", "\\'") + "'"
        out = subprocess.run(["fish", "--no-config", "-c", script], cwd=self.folder, env=self.environment,
                             capture_output=True, text=True, timeout=PATIENCE, check=True)
        if out.stderr:
            sys.exit(f"fish: {out.stderr}")
        return [found.split("\t")[0] for found in out.stdout.splitlines()]

    def complete(self, line):
        found = self.all_of(line)
        return line.rsplit(" ", 1)[0] + " " + found[0] if len(found) == 1 else f"{line} {found}"

    def close(self):
        pass


def run(program, *arguments):
    return subprocess.run([program, *arguments], capture_output=True, text=True, check=True).stdout


def help_of(program):
    """{command: [(option, letter, value)]}, as --help says."""
    commands = re.findall(r"^  ([a-z]+) ", run(program, "--help"), re.M)
    found = {}
    for command in commands:
        text = run(program, command, "--help").split("\nOptions:\n")[1]
        found[command] = [(f"--{name}", f"-{letter}" if letter else None, value) for letter, name, value in
                          re.findall(r"^  (?:-(.), )?--([a-z-]+)(?: ([^ ]+(?: VALUE\])?))?(?=  |\n|$)", text, re.M)]
    return found


def words_of(program, command, option):
    """What the help of an option names as its values."""
    text = run(program, command, "--help").split("\nOptions:\n")[1]
    about = re.search(rf"^  (?:-., )?{option} .*?(?=^  -|\Z)", text, re.M | re.S).group(0)
    known = "text json markdown html sarif github gitlab junit fail error warning note never auto always".split()
    return [word for word in known if re.search(rf"\b{word}\b", re.sub(rf"^ *{option}", "", about))]


def make_repository(folder, environment):
    def git(*arguments):
        subprocess.run(["git", *arguments], cwd=folder, env=environment, check=True, capture_output=True)

    git("init", "-q", "-b", "main")
    git("commit", "-q", "--allow-empty", "-m", "one")
    git("branch", "topic")
    git("tag", "release-1")
    # A name that a shell must not carry out.
    git("branch", "$(touch${IFS}hacked)")
    os.mkdir(os.path.join(folder, "deploy"))
    for name in ("deploy/nginx.conf", "requests.jsonl", "a b.conf"):
        with open(os.path.join(folder, name), "w", encoding="utf-8"):
            pass


# (line, what becomes of it). {0} is the command line's beginning.
CASES = [
    ("corsgate dif", "corsgate diff"),
    ("corsgate help sim", "corsgate help simulate"),
    ("corsgate --vers", "corsgate --version"),
    ("corsgate diff mai", "corsgate diff main"),
    ("corsgate diff main topi", "corsgate diff main topic"),
    ("corsgate diff main..topi", "corsgate diff main..topic"),
    ("corsgate diff main...relea", "corsgate diff main...release-1"),
    ("corsgate diff --staged HEA", "corsgate diff --staged HEAD"),
    ("corsgate diff deplo", "corsgate diff deploy/"),
    ("corsgate diff deploy/ngi", "corsgate diff deploy/nginx.conf"),
    ("corsgate diff main -- deploy/ngi", "corsgate diff main -- deploy/nginx.conf"),
    ("corsgate check deploy/ngi", "corsgate check deploy/nginx.conf"),
    ("corsgate simulate deploy/ --requests reque", "corsgate simulate deploy/ --requests requests.jsonl"),
    ("corsgate simulate deploy/ --requests=reque", "corsgate simulate deploy/ --requests=requests.jsonl"),
    ("corsgate check --format sari", "corsgate check --format sarif"),
    ("corsgate check --format=sari", "corsgate check --format=sarif"),
    ("corsgate check --format json=requ", "corsgate check --format json=requests.jsonl"),
    ("corsgate check --format=json=requ", "corsgate check --format=json=requests.jsonl"),
    ("corsgate check --format json --fail-on warn", "corsgate check --format json --fail-on warning"),
    ("corsgate check -o requ", "corsgate check -o requests.jsonl"),
    ("corsgate history https://api.shop.example/ --origin https://app.shop.example topi",
     "corsgate history https://api.shop.example/ --origin https://app.shop.example topic"),
    ("corsgate history https://api.shop.example/ main -- deploy/ngi",
     "corsgate history https://api.shop.example/ main -- deploy/nginx.conf"),
    ("corsgate gate --approved-result topi", "corsgate gate --approved-result topic"),
    ("corsgate gate --approved-result topic=requ", "corsgate gate --approved-result topic=requests.jsonl"),
    ("corsgate rules CG10", None),
    ("corsgate rules CG909", "corsgate rules CG909"),
    ("corsgate rules CG114 CG90", None),
    ("corsgate rules CG51", None),
    ("corsgate completion fis", "corsgate completion fish"),
    # Behind "--" there are only paths; what an option takes is no option.
    ("corsgate diff -- topi", None),
    ("corsgate diff -- --stage", None),
    ("corsgate gate topi", None),
]


def squeeze(line):
    return re.sub(r"[ =]+$", "", line)


def main():
    program, shell = os.path.realpath(sys.argv[1]), sys.argv[2]
    if not shutil.which(shell):
        print(f"{shell} is not installed")
        sys.exit(77)
    commands = help_of(program)
    failures = checks = 0
    with tempfile.TemporaryDirectory() as folder:
        environment = {"PATH": os.path.dirname(program) + ":" + os.environ["PATH"], "HOME": folder, "TERM": "dumb", "LC_ALL": "C.UTF-8",
                       "PS1": "$ ", "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@shop.example",
                       "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@shop.example", "XDG_CACHE_HOME": folder + "/.cache"}
        make_repository(folder, environment)
        for name in ["completion." + shell] + ["_corsgate"] * (shell == "zsh"):
            with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                file.write(run(program, "completion", shell))
        user = {"bash": bash, "zsh": zsh, "fish": Fish}[shell](folder, environment)

        cases = list(CASES)
        for command, options in commands.items():
            cases.append((f"corsgate {command[:-1]}", f"corsgate {command}"))
            for option, _, value in options:
                cases.append((f"corsgate {command} {option[:-1]}", f"corsgate {command} {option}"))
                if option in ("--format", "--fail-on", "--review", "--color"):
                    words = words_of(program, command, option)
                    if len(words) < 2:
                        sys.exit(f"the help of {command} {option} names {words}")
                    cases += [(f"corsgate {command} {option} {word[:-1]}", f"corsgate {command} {option} {word}") for word in words]
                elif value == "FILE":
                    cases.append((f"corsgate {command} {option} reque", f"corsgate {command} {option} requests.jsonl"))
        for rule in re.findall(r"^CG[0-9]+", run(program, "rules"), re.M):
            cases.append((f"corsgate rules {rule}", f"corsgate rules {rule}"))
        for line, expected in cases:
            checks += 1
            got = user.complete(line)
            expected = expected or line
            if squeeze(got if isinstance(user, Terminal) or expected != line else got.split(" [")[0]) != squeeze(expected):
                failures += 1
                print(f"{line!r} becomes {got!r}, not {expected!r}")
        if shell == "zsh":  # read as a script instead of found in $fpath
            user.type("\x15unfunction _corsgate; compdef -d corsgate; source completion.zsh; echo aga''in\n")
            user.wait("\r?\nagain")
            checks += 1
            if user.complete("corsgate check --fail-on warn") != "corsgate check --fail-on warning ":
                failures += 1
                print("read as a script it completes nothing")
        user.close()
        if os.path.exists(os.path.join(folder, "hacked")):
            failures += 1
            print("the name of a branch was carried out")
    print(f"{shell}: {checks} lines, {failures} failures")
    sys.exit(failures > 0)


main()
