#include "query/filter.h"

#include "base/fail.h"
#include "format/compose.h"
#include "format/kind.h"
#include "format/namespace.h"
#include "store/words.h"

enum { ID_MOST_DIGITS = 18 };

int filter_id(struct str text, int64_t *out_account, int64_t *out_id)
{
    struct str rest = text, account;

    if (!str_cut(&rest, '-', &account) || !rest.data || scope_account(account, out_account)
        || rest.size > ID_MOST_DIGITS || str_to_i64(rest, 1, INT64_MAX, out_id))
        return -1;
    return 0;
}

/* Adds what one word of a list stands for: 0, or -1 and *why. `ctx` is what it needs for that. */
typedef int add_word(const void *ctx, struct str word, struct choice *out, struct fail *why);

static int add_account(const void *ctx, struct str word, struct choice *out, struct fail *why)
{
    int64_t account;

    (void)ctx; /* accounts are numbers already */
    if (scope_account(word, &account))
        return fail_set(why, FAIL_INPUT, "an account is 12 digits");
    return sql_choice_add(out, account, why);
}

static int add_kind(const void *ctx, struct str word, struct choice *out, struct fail *why)
{
    enum kind kind = kind_of_name(word);
    OWN(buf) names = BUF_UP_TO(512);

    (void)ctx; /* kinds are the program's, not the store's */
    if (kind != KIND_NONE)
        return sql_choice_add(out, kind, why);
    for (int each = KIND_NONE + 1; each < KIND_COUNT; each++)
        if (kind_facts((enum kind)each)) {
            buf_text(&names, names.size ? ", " : "");
            buf_text(&names, kind_facts((enum kind)each)->name);
        }
    return fail_set(why, FAIL_INPUT, "'%.*s' is not a kind; there are %.*s",
                    STR_ARG(str_head(word, 40)), STR_ARG(buf_view(&names)));
}

static int add_known(const void *ctx, struct str word, struct choice *out, struct fail *why)
{
    const struct asker *asker = ctx;
    int64_t             id    = -1; /* never heard of: matches nothing */

    return words_find(asker->words, asker->db, word, &id, why) < 0 ? -1
                                                                   : sql_choice_add(out, id, why);
}

/* In any spelling of what SageMaker has, or in any letter case of what was heard. Anything else
 * would be a list without failures when somebody has misspelled them. */
static int add_status(const void *ctx, struct str word, struct choice *out, struct fail *why)
{
    const struct asker *asker = ctx;
    const char         *name  = status_name(word);
    int                 heard;

    if (name && add_known(ctx, str_of(name), out, why))
        return -1;
    if (name && str_is_text(word, name))
        return 0;
    heard = job_list_statuses(asker->db, asker->words, asker->scope, word, out, why);
    if (heard || name)
        return heard < 0 ? -1 : 0;
    return fail_set(why, FAIL_INPUT,
                    "'%.*s' is not a status that was ever heard; there are InProgress, Completed,"
                    " Failed, Stopped, Executing, Succeeded, InService and others",
                    STR_ARG(str_head(word, PARAMS_NAME_SHOWN)));
}

static int add_name(const void *ctx, struct str word, struct choice *out, struct fail *why)
{
    const struct filter_set *set   = ctx;
    int64_t                  value = set->number(word);

    return value ? sql_choice_add(out, value, why)
                 : fail_set(why, FAIL_INPUT, "'%.*s' is none of %s",
                            STR_ARG(str_head(word, PARAMS_NAME_SHOWN)), set->names);
}

static int read_one(struct params *params, const char *name, struct str word, const void *ctx,
                    add_word *add, struct choice *out, struct fail *why)
{
    struct fail said;

    if (!add(ctx, word, out, why))
        return 0;
    said = *why;
    return said.kind == FAIL_INPUT
               ? params_fault(params, PARAM_BAD, str_of(name), why, "'%s': %s", name, said.text)
               : -1;
}

static int read_choice(struct params *params, const char *name, const void *ctx, add_word *add,
                       struct choice *out, struct fail *why)
{
    struct param given;

    *out = (struct choice){.is_given = false};
    for (size_t i = 0; params_nth(params, name, i, &given); i++) {
        struct str rest   = given.value, word;
        bool       is_not = str_starts(rest, STR("!"));

        if (i > 0 && is_not != out->is_not)
            return params_fault(params, PARAM_BAD, str_of(name), why,
                                "'%s' says both what is wanted and what is not", name);
        out->is_given = true;
        out->is_not   = is_not;
        rest          = str_part(rest, is_not, rest.size);
        if (!rest.data || rest.size == 0)
            return params_fault(params, PARAM_BAD, str_of(name), why, "'%s' is empty", name);
        while (str_cut(&rest, ',', &word))
            if (read_one(params, name, str_trim(word), ctx, add, out, why))
                return -1;
    }
    return 0;
}

int filter_accounts(struct params *params, struct choice *out, struct fail *why)
{
    return read_choice(params, "account", NULL, add_account, out, why);
}

int filter_kinds(struct params *params, struct choice *out, struct fail *why)
{
    return read_choice(params, "kind", NULL, add_kind, out, why);
}

int filter_words(struct params *params, const struct asker *asker, const char *name,
                 struct choice *out, struct fail *why)
{
    return read_choice(params, name, asker, add_known, out, why);
}

