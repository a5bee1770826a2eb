#include "dialect/kubernetes/loose.h"

#include "base/hash.h"

#include <string.h>

// Whether a text is, or patches, an annotation of a controller that may decide about CORS.
static bool is_annotation(Str text)
{
    static const char *const names[] = { "cors", "snippet", "custom-headers", "middlewares" };
    if (!str_contains(text, STR("kubernetes.io/")) && !str_contains(text, STR("kubernetes.io~1")))
        return false;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_contains(text, str_from(names[i])))
            return true;
    return false;
}

// The map or list closest around the first such annotation, or the text itself; NULL: none.
static const struct data *find(const struct data *data, uint32_t depth)
{
    if (data->kind == DATA_SCALAR)
        return is_annotation(data->text) ? data : NULL;
    for (uint32_t i = 0; i < data->count && depth; i++) {
        const struct data *key = data->entries[i].key;
        const struct data *found =
            key && find(key, depth - 1) ? data : find(data->entries[i].value, depth - 1);
        if (found)
            return found->kind == DATA_SCALAR && data->kind == DATA_MAP ? data : found;
    }
    return NULL;
}

static bool is_object(const struct data *root)
{
    Str kind = document_text(root, "kind");
    return kind.len && !str_is(kind, "Kustomization") && document_find(root, "apiVersion");
}

bool loose_claim(const struct document *document, Str *why)
{
    if (is_object(document->root) || !find(document->root, 32))
        return false;
    *why = STR("it has annotations of Kubernetes objects that something else renders");
    return true;
}

void loose_read(struct cluster *cluster)
{
    for (uint32_t i = 0; i < cluster->reading->documents.count; i++) {
        const struct document *document = cluster->reading->documents.items[i];
        if (is_object(document->root))
            continue;
        const struct data *found = find(document->root, 32);
        if (!found)
            continue;
        document_outside(
            cluster->policy, document->path, "kubernetes",
            (struct unknown){ found->span,
                              STR("what becomes of annotations that are rendered somewhere else"),
                              data_hash(found) });
    }
}
