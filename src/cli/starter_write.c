#include "base/jout.h"
#include "cli/config_shape.h"
#include "cli/starter.h"

#include <assert.h>
#include <stddef.h>

// Any text as a scalar of YAML: JSON is YAML.
static void add_text(struct buf *out, Str text)
{
    struct jout jout = { .buf = out };
    jout_str(&jout, text);
}

static void add_count(struct buf *out, uint32_t count, const char *noun)
{
    buf_addf(out, "%u %s%s", count, noun, count == 1 ? "" : "s");
}

// ---- one function a key: below its help, the key itself

static void write_version(const struct starter *starter, struct buf *out)
{
    (void)starter;
    buf_add_text(out, "version: 1\n");
}

static void write_sources(const struct starter *starter, struct buf *out)
{
    if (!starter->layers.count) {
        buf_add_text(out, "# Nothing is recognised here yet.\n"
                          "#sources:\n"
                          "#  - {path: \"deploy/nginx/nginx.conf\", type: nginx}\n");
        return;
    }
    uint32_t files = 0;
    buf_add_text(out, "# Recognised here:");
    for (uint32_t i = 0; i < starter->layers.count; i++) {
        const struct starter_layer *layer = &starter->layers.items[i];
        files += layer->files;
        buf_add_text(out, i ? ", " : " ");
        if (i)
            buf_addf(out, "%u", layer->files);
        else
            add_count(out, layer->files, "file");
        buf_addf(out, " as %s", layer->name);
    }
    buf_add_text(out, ". Where sources are listed, nothing else is read.\n#sources:\n");
    for (uint32_t i = 0; i < starter->files.count; i++) {
        buf_add_text(out, "#  - {path: ");
        add_text(out, starter->files.items[i].path);
        buf_addf(out, ", type: %s}\n", starter->files.items[i].layer);
    }
    if (files > starter->files.count)
        buf_addf(out, "# ... and %u more\n", files - starter->files.count);
}

static void write_trusted(const struct starter *starter, struct buf *out)
{
    if (!starter->found.count) {
        buf_add_text(out, "# Your own frontends, for example; *. stands for any subdomain.\n"
                          "#trusted_origins:\n"
                          "#  - \"https://*.example.com\"\n");
        return;
    }
    buf_add_text(out,
                 "# The configuration names these one by one, and lets them read. Keep those that "
                 "you know\n"
                 "# and trust; *. stands for any subdomain.\n"
                 "#trusted_origins:\n");
    for (uint32_t i = 0; i < starter->found.count && i < STARTER_ORIGINS; i++) {
        const struct starter_origin *origin = starter->found.items[i];
        buf_add_text(out, "#  - ");
        add_text(out, origin->text);
        buf_add_text(out, " # reads ");
        add_count(out, origin->endpoints, "endpoint");
        buf_add_text(out, origin->credentials ? ", also with cookies\n" : "\n");
    }
    if (starter->has_more)
        buf_add_text(out, "# ... and more\n");
    else if (starter->found.count > STARTER_ORIGINS)
        buf_addf(out, "# ... and %u more\n", starter->found.count - STARTER_ORIGINS);
}

static void write_expect(const struct starter *starter, struct buf *out)
{
    uint32_t written = 0;
    for (uint32_t i = 0; i < starter->found.count && written < STARTER_EXPECTATIONS; i++) {
        const struct starter_origin *origin = starter->found.items[i];
        if (!origin->url.len)
            continue;
        if (!written++)
            buf_add_text(out, "# What works now, for example:\n#expect:\n");
        struct buf request = { .arena = out->arena };
        buf_addf(&request, "GET %.*s", STR_ARG(origin->url));
        buf_add_text(out, "#  - {page: ");
        add_text(out, origin->text);
        buf_add_text(out, ", request: ");
        add_text(out, buf_str(&request));
        buf_add_text(out, origin->credentials ? ", credentials: include}\n" : "}\n");
    }
    if (!written)
        buf_add_text(
            out, "#expect:\n"
                 "#  - {page: \"https://shop.example.com\", request: \"PUT "
                 "https://api.example.com/cart\",\n"
                 "#     headers: [content-type], credentials: include}\n"
                 "#  - {page: \"https://evil.test\", request: \"GET https://api.example.com/me\",\n"
                 "#     credentials: include, outcome: blocked}\n");
}

