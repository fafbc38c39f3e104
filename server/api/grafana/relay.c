/* What a target asks for, asked of the handlers of the REST API. */
#include "api/grafana/relay.h"

#include "api/app.h"
#include "api/ask.h"
#include "api/grafana/metric.h"
#include "api/handlers.h"
#include "api/shape.h"
#include "base/fail.h"
#include "base/mem.h"
#include "query/recent.h"
#include "wire/web.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
    ANSWER_CEILING  = 8 << 20,
    QUERY_CEILING   = 2 * PARAMS_MOST_BYTES,
    SHOWN           = 60,
    MOST_DIMENSIONS = 6,
    MOST_ROWS       = 1000,
    MOST_NAMESAKES  = 100,
    POINTS_DEFAULT  = 1000
};
static const double NEAR = 1e-9, HUNDRED = 100;

void grafana_answers_release(struct grafana_answers *answers)
{
    for (size_t i = 0; i < answers->count; i++)
        grafana_answer_release(&answers->items[i]);
}

/* --- one question --- */

struct query {
    struct buf text;
    struct str id; /* of the path; no data: the metric's */
};

static void add_param(struct buf *query, const char *name, struct str value)
{
    buf_text(query, query->size ? "&" : "");
    buf_text(query, name);
    buf_char(query, '=');
    params_escape(query, value);
}

static void add_time(struct buf *query, const char *name, ms when)
{
    char text[WHEN_ROOM];

    when_render(when, text);
    add_param(query, name, str_of(text));
}

static void add_number(struct buf *query, const char *name, int64_t number, const char *unit)
{
    char text[32];

    /* 20 digits and a unit fit */
    (void)snprintf(text, sizeof text, "%lld%s", (long long)number, unit);
    add_param(query, name, str_of(text));
}

static void drop_headers(struct web_reply *reply)
{
    for (int i = 0; i < reply->header_count; i++)
        mem_free(reply->headers[i].value);
}

/* Runs a handler as if it had been asked over HTTP, by the same caller. */
static int run(struct ask         *ask, int (*handler)(struct ask *, struct fail *),
               const struct query *query, struct buf *out, struct fail *why)
{
    struct caller caller = *ask->caller;
    struct ask    inner  = *ask;
    int           result;

    caller.ids[0] = query->id;
    caller.ids[1] = STR("");
    inner.caller  = &caller;
    inner.params  = PARAMS_EMPTY;
    inner.body    = BUF_UP_TO(ANSWER_CEILING);
    inner.json    = compose_into(&inner.body);
    inner.reply   = WEB_REPLY(200);
    inner.flaws   = FLAWS_NONE;
    inner.problem = NULL;
    result        = params_parse(&inner.params, buf_view(&query->text), why) || handler(&inner, why)
                     || buf_check(&inner.body, why)
                        ? -1
                        : 0;
    ask->params.fault = inner.params.fault;
    memcpy(ask->params.fault_name, inner.params.fault_name, sizeof ask->params.fault_name);
    ask->problem = inner.problem;
    drop_headers(&inner.reply);
    params_release(&inner.params);
    *out = buf_take(&inner.body);
    return result;
}

static int take_apart(struct grafana_answer *answer, struct fail *why)
{
    return scan_read(&answer->scan, buf_view(&answer->body), why)
               ? fail_set(why, FAIL_BUG, "an answer of our own is not JSON")
               : 0;
}

/* Runs a handler and takes its answer apart. */
static int ask_one(struct ask         *ask, int (*handler)(struct ask *, struct fail *),
                   const struct query *query, struct grafana_answer *out, struct fail *why)
{
    if (query->text.broken)
        return fail_set(why, FAIL_INPUT, "the filters are longer than a question may be");
    return run(ask, handler, query, &out->body, why) || take_apart(out, why) ? -1 : 0;
}

/* Counts over time, which a wall of panels asks for again and again: kept as those of their own
 * path. */
static int ask_series(struct ask *ask, const struct query *query, struct grafana_answer *out,
                      struct fail *why)
{
    OWN(buf) key = BUF_UP_TO(RECENT_MOST_KEY);
    ms began     = when_monotonic();

