/* insights.h -- a question about inferences as a CloudWatch Logs Insights query.
 *
 *     parse @log "*:*" as log_account, log_group
 *     | filter strcontains(concat("|", log_group, "/"), "|/abc_corp/claim/") = 1
 *     | filter @timestamp >= 1672531200000 and @timestamp < 1672617600000
 *     | fields @timestamp, @message, deployment_id, ..., coalesce(elapse, elapsed) as elapse_ms
 *     | filter elapse_ms >= 3000
 *     | sort @timestamp desc
 *     | limit 20
 *
 * Which log groups are searched, in which region and over which time, is said when a query is
 * started; the text holds by itself for whatever groups it is started on, also those found by a
 * prefix: the group's name is cut from @log, and a namespace ends at a slash. Values are compared
 * as texts and are never part of a regular expression. */
#ifndef SMON_QUERY_INFERENCES_INSIGHTS_H
#define SMON_QUERY_INFERENCES_INSIGHTS_H

struct buf;
struct question;

enum { INSIGHTS_MOST_GROUPS = 50 }; /* log groups that one query may name */

/* The text, added to `out`. */
void insights_render(const struct question *question, struct buf *out);

#endif
