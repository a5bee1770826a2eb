#include "cli/config_shape.h"

#include "dialect/dialect.h"

#include <stddef.h>

#define ORIGIN_PATTERN "^[A-Za-z][A-Za-z0-9+.-]*://[^/]+$"
#define URL_PATTERN "^(https?|\\*)://[^/?#@]+/[^?#]*$"
#define DATE_PATTERN "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
#define RULE_PATTERN "^[A-Za-z][A-Za-z0-9_-]*$"
#define LOGIN_PATTERN "^@?[A-Za-z0-9][A-Za-z0-9_.-]*(/[A-Za-z0-9][A-Za-z0-9_.-]*)?$"

static const char *dialect_name(uint32_t number)
{
    return number < dialect_count ? dialects[number]->name : NULL;
}

static const char *product_name(uint32_t number)
{
    return number < dialect_product_count ? dialect_products[number] : NULL;
}

static const struct shape text = { .kind = SHAPE_TEXT, .expected = "a text" };
static const struct shape scalar = { .kind = SHAPE_SCALAR, .expected = "a text or a number" };
static const struct shape truth = { .kind = SHAPE_BOOL, .expected = "true or false" };
static const struct shape texts = { .kind = SHAPE_LIST, .expected = "a list", .item = &text };

static const struct shape path = { .kind = SHAPE_TEXT, .expected = "a file, a folder or a glob" };
static const struct shape type = { .kind = SHAPE_TEXT,
                                   .expected = "the name of a product",
                                   .names = dialect_name };
static const struct shape_key source_keys[] = {
    { "path", &path, true, "A file, a folder, or a glob." },
    { "type", &type, false, "What it is read as. Default: what it is recognised as." },
    { 0 },
};
static const struct shape source_map = { .kind = SHAPE_MAP,
                                         .expected = "a map",
                                         .keys = source_keys };
static const struct shape *const source_choices[] = { &path, &source_map, NULL };
static const struct shape source = { .kind = SHAPE_EITHER,
                                     .expected = "a path, or a map with path and type",
                                     .choices = source_choices };
static const struct shape sources = { .kind = SHAPE_LIST, .expected = "a list", .item = &source };

static const struct shape origin = { .kind = SHAPE_TEXT,
                                     .expected = "an origin",
                                     .pattern = ORIGIN_PATTERN };
static const struct shape origins = { .kind = SHAPE_LIST,
                                      .expected = "a list of origins",
                                      .item = &origin };

static const struct shape page = { .kind = SHAPE_TEXT,
                                   .expected = "an origin, or null",
                                   .null = true,
                                   .pattern = "^(null|[A-Za-z][A-Za-z0-9+.-]*://[^/]+)$" };
static const struct shape request = {
    .kind = SHAPE_TEXT,
    .expected = "a method and a URL, such as \"PUT https://api.example.com/cart\"",
    .pattern = "^[!#$%&'*+.^_`|~0-9A-Za-z-]+ +https?://[^/?#@]+/[^#]*$",
};
static const struct shape credentials = { .kind = SHAPE_WORD,
                                          .expected = "include, same-origin or omit",
                                          .words = "include same-origin omit" };
static const struct shape outcome = { .kind = SHAPE_WORD,
                                      .expected = "allowed or blocked",
                                      .words = "allowed blocked" };
static const struct shape header_name = { .kind = SHAPE_TEXT,
                                          .expected = "the name of a header",
                                          .pattern = "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$" };
static const struct shape header_names = { .kind = SHAPE_LIST,
                                           .expected = "a list of names",
                                           .item = &header_name };
static const struct shape_key expectation_keys[] = {
    { "page", &page, true, "The origin of the page; *. stands for any subdomain." },
    { "request", &request, true, "Method and URL; a final * stands for anything below." },
    { "headers", &header_names, false, "Request headers that the page sets." },
    { "credentials", &credentials, false, "As in fetch(). Default: omit." },
    { "outcome", &outcome, false, "What must happen. Default: allowed." },
    { 0 },
};
static const struct shape expectation = { .kind = SHAPE_MAP,
                                          .expected = "a map with page and request",
                                          .keys = expectation_keys };
static const struct shape expectations = { .kind = SHAPE_LIST,
                                           .expected = "a list",
                                           .item = &expectation };

static const struct shape version_text = {
    .kind = SHAPE_SCALAR,
    .expected = "a version such as \"1.26\"",
    .pattern = "^[0-9]{1,3}\\.[0-9]{1,3}(\\.[0-9]{1,3})?$",
};
static const struct shape_key nginx_keys[] = {
    { "version", &version_text, false,
      "Where behaviour depends on it. Default: the newest known." },
    { 0 },
};
static const struct shape nginx = { .kind = SHAPE_MAP,
                                    .expected = "a map with version",
                                    .keys = nginx_keys };

static const struct shape controller = { .kind = SHAPE_TABLE,
                                         .expected = "a map from settings to values",
                                         .item = &scalar };
static const struct shape controllers = { .kind = SHAPE_TABLE,
                                          .expected = "a map from products to settings",
                                          .names = product_name,
                                          .item = &controller };

static const struct shape status = {
    .kind = SHAPE_NUMBER, .expected = "a status from 100 to 599", .low = 100, .high = 599
};
static const struct shape header_values = { .kind = SHAPE_LIST,
                                            .expected = "a list of texts",
                                            .item = &scalar };
