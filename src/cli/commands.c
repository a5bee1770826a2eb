#include "cli/command.h"

const struct command *const commands[] = {
    &command_diff,    &command_check, &command_show,  &command_simulate, &command_why,
    &command_history, &command_gate,  &command_rules, &command_init,     &command_completion,
};
const uint32_t command_count = sizeof commands / sizeof *commands;
