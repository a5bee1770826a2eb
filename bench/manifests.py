#!/usr/bin/env python3
"""Processor time of `corsgate check` and `diff` over N manifests, one Ingress each, against libyaml's event loop over the
same bytes in the same run.

    manifests.py PROGRAM [N]

Ratios, not times: a machine that is busy makes all of them longer."""

import os
import resource
import subprocess
import sys
import tempfile

EVENTS = r"""
#include <stdio.h>
#include <yaml.h>
int main(int count, char **names)
{
    static unsigned char bytes[1 << 20];
    char name[4096];
    unsigned long events = 0;
    (void)count;
    FILE *list = fopen(names[1], "r");
    while (list && fscanf(list, "%4095s", name) == 1) {
        FILE *file = fopen(name, "rb");
        size_t size = file ? fread(bytes, 1, sizeof bytes, file) : 0;
        yaml_parser_t parser;
        yaml_event_t event;
        if (file)
            fclose(file);
        yaml_parser_initialize(&parser);
        yaml_parser_set_input_string(&parser, bytes, size);
        for (int more = 1; more && yaml_parser_parse(&parser, &event); events++) {
            more = event.type != YAML_STREAM_END_EVENT;
            yaml_event_delete(&event);
        }
        yaml_parser_delete(&parser);
    }
    printf("%lu\n", events);
}
"""

MANIFEST = """apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: app-{0}
  namespace: team-{1}
  annotations:
    nginx.ingress.kubernetes.io/enable-cors: "true"
    nginx.ingress.kubernetes.io/cors-allow-origin: "https://app-{2}.shop.test, https://admin.shop.test{3}"
    nginx.ingress.kubernetes.io/proxy-body-size: 8m
spec:
  ingressClassName: nginx
  rules:
    - host: app-{0}.shop.test
      http:
        paths:
          - path: /
            pathType: Prefix
            backend:
              service:
                name: app-{0}
                port:
                  number: 80
"""


def write(folder, count, changed=None):
    os.makedirs(folder)
    for number in range(count):
        with open(os.path.join(folder, f"ingress-{number:05}.yaml"), "w", encoding="utf-8") as file:
            file.write(MANIFEST.format(number, number % 50, number % 500, "/" if number == changed else ""))


def processor_time(command, folder):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main():
    program = os.path.realpath(sys.argv[1])
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 10000
    with tempfile.TemporaryDirectory(prefix="corsgate-bench-") as folder:
        write(os.path.join(folder, "old"), count)
        write(os.path.join(folder, "new"), count, count // 2)
        with open(os.path.join(folder, "events.c"), "w", encoding="utf-8") as file:
            file.write(EVENTS)
        subprocess.run(["cc", "-O2", "-o", "events", "events.c", "-lyaml"], cwd=folder, check=True)
        with open(os.path.join(folder, "list"), "w", encoding="utf-8") as file:
            file.writelines(f"old/ingress-{number:05}.yaml\n" for number in range(count))
        events = processor_time([os.path.join(folder, "events"), "list"], folder)
        rows = [("check", ["check", "old"]), ("show", ["show", "old"]), ("diff, one changed", ["diff", "old", "new"])]
        print(f"libyaml's events: {events:.3f} s for {count} manifests")
        for name, arguments in rows:
            time = processor_time([program, *arguments], folder)
            print(f"{name}: {time:.3f} s, {events / time:.2f} times as fast")


if __name__ == "__main__":
    main()
