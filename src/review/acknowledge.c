#include "review/acknowledge.h"

#include "base/hash.h"
#include "base/jout.h"
#include "source/files.h"
#include "syntax/read_json.h"

#include <stdlib.h>

const struct kind acknowledge_malformed = { "", LEVEL_ERROR,
                                            "this is no file of acknowledgements" };

static const char mark[] = "acknowledged: ";
enum { MAX_ENTRIES = 10000 };

static bool is_text(const struct data *data)
{
    return data && data->kind == DATA_SCALAR && !data->plain;
}

static bool read_entry(struct run *run, const struct data *item, struct acknowledgement *out)
{
    const struct data *rule = data_find(item, STR("rule"));
    const struct data *fingerprint = data_find(item, STR("fingerprint"));
    const struct data *reason = data_find(item, STR("reason"));
    if (!is_text(rule) || !is_text(fingerprint) || !str_hex64(fingerprint->text, &out->fingerprint))
        return diagf(run, &acknowledge_malformed, item->span,
                     "an entry needs a rule and a fingerprint of 16 digits");
    if (!is_text(reason) || !str_trim(reason->text).len)
        return diagf(run, &acknowledge_malformed, (reason ? reason : item)->span,
                     "an entry needs a reason: why this may be merged");
    out->rule = rule->text;
    out->reason = reason->text;
    out->span = item->span;
    return true;
}

bool acknowledge_read(struct run *run, uint32_t file, Str text, struct acknowledgements *out)
{
    const struct data *root;
    uint32_t schema;
    *out = (struct acknowledgements){ 0 };
    if (!read_json(run, files_whole(file), text, &root))
        return false;
    const struct data *version = data_find(root, STR("schema"));
    const struct data *list = data_find(root, STR("acknowledged"));
    if (!version || !data_get_number(version, 1, &schema) || schema != 1 || !list ||
        list->kind != DATA_LIST)
        return diagf(run, &acknowledge_malformed, files_whole(file),
                     "it needs \"schema\": 1 and a list \"acknowledged\"");
    if (list->count > MAX_ENTRIES)
        return diagf(run, &acknowledge_malformed, list->span, "there are too many entries");
    for (uint32_t i = 0; i < list->count; i++) {
        struct acknowledgement entry = { 0 };
        if (!read_entry(run, list->entries[i].value, &entry))
            return false;
        *vec_push(run->arena, out) = entry;
    }
    return true;
}

static uint64_t hash_of(const struct acknowledgement *entry)
{
    return hash_str(hash_str(hash_u64(HASH_SEED, entry->fingerprint), entry->rule), entry->reason);
}

static bool is_same(const struct acknowledgement *a, const struct acknowledgement *b)
{
    return a->fingerprint == b->fingerprint && str_equal(a->rule, b->rule) &&
           str_equal(a->reason, b->reason);
}

static bool has(const struct map *map, const struct acknowledgement *entry)
{
    const struct acknowledgement *other;
    uint32_t at = 0;
    while ((other = map_next(map, hash_of(entry), &at)))
        if (is_same(other, entry))
            return true;
    return false;
}

void acknowledge_subtract(struct arena *arena, struct acknowledgements *list,
                          const struct acknowledgements *before)
{
    struct map known = { 0 };
    uint32_t kept = 0;
    for (uint32_t i = 0; i < before->count; i++)
        map_add(arena, &known, hash_of(&before->items[i]), &before->items[i]);
    for (uint32_t i = 0; i < list->count; i++)
        if (!has(&known, &list->items[i]))
            list->items[kept++] = list->items[i];
    list->count = kept;
}

void acknowledge_apply(struct arena *arena, struct acknowledgements *list,
                       struct findings *findings)
{
    struct map known = { 0 };
    for (uint32_t i = 0; i < list->count; i++)
        map_add(arena, &known, list->items[i].fingerprint, &list->items[i]);
    for (uint32_t i = 0; i < findings->count; i++) {
        struct finding *finding = &findings->items[i];
        struct acknowledgement *entry;
        uint32_t at = 0;
        while ((entry = map_next(&known, finding->fingerprint, &at))) {
            if (!finding->review || !str_equal(entry->rule, finding->rule->id))
                continue;
            entry->used++;
            if (finding->suppressed)
                continue;
            finding->suppressed = true;
            finding->suppressed_by = str_concat(arena, str_from(mark), entry->reason);
        }
    }
}

static int by_fingerprint(const void *left, const void *right)
{
    const struct finding *const *a = left, *const *b = right;
    int order = str_compare((*a)->rule->id, (*b)->rule->id);
    if (order)
        return order;
    return ((*a)->fingerprint > (*b)->fingerprint) - ((*a)->fingerprint < (*b)->fingerprint);
}

void acknowledge_write(struct arena *arena, const struct findings *findings, struct buf *buf)
{
    const struct finding **list = ARENA_ARRAY(arena, const struct finding *, findings->count + 1);
    uint32_t count = 0;
    for (uint32_t i = 0; i < findings->count; i++) {
        const struct finding *finding = &findings->items[i];
        Str reason = finding->suppressed_by;
        if (finding->review && (!finding->suppressed || str_eat(&reason, str_from(mark))))
            list[count++] = finding;
    }
    if (count)
        qsort(list, count, sizeof *list, by_fingerprint);
    struct jout out = { .buf = buf };
    jout_object(&out);
    jout_key(&out, "schema");
    jout_number(&out, 1);
    jout_key(&out, "acknowledged");
    jout_array(&out);
    for (uint32_t i = 0; i < count; i++) {
        if (i && by_fingerprint(&list[i], &list[i - 1]) == 0)
            continue;
        jout_line(&out);
        jout_object(&out);
        jout_key(&out, "rule");
        jout_str(&out, list[i]->rule->id);
        jout_key(&out, "fingerprint");
        jout_str(&out, str_format(arena, "%016llx", (unsigned long long)list[i]->fingerprint));
        Str reason = list[i]->suppressed_by;
        jout_key(&out, "reason");
        jout_str(&out, str_eat(&reason, str_from(mark)) ? reason : STR(""));
        jout_key(&out, "message"); // for people: only the others count
        jout_str(&out, list[i]->message);
        jout_object_end(&out);
    }
    jout_line(&out);
    jout_array_end(&out);
    jout_object_end(&out);
    buf_add_char(buf, '\n');
}
