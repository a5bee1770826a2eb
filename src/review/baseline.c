#include "review/baseline.h"

#include "base/jout.h"
#include "syntax/read_json.h"

#include <stdlib.h>

const struct kind baseline_malformed = { "", LEVEL_ERROR, "this is no baseline" };

struct baseline_entry {
    Str rule;
};

static bool read_entry(struct run *run, const struct data *item, struct baseline *out)
{
    const struct data *rule = data_find(item, STR("rule"));
    const struct data *fingerprint = data_find(item, STR("fingerprint"));
    uint64_t hash;
    if (!rule || rule->kind != DATA_SCALAR || !fingerprint || fingerprint->kind != DATA_SCALAR ||
        !str_hex64(fingerprint->text, &hash))
        return diagf(run, &baseline_malformed, item->span,
                     "an entry needs a rule and a fingerprint of 16 digits");
    struct baseline_entry *entry = ARENA_NEW(run->arena, struct baseline_entry);
    entry->rule = rule->text;
    map_add(run->arena, &out->known, hash, entry);
    out->count++;
    return true;
}

bool baseline_read(struct run *run, uint32_t file, Str text, struct baseline *out)
{
    const struct data *root;
    uint32_t schema;
    *out = (struct baseline){ .count = 0 };
    if (!read_json(run, files_whole(file), text, &root))
        return false;
    const struct data *version = data_find(root, STR("schema"));
    const struct data *list = data_find(root, STR("baseline"));
    if (!version || !data_get_number(version, 1, &schema) || schema != 1 || !list ||
        list->kind != DATA_LIST)
        return diagf(run, &baseline_malformed, files_whole(file),
                     "it needs \"schema\": 1 and a list \"baseline\"");
    for (uint32_t i = 0; i < list->count; i++)
        if (!read_entry(run, list->entries[i].value, out))
            return false;
    return true;
}

bool baseline_has(const struct baseline *baseline, const struct finding *finding)
{
    uint32_t at = 0;
    const struct baseline_entry *entry;
    while ((entry = map_next(&baseline->known, finding->fingerprint, &at)))
        if (str_equal(entry->rule, finding->rule->id))
            return true;
    return false;
}

static int by_fingerprint(const void *left, const void *right)
{
    const struct finding *const *a = left, *const *b = right;
    int order = str_compare((*a)->rule->id, (*b)->rule->id);
    if (order)
        return order;
    return ((*a)->fingerprint > (*b)->fingerprint) - ((*a)->fingerprint < (*b)->fingerprint);
}

void baseline_write(struct arena *arena, struct files *files, const struct findings *findings,
                    struct buf *buf)
{
    const struct finding **list = ARENA_ARRAY(arena, const struct finding *, findings->count + 1);
    uint32_t count = 0;
    for (uint32_t i = 0; i < findings->count; i++)
        if (!findings->items[i].suppressed)
            list[count++] = &findings->items[i];
    if (count)
        qsort(list, count, sizeof *list, by_fingerprint);
    struct jout out = { .buf = buf };
    jout_object(&out);
    jout_key(&out, "schema");
    jout_number(&out, 1);
    jout_key(&out, "baseline");
    jout_array(&out);
    for (uint32_t i = 0; i < count; i++) {
        if (i && list[i]->fingerprint == list[i - 1]->fingerprint &&
            list[i]->rule == list[i - 1]->rule)
            continue;
        jout_line(&out);
        jout_object(&out);
        jout_key(&out, "rule");
        jout_str(&out, list[i]->rule->id);
        jout_key(&out, "fingerprint");
        jout_str(&out, str_format(arena, "%016llx", (unsigned long long)list[i]->fingerprint));
        jout_key(&out, "file"); // for people: only the fingerprint counts
        jout_str(&out, files_get(files, list[i]->span.file)->path);
        jout_key(&out, "message");
        jout_str(&out, list[i]->message);
        jout_object_end(&out);
    }
    jout_line(&out);
    jout_array_end(&out);
    jout_object_end(&out);
    buf_add_char(buf, '\n');
}
