#include "fa/pcre.h"

#include "fa/program.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

// A pattern may use this part of the limits, so that hostile ones are given up quickly.
enum { STEPS_PART = 8 };

static struct pool_budget part_of_limits(const struct fa_space *space)
{
    return (struct pool_budget){ .states = space->limits->fa_states,
                                 .steps = space->limits->fa_steps / STEPS_PART };
}

// PCRE2's own verdict, and what it says about the groups.
static struct tree_verdict ask_pcre2(struct regex *regex, Str pattern, uint32_t *groups)
{
    enum { MESSAGE = 256 };
    struct arena *arena = fa_space_arena(regex->space);
    int code;
    PCRE2_SIZE offset;
    uint32_t options = regex->flags & REGEX_CASELESS ? PCRE2_CASELESS : 0;
    pcre2_code *compiled = pcre2_compile((PCRE2_SPTR)(pattern.ptr ? pattern.ptr : ""), pattern.len,
                                         options, &code, &offset, NULL);
    if (!compiled) {
        PCRE2_UCHAR message[MESSAGE];
        pcre2_get_error_message(code, message, sizeof message);
        const char *why = str_terminated(arena, str_from((const char *)message));
        return (struct tree_verdict){ REGEX_INVALID, why, (uint32_t)offset };
    }
    uint32_t count = 0, names = 0, size = 0;
    PCRE2_SPTR entry = NULL;
    pcre2_pattern_info(compiled, PCRE2_INFO_CAPTURECOUNT, &count);
    pcre2_pattern_info(compiled, PCRE2_INFO_NAMECOUNT, &names);
    pcre2_pattern_info(compiled, PCRE2_INFO_NAMEENTRYSIZE, &size);
    pcre2_pattern_info(compiled, PCRE2_INFO_NAMETABLE, &entry);
    while (regex->groups.count <= count)
        (void)vec_push(arena, &regex->groups);
    for (uint32_t i = 0; i < names; i++, entry += size) {
        uint32_t number = (uint32_t)entry[0] << 8 | entry[1];
        if (number <= count)
            regex->groups.items[number].name = str_copy(arena, str_from((const char *)entry + 2));
    }
    *groups = count;
    pcre2_code_free(compiled);
    return (struct tree_verdict){ REGEX_OK, NULL, 0 };
}

static struct tree_verdict to_language(struct regex *regex, const struct fa **language)
{
    struct fa_space *space = regex->space;
    struct pool_budget budget = part_of_limits(space);
    struct arena *scratch = arena_new();
    space->shared = &budget;
    struct program program = program_new(regex, false, scratch);
    struct tree_verdict verdict = program.verdict;
    if (verdict.status == REGEX_OK)
        *language = pool_wrap(space, run_program(&program, scratch, RUN_MATCH, 0, 0));
    if (verdict.status == REGEX_OK && !*language)
        verdict =
            (struct tree_verdict){ REGEX_TOO_LARGE, "the expression needs too many states", 0 };
    if (verdict.status == REGEX_TOO_LARGE)
        space->exhausted = true;
    space->shared = NULL;
    arena_free(scratch);
    return verdict;
}

struct regex_result regex_compile(struct fa_space *space, Str pattern, enum regex_dialect dialect,
                                  unsigned flags)
{
    struct regex *regex = ARENA_NEW(fa_space_arena(space), struct regex);
    *regex = (struct regex){ .space = space,
                             .dialect = dialect,
                             .flags = flags,
                             .limit_nesting = space->limits->nesting,
                             .pattern = str_copy(fa_space_arena(space), pattern) };
    uint32_t groups = 0;
    struct tree_verdict verdict = { REGEX_OK, NULL, 0 };
    if (pattern.len > UINT32_MAX / 2)
        verdict = (struct tree_verdict){ REGEX_TOO_LARGE, "the expression is too long", 0 };
    else if (dialect == REGEX_PCRE2)
        verdict = ask_pcre2(regex, pattern, &groups);
    if (verdict.status != REGEX_OK)
        return (struct regex_result){ verdict.status, verdict.why, verdict.at, NULL, NULL };

    const struct fa *language = NULL;
    bool lua = dialect == REGEX_LUA;
    verdict = lua ? tree_parse_lua(regex, regex->pattern) : tree_parse(regex, regex->pattern);
    if (dialect == REGEX_PCRE2) {
        // PCRE2 has accepted it: a refusal, or another number of groups, is a gap of ours.
        if (verdict.status == REGEX_INVALID)
            verdict.status = REGEX_IRREGULAR;
        else if (verdict.status == REGEX_OK && regex->group_count != groups)
            verdict = (struct tree_verdict){ REGEX_IRREGULAR, "the groups are not understood", 0 };
        regex->group_count = groups;
    }
    if (verdict.status == REGEX_OK)
        verdict = to_language(regex, &language);
    if (verdict.status != REGEX_OK)
        regex->tree = NULL;
    bool keeps = verdict.status == REGEX_OK || verdict.status == REGEX_IRREGULAR;
    return (struct regex_result){ verdict.status, verdict.why, verdict.at, language,
                                  keeps ? regex : NULL };
}

