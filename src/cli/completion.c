#include "cli/completion.h"

#include "rule/rule.h"

static const struct completion_shell *const shells[] = {
    &completion_bash,
    &completion_zsh,
    &completion_fish,
};
enum { SHELLS = sizeof shells / sizeof *shells };

bool completion_takes(const struct command *command, const struct option_row *row)
{
    return row->users & (unsigned)command->user;
}

void completion_help(struct buf *out, const struct option_row *row)
{
    for (const char *at = row->help; *at; at++)
        buf_add_char(out, *at == '\n' ? ' ' : *at);
}

void completion_quote(struct buf *out, Str text, const char *quote)
{
    buf_add_char(out, '\'');
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] == '\'')
            buf_add_text(out, quote);
        else
            buf_add_char(out, text.ptr[i]);
    buf_add_char(out, '\'');
}

void completion_commands(struct buf *out)
{
    for (uint32_t i = 0; i < command_count; i++)
        buf_addf(out, "%s%s", i ? " " : "", commands[i]->name);
}

void completion_rules(struct buf *out)
{
    uint32_t count;
    const struct rule *rules = rule_all(&count);
    for (uint32_t i = 0; i < count; i++)
        buf_addf(out, "%s%.*s", i ? " " : "", STR_ARG(rules[i].id));
}

void completion_shells(struct buf *out)
{
    for (uint32_t i = 0; i < SHELLS; i++)
        buf_addf(out, "%s%s", i ? " " : "", shells[i]->name);
}

static enum exit_status start(struct command_run *command)
{
    const struct options *options = command->options;
    struct arena *arena = command->run->arena;
    struct buf out = { .arena = arena }, names = { .arena = arena };
    for (uint32_t i = 0; i < SHELLS; i++)
        buf_addf(&names, "%s%s", i == 0 ? "" : i + 1 < SHELLS ? ", " : " or ", shells[i]->name);
    if (options->arguments.count != 1)
        return command_fail(command, "completion needs the name of a shell: %.*s",
                            STR_ARG(buf_str(&names)));
    Str name = options->arguments.items[0];
    for (uint32_t i = 0; i < SHELLS; i++) {
        if (!str_is(name, shells[i]->name))
            continue;
        shells[i]->write(&out);
        return command_write(command, (Str){ NULL, 0 }, buf_str(&out)) ? EXIT_STATUS_PASS
                                                                       : EXIT_STATUS_BROKEN;
    }
    return command_fail(command, "there is no completion for \"%.*s\", only for %.*s",
                        STR_ARG(name), STR_ARG(buf_str(&names)));
}

const struct command command_completion = {
    .name = "completion",
    .user = USED_BY_COMPLETION,
    .usage = "bash|zsh|fish",
    .arguments = ARGUMENTS_SHELLS,
    .what = "a script that completes corsgate's command line",
    .help = "Packages install it. By hand, for the shell that runs:\n"
            "\n"
            "  bash   source <(corsgate completion bash)\n"
            "  zsh    source <(corsgate completion zsh)      behind compinit, in ~/.zshrc\n"
            "  fish   corsgate completion fish | source\n"
            "\n"
            "or for good, as\n"
            "\n"
            "  bash   ~/.local/share/bash-completion/completions/corsgate\n"
            "  zsh    _corsgate, in a folder of $fpath\n"
            "  fish   ~/.config/fish/completions/corsgate.fish\n",
    .start = start,
};
