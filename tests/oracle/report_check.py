#!/usr/bin/env python3
"""HTML reports in a real Chromium: the filter by keyboard, the views, the colours, hostile text.

    report_check.py --corsgate PROGRAM [--node FOLDER] [--screenshots FOLDER]

The configurations are those of tests/golden/html-diff and html-hostile."""

import argparse
import os
import subprocess
import sys
import tempfile

from browser_check import HERE, PATIENCE, node_folder


def report(corsgate, case, folder):
    path = os.path.join(folder, case + ".html")
    where = os.path.join(HERE, "..", "golden", case)
    run = subprocess.run([corsgate, "diff", "--format", "html=" + path, "old", "new"], cwd=where, capture_output=True, check=False,
                         timeout=PATIENCE)
    if run.returncode not in (0, 1, 3):
        raise RuntimeError(f"diff: exit {run.returncode}: " + run.stderr.decode("utf-8", "replace"))
    return path


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--corsgate", required=True)
    parser.add_argument("--node")
    parser.add_argument("--screenshots", default="")
    options = parser.parse_args()
    node = node_folder(options.node)
    corsgate = os.path.realpath(options.corsgate)
    with tempfile.TemporaryDirectory() as folder:
        pages = [report(corsgate, case, folder) for case in ("html-diff", "html-hostile")]
        run = subprocess.run(["node", os.path.join(HERE, "report_run.mjs"), *pages, options.screenshots], check=False,
                             timeout=PATIENCE, env=dict(os.environ, CORSGATE_NODE=os.path.realpath(node)))
    print("HTML reports in Chromium: " + ("as they should be" if run.returncode == 0 else "WRONG"))
    return run.returncode


if __name__ == "__main__":
    sys.exit(main())