uint32_t regex_group_count(const struct regex *regex)
{
    return regex->group_count;
}

Str regex_group_name(const struct regex *regex, uint32_t group)
{
    return group < regex->groups.count ? regex->groups.items[group].name : (Str){ 0 };
}

bool regex_group_find(const struct regex *regex, Str name, uint32_t *out)
{
    for (uint32_t i = 1; i < regex->groups.count && name.len; i++)
        if (str_equal(regex->groups.items[i].name, name)) {
            *out = i;
            return true;
        }
    return false;
}

static bool known_group(const struct regex *regex, uint32_t group)
{
    if (!regex->tree || group > regex->group_count || group >= regex->groups.count)
        return false;
    return group == 0 ? !regex->resets_start : !regex->groups.items[group].looked;
}

// A question about a group: whether it holds a word of `words`, or all but what stands around it.
struct question {
    uint32_t group;
    const struct fa *words; // NULL for the second kind
    Str before, behind;
};

// Both answers; with `ordered`, only the way counts that the engine takes.
static bool ask(const struct regex *regex, bool ordered, const struct question *question,
                const struct fa **yes, const struct fa **no)
{
    struct fa_space *space = regex->space;
    struct pool_budget budget = part_of_limits(space);
    struct arena *scratch = arena_new();
    space->shared = &budget;
    struct program program = program_new(regex, ordered, scratch);
    const struct fa *answers[2] = { NULL, NULL };
    const struct fa *before = fa_literal(space, question->before);
    const struct fa *behind = fa_literal(space, question->behind);
    uint32_t words = question->words ? question->words->state : POOL_NONE;
    if (program.verdict.status == REGEX_OK && before && behind) {
        static const enum run_question kinds[2][2] = { { RUN_WHOLE, RUN_WHOLE_NOT },
                                                       { RUN_HOLDS, RUN_HOLDS_NOT } };
        program.begins = before->state;
        program.ends = behind->state;
        for (int i = 0; i < 2; i++)
            answers[i] =
                pool_wrap(space, run_program(&program, scratch, kinds[question->words != NULL][i],
                                             question->group, words));
    }
    space->shared = NULL;
    arena_free(scratch);
    if (!answers[0] || !answers[1])
        return false;
    *yes = answers[0];
    *no = answers[1];
    return true;
}

// Words made of `text` over and over, and a part of it: the end of it in front, or the begin of it
// behind.
static const struct fa *repeated(struct fa_space *space, Str text, bool front)
{
    struct arena *arena = fa_space_arena(space);
    Str *parts = ARENA_ARRAY(arena, Str, text.len + 1);
    for (size_t i = 0; i < text.len; i++)
        parts[i] = front ? str_slice(text, i, text.len) : str_slice(text, 0, i);
    const struct fa *part = fa_literals(space, parts, text.len);
    const struct fa *all = fa_repeat(space, fa_literal(space, text), 0, FA_FOREVER);
    return front ? fa_concat(space, part, all) : fa_concat(space, all, part);
}

// Subjects that are `before`, a word and `behind`, and hold the same word also so many bytes
// further left or right. "aaa" is "a" and a group with "aa", wherever that stands: the run looks at
// where a group stands, so that its "no" is not certain for these.
static const struct fa *ambiguous(struct fa_space *space, const struct question *question)
{
    Str before = question->before, behind = question->behind;
    const struct fa *words = fa_empty(space);
    for (size_t i = 0; i < before.len; i++)
        words = fa_union(space, words, repeated(space, str_slice(before, i, before.len), false));
    for (size_t i = 1; i <= behind.len; i++)
        words = fa_union(space, words, repeated(space, str_slice(behind, 0, i), true));
    return fa_concat(space, fa_literal(space, before),
                     fa_concat(space, words, fa_literal(space, behind)));
}

