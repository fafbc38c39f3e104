#include "api/inferences/inference_text.h"

#include "api/ask.h"
#include "api/shape.h"
#include "base/fail.h"
#include "format/namespace.h"
#include "query/inferences/elastic.h"
#include "query/inferences/insights.h"
#include "query/inferences/question.h"
#include "query/inferences/sqltext.h"
#include "store/inferences/inference_filter.h"
#include "store/words.h"

enum { TEXT_CEILING = 256 * 1024 };

static void write_notes(struct compose *out, const char *const *notes)
{
    compose_open(out, "notes", '[');
    for (; *notes; notes++)
        compose_text(out, NULL, str_of(*notes));
    compose_close(out, ']');
}

/* --- CloudWatch Logs Insights: what to start the query on --- */

static int write_group(struct ask *ask, int64_t account, struct str region, struct str path[2],
                       struct fail *why)
{
    OWN(buf) name = BUF_UP_TO(NAMESPACE_MOST + 1);
    char digits[SHAPE_ID_ROOM];

    buf_str(&name, path[0]);
    buf_char(&name, '/');
    buf_str(&name, path[1]);
    if (buf_check(&name, why))
        return -1;
    shape_account(account, digits);
    compose_open(&ask->json, NULL, '{');
    compose_text(&ask->json, "account", account ? str_of(digits) : STR_NONE);
    compose_text(&ask->json, "region", region.size ? region : STR_NONE);
    compose_text(&ask->json, "name", buf_view(&name));
    compose_close(&ask->json, '}');
    return 0;
}

/* The same place as the series before it? They come model by model. */
static bool is_same_place(const struct inference_series *a, const struct inference_series *b)
{
    return a->model_id == b->model_id && a->account == b->account && a->region_id == b->region_id;
}

static int write_known_groups(struct ask *ask, const struct inference_set *set, bool *has_more,
                              struct fail *why)
{
    int written = 0;

    for (size_t i = 0; i < set->count; i++) {
        const struct inference_series *item    = &set->items[i];
        struct str                     path[2] = {item->namespace, item->model_name};

        if (i && is_same_place(item, item - 1))
            continue;
        *has_more = written++ == INSIGHTS_MOST_GROUPS;
        if (*has_more)
            return 0;
        if (write_group(ask, item->account,
                        words_text(ask->asker.words, ask->asker.db, item->region_id), path, why))
            return -1;
    }
    return 0;
}

/* Of models nothing was heard of yet: the group has the model's path all the same. */
static int write_named_groups(struct ask *ask, const struct question *question, struct fail *why)
{
    const struct question_choice *models = &question->choices[QUESTION_MODEL];

    for (size_t i = 0; question->namespace.data && !models->is_not && i < models->count; i++) {
        struct str path[2] = {question->namespace, models->values[i]};

        if (write_group(ask, 0, STR_NONE, path, why))
            return -1;
    }
    return 0;
}

static int write_groups(struct ask *ask, const struct question *question, struct fail *why)
{
    OWN(inference_set) set = INFERENCE_SET_EMPTY;
    struct inference_filter filter;
    bool                    has_more = false;

    if (question_filter(question, &ask->asker, &filter, why)
        || inference_filter_series(ask->asker.db, &filter, &set, why))
        return -1;
    compose_open(&ask->json, "log_groups", '[');
    if (set.count ? write_known_groups(ask, &set, &has_more, why)
                  : write_named_groups(ask, question, why))
        return -1;
    compose_close(&ask->json, ']');
    compose_bool(&ask->json, "has_more_log_groups", has_more);
    return 0;
}

static int write_insights(struct ask *ask, const struct question *question, struct fail *why)
{
    static const char *const notes[] = {
        "Start the query in each region on the log groups named here, or on those that begin with "
        "the namespace: the text tells them apart.",
        "start_time and end_time are whole seconds around the range; the text has its bounds to "
        "the millisecond.",
        NULL};
    ms to = question->to == WHEN_UNKNOWN ? ask->asker.now : question->to;

    if (write_groups(ask, question, why))
        return -1;
    if (question->from == WHEN_UNKNOWN)
        compose_null(&ask->json, "start_time");
    else
        compose_int(&ask->json, "start_time", question->from / MS_SECOND);
    compose_int(&ask->json, "end_time", (to + MS_SECOND - 1) / MS_SECOND);
    write_notes(&ask->json, notes);
    return 0;
}

/* --- the others --- */

static int write_sql(struct ask *ask, const struct question *question, struct fail *why)
{
    static const char *const notes[] = {
        "For SQLite; json_extract has other names elsewhere. start_at is RFC 3339 text in UTC with "
        "milliseconds.",
        "namespace, account_id and region are members of the message; a logger that leaves them "
        "out is not found by them.",
        NULL};

    (void)question;
    (void)why;
    compose_text(&ask->json, "table", STR(SQLTEXT_TABLE));
    write_notes(&ask->json, notes);
    return 0;
}

static int write_elastic(struct ask *ask, const struct question *question, struct fail *why)
{
    static const char *const notes[] = {"The body of POST /" ELASTIC_INDEX
                                        "/_search. Texts are mapped as keyword; where they are "
                                        "mapped by default, write model_name.keyword and so on.",
                                        "Percentiles of Elasticsearch are estimates.", NULL};

    (void)question;
    (void)why;
    compose_text(&ask->json, "index", STR(ELASTIC_INDEX));
    write_notes(&ask->json, notes);
    return 0;
}

static const struct language {
    const char *name;
    void (*render)(const struct question *question, struct buf *out);
    int (*write_rest)(struct ask *ask, const struct question *question, struct fail *why);
} languages[] = {
    {"insights", insights_render, write_insights},
    {"sql", sqltext_render, write_sql},
    {"elasticsearch", elastic_render, write_elastic},
};

static const struct language *language_of(struct str name)
{
    for (size_t i = 0; i < sizeof languages / sizeof languages[0]; i++)
        if (str_is_text(name, languages[i].name))
            return &languages[i];
    return NULL;
}

int inference_text(struct ask *ask, const struct question *question, struct fail *why)
{
    OWN(buf) text = BUF_UP_TO(TEXT_CEILING);
    const struct language *language;
    struct str             name, cursor;

    if (!params_find(&ask->params, "as", &name))
        return 0;
    language = language_of(name);
    if (!language)
        return params_fault(&ask->params, PARAM_BAD, STR("as"), why,
                            "'as' is insights, sql or elasticsearch");
    if (params_find(&ask->params, "cursor", &cursor))
        return params_fault(&ask->params, PARAM_BAD, STR("cursor"), why,
                            "a text has no pages: give 'as' or 'cursor'");
    language->render(question, &text);
    if (buf_check(&text, why))
        return -1;
    compose_open(&ask->json, NULL, '{');
    compose_text(&ask->json, "language", str_of(language->name));
    compose_text(&ask->json, "text", buf_view(&text));
    if (language->write_rest(ask, question, why))
        return -1;
    compose_close(&ask->json, '}');
    return 1;
}