    buf_text(&key, "grafana ");
    buf_str(&key, query->id);
    buf_char(&key, '?');
    buf_str(&key, buf_view(&query->text));
    buf_char(&key, '\n');
    guard_sight(ask->caller, &key);
    out->body = BUF_UP_TO(ANSWER_CEILING);
    if (!key.broken && recent_find(ask->app->recent, buf_view(&key), &out->body))
        return take_apart(out, why);
    if (ask_one(ask, series_show, query, out, why))
        return -1;
    if (!key.broken)
        recent_put(ask->app->recent, buf_view(&key), buf_view(&out->body),
                   when_monotonic() - began);
    return 0;
}

/* --- names of jobs --- */

static int find_namesake(const struct scan *scan, struct str name, struct buf *room,
                         struct str *out)
{
    uint32_t   list = scan_member(scan, 0, "data");
    struct str text;

    for (uint32_t at = scan_first(scan, list); at; at = scan_next(scan, list, at)) {
        uint32_t found = scan_member(scan, at, "name");

        if (found && scan_text(scan, found, room, &text) == 0 && str_is(text, name)
            && scan_text(scan, scan_member(scan, at, "id"), room, out) == 0)
            return 1;
    }
    return 0;
}

/* A job by its name: the newest of that name. An id stays. */
static int resolve_job(struct ask *ask, struct str given, char out[SHAPE_ID_ROOM], struct fail *why)
{
    struct grafana_answer answer = GRAFANA_ANSWER_EMPTY;
    struct query          query  = {BUF_UP_TO(QUERY_CEILING), STR("")};
    OWN(buf) room                = BUF_UP_TO(ANSWER_CEILING);
    struct str id                = STR_NONE;
    int64_t    account, number;
    int        result = 0;

    if (filter_id(given, &account, &number) == 0)
        return str_to_c(given, out, SHAPE_ID_ROOM);
    add_param(&query.text, "name_prefix", given);
    add_number(&query.text, "limit", MOST_NAMESAKES, "");
    add_param(&query.text, "fields", STR("id,name"));
    if (ask_one(ask, jobs_list, &query, &answer, why) || !buf_room(&room, answer.body.size + 1))
        result = -1;
    else if (!find_namesake(&answer.scan, given, &room, &id) || str_to_c(id, out, SHAPE_ID_ROOM))
        result = fail_set(why, FAIL_ABSENT, "no job is called '%.*s', or the key does not reach it",
                          STR_ARG(str_head(given, SHOWN)));
    buf_release(&query.text);
    grafana_answer_release(&answer);
    return result;
}

/* --- what is asked in turn --- */

/* A key of whose values each is a question of its own. */
struct dimension {
    const struct grafana_key    *key;
    const struct grafana_values *values;
    size_t                       at;
};

struct relaying {
    struct ask              *ask;
    struct grafana_question *question;
    struct grafana_answers  *answers;
    struct grafana_values    outer; /* of namespaces, without those within others */
    struct dimension         dimensions[MOST_DIMENSIONS];
    size_t                   count, total; /* of dimensions; of questions */
    struct fail              absent;       /* why the last one that was not there was not */
    bool                     is_none;      /* nothing can match */
    bool                     chooses;      /* rows are chosen afterwards */
};

static bool has_prefix(const struct grafana_values *values)
{
    for (size_t i = 0; i < values->count; i++)
        if (values->items[i].is_prefix)
            return true;
    return false;
}

/* Whether rows are chosen by the column alone, because the parameter cannot say it. */
static bool is_only_here(const struct grafana_key *key, const struct grafana_values *values)
{
    if (!(key->flags & KEY_HERE))
        return false;
    return !key->param || key->flags & KEY_BOUNDS || values->is_not
           || (has_prefix(values) && (key->flags & KEY_PREFIX) != KEY_PREFIX);
}

