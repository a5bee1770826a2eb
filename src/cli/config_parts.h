#pragma once
// config_parts: the parts of a configuration, from data whose form has been checked. Private to
// config*.

#include "cli/config.h"
#include "syntax/data.h"

struct config_reading {
    struct run *run;
    struct model *model;
    struct origin_space *space;
    struct config *config;
    bool good; // false once something was complained about
};

// "wrong value: ..." at a place.
#if defined(__GNUC__)
__attribute__((format(printf, 3, 4)))
#endif
void config_refuse(struct config_reading *reading, Span span, const char *format, ...);
// The texts of a list (NULL: none).
const Str *config_texts(struct config_reading *reading, const struct data *list, uint32_t *count);

// Each takes the value of its key, in the form that config_shape.c gives it.
void config_read_expect(struct config_reading *reading, const struct data *list);
void config_read_review(struct config_reading *reading, const struct data *map);
void config_read_waive(struct config_reading *reading, const struct data *list);