// With an empty group there is one subject for which the answer is yes: that of what stands around
// it. PCRE2 itself says what the group holds then.
static void settle_empty(const struct regex *regex, const struct question *question,
                         const struct fa **yes, const struct fa **no)
{
    struct fa_space *space = regex->space;
    struct arena *arena = arena_new();
    Str subject = str_concat(arena, question->before, question->behind);
    const struct fa *word = fa_literal(space, subject);
    Str *groups = ARENA_ARRAY(arena, Str, question->group + 1);
    if (fa_accepts(*yes, subject) || fa_accepts(*no, subject)) {
        bool known =
            regex->dialect == REGEX_PCRE2 &&
            regex_match(arena, regex->pattern, regex->flags, subject, groups, question->group + 1);
        bool empty = known && groups[question->group].len == 0;
        *yes = (!known || empty ? fa_union : fa_subtract)(space, *yes, word);
        *no = (!known || !empty ? fa_union : fa_subtract)(space, *no, word);
    }
    arena_free(arena);
}

static void split(const struct regex *regex, const struct question *question, const struct fa **yes,
                  const struct fa **no)
{
    *yes = *no = NULL;
    if (!known_group(regex, question->group))
        return;
    // All ways to match first; only if they disagree, the one that the engine prefers.
    bool exhausted = regex->space->exhausted;
    if (!ask(regex, false, question, yes, no))
        return;
    if (!fa_is_disjoint(regex->space, *yes, *no) && !ask(regex, true, question, yes, no))
        regex->space->exhausted = exhausted; // the first answer stands
    if (question->before.len || question->behind.len) {
        const struct fa *open = fa_intersect(regex->space, *no, ambiguous(regex->space, question));
        *yes = fa_union(regex->space, *yes, open);
        if (*yes)
            settle_empty(regex, question, yes, no);
    }
}

void regex_group_split(struct fa_space *space, const struct regex *regex, uint32_t group,
                       const struct fa *words, const struct fa **yes, const struct fa **no)
{
    (void)space;
    *yes = *no = NULL;
    if (words)
        split(regex, &(struct question){ .group = group, .words = words }, yes, no);
}

void regex_group_whole(struct fa_space *space, const struct regex *regex, uint32_t group,
                       const struct fa **yes, const struct fa **no)
{
    regex_group_between(space, regex, group, STR(""), STR(""), yes, no);
}

void regex_group_between(struct fa_space *space, const struct regex *regex, uint32_t group,
                         Str before, Str behind, const struct fa **yes, const struct fa **no)
{
    enum { AROUND_MAX = 64 };
    (void)space;
    *yes = *no = NULL;
    if (before.len > AROUND_MAX || behind.len > AROUND_MAX)
        return;
    split(regex, &(struct question){ .group = group, .before = before, .behind = behind }, yes, no);
}

bool regex_match(struct arena *arena, Str pattern, unsigned flags, Str subject, Str *groups,
                 uint32_t count)
{
    enum { MATCH_LIMIT = 1000000, DEPTH_LIMIT = 100000, HEAP_LIMIT_KIB = 20000 };
    uint32_t options = flags & REGEX_CASELESS ? PCRE2_CASELESS : 0;
    options |= flags & (REGEX_ANCHORED | REGEX_FULL) ? PCRE2_ANCHORED : 0;
    options |= flags & REGEX_FULL ? PCRE2_ENDANCHORED : 0;
    options |= flags & REGEX_DOLLAR_STRICT ? PCRE2_DOLLAR_ENDONLY : 0;
    int code;
    PCRE2_SIZE offset;
    pcre2_code *compiled = pcre2_compile((PCRE2_SPTR)(pattern.ptr ? pattern.ptr : ""), pattern.len,
                                         options, &code, &offset, NULL);
    if (!compiled)
        return false;
    pcre2_match_context *context = pcre2_match_context_create(NULL);
    pcre2_match_data *data = pcre2_match_data_create_from_pattern(compiled, NULL);
    bool matched = false;
    if (context && data) {
        pcre2_set_match_limit(context, MATCH_LIMIT);
        pcre2_set_depth_limit(context, DEPTH_LIMIT);
        pcre2_set_heap_limit(context, HEAP_LIMIT_KIB);
        matched = pcre2_match(compiled, (PCRE2_SPTR)(subject.ptr ? subject.ptr : ""), subject.len,
                              0, 0, data, context) >= 0;
    }
    if (matched) {
        const PCRE2_SIZE *ends = pcre2_get_ovector_pointer(data);
        uint32_t known = pcre2_get_ovector_count(data);
        for (uint32_t i = 0; i < count; i++) {
            groups[i] = (Str){ 0 };
            if (i < known && ends[2 * i] != PCRE2_UNSET && ends[2 * i] <= ends[2 * i + 1])
                groups[i] = str_copy(arena, str_slice(subject, ends[2 * i], ends[2 * i + 1]));
        }
    }
    pcre2_match_data_free(data);
    pcre2_match_context_free(context);
    pcre2_code_free(compiled);
    return matched;
}