static int add_dimension(struct relaying *relaying, const struct grafana_key *key,
                         const struct grafana_values *values, struct fail *why)
{
    if (values->is_not || (has_prefix(values) && (key->flags & KEY_PREFIX) != KEY_PREFIX))
        return fail_set(why, FAIL_INPUT, "'%s' of '%s' can only be = one or several whole values",
                        key->name, relaying->question->metric->name);
    if ((key->flags & KEY_TREE) == KEY_TREE) {
        relaying->outer = *values;
        values_outermost(&relaying->outer);
        values = &relaying->outer;
    }
    if (relaying->count == MOST_DIMENSIONS)
        return fail_set(why, FAIL_INPUT, "too many members with one value at a time");
    relaying->dimensions[relaying->count++] = (struct dimension){key, values, 0};
    return 0;
}

/* Each key is a dimension, a parameter, or chosen by afterwards. */
static int plan(struct relaying *relaying, struct fail *why)
{
    struct grafana_question *question = relaying->question;

    relaying->total = 1;
    for (const struct grafana_key *key = question->metric->keys; key->name; key++) {
        const struct grafana_values *values = &question->values[key - question->metric->keys];

        if (!values_restrict(values) || key->flags & KEY_OURS)
            continue;
        relaying->is_none |= !values->count && !values->is_not;
        relaying->chooses |= (key->flags & KEY_HERE) != 0;
        if (is_only_here(key, values) || !(key->flags & (KEY_ONE | KEY_PICK)))
            continue;
        if (add_dimension(relaying, key, values, why))
            return -1;
    }
    for (size_t i = 0; i < relaying->count; i++)
        relaying->total *= relaying->dimensions[i].values->count;
    if (relaying->total > RELAY_MOST_ANSWERS)
        return fail_set(why, FAIL_INPUT, "%zu combinations of values; at most %d are asked for",
                        relaying->total, RELAY_MOST_ANSWERS);
    return 0;
}

/* The next combination; false: that was the last one. */
static bool turn(struct relaying *relaying)
{
    for (size_t i = relaying->count; i-- > 0;) {
        if (++relaying->dimensions[i].at < relaying->dimensions[i].values->count)
            return true;
        relaying->dimensions[i].at = 0;
    }
    return false;
}

/* --- the parameters --- */

/* "a,b" or "!a,b" */
static int add_list(struct buf *query, const struct grafana_key *key,
                    const struct grafana_values *values, struct fail *why)
{
    OWN(buf) list = BUF_UP_TO(PARAMS_MOST_BYTES);

    buf_text(&list, values->is_not ? "!" : "");
    for (size_t i = 0; i < values->count; i++) {
        struct str text = values->items[i].text;

        if (values->items[i].is_prefix)
            return fail_set(why, FAIL_INPUT, "'%s' takes whole values, no beginnings", key->name);
        if (memchr(text.data, ',', text.size))
            return fail_set(why, FAIL_INPUT, "a value of '%s' has a comma", key->name);
        buf_text(&list, i ? "," : "");
        buf_str(&list, text);
    }
    if (buf_check(&list, why))
        return -1;
    add_param(query, key->param, buf_view(&list));
    return 0;
}

/* version_gte and version_lt, by the least and the greatest that is wanted. */
static void add_bounds(struct buf *query, const struct grafana_key *key,
                       const struct grafana_question *question)
{
    size_t  at    = (size_t)(key - question->metric->keys);
    int64_t least = question->above[at] + 1, below = question->below[at];
    char    name[SHAPE_ID_ROOM];

    if (least > 0 && snprintf(name, sizeof name, "%s_gte", key->param) > 0)
        add_number(query, name, least > 1 ? least : 1, "");
    if (below >= 0 && snprintf(name, sizeof name, "%s_lt", key->param) > 0)
        add_number(query, name, below > 1 ? below : 1, "");
}

static int add_keys(struct relaying *relaying, struct buf *query, struct fail *why)
{
    const struct grafana_question *question = relaying->question;

    for (const struct grafana_key *key = question->metric->keys; key->name; key++) {
        const struct grafana_values *values = &question->values[key - question->metric->keys];

        if (key->flags & KEY_BOUNDS)
            add_bounds(query, key, question);
        if (!values_restrict(values) || !key->param || key->flags & (KEY_ONE | KEY_OURS)
            || is_only_here(key, values))
            continue;
        if (add_list(query, key, values, why))
            return -1;
    }
    return 0;
}

