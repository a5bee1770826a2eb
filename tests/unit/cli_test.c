#include "cli/local.h"
#include "cli/option_rows.h"
#include "report/report.h"
#include "report/show.h"

#include "unit/check_main.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { WORDS = 8 };

// What was understood, in one line: outputs as format=path, then what was set, then the arguments.
static Str summary(struct arena *arena, const struct options *options)
{
    static const char *const levels[] = { "never", "note", "warning", "error" };
    struct buf out = { .arena = arena };
    for (uint32_t i = 0; i < options->outputs.count; i++)
        buf_addf(&out, "%.*s=%.*s ", STR_ARG(options->outputs.items[i].format),
                 STR_ARG(options->outputs.items[i].path));
    buf_addf(&out, "%s", levels[options->fail_on]);
    buf_addf(&out, "%s%s%s%s", options->review_note ? " review-note" : "",
             options->quiet ? " quiet" : "", options->help ? " help" : "",
             options->raw ? " raw" : "");
    if (options->config.len)
        buf_addf(&out, " config:%.*s", STR_ARG(options->config));
    if (options->jobs)
        buf_addf(&out, " jobs:%u", options->jobs);
    buf_addf(&out, " color:%d |", (int)options->color);
    for (uint32_t i = 0; i < options->arguments.count; i++)
        buf_addf(&out, "%s %.*s", i == options->separated ? " --" : "",
                 STR_ARG(options->arguments.items[i]));
    return buf_str(&out);
}

static const struct {
    const char *name;
    const char *words[WORDS];
    enum option_user user;
    const char *summary;
} good[] = {
    { "nothing", { NULL }, USED_BY_DIFF, "text= error color:0 |" },
    { "with =", { "--format=json", "a" }, USED_BY_DIFF, "json= error color:0 | a" },
    { "with a space", { "--format", "json", "a" }, USED_BY_DIFF, "json= error color:0 | a" },
    { "two reports",
      { "--format", "text", "--format=json=out.json" },
      USED_BY_CHECK,
      "text= json=out.json error color:0 |" },
    { "an output before its format",
      { "-o", "out.json", "--format", "json" },
      USED_BY_DIFF,
      "json=out.json error color:0 |" },
    { "an output alone", { "-oout.txt" }, USED_BY_DIFF, "text=out.txt error color:0 |" },
    { "levels", { "--fail-on", "never" }, USED_BY_DIFF, "text= never color:0 |" },
    { "the rest",
      { "--review=note", "-q", "--config", "c.yml", "--jobs=2", "--color=never" },
      USED_BY_DIFF,
      "text= error review-note quiet config:c.yml jobs:2 color:2 |" },
    { "after --",
      { "a", "--", "-b", "--help" },
      USED_BY_DIFF,
      "text= error color:0 | a -- -b --help" },
    { "standard input is no option", { "-" }, USED_BY_CHECK, "text= error color:0 | -" },
    { "a value that looks like an option",
      { "--config", "--raw" },
      USED_BY_DIFF,
      "text= error config:--raw color:0 |" },
};

static uint32_t count_words(const char *const *words)
{
    uint32_t count = 0;
    while (count < WORDS && words[count])
        count++;
    return count;
}

static bool parse(struct arena *arena, enum option_user user, const char *const *words,
                  struct options *out, Str *complaint)
{
    char *copies[WORDS];
    uint32_t count = count_words(words);
    for (uint32_t i = 0; i < count; i++) {
        copies[i] = ARENA_ARRAY(arena, char, strlen(words[i]) + 1);
        memcpy(copies[i], words[i], strlen(words[i]));
    }
    return options_parse(arena, user, copies, count, out, complaint);
}