int filter_statuses(struct params *params, const struct asker *asker, struct choice *out,
                    struct fail *why)
{
    return read_choice(params, "status", asker, add_status, out, why);
}

int filter_names(struct params *params, const char *name, const struct filter_set *set,
                 struct choice *out, struct fail *why)
{
    return read_choice(params, name, set, add_name, out, why);
}

/* tag.team=risk as `"team":"risk"`: the way intake writes tags, so that it can be searched for.
 * Quotes within keys and values are escaped there, so it cannot be found inside of one. */
int filter_tags(struct params *params, struct buf *room, struct str out[JOB_FILTER_TAGS],
                size_t *out_count, struct fail *why)
{
    struct param tag;

    *out_count = 0;
    if (!buf_room(room, 8 * PARAMS_MOST_BYTES))
        return buf_check(room, why);
    for (size_t i = 0; params_nth(params, "tag.", i, &tag); i++) {
        size_t start = room->size;

        if (i == JOB_FILTER_TAGS)
            return params_fault(params, PARAM_BAD, tag.name, why, "at most %d tags",
                                JOB_FILTER_TAGS);
        compose_quoted(room, str_part(tag.name, 4, tag.name.size));
        buf_char(room, ':');
        compose_quoted(room, tag.value);
        out[(*out_count)++] = str_from(room->data + start, room->size - start);
    }
    return buf_check(room, why);
}

int filter_namespace(struct params *params, struct str *out, struct fail *why)
{
    struct fail wrong = FAIL_OK;

    *out = STR_NONE;
    if (!params_find(params, "namespace", out) || namespace_check(*out, &wrong) == 0)
        return 0;
    return params_fault(params, PARAM_BAD, STR("namespace"), why, "'namespace': %s", wrong.text);
}

static int read_time_field(struct params *params, struct job_filter *out, struct fail *why)
{
    struct str name;

    if (!params_find(params, "time_field", &name)) {
        out->range_by_end = out->by_end;
        return 0;
    }
    if (str_is_text(name, "ended_at"))
        out->range_by_end = true;
    else if (str_is_text(name, "created_at"))
        out->range_by_end = false;
    else
        return params_fault(params, PARAM_BAD, STR("time_field"), why,
                            "'time_field' is created_at or ended_at");
    return 0;
}

static int read_unstarted(struct params *params, struct job_filter *out, struct fail *why)
{
    struct str given;
    bool       is_wanted;

    if (!params_find(params, "failed_before_start", &given))
        return 0;
    if (params_bool(params, "failed_before_start", false, &is_wanted, why))
        return -1;
    out->unstarted = is_wanted ? UNSTARTED_ONLY : UNSTARTED_NOT;
    return 0;
}

/* The kinds must be of the sort this list is about. */
static int check_kinds(struct params *params, const struct job_filter *filter, struct fail *why)
{
    for (size_t i = 0; i < filter->kinds.count; i++) {
        enum kind kind = (enum kind)filter->kinds.values[i];

        if (kind_is_job(kind) == filter->wants_resources)
            return params_fault(params, PARAM_BAD, STR("kind"), why, "'%s' is listed under %s",
                                kind_facts(kind)->name,
                                filter->wants_resources ? "jobs" : "resources");
    }
    return 0;
}

int filter_jobs(struct params *params, const struct asker *asker, struct buf *room,
                struct job_filter *out, struct fail *why)
{
    out->scope = *asker->scope;
    if (filter_accounts(params, &out->accounts, why) || filter_kinds(params, &out->kinds, why)
        || check_kinds(params, out, why)
        || filter_words(params, asker, "region", &out->regions, why)
        || filter_statuses(params, asker, &out->statuses, why) || read_unstarted(params, out, why)
        || params_range(params, asker->now, &out->from, &out->to, why)
        || filter_tags(params, room, out->tags, &out->tag_count, why)
        || read_time_field(params, out, why))
        return -1;
    (void)params_find(params, "name_prefix", &out->name_prefix); /* absent: none */
    return 0;
}

int filter_events(struct params *params, const struct asker *asker, struct event_filter *out,
                  struct fail *why)
{
    bool is_known;

    *out = (struct event_filter){.scope = *asker->scope};
    if (filter_accounts(params, &out->accounts, why) || filter_kinds(params, &out->kinds, why)
        || filter_words(params, asker, "region", &out->regions, why)
        || filter_words(params, asker, "detail_type", &out->types, why)
        || params_bool(params, "known", true, &is_known, why)
        || params_range(params, asker->now, &out->from, &out->to, why))
        return -1;
    out->is_unknown = !is_known;
    return 0;
}

int filter_quarantine(struct params *params, const struct asker *asker,
                      struct quarantine_filter *out, struct fail *why)
{
    struct str text;
    bool       is_replayed;

    *out = (struct quarantine_filter){.scope = *asker->scope, .account = -1};
    if (params_find(params, "account", &text) && scope_account(text, &out->account))
        return params_fault(params, PARAM_BAD, STR("account"), why, "an account is 12 digits");
    if (params_bool(params, "replayed", false, &is_replayed, why)
        || params_range(params, asker->now, &out->from, &out->to, why))
        return -1;
    if (params_find(params, "replayed", &text)) {
        out->only_replayed = is_replayed;
        out->only_waiting  = !is_replayed;
    }
    return 0;
}