/* A value between two picks would be shown under a wrong name. */
static const struct grafana_pick *pick_of(const struct grafana_metric *metric, struct str text)
{
    double number;

    if (str_starts(text, STR("p")))
        text = str_part(text, 1, text.size);
    if (str_to_double(text, &number))
        return NULL;
    number = number > 1 ? number / HUNDRED : number;
    for (const struct grafana_pick *pick = metric->picks; pick && pick->id; pick++)
        if (fabs(pick->value - number) < NEAR)
            return pick;
    return NULL;
}

static int add_pick(struct relaying *relaying, const struct dimension *dimension,
                    struct query *query, struct grafana_answer *answer, struct fail *why)
{
    const struct grafana_metric *metric = relaying->question->metric;
    struct str                   text   = dimension->values->items[dimension->at].text;
    const struct grafana_pick   *pick   = pick_of(metric, text);

    if (!pick)
        return fail_set(why, FAIL_INPUT, "'%.*s' is none of the values of '%s': %s",
                        STR_ARG(str_head(text, SHOWN)), dimension->key->name,
                        dimension->key->options);
    query->id    = str_of(pick->id);
    answer->name = str_of(pick->label);
    return 0;
}

/* What the turn of each dimension puts into the question, and into the names of its answer. */
static int add_turns(struct relaying *relaying, struct query *query, char id[SHAPE_ID_ROOM],
                     struct grafana_answer *answer, struct fail *why)
{
    for (size_t i = 0; i < relaying->count; i++) {
        const struct dimension   *dimension = &relaying->dimensions[i];
        const struct grafana_key *key       = dimension->key;
        struct str                text      = dimension->values->items[dimension->at].text;
        struct str                said      = text;

        if (key->flags & KEY_PICK) {
            if (add_pick(relaying, dimension, query, answer, why))
                return -1;
            continue;
        }
        if (key->flags & KEY_JOB) {
            if (resolve_job(relaying->ask, text, id, why))
                return -1;
            text = str_of(id);
        }
        if (!key->param)
            query->id = text;
        else
            add_param(&query->text, key->param, text);
        if (dimension->values->count > 1 && answer->label_count < ROWS_MOST_LABELS) {
            answer->labels[answer->label_count].name    = key->name;
            answer->labels[answer->label_count++].value = said;
        }
    }
    return 0;
}

static bool has_param(const struct buf *query, struct str name)
{
    struct str rest = buf_view(query), piece, given;

    while (rest.size && str_cut(&rest, '&', &piece))
        if (str_cut(&piece, '=', &given) && str_is(given, name))
            return true;
    return false;
}

/* What a metric asks for where its asker says nothing else. */
static void add_fixed(struct buf *query, const char *fixed)
{
    struct str rest = str_of(fixed), piece;

    while (rest.size && str_cut(&rest, '&', &piece)) {
        struct str value = piece, name;

        if (!str_cut(&value, '=', &name) || has_param(query, name))
            continue;
        buf_char(query, '&');
        buf_str(query, piece);
    }
}

static void add_rest(struct relaying *relaying, struct buf *query)
{
    const struct grafana_question *question = relaying->question;
    const struct grafana_metric   *metric   = question->metric;
    ms                             step     = metric->width ? relaying->answers->step : 0;

    /* The bounds of a series are moved out to whole steps by those who answer; done here, all who
     * look at a panel within a step ask the same. */
    if (metric->is_then) {
        add_time(query, "from", step ? when_floor(question->from, step) : question->from);
        add_time(query, "to", step ? when_floor(question->to + step - 1, step) : question->to);
    }
    if (metric->width)
        add_number(query, "step", step, "ms");
    if (metric->limit)
        add_number(query, "limit", relaying->chooses ? MOST_ROWS : question->limit, "");
    add_param(query, "time_format", STR("epoch_ms"));
    if (metric->fixed)
        add_fixed(query, metric->fixed);
}