START_TEST(what_is_understood)
{
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct arena *arena = arena_new();
        struct options options;
        Str complaint;
        ck_assert_msg(parse(arena, good[i].user, good[i].words, &options, &complaint), "%s",
                      good[i].name);
        Str got = summary(arena, &options);
        ck_assert_msg(str_is(got, good[i].summary), "%s: %.*s", good[i].name, STR_ARG(got));
        arena_free(arena);
    }
}
END_TEST

static const struct {
    const char *name;
    const char *words[WORDS];
    enum option_user user;
    const char *complaint;
} bad[] = {
    { "misspelt",
      { "--fromat", "json" },
      USED_BY_DIFF,
      "there is no option --fromat; did you mean --format?" },
    { "nothing like it", { "--zzzzzzzz" }, USED_BY_DIFF, "there is no option --zzzzzzzz" },
    { "of another command", { "--raw" }, USED_BY_DIFF, "there is no option --raw" },
    { "a letter", { "-x" }, USED_BY_DIFF, "there is no option -x" },
    { "a letter with two dashes", { "--q" }, USED_BY_DIFF, "there is no option --q" },
    { "no value", { "--format" }, USED_BY_DIFF, "--format needs a value: NAME[=FILE]" },
    { "an empty value", { "--config=" }, USED_BY_DIFF, "--config needs a value: FILE" },
    { "an empty file",
      { "--format=json=" },
      USED_BY_DIFF,
      "--format: \"json=\" is not NAME or NAME=FILE" },
    { "a value too many", { "--quiet=yes" }, USED_BY_DIFF, "--quiet takes no value" },
    { "no such level",
      { "--fail-on=bad" },
      USED_BY_DIFF,
      "--fail-on: \"bad\" is not error, warning, note or never" },
    { "no such report",
      { "--format=xml" },
      USED_BY_SHOW,
      "--format: \"xml\" is not text, json, markdown or html" },
    { "no such report in a file",
      { "--format", "sarif=a" },
      USED_BY_GATE,
      "--format: \"sarif\" is not text, json or markdown" },
    { "no number",
      { "--jobs", "0" },
      USED_BY_DIFF,
      "--jobs: \"0\" is not a number from 1 to 1024" },
    { "two on standard output",
      { "--format=json", "--format=text" },
      USED_BY_DIFF,
      "several reports want the same place: write --format NAME=FILE" },
    { "two in one file",
      { "--format=json=a", "--format=text=b", "--format=sarif=a" },
      USED_BY_DIFF,
      "several reports want the same place: write --format NAME=FILE" },
    { "one beside --output",
      { "--format=json=a", "--format=text", "-oa" },
      USED_BY_DIFF,
      "several reports want the same place: write --format NAME=FILE" },
    { "an output for nothing",
      { "--format=json=a", "-o", "b" },
      USED_BY_DIFF,
      "--output: every report has a file already" },
};

START_TEST(what_is_refused)
{
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct arena *arena = arena_new();
        struct options options;
        Str complaint = { NULL, 0 };
        ck_assert_msg(!parse(arena, bad[i].user, bad[i].words, &options, &complaint), "%s",
                      bad[i].name);
        ck_assert_msg(str_is(complaint, bad[i].complaint), "%s: %.*s", bad[i].name,
                      STR_ARG(complaint));
        arena_free(arena);
    }
}
END_TEST

START_TEST(help_names_what_parses)
{
    struct arena *arena = arena_new();
    struct buf help = { .arena = arena };
    options_help(&help, USED_BY_SIMULATE);
    Str text = buf_str(&help);
    ck_assert(str_contains(text, STR("  --requests FILE ")));
    ck_assert(str_contains(text, STR("  -o, --output FILE ")));
    ck_assert(!str_contains(text, STR("--fail-on")));
    arena_free(arena);
}
END_TEST

