#include "syntax/read_json.h"

#include "syntax/json_tree.h"

#include <jansson.h>

#include <stddef.h>
#include <string.h>

const struct kind json_malformed = { "CG901", LEVEL_ERROR, "this is not valid JSON" };
const struct kind json_duplicate_key = { "CG901", LEVEL_ERROR, "the key is written twice" };
const struct kind json_too_large = { "CG903", LEVEL_ERROR, "the JSON exceeds a limit" };

// ---- what jansson complains about

// The token that the complaint is about: jansson stands behind it, and quotes short ones.
static Str token_of(Str text, const json_error_t *error)
{
    static const char quote[] = " near '";
    size_t end = error->position < 0 ? 0 : (size_t)error->position;
    if (end > text.len)
        end = text.len;
    const char *near = strstr(error->text, quote);
    size_t len = 0, told = strlen(error->text);
    if (near && told && error->text[told - 1] == '\'')
        len = told - 1 - (size_t)(near + sizeof quote - 1 - error->text);
    if (len > end)
        len = end;
    return str_slice(text, end - len, end);
}

// What is wrong, in the words of somebody who knows what people get wrong; NULL: as jansson says.
static const char *hint(Str text, Str token)
{
    size_t at = (size_t)(token.ptr - text.ptr);
    if (at == 0 && str_starts(text, STR("\xEF\xBB\xBF")))
        return "it begins with a byte order mark, which JSON does not have";
    if (!token.len)
        return NULL;
    if (token.ptr[0] == '/' || token.ptr[0] == '#')
        return "JSON has no comments";
    if (token.ptr[0] == '\'')
        return "JSON's texts stand in double quotes";
    Str before = str_trim(str_slice(text, 0, at));
    bool closes = token.ptr[0] == '}' || token.ptr[0] == ']';
    if (closes && str_ends(before, STR(",")))
        return "JSON has no comma behind the last item";
    return NULL;
}

static bool complain(struct run *run, Span at, Str text, const json_error_t *error)
{
    Str token = text.len ? token_of(text, error) : text;
    uint32_t begin = at.begin + (uint32_t)(text.len ? token.ptr - text.ptr : 0);
    uint32_t end = begin + (uint32_t)token.len;
    if (!token.len && begin < at.begin + text.len)
        end = begin + 1;
    Span span = { at.file, begin, end };
    if (json_error_code(error) == json_error_stack_overflow)
        return diagf(run, &json_too_large, span, "%s", error->text);
    const char *known = text.len ? hint(text, token) : "it is empty";
    return diagf(run, &json_malformed, span, "%s", known ? known : error->text);
}

// ---- the tree

static uint32_t text_end(Str text, uint32_t at, bool loose)
{
    for (at++; at < text.len && text.ptr[at] != '"'; at++) {
        if (loose && text.ptr[at] == '\n')
            return at;
        at += text.ptr[at] == '\\';
    }
    return at < text.len ? at + 1 : (uint32_t)text.len;
}

static uint32_t word_end(Str text, uint32_t at)
{
    for (at++; at < text.len && !memchr(" \t\r\n,:[]{}\"", text.ptr[at], 11); at++)
        ;
    return at;
}

static uint32_t behind(Str text, uint32_t at, Str end)
{
    Str rest = str_slice(text, at, text.len);
    const char *found = rest.len ? memmem(rest.ptr, rest.len, end.ptr, end.len) : NULL;
    return found ? (uint32_t)((size_t)(found - text.ptr) + end.len) : (uint32_t)text.len;
}

// Where a comment or a template's placeholder at `at` ends; `at` when there is none.
static uint32_t aside_end(struct json_tree *tree, Str text, uint32_t at)
{
    Str rest = str_slice(text, at, text.len);
    if (str_starts(rest, STR("#")) || str_starts(rest, STR("//")))
        return behind(text, at, STR("\n"));
    if (str_starts(rest, STR("/*")))
        return behind(text, at + 2, STR("*/"));
    if (!str_starts(rest, STR("{{")))
        return at;
    json_tree_comma(tree); // stands where a value would: there is none
    return behind(text, at, STR("}}"));
}

// Goes through the tokens. Where jansson has said that the text is well-formed they say it all; of
// a loose one what makes sense is kept.
static void scan(struct json_tree *tree, Str text, bool loose)
{
    for (uint32_t at = 0, end; at < text.len; at = end) {
        end = loose ? aside_end(tree, text, at) : at;
        if (end > at)
            continue;
        end = at + 1;
        switch (text.ptr[at]) {
        case ' ':
        case '\t':
        case '\r':
        case '\n':
            break;
        case '{':
        case '[':
            if (!json_tree_open(tree, text.ptr[at] == '{' ? DATA_MAP : DATA_LIST, at))
                return;
            break;
        case '}':
        case ']':
            json_tree_close(tree, text.ptr[at] == '}' ? DATA_MAP : DATA_LIST, end);
            break;
        case ':':
            json_tree_colon(tree);
            break;
        case ',':
            json_tree_comma(tree);
            break;
        case '"':
            end = text_end(text, at, loose);
            json_tree_scalar(tree, at, end);
            break;
        default:
            end = word_end(text, at);
            json_tree_scalar(tree, at, end);
            break;
        }
    }
}

bool read_json(struct run *run, Span at, Str text, const struct data **out)
{
    json_error_t error;
    json_t *json = json_loadb(text.ptr ? text.ptr : "", text.len, JSON_FLAGS, &error);
    bool good = json != NULL;
    const char *nul = good ? memchr(text.ptr, '\0', text.len) : NULL;
    if (!good) {
        complain(run, at, text, &error);
    } else if (nul) { // jansson loses it behind a number
        uint32_t begin = at.begin + (uint32_t)(nul - text.ptr);
        good = diagf(run, &json_malformed, (Span){ at.file, begin, begin + 1 },
                     "a byte of value 0 stands outside of texts");
    }
    json_decref(json); // before the tree is built: both at once would take twice the memory
    struct json_tree tree;
    json_tree_begin(&tree, run, at, text, !good);
    scan(&tree, text, !good);
    *out = json_tree_end(&tree);
    return good && tree.good;
}
