#include "query/inferences/sqltext.h"

#include "base/buf.h"
#include "base/own.h"
#include "format/namespace.h"
#include "query/inferences/question.h"

/* The columns of the inner SELECT beside those of the table, in the order they are shown. */
static const struct {
    const char *name, *expression;
} extracted[] = {
    {"deployment_id", "CAST(json_extract(t.message, '$.deployment_id') AS INTEGER)"},
    {"model_version", "CAST(json_extract(t.message, '$.model_version') AS INTEGER)"},
    {"server_id", "CAST(json_extract(t.message, '$.server_id') AS TEXT)"},
    /* older loggers write `elapsed` */
    {"elapse", "CAST(COALESCE(json_extract(t.message, '$.elapse'),"
               " json_extract(t.message, '$.elapsed')) AS INTEGER)"},
    {"status", "json_extract(t.message, '$.status')"},
    {"environment", "json_extract(t.message, '$.environment')"},
    {"endpoint_name", "json_extract(t.message, '$.endpoint_name')"},
    {"namespace", "json_extract(t.message, '$.namespace')"},
    {"account_id", "CAST(json_extract(t.message, '$.account_id') AS TEXT)"},
    {"region", "json_extract(t.message, '$.region')"},
    {"request_size", "CAST(json_extract(t.message, '$.request_size') AS INTEGER)"},
    {"response_size", "CAST(json_extract(t.message, '$.response_size') AS INTEGER)"},
};
enum { EXTRACTED = sizeof extracted / sizeof extracted[0] };

static void add_text(struct buf *out, struct str value)
{
    buf_char(out, '\'');
    for (size_t i = 0; i < value.size; i++) {
        if (value.data[i] == '\'')
            buf_char(out, '\'');
        buf_char(out, value.data[i]);
    }
    buf_char(out, '\'');
}

static void add_time(struct buf *out, ms when)
{
    char text[WHEN_ROOM];

    when_render(when, text);
    add_text(out, str_of(text));
}

/* A row without the member is none of those that are not wanted. */
static void add_choice(struct buf *out, enum question_field field,
                       const struct question_choice *choice)
{
    const struct question_name *name = question_name(field);

    if (!choice->is_given)
        return;
    buf_text(out, "\n  AND ");
    if (choice->is_not)
        buf_format(out, "(t.%s IS NULL OR t.%s NOT IN (", name->member, name->member);
    else
        buf_format(out, "t.%s IN (", name->member);
    for (size_t i = 0; i < choice->count; i++) {
        buf_text(out, i ? ", " : "");
        if (name->is_number)
            buf_str(out, choice->values[i]); /* digits: question_read saw to it */
        else
            add_text(out, choice->values[i]);
    }
    buf_text(out, choice->is_not ? "))" : ")");
}

/* '0' follows '/': what begins with the path and a slash, and nothing else, sorts between. */
static void add_namespace(struct buf *out, struct str path)
{
    OWN(buf) bound = BUF_UP_TO(NAMESPACE_MOST + 1);
    struct str parent, name;

    if (!path.data)
        return;
    buf_str(&bound, path);
    buf_char(&bound, '/');
    buf_text(out, "\n  AND (t.namespace = ");
    add_text(out, path);
    buf_text(out, "\n       OR (t.namespace >= ");
    add_text(out, buf_view(&bound));
    buf_text(out, " AND t.namespace < ");
    buf_clear(&bound);
    buf_str(&bound, path);
    buf_char(&bound, '0');
    add_text(out, buf_view(&bound));
    buf_char(out, ')');
    if (namespace_cut(path, &parent, &name) == 0) { /* the node may be the model itself */
        buf_text(out, "\n       OR (t.namespace = ");
        add_text(out, parent);
        buf_text(out, " AND t.model_name = ");
        add_text(out, name);
        buf_char(out, ')');
    }
    buf_char(out, ')');
}