static const struct shape *const header_choices[] = { &scalar, &header_values, NULL };
static const struct shape header = { .kind = SHAPE_EITHER,
                                     .expected = "a text or a list of texts",
                                     .choices = header_choices };
static const struct shape headers = { .kind = SHAPE_TABLE,
                                      .expected = "a map from names to values",
                                      .item = &header };
static const struct shape_key upstream_keys[] = {
    { "headers", &headers, false, "What it always sends." },
    { "status", &status, false, "What it always answers. Default: 200." },
    { 0 },
};
static const struct shape upstream_map = { .kind = SHAPE_MAP,
                                           .expected = "a map",
                                           .keys = upstream_keys };
static const struct shape upstream_word = { .kind = SHAPE_WORD,
                                            .expected = "own or none",
                                            .words = "own none" };
static const struct shape *const upstream_choices[] = { &upstream_word, &upstream_map, NULL };
static const struct shape upstream = { .kind = SHAPE_EITHER,
                                       .expected = "own, none, or a map with headers and status",
                                       .choices = upstream_choices };
static const struct shape upstreams = { .kind = SHAPE_TABLE,
                                        .expected = "a map from targets to what they send",
                                        .item = &upstream };

static const struct shape approvals = {
    .kind = SHAPE_NUMBER, .expected = "a number from 1 to 10", .low = 1, .high = 10
};
static const struct shape login = { .kind = SHAPE_TEXT,
                                    .expected = "a login or a team",
                                    .pattern = LOGIN_PATTERN };
static const struct shape logins = { .kind = SHAPE_LIST,
                                     .expected = "a list of logins and teams",
                                     .item = &login };
static const struct shape stale = { .kind = SHAPE_WORD,
                                    .expected = "strict or same-findings",
                                    .words = "strict same-findings" };
static const struct shape url = { .kind = SHAPE_TEXT,
                                  .expected = "a URL, in which * stands for anything",
                                  .pattern = URL_PATTERN };
static const struct shape_key place_keys[] = {
    { "url", &url, true, "The endpoints; * stands for anything." },
    { "approvers", &logins, false, "Who may approve there. Default: as for the rest." },
    { "approvals", &approvals, false, "How many are needed there. Default: as for the rest." },
    { 0 },
};
static const struct shape place = { .kind = SHAPE_MAP,
                                    .expected = "a map with url",
                                    .keys = place_keys };
static const struct shape places = { .kind = SHAPE_LIST, .expected = "a list", .item = &place };
static const struct shape_key review_keys[] = {
    { "approvals", &approvals, false, "How many approvals lift a needed review. Default: 1." },
    { "approvers", &logins, false, "Whose approvals count: logins or teams." },
    { "stale", &stale, false, "Whether an approval of an older head counts. Default: strict." },
    { "endpoints", &places, false, "Endpoints with approvers of their own." },
    { "acknowledge", &path, false,
      "A file, with owners of its own, that names what was approved." },
    { "verified_revert", &truth, false,
      "Whether a change back to what an ancestor allowed needs no approval. Default: true." },
    { 0 },
};
static const struct shape review = { .kind = SHAPE_MAP, .expected = "a map", .keys = review_keys };

static const struct shape level = { .kind = SHAPE_WORD,
                                    .expected = "off, note, warning or error",
                                    .words = "off note warning error",
                                    .off = true };
static const struct shape rules = { .kind = SHAPE_TABLE,
                                    .expected = "a map from rule ids to levels",
                                    .pattern = RULE_PATTERN,
                                    .item = &level };

static const struct shape rule = { .kind = SHAPE_TEXT,
                                   .expected = "the id of a rule",
                                   .pattern = RULE_PATTERN };
static const struct shape date = { .kind = SHAPE_TEXT,
                                   .expected = "a date such as 2027-01-31",
                                   .pattern = DATE_PATTERN };
static const struct shape_key waiver_keys[] = {
    { "rule", &rule, true, "What is waived." },
    { "endpoint", &url, true, "Where; * stands for anything." },
    { "until", &date, false, "The last day on which it counts. Default: for ever." },
    { "reason", &text, true, "Why." },
    { 0 },
};
static const struct shape waiver = { .kind = SHAPE_MAP,
                                     .expected = "a map with rule, endpoint and reason",
                                     .keys = waiver_keys };
static const struct shape waivers = { .kind = SHAPE_LIST, .expected = "a list", .item = &waiver };

static const struct shape version = { .kind = SHAPE_NUMBER, .expected = "1", .low = 1, .high = 1 };

static const struct shape_key top_keys[] = {
    { "version", &version, false, "Of this format." },
    { "sources", &sources, false, "What to read, and as what. Default: what is recognised." },
    { "trusted_origins", &origins, false, "Origins that may gain access without a review." },
    { "expect", &expectations, false,
      "Cross-origin requests that must keep working, or must never work." },
    { "stack", &texts, false,
      "Layers that serve the same hosts, outermost first: names of products, or files." },
    { "upstreams", &upstreams, false,
      "What stands behind a proxy does about CORS itself. Default: nothing." },
    { "nginx", &nginx, false, "About nginx." },
    { "controllers", &controllers, false, "What controllers run with." },
    { "review", &review, false, "Who approves." },
    { "rules", &rules, false, "Levels of rules." },
    { "custom_rules", &texts, false, "Files with rules of the project's own." },
    { "waive", &waivers, false, "Findings that are accepted." },
    { 0 },
};

const struct shape config_shape = { .kind = SHAPE_MAP,
                                    .expected = "a map from keys to values",
                                    .keys = top_keys };