/* --- asking --- */

/* What is shown when no percentile is asked for. */
static struct str default_name(const struct grafana_metric *metric)
{
    for (const struct grafana_pick *pick = metric->picks; pick && pick->id; pick++)
        if (strcmp(pick->id, metric->id) == 0)
            return str_of(pick->label);
    return STR_NONE;
}

/* Of several that are asked for one may not be there: the others are shown. */
static int excuse(struct relaying *relaying, const struct fail *why)
{
    struct grafana_answers *answers = relaying->answers;

    if (why->kind != FAIL_ABSENT || relaying->total < 2)
        return -1;
    grafana_answer_release(&answers->items[--answers->count]);
    relaying->absent = *why;
    relay_notice(relaying->question, "one of several: %s", why->text);
    return 0;
}

static int ask_turn(struct relaying *relaying, struct fail *why)
{
    struct grafana_answer       *answer = &relaying->answers->items[relaying->answers->count++];
    const struct grafana_metric *metric = relaying->question->metric;
    struct query                 query  = {BUF_UP_TO(QUERY_CEILING), str_of(metric->id)};
    char                         id[SHAPE_ID_ROOM];
    int                          result;
    uint32_t                     more;

    *answer = GRAFANA_ANSWER_EMPTY;
    result  = add_turns(relaying, &query, id, answer, why) || add_keys(relaying, &query.text, why)
                  ? -1
                  : 0;
    if (!result) {
        add_rest(relaying, &query.text);
        result = metric->ask == series_show
                     ? ask_series(relaying->ask, &query, answer, why)
                     : ask_one(relaying->ask, metric->ask, &query, answer, why);
    }
    buf_release(&query.text);
    if (result)
        return excuse(relaying, why);
    if (!answer->name.data)
        answer->name = default_name(metric);
    more = scan_member(&answer->scan, 0, "has_more");
    relaying->answers->has_more |= more && scan_type(&answer->scan, more) == SCAN_TRUE;
    return 0;
}

static int ask_all(struct relaying *relaying, struct fail *why)
{
    do {
        if (ask_turn(relaying, why))
            return -1;
    } while (turn(relaying));
    if (relaying->answers->count)
        return 0;
    *why = relaying->absent;
    return -1;
}

/* Sums of minutes are removed long before those of hours. */
static bool is_too_fine(const struct relaying *relaying)
{
    const struct params *params = &relaying->ask->params;

    return relaying->question->metric->width == MS_MINUTE && relaying->answers->step % MS_HOUR != 0
           && params->fault == PARAM_TOO_WIDE && str_is_text(str_of(params->fault_name), "step");
}

static int ask_coarser(struct relaying *relaying, struct relay_span *span, struct fail *why)
{
    grafana_answers_release(relaying->answers);
    *relaying->answers          = GRAFANA_ANSWERS_EMPTY;
    span->width                 = MS_HOUR;
    relaying->answers->step     = relay_step(span);
    relaying->ask->params.fault = PARAM_FINE;
    for (size_t i = 0; i < relaying->count; i++)
        relaying->dimensions[i].at = 0;
    relay_notice(relaying->question,
                 "sums by the minute are no longer kept for this range: steps of whole hours");
    return ask_all(relaying, why);
}

int relay_ask(struct ask *ask, struct grafana_question *question, struct grafana_answers *out,
              struct fail *why)
{
    struct relaying   relaying = {.ask = ask, .question = question, .answers = out};
    struct relay_span span     = {question->from, question->to, question->metric->width,
                                  question->interval,
                              question->most_points ? question->most_points : POINTS_DEFAULT};

    if (plan(&relaying, why))
        return -1;
    if (relaying.is_none)
        return 0;
    out->step = span.width ? relay_step(&span) : 0;
    if (ask_all(&relaying, why) == 0)
        return 0;
    return is_too_fine(&relaying) ? ask_coarser(&relaying, &span, why) : -1;
}
