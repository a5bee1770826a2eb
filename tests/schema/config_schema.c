// config_schema: prints the JSON Schema of .corsgate.yml, from the table that the program reads it
// with: config_schema > docs/schema/config.json.

#include "cli/config_shape.h"

#include <stdio.h>

int main(void)
{
    struct arena *arena = arena_new();
    struct buf out = { .arena = arena };
    shape_schema(&config_shape, &out);
    bool good = fwrite(out.ptr, 1, out.len, stdout) == out.len && fflush(stdout) == 0;
    arena_free(arena);
    return good ? 0 : 1;
}