// The words of --format for one command, and the names of the reports that the layer "report" has.
static void check_formats(enum option_user user, Str names)
{
    uint32_t found = 0;
    for (uint32_t i = 0; i < option_row_count; i++) {
        const struct option_row *row = &option_rows[i];
        if (row->id != OPTION_FORMAT || !(row->users & (unsigned)user))
            continue;
        found++;
        ck_assert_msg(str_is(names, row->words), "\"%s\", \"%.*s\"", row->words, STR_ARG(names));
    }
    ck_assert_uint_eq(found, 1);
}

START_TEST(formats_are_the_reports)
{
    struct arena *arena = arena_new();
    struct buf reports = { .arena = arena }, shows = { .arena = arena };
    for (uint32_t i = 0; i < reporter_count; i++)
        buf_addf(&reports, "%s%s", i ? " " : "", reporters[i]->name);
    for (uint32_t i = 0; i < show_format_count; i++)
        buf_addf(&shows, "%s%s", i ? " " : "", show_formats[i].name);
    check_formats(USED_BY_DIFF, buf_str(&reports));
    check_formats(USED_BY_CHECK, buf_str(&reports));
    check_formats(USED_BY_SHOW, buf_str(&shows));
    arena_free(arena);
}
END_TEST

// An option takes a value of some kind exactly if --help names one, and words where it must be one.
START_TEST(options_take_what_they_say)
{
    for (uint32_t i = 0; i < option_row_count; i++) {
        const struct option_row *row = &option_rows[i];
        bool words = row->takes == TAKES_WORD || row->takes == TAKES_REPORT;
        ck_assert_msg(!row->value == (row->takes == TAKES_NOTHING), "--%s", row->name);
        ck_assert_msg(words == (row->words != NULL), "--%s", row->name);
    }
}
END_TEST

START_TEST(files_are_written_whole)
{
    struct arena *arena = arena_new();
    char folder[] = "/tmp/corsgate-test-XXXXXX";
    ck_assert_ptr_nonnull(mkdtemp(folder));
    Str path = str_format(arena, "%s/report", folder), text, reason;
    ck_assert(!local_read(arena, path, 100, &text, &reason));
    ck_assert(local_write(arena, path, STR("one"), &reason));
    ck_assert_int_eq(chmod(str_terminated(arena, path), 0600), 0);
    ck_assert(local_write(arena, path, STR("two"), &reason));
    ck_assert(local_read(arena, path, 100, &text, &reason));
    ck_assert(str_is(text, "two"));
    struct stat info;
    ck_assert_int_eq(stat(str_terminated(arena, path), &info), 0);
    ck_assert_uint_eq(info.st_mode & 0777, 0600); // an existing file keeps its mode
    ck_assert(!local_read(arena, path, 2, &text, &reason));
    ck_assert(!local_write(arena, str_from(folder), STR("x"), &reason));
    ck_assert(!local_write(arena, str_format(arena, "%s/no/file", folder), STR("x"), &reason));
    ck_assert(local_write(arena, STR("/dev/null"), STR("x"), &reason));
    ck_assert_int_eq(unlink(str_terminated(arena, path)), 0);
    ck_assert_int_eq(rmdir(folder), 0); // nothing else is left behind
    arena_free(arena);
}
END_TEST

START_TEST(paths_below_folders)
{
    Str below = STR("untouched");
    ck_assert(local_below(STR("/a"), STR("/a/b/c"), &below) && str_is(below, "b/c"));
    ck_assert(local_below(STR("/a"), STR("/a"), &below) && str_is(below, ""));
    ck_assert(local_below(STR("/"), STR("/b"), &below) && str_is(below, "b"));
    below = STR("untouched");
    ck_assert(!local_below(STR("/a"), STR("/ab"), &below));
    ck_assert(!local_below(STR("/a/b"), STR("/a"), &below));
    ck_assert(str_is(below, "untouched"));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        what_is_understood,         what_is_refused,
        help_names_what_parses,     formats_are_the_reports,
        options_take_what_they_say, files_are_written_whole,
        paths_below_folders,
    };
    return check_main(check_suite("cli", tests, sizeof tests / sizeof *tests));
}
