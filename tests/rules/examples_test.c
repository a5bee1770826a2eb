// examples_test PROGRAM [ID]: runs the examples of every built-in rule through the program. Those
// that are said to be reported are reported by exactly that rule, the others not by it.

#include "base/buf.h"
#include "rule/rule.h"

#include <jansson.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct trial {
    struct arena *arena;
    const char *program;
    const char *folder; // temporary
    const struct rule *rule;
    const struct rule_example *example;
};

static void write_file(const struct trial *trial, const char *side, const char *name, Str text)
{
    Str path = str_format(trial->arena, "%s/%s/%s", trial->folder, side, name);
    FILE *file = fopen(str_terminated(trial->arena, path), "wb");
    if (!file || fwrite(text.ptr, 1, text.len, file) != text.len || fclose(file) != 0) {
        perror(name);
        exit(2);
    }
}

// One version: its configuration, and what the project says about trust and upstreams.
static void write_side(const struct trial *trial, const char *side, Str config)
{
    struct buf settings = { .arena = trial->arena };
    Str folder = str_format(trial->arena, "%s/%s", trial->folder, side);
    (void)mkdir(str_terminated(trial->arena, folder), 0777);
    buf_add_text(&settings, "version: 1\n");
    if (trial->example->trusted.len)
        buf_addf(&settings, "trusted_origins: [%.*s]\n", STR_ARG(trial->example->trusted));
    if (trial->example->upstreams.len)
        buf_addf(&settings, "upstreams: {%.*s}\n", STR_ARG(trial->example->upstreams));
    Str own = trial->example->settings;
    if (str_is(str_from(side), "new") && trial->example->after_settings.len)
        own = trial->example->after_settings;
    buf_add(&settings, own);
    write_file(trial, side, "api.conf", config);
    write_file(trial, side, ".corsgate.yml", buf_str(&settings));
}

static Str run(const struct trial *trial, const char *command)
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
    (void)pclose(pipe);
    return buf_str(&out);
}

// The ids of the findings, each once and sorted as they come; false when there is no report.
static bool reported(const struct trial *trial, Str report, bool *by_rule, Str *others)
{
    json_error_t error;
    json_t *root = json_loadb(report.ptr ? report.ptr : "", report.len, 0, &error);
    json_t *findings = json_object_get(root, "findings"), *finding;
    struct buf out = { .arena = trial->arena };
    size_t index;
    *by_rule = false;
    bool good = json_is_array(findings);
    json_array_foreach(findings, index, finding)
    {
        const char *id = json_string_value(json_object_get(finding, "rule"));
        const char *message = json_string_value(json_object_get(finding, "message"));
        if (id && str_is(trial->rule->id, id))
            *by_rule = true;
        else
            buf_addf(&out, "    %s: %s\n", id ? id : "?", message ? message : "");
    }
    json_decref(root);
    *others = buf_str(&out);
    return good;
}

static bool try_example(const struct trial *trial)
{
    const struct rule_example *example = trial->example;
    bool pair = example->config.len == 0, by_rule;
    write_side(trial, "new", pair ? example->after : example->config);
    if (pair)
        write_side(trial, "old", example->before);
    Str command = pair ? str_format(trial->arena, "cd %s && %s diff old new --format json 2>&1",
                                    trial->folder, trial->program)
                       : str_format(trial->arena, "cd %s/new && %s check --format json 2>&1",
                                    trial->folder, trial->program);
    Str report = run(trial, str_terminated(trial->arena, command)), others;
    const char *wrong = NULL;
    if (!reported(trial, report, &by_rule, &others))
        wrong = "there is no report";
    else if (example->reported && !by_rule)
        wrong = "it is not reported";
    else if (example->reported && others.len)
        wrong = "others report something, too";
    else if (!example->reported && by_rule)
        wrong = "it is reported";
    if (!wrong)
        return true;
    printf("%.*s, \"%.*s\": %s\n%.*s", STR_ARG(trial->rule->id), STR_ARG(example->title), wrong,
           STR_ARG(others));
    if (!others.len && !by_rule)
        printf("    %.*s\n", report.len < 400 ? (int)report.len : 400, report.ptr);
    return false;
}

int main(int argc, char **argv)
{
    char folder[] = "/tmp/corsgate-rules-XXXXXX";
    uint32_t count, tried = 0, failed = 0;
    if (argc < 2 || !mkdtemp(folder))
        return 2;
    const struct rule *rules = rule_all(&count);
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t j = 0; j < rules[i].example_count; j++) {
            if (argc > 2 && !str_is(rules[i].id, argv[2]))
                continue;
            struct trial trial = { arena_new(), argv[1], folder, &rules[i], &rules[i].examples[j] };
            failed += !try_example(&trial);
            tried++;
            arena_free(trial.arena);
        }
    char command[64];
    (void)snprintf(command, sizeof command, "rm -rf %s", folder);
    (void)!system(command);
    printf("%u examples, %u wrong\n", (unsigned)tried, (unsigned)failed);
    return failed || !tried ? EXIT_FAILURE : EXIT_SUCCESS;
}