static void write_stack(const struct starter *starter, struct buf *out)
{
    buf_add_text(out, "#stack: [");
    if (starter->layers.count < 2)
        buf_add_text(out, "cloudfront, nginx");
    for (uint32_t i = 0; starter->layers.count > 1 && i < starter->layers.count; i++)
        buf_addf(out, "%s%s", i ? ", " : "", starter->layers.items[i].name);
    buf_add_text(out, "]\n");
}

static void write_upstreams(const struct starter *starter, struct buf *out)
{
    buf_add_text(out,
                 "# own: it decides for itself, so what it answers is unknown.\n#upstreams:\n");
    for (uint32_t i = 0; i < starter->targets.count && i < STARTER_TARGETS; i++) {
        buf_add_text(out, "#  ");
        add_text(out, starter->targets.items[i]);
        buf_add_text(out, ": none\n");
    }
    if (!starter->targets.count)
        buf_add_text(out, "#  \"http://app:8080\": own\n");
    if (starter->targets.count > STARTER_TARGETS)
        buf_addf(out, "# ... and %u more\n", starter->targets.count - STARTER_TARGETS);
}

static void write_nginx(const struct starter *starter, struct buf *out)
{
    (void)starter;
    buf_add_text(out, "#nginx: {version: \"1.26\"}\n");
}

static void write_controllers(const struct starter *starter, struct buf *out)
{
    (void)starter;
    buf_add_text(out, "#controllers:\n"
                      "#  ingress-nginx: {version: \"1.12\", annotation-validation: true}\n");
}

static void write_review(const struct starter *starter, struct buf *out)
{
    (void)starter;
    buf_add_text(out, "# Without approvers, nobody can approve what `corsgate gate` holds.\n"
                      "#review:\n"
                      "#  approvals: 1\n"
                      "#  approvers: [\"@example/platform\", alice] # a team, a login\n");
}

static void write_rules(const struct starter *starter, struct buf *out)
{
    (void)starter;
    buf_add_text(out, "# `corsgate rules` lists them; off, note, warning or error.\n"
                      "#rules:\n"
                      "#  CG304: off\n");
}

static void write_custom_rules(const struct starter *starter, struct buf *out)
{
    (void)starter;
    buf_add_text(out, "#custom_rules: [\"policy/*.yaml\"]\n");
}

static void write_waive(const struct starter *starter, struct buf *out)
{
    (void)starter;
    buf_add_text(out, "#waive:\n"
                      "#  - {rule: CG404, endpoint: \"https://embed.example.com/\",\n"
                      "#     until: 2030-01-31, reason: \"sandboxed preview frames\"}\n");
}

static const struct section {
    const char *key;
    void (*write)(const struct starter *starter, struct buf *out);
} sections[] = {
    { "version", write_version },
    { "sources", write_sources },
    { "trusted_origins", write_trusted },
    { "expect", write_expect },
    { "stack", write_stack },
    { "upstreams", write_upstreams },
    { "nginx", write_nginx },
    { "controllers", write_controllers },
    { "review", write_review },
    { "rules", write_rules },
    { "custom_rules", write_custom_rules },
    { "waive", write_waive },
};

void starter_write(const struct starter *starter, struct buf *out)
{
    buf_add_text(out,
                 "# What corsgate cannot see in the configuration of your servers; see "
                 "docs/configuration.md.\n"
                 "# All of it is optional. A key behind \"#\" is a proposal: take the \"#\" away "
                 "where it is right.\n");
    for (const struct shape_key *key = config_shape.keys; key->name; key++) {
        const struct section *section = NULL;
        for (size_t i = 0; i < sizeof sections / sizeof *sections && !section; i++)
            if (str_is(str_from(key->name), sections[i].key))
                section = &sections[i];
        assert(section);
        buf_addf(out, "\n# %s\n", key->help);
        section->write(starter, out);
    }
}
