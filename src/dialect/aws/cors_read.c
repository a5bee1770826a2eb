// The CORS settings of HTTP APIs and function URLs, as each format spells them. Source:
// reference/gateways.md 4.1, 4.3, 4.5.
#include "dialect/aws/aws.h"

enum { PARTS = 6 };

static const char *const spellings[][PARTS + 1] = {
    [AWS_UPPER] = { "AllowOrigins", "AllowMethods", "AllowHeaders", "ExposeHeaders", "MaxAge",
                    "AllowCredentials", NULL },
    [AWS_LOWER] = { "allowOrigins", "allowMethods", "allowHeaders", "exposeHeaders", "maxAge",
                    "allowCredentials", NULL },
    [AWS_SERVERLESS] = { "allowedOrigins", "allowedMethods", "allowedHeaders",
                         "exposedResponseHeaders", "maxAge", "allowCredentials", NULL },
};

static struct term *part(struct aws_cors *cors, int i)
{
    struct term *const parts[PARTS] = { &cors->origins, &cors->methods, &cors->headers,
                                        &cors->expose,  &cors->max_age, &cors->credentials };
    return parts[i];
}

bool aws_cors_read(struct aws *aws, const struct term *term, enum aws_spelling spelling,
                   struct aws_cors *out)
{
    if (!term_is_there(term))
        return false;
    struct aws_cors cors = { .span = term->span };
    if (term->kind != TERM_MAP && term->kind != TERM_UNKNOWN) {
        aws_complain(aws, term->span, "the CORS settings are %s, where a map stands",
                     term_kind_text(term));
        return false;
    }
    if (term->kind == TERM_UNKNOWN)
        cors.unknown = value_find_unknown(term->value);
    for (int i = 0; i < PARTS; i++)
        *part(&cors, i) = term_find(aws->terms, term, spellings[spelling][i]);
    aws_check_keys(aws, term, spellings[spelling], "The CORS configuration");
    *out = cors;
    return true;
}

void aws_cors_merge(struct aws_cors *cors, const struct aws_cors *over)
{
    struct aws_cors from = *over;
    for (int i = 0; i < PARTS; i++)
        if (term_is_there(part(&from, i)))
            *part(cors, i) = *part(&from, i);
    if (over->unknown)
        cors->unknown = over->unknown;
    if (over->span.file)
        cors->span = over->span;
}

static void check_count(struct aws *aws, const struct term *list, uint32_t max, const char *name)
{
    if (list->kind == TERM_LIST && term_count(list) > max)
        aws_remark(aws, "CG510", list->span,
                   "Lambda takes at most %u entries in %s, so that this cannot be deployed", max,
                   name);
}

void aws_check_function_cors(struct aws *aws, const struct aws_cors *cors)
{
    Str method;
    uint32_t age;
    check_count(aws, &cors->origins, 100, "AllowOrigins");
    check_count(aws, &cors->methods, 6, "AllowMethods");
    check_count(aws, &cors->headers, 100, "AllowHeaders");
    check_count(aws, &cors->expose, 100, "ExposeHeaders");
    for (uint32_t i = 0; cors->methods.kind == TERM_LIST && i < term_count(&cors->methods); i++) {
        struct term one = term_at(aws->terms, &cors->methods, i);
        if (term_is_known(&one, &method) && method.len > 6)
            aws_remark(aws, "CG511", one.span,
                       "Lambda takes no method of more than six letters, so that %.*s cannot be "
                       "deployed",
                       STR_ARG(method));
    }
    if (term_get_number(&cors->max_age, UINT32_MAX, &age) && age > 86400)
        aws_remark(aws, "CG510", cors->max_age.span,
                   "Lambda takes a MaxAge of at most 86400 seconds, so that this cannot be "
                   "deployed");
}
