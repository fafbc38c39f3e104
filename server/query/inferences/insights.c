#include "query/inferences/insights.h"

#include "base/buf.h"
#include "query/inferences/question.h"

enum { FIRST_PRINTABLE = 0x20 };

/* Within double quotes: what would end the text, and what would end the line. */
static void add_escaped(struct buf *out, struct str value)
{
    for (size_t i = 0; i < value.size; i++) {
        char c = value.data[i];

        if (c == '"' || c == '\\')
            buf_char(out, '\\');
        if (c == '\n')
            buf_text(out, "\\n");
        else if (c == '\t')
            buf_text(out, "\\t");
        else if (c == '\r')
            buf_text(out, "\\r");
        else if ((unsigned char)c < FIRST_PRINTABLE)
            buf_format(out, "\\u%04x", (unsigned)c);
        else
            buf_char(out, c);
    }
}

static void add_text(struct buf *out, struct str value)
{
    buf_char(out, '"');
    add_escaped(out, value);
    buf_char(out, '"');
}

/* A namespace, and models, are told by the log group; a group's name has no '|'. */
static void add_groups(struct buf *out, const struct question *question)
{
    const struct question_choice *models = &question->choices[QUESTION_MODEL];

    if (question->namespace.data) {
        buf_text(out, "\n| filter strcontains(concat(\"|\", log_group, \"/\"), \"|");
        add_escaped(out, question->namespace);
        buf_text(out, "/\") = 1");
    }
    for (size_t i = 0; i < models->count; i++) {
        bool joins = i > 0 && !models->is_not; /* of those that are not wanted each is a filter */

        buf_text(out, joins ? "\n    or " : "\n| filter ");
        buf_text(out, "strcontains(concat(log_group, \"|\"), \"/");
        add_escaped(out, models->values[i]);
        buf_text(out, models->is_not ? "|\") = 0" : "|\") = 1");
    }
}

/* An event without the member is none of those that are not wanted. */
static void add_choice(struct buf *out, const char *member, const struct question_choice *choice,
                       bool is_number)
{
    if (!choice->is_given)
        return;
    buf_text(out, "\n| filter ");
    if (choice->is_not)
        buf_format(out, "not ispresent(%s) or ", member);
    buf_format(out, "%s %s [", member, choice->is_not ? "not in" : "in");
    for (size_t i = 0; i < choice->count; i++) {
        buf_text(out, i ? ", " : "");
        if (is_number)
            buf_str(out, choice->values[i]); /* digits: question_read saw to it */
        else
            add_text(out, choice->values[i]);
    }
    buf_char(out, ']');
}

static void add_choices(struct buf *out, const struct question *question)
{
    add_choice(out, "log_account", &question->choices[QUESTION_ACCOUNT], false);
    for (int field = QUESTION_VERSION; field < QUESTION_FIELDS; field++) {
        const struct question_name *name = question_name((enum question_field)field);

        add_choice(out, name->member, &question->choices[field], name->is_number);
    }
}

static void add_times(struct buf *out, const struct question *question)
{
    if (question->from == WHEN_UNKNOWN && question->to == WHEN_UNKNOWN)
        return;
    buf_text(out, "\n| filter ");
    if (question->from != WHEN_UNKNOWN)
        buf_format(out, "@timestamp >= %lld", (long long)question->from);
    if (question->from != WHEN_UNKNOWN && question->to != WHEN_UNKNOWN)
        buf_text(out, " and ");
    if (question->to != WHEN_UNKNOWN)
        buf_format(out, "@timestamp < %lld", (long long)question->to);
}

static void render_list(const struct question *question, struct buf *out)
{
    buf_text(out, "\n| fields @timestamp, @message, deployment_id, model_version, server_id,"
                  " coalesce(elapse, elapsed) as elapse_ms, status");
    if (question->min_elapse_ms >= 0)
        buf_format(out, "\n| filter elapse_ms >= %lld", (long long)question->min_elapse_ms);
    if (question->max_elapse_ms >= 0)
        buf_format(out, "\n| filter elapse_ms <= %lld", (long long)question->max_elapse_ms);
    buf_format(out, "\n| sort %s %s\n| limit %d", question->by_elapse ? "elapse_ms" : "@timestamp",
               question->is_descending ? "desc" : "asc", question->limit);
}

/* Numbers of versions and deployments repeat in other models, those of servers in other
 * deployments. */
static const char *group_fields(enum question_by by)
{
    switch (by) {
    case QUESTION_BY_NOTHING: break;
    case QUESTION_BY_MODEL: return "log_group";
    case QUESTION_BY_VERSION: return "log_group, model_version";
    case QUESTION_BY_DEPLOYMENT: return "log_group, deployment_id";
    case QUESTION_BY_SERVER: return "log_group, deployment_id, server_id";
    case QUESTION_BY_ENVIRONMENT: return "environment";
    case QUESTION_BY_STATUS: return "status";
    case QUESTION_BY_ENDPOINT: return "endpoint_name";
    case QUESTION_BYS: break;
    }
    return "";
}

/* strcontains gives 1 or 0, so that what failed can be summed up. */
static void render_summary(const struct question *question, struct buf *out)
{
    buf_text(out,
             "\n| fields coalesce(elapse, elapsed) as elapse_ms,"
             "\n    1 - strcontains(concat(\"|\", status, \"|\"), \"|succeeded|\") as is_failed"
             "\n| stats count(*) as transactions, pct(elapse_ms, 50) as p50_elapse_ms,"
             "\n    pct(elapse_ms, 90) as p90_elapse_ms, pct(elapse_ms, 95) as p95_elapse_ms,"
             "\n    pct(elapse_ms, 99) as p99_elapse_ms, max(elapse_ms) as max_elapse_ms,"
             "\n    sum(is_failed) as failed, sum(request_size) as request_bytes,"
             "\n    sum(response_size) as response_bytes");
    if (question->by != QUESTION_BY_NOTHING)
        buf_format(out, " by %s", group_fields(question->by));
}

void insights_render(const struct question *question, struct buf *out)
{
    buf_text(out, "parse @log \"*:*\" as log_account, log_group");
    add_groups(out, question);
    add_choices(out, question);
    buf_text(out, "\n| filter coalesce(type, measurement_type) = \"inference_transaction\"");
    add_times(out, question);
    if (question->is_summary)
        render_summary(question, out);
    else
        render_list(question, out);
}
