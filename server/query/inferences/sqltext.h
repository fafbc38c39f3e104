/* sqltext.h -- a question about inferences as SQL over a table of log messages.
 *
 * The table is one of measurements with their JSON beside a few columns:
 *
 *     model_monitoring_logs (model_name, measurement_type, start_at, message)
 *
 * What is no column there is extracted from `message` in an inner SELECT, so that the outer one can
 * filter on it. start_at is RFC 3339 text in UTC, compared as text, half open. Texts are standard
 * SQL literals: a quote is doubled, nothing else is special. Percentiles are nearest-rank, made
 * with window functions. Runs on SQLite; elsewhere json_extract may have another name. */
#ifndef SMON_QUERY_INFERENCES_SQLTEXT_H
#define SMON_QUERY_INFERENCES_SQLTEXT_H

struct buf;
struct question;

#define SQLTEXT_TABLE "model_monitoring_logs"

/* The statement, added to `out`. */
void sqltext_render(const struct question *question, struct buf *out);

#endif
