#pragma once
// trial: an example of a rule, run through the program, for the tests of the rules.

#include "base/buf.h"
#include "rule/rule.h"

#include <jansson.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

struct trial {
    struct arena *arena;
    const char *program;
    const char *folder; // temporary
    const struct rule *rule;
    const struct rule_example *example;
    const char *name; // of the file; NULL: as its type asks
};

// What the program said.
struct trial_report {
    bool good;        // there is one
    int status;       // of the program
    uint32_t by_rule; // findings of the trial's rule
    Str others;       // "id: message" of the others, one a line
    Str ids;          // of all findings: "CG101 CG302 "
    Str fingerprints; // of the rule's findings, in order
    Str text;
};

static inline void trial_write(const struct trial *trial, const char *side, const char *name,
                               Str text)
{
    Str path = str_format(trial->arena, "%s/%s/%s", trial->folder, side, name);
    FILE *file = fopen(str_terminated(trial->arena, path), "wb");
    if (!file || fwrite(text.ptr ? text.ptr : "", 1, text.len, file) != text.len ||
        fclose(file) != 0) {
        perror(name);
        exit(2);
    }
}

static inline Str trial_command(const struct trial *trial, const char *command, int *status)
{
    struct buf out = { .arena = trial->arena };
    char bytes[4096];
    size_t size;
    FILE *pipe = popen(command, "r");
    if (!pipe) {
        perror(command);
        exit(2);
    }
    while ((size = fread(bytes, 1, sizeof bytes, pipe)) > 0)
        buf_add(&out, (Str){ bytes, size });
    int ended = pclose(pipe);
    *status = WIFEXITED(ended) ? WEXITSTATUS(ended) : -1;
    return buf_str(&out);
}

// One version: its configuration, and what the project says about itself.
static inline void trial_side(const struct trial *trial, const char *side, Str config, Str settings)
{
    struct buf own = { .arena = trial->arena };
    Str folder = str_format(trial->arena, "%s/%s", trial->folder, side);
    const char *name = trial->name                             ? trial->name
                       : str_is(trial->example->type, "nginx") ? "api.conf"
                                                               : "api.yaml";
    int status;
    (void)trial_command(
        trial,
        str_terminated(trial->arena, str_format(trial->arena, "rm -rf %.*s", STR_ARG(folder))),
        &status);
    (void)mkdir(str_terminated(trial->arena, folder), 0777);
    buf_add_text(&own, "version: 1\n");
    if (trial->example->trusted.len)
        buf_addf(&own, "trusted_origins: [%.*s]\n", STR_ARG(trial->example->trusted));
    if (trial->example->upstreams.len)
        buf_addf(&own, "upstreams: {%.*s}\n", STR_ARG(trial->example->upstreams));
    buf_add(&own, settings);
    trial_write(trial, side, name, config);
    trial_write(trial, side, ".corsgate.yml", buf_str(&own));
}

static inline struct trial_report trial_read(const struct trial *trial, const char *command)
{
    struct trial_report out = { .good = false };
    struct buf others = { .arena = trial->arena }, ids = others, fingerprints = others;
    json_error_t error;
    size_t index;
    json_t *finding;
    out.text = trial_command(trial, command, &out.status);
    json_t *root = json_loadb(out.text.ptr ? out.text.ptr : "", out.text.len, 0, &error);
    json_t *findings = json_object_get(root, "findings");
    out.good = json_is_array(findings);
    json_array_foreach(findings, index, finding)
    {
        const char *id = json_string_value(json_object_get(finding, "rule"));
        const char *message = json_string_value(json_object_get(finding, "message"));
        const char *print = json_string_value(json_object_get(finding, "fingerprint"));
        bool suppressed = !json_is_null(json_object_get(finding, "suppressed"));
        if (!id || suppressed)
            continue;
        buf_addf(&ids, "%s ", id);
        if (!str_is(trial->rule->id, id)) {
            buf_addf(&others, "    %s: %s\n", id, message ? message : "");
            continue;
        }
        out.by_rule++;
        buf_addf(&fingerprints, "%s ", print ? print : "?");
    }
    json_decref(root);
    out.others = buf_str(&others);
    out.ids = buf_str(&ids);
    out.fingerprints = buf_str(&fingerprints);
    return out;
}

static inline Str trial_new_settings(const struct rule_example *example)
{
    return example->after_settings.len ? example->after_settings : example->settings;
}

// `before` NULL: one version alone.
static inline struct trial_report trial_run(const struct trial *trial, const Str *before, Str after)
{
    trial_side(trial, "new", after, trial_new_settings(trial->example));
    if (before)
        trial_side(trial, "old", *before, trial->example->settings);
    Str command = before ? str_format(trial->arena, "cd %s && %s diff old new --format json 2>&1",
                                      trial->folder, trial->program)
                         : str_format(trial->arena, "cd %s/new && %s check --format json 2>&1",
                                      trial->folder, trial->program);
    return trial_read(trial, str_terminated(trial->arena, command));
}

static inline struct trial_report trial_example(const struct trial *trial)
{
    const struct rule_example *example = trial->example;
    bool pair = example->config.len == 0;
    return trial_run(trial, pair ? &example->before : NULL,
                     pair ? example->after : example->config);
}

// Calls `judge` with every example of every rule (or of the rule `id`) that `wanted` wants; counts
// those for which it gives false. Gives the exit status of the test.
static inline int trial_all(int argc, char **argv, bool reported_only,
                            bool (*judge)(const struct trial *trial))
{
    char folder[] = "/tmp/corsgate-rules-XXXXXX", command[64];
    uint32_t count, tried = 0, failed = 0;
    if (argc < 2 || !mkdtemp(folder))
        return 2;
    const struct rule *rules = rule_all(&count);
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t j = 0; j < rules[i].example_count; j++) {
            if ((argc > 2 && !str_is(rules[i].id, argv[2])) ||
                (reported_only && !rules[i].examples[j].reported))
                continue;
            const struct trial trial = { arena_new(),           argv[1], folder, &rules[i],
                                         &rules[i].examples[j], NULL };
            failed += !judge(&trial);
            tried++;
            arena_free(trial.arena);
        }
    (void)snprintf(command, sizeof command, "rm -rf %s", folder);
    (void)!system(command);
    printf("%u examples, %u wrong\n", (unsigned)tried, (unsigned)failed);
    return failed || !tried ? EXIT_FAILURE : EXIT_SUCCESS;
}