/* What the table's own columns can answer stands in the inner SELECT, where an index can. */
static void add_inner(struct buf *out, const struct question *question)
{
    buf_text(out, "FROM (\n  SELECT t.model_name, t.start_at, t.message");
    for (size_t i = 0; i < EXTRACTED; i++)
        buf_format(out, ",\n         %s AS %s", extracted[i].expression, extracted[i].name);
    buf_text(out, "\n  FROM " SQLTEXT_TABLE " t"
                  "\n  WHERE t.measurement_type = 'inference_transaction'");
    if (question->from != WHEN_UNKNOWN) {
        buf_text(out, "\n    AND t.start_at >= ");
        add_time(out, question->from);
    }
    if (question->to != WHEN_UNKNOWN) {
        buf_text(out, "\n    AND t.start_at < ");
        add_time(out, question->to);
    }
    buf_text(out, "\n) t\nWHERE 1 = 1");
    add_namespace(out, question->namespace);
    for (int field = 0; field < QUESTION_FIELDS; field++)
        add_choice(out, (enum question_field)field, &question->choices[field]);
    if (question->min_elapse_ms >= 0)
        buf_format(out, "\n  AND t.elapse >= %lld", (long long)question->min_elapse_ms);
    if (question->max_elapse_ms >= 0)
        buf_format(out, "\n  AND t.elapse <= %lld", (long long)question->max_elapse_ms);
}

static void render_list(const struct question *question, struct buf *out)
{
    const char *direction = question->is_descending ? "DESC" : "ASC";

    buf_text(out, "SELECT t.start_at, t.message, t.deployment_id, t.model_version, t.server_id,"
                  " t.elapse, t.status\n");
    add_inner(out, question);
    buf_format(out, "\nORDER BY t.%s %s\nLIMIT %d;", question->by_elapse ? "elapse" : "start_at",
               direction, question->limit);
}

/* The columns that tell groups apart; "" for none. Names of models repeat in other namespaces,
 * numbers of versions and deployments in other models, those of servers in other deployments. */
static const char *group_columns(const struct question *question)
{
    switch (question->by) {
    case QUESTION_BY_NOTHING: break;
    case QUESTION_BY_MODEL: return "t.namespace, t.model_name";
    case QUESTION_BY_VERSION: return "t.namespace, t.model_name, t.model_version";
    case QUESTION_BY_DEPLOYMENT: return "t.namespace, t.model_name, t.deployment_id";
    case QUESTION_BY_SERVER: return "t.namespace, t.model_name, t.deployment_id, t.server_id";
    case QUESTION_BY_ENVIRONMENT: return "t.environment";
    case QUESTION_BY_STATUS: return "t.status";
    case QUESTION_BY_ENDPOINT: return "t.endpoint_name";
    case QUESTION_BYS: break;
    }
    return "";
}

static void render_summary(const struct question *question, struct buf *out)
{
    static const int percents[] = {50, 90, 95, 99};
    const char      *columns    = group_columns(question);
    const char      *comma      = columns[0] ? ", " : "";

    buf_format(out, "SELECT %s%sCOUNT(*) AS count", columns, comma);
    for (size_t i = 0; i < sizeof percents / sizeof percents[0]; i++)
        buf_format(out,
                   ",\n       MIN(CASE WHEN t.place * 100 >= t.total * %d THEN t.elapse END)"
                   " AS p%d_elapse_ms",
                   percents[i], percents[i]);
    buf_text(out, ",\n       MAX(t.elapse) AS max_elapse_ms"
                  ",\n       SUM(CASE WHEN t.status = 'succeeded' THEN 0 ELSE 1 END) AS failed"
                  ",\n       SUM(t.request_size) AS request_bytes"
                  ",\n       SUM(t.response_size) AS response_bytes\nFROM (\nSELECT t.*,");
    buf_format(out, "\n       ROW_NUMBER() OVER (%s%s ORDER BY t.elapse) AS place,",
               columns[0] ? "PARTITION BY " : "", columns);
    buf_format(out, "\n       COUNT(*) OVER (%s%s) AS total\n", columns[0] ? "PARTITION BY " : "",
               columns);
    add_inner(out, question);
    buf_text(out, "\n) t");
    if (columns[0])
        buf_format(out, "\nGROUP BY %s\nORDER BY %s", columns, columns);
    buf_char(out, ';');
}

void sqltext_render(const struct question *question, struct buf *out)
{
    if (question->is_summary)
        render_summary(question, out);
    else
        render_list(question, out);
}
