#include "cli/command.h"

#include "report/tell.h"
#include "rule/rule.h"

// A text of a rule, its lines behind an indentation.
static void add_lines(struct buf *out, Str text, const char *indent)
{
    Str rest = str_trim(text), line;
    for (bool more = rest.len > 0; more;) {
        more = str_cut(rest, STR("\n"), &line, &rest);
        Str whole = more ? line : rest;
        if (whole.len)
            buf_add_text(out, indent);
        tell_text(out, whole);
        buf_add_char(out, '\n');
    }
}

static void add_section(const struct teller *teller, const char *title, Str text,
                        const char *indent)
{
    if (!text.len)
        return;
    buf_add_char(teller->out, '\n');
    tell_paint(teller, PAINT_BOLD);
    buf_add_text(teller->out, title);
    tell_unpaint(teller);
    buf_add_char(teller->out, '\n');
    add_lines(teller->out, text, indent);
}

static void add_example(const struct teller *teller, const struct rule *rule,
                        const struct rule_example *example)
{
    struct buf *out = teller->out;
    buf_add_char(out, '\n');
    tell_paint(teller, PAINT_BOLD);
    buf_add_text(out, example->reported ? "Reported: " : "Not reported: ");
    tell_unpaint(teller);
    tell_text(out, example->title.len ? example->title : rule->name);
    buf_add_char(out, '\n');
    if (example->trusted.len) {
        buf_add_text(out, "  trusted_origins:\n");
        add_lines(out, example->trusted, "    ");
    }
    if (example->upstreams.len) {
        buf_add_text(out, "  upstreams:\n");
        add_lines(out, example->upstreams, "    ");
    }
    if (example->settings.len) {
        buf_add_text(out, "  .corsgate.yml:\n");
        add_lines(out, example->settings, "    ");
    }
    if (example->after_settings.len) {
        buf_add_text(out, "  .corsgate.yml after:\n");
        add_lines(out, example->after_settings, "    ");
    }
    if (example->config.len) {
        add_lines(out, example->config, "    ");
        return;
    }
    buf_add_text(out, "  before:\n");
    add_lines(out, example->before, "    ");
    buf_add_text(out, "  after:\n");
    add_lines(out, example->after, "    ");
}

static void explain(const struct teller *teller, const struct rule *rule)
{
    struct buf *out = teller->out;
    tell_paint(teller, PAINT_BOLD);
    buf_addf(out, "%.*s %.*s", STR_ARG(rule->id), STR_ARG(rule->name));
    tell_unpaint(teller);
    buf_addf(out, "\n%s%s\n", level_name(rule->level),
             rule->review ? "; a senior engineer has to approve it" : "");
    add_section(teller, "Why", rule->why, "  ");
    add_section(teller, "Fix", rule->fix, "  ");
    for (uint32_t i = 0; i < rule->fix_count; i++) {
        buf_add_text(out, "\n  In ");
        tell_text(out, rule->fixes[i].layer);
        buf_add_text(out, ":\n\n");
        add_lines(out, rule->fixes[i].text, "      ");
    }
    for (uint32_t i = 0; i < rule->example_count; i++)
        add_example(teller, rule, &rule->examples[i]);
    if (rule->reference_count)
        buf_add_text(out, "\nSee\n");
    for (uint32_t i = 0; i < rule->reference_count; i++)
        add_lines(out, rule->references[i], "  ");
}

static void list(const struct teller *teller)
{
    uint32_t count;
    const struct rule *rules = rule_all(&count);
    for (uint32_t i = 0; i < count; i++) {
        const struct rule *rule = &rules[i];
        tell_paint(teller, PAINT_BOLD);
        buf_addf(teller->out, "%.*s", STR_ARG(rule->id));
        tell_unpaint(teller);
        buf_addf(teller->out, "  %-7s  %-6s  %.*s\n", level_name(rule->level),
                 rule->review ? "review" : "", STR_ARG(rule->name));
    }
}

static enum exit_status unknown_rule(struct command_run *command, Str id)
{
    uint32_t count;
    const struct rule *rules = rule_all(&count);
    struct arena *arena = command->run->arena;
    const char **names = ARENA_ARRAY(arena, const char *, 2 * (size_t)count + 1);
    for (uint32_t i = 0; i < count; i++) {
        names[2 * i] = str_terminated(arena, rules[i].id);
        names[2 * i + 1] = str_terminated(arena, rules[i].name);
    }
    const char *near = options_suggest(id, names, 2 * count);
    if (near)
        return command_fail(command, "there is no rule %.*s; did you mean %s?", STR_ARG(id), near);
    return command_fail(command, "there is no rule %.*s; `corsgate rules` lists them", STR_ARG(id));
}

static const struct rule *find(Str id)
{
    uint32_t count;
    const struct rule *rules = rule_all(&count);
    for (uint32_t i = 0; i < count; i++)
        if (str_equal_nocase(rules[i].id, id) || str_equal(rules[i].name, id))
            return &rules[i];
    return NULL;
}

static enum exit_status start(struct command_run *command)
{
    const struct options *options = command->options;
    struct buf out = { .arena = command->run->arena };
    const struct teller teller = { .out = &out, .color = command->color_out };
    for (uint32_t i = 0; i < options->arguments.count; i++) {
        const struct rule *rule = find(options->arguments.items[i]);
        if (!rule)
            return unknown_rule(command, options->arguments.items[i]);
        buf_add_text(&out, i ? "\n" : "");
        explain(&teller, rule);
    }
    if (!options->arguments.count)
        list(&teller);
    return command_write(command, (Str){ NULL, 0 }, buf_str(&out)) ? EXIT_STATUS_PASS
                                                                   : EXIT_STATUS_BROKEN;
}

const struct command command_rules = {
    .name = "rules",
    .user = USED_BY_RULES,
    .usage = "[ID...]",
    .arguments = ARGUMENTS_RULES,
    .what = "list the rules, or explain one",
    .help = "Without an ID (or a name), every rule: id, level, whether a review is needed, name.\n"
            "With one: why it is there, how to fix what it finds, and examples.\n",
    .start = start,
};
