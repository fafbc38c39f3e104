#include "enrich/verdict.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/fail.h"
#include "base/own.h"
#include "base/retry.h"
#include "format/compose.h"
#include "format/use_course.h"
#include "wire/doc.h"

static const ms WAITS[]      = {60 * MS_SECOND, 120 * MS_SECOND, 300 * MS_SECOND};
static const ms LONG_AGO     = 15 * MS_MINUTE; /* after this, what CloudWatch shows is complete */
static const ms REFUSED_MOST = 15 * MS_MINUTE; /* a role may still be on its way */
static const ms FAILING_MOST = MS_DAY;
static const ms LEAST_WAIT   = MS_SECOND;

static const struct retry_policy AGAIN = {.base = 30 * MS_SECOND, .cap = 10 * MS_MINUTE};

enum { COVERED_PERCENT = 90, WAIT_COUNT = sizeof WAITS / sizeof WAITS[0] };

struct verdict_memo verdict_memo_read(const struct doc *memo)
{
    const struct verdict_memo none = {
        .points = -1, .failing_since = WHEN_UNKNOWN, .refused_since = WHEN_UNKNOWN};
    struct verdict_memo read;
    struct fail         ignored; /* see the header */

    if (!doc_is_object(memo) || doc_int_or(memo, "points", -1, &read.points, &ignored)
        || doc_int_or(memo, "tries", 0, &read.tries, &ignored)
        || doc_int_or(memo, "failures", 0, &read.failures, &ignored)
        || doc_int_or(memo, "failing_since", WHEN_UNKNOWN, &read.failing_since, &ignored)
        || doc_int_or(memo, "refused_since", WHEN_UNKNOWN, &read.refused_since, &ignored))
        return none;
    return read;
}

static void memo_write(const struct verdict_memo *memo, struct errand_outcome *out)
{
    OWN(buf) text      = BUF_UP_TO(sizeof out->memo - 1);
    struct compose doc = compose_into(&text);

    compose_open(&doc, NULL, '{');
    compose_int(&doc, "points", memo->points);
    compose_int(&doc, "tries", memo->tries);
    if (memo->failures)
        compose_int(&doc, "failures", memo->failures);
    if (memo->failing_since != WHEN_UNKNOWN)
        compose_int(&doc, "failing_since", memo->failing_since);
    if (memo->refused_since != WHEN_UNKNOWN)
        compose_int(&doc, "refused_since", memo->refused_since);
    compose_close(&doc, '}');
    if (str_to_c(buf_view(&text), out->memo, sizeof out->memo))
        out->memo[0] = '\0'; /* no memory: the next try starts over */
}

static ms wait_after(int64_t tries)
{
    return WAITS[tries < WAIT_COUNT ? tries : WAIT_COUNT - 1];
}

static int64_t count_points(const struct utilization *read)
{
    int64_t points = 0;

    for (size_t i = 0; i < read->host_count; i++)
        for (size_t m = 0; m < METRIC_COUNT; m++)
            points += read->hosts[i].metric[m].points;
    return points;
}

/* CPU points of the host that has fewest: every instance has a CPU. */
static int64_t least_cpu(const struct utilization *read)
{
    int64_t least = read->host_count ? INT64_MAX : 0;

    for (size_t i = 0; i < read->host_count; i++)
        if (read->hosts[i].metric[METRIC_CPU].points < least)
            least = read->hosts[i].metric[METRIC_CPU].points;
    return least;
}

static bool has_hosts(const struct plan *plan, const struct utilization *read)
{
    return read->host_count > 0 && read->host_count >= plan->hosts_wanted;
}

static bool is_covered(const struct plan *plan, const struct utilization *read)
{
    return least_cpu(read) * 100 >= plan->expected * COVERED_PERCENT && has_hosts(plan, read);
}

/* "35 s", "90 min": how people say it. */
static void say_span(ms span, char *out, size_t room)
{
    if (span < 2 * MS_MINUTE)
        (void)snprintf(out, room, "%lld s", (long long)(span / MS_SECOND));
    else
        (void)snprintf(out, room, "%lld min", (long long)(span / MS_MINUTE));
}

static void say_none(const struct plan *plan, const char *note, char *out, size_t room)
{
    const char *between = note[0] ? "; " : "";
    char        span[32], text[480];

    say_span(plan->job_end - plan->job_start, span, sizeof span);
    if (plan->is_endpoint)
        (void)snprintf(text, sizeof text,
                       "CloudWatch has no metrics of this endpoint in the last hour: it had no"
                       " instances, or is not a quarter of an hour old%s%s",
                       between, note);
    else
        (void)snprintf(text, sizeof text,
                       "CloudWatch has no metrics for this job (it ran %s; metrics come once a"
                       " minute)%s%s",
                       span, between, note);
    errand_say(str_of(text), out, room);
}

static void settle(const struct plan *plan, int64_t points, const char *note,
                   struct utilization *read)
{
    if (!points) {
        read->state = UTILIZATION_NONE;
        say_none(plan, note, read->reason, sizeof read->reason);
        return;
    }
    read->state = UTILIZATION_SETTLED;
    if (!has_hosts(plan, read))
        (void)snprintf(read->reason, sizeof read->reason,
                       "CloudWatch has metrics of %zu of %zu hosts", read->host_count,
                       plan->hosts_wanted);
    else if (!is_covered(plan, read))
        (void)snprintf(read->reason, sizeof read->reason,
                       "CloudWatch has %lld of about %lld points of the least covered %s",
                       (long long)least_cpu(read), (long long)plan->expected,
                       plan->is_endpoint ? "variant" : "host");
}

static void give_away(struct utilization *read, struct errand_outcome *out)
{
    out->utilization = *read;
    *read            = UTILIZATION_EMPTY;
}

void verdict_of_reading(const struct plan *plan, const struct verdict_memo *before, ms now,
                        ms give_up, const char *note, struct utilization *read,
                        struct errand_outcome *out)
{
    int64_t             points   = count_points(read);
    ms                  deadline = plan->job_end + give_up;
    ms                  wait     = wait_after(before->tries);
    struct verdict_memo memo     = {points, before->tries + 1, 0, WHEN_UNKNOWN, WHEN_UNKNOWN};
    bool                is_final =
        is_covered(plan, read) && (points == before->points || now - plan->job_end > LONG_AGO);

    read->period_s = plan->period_s;
    if (is_final || plan->is_endpoint || now >= deadline) {
        out->result = ERRAND_DONE;
        settle(plan, points, note, read);
    } else {
        out->result   = ERRAND_LATER;
        out->after_ms = wait < deadline - now ? wait : deadline - now;
        if (out->after_ms < LEAST_WAIT)
            out->after_ms = LEAST_WAIT;
        (void)snprintf(out->why, sizeof out->why,
                       "%lld points so far, about %lld per host expected", (long long)points,
                       (long long)plan->expected);
        read->state = UTILIZATION_PENDING;
        use_course_free(TAKE(read->course));
        memo_write(&memo, out);
    }
    give_away(read, out);
}

static bool is_refusal(enum fail_kind kind)
{
    return !fail_meaning(kind)->is_temporary;
}

/* Refusals have a clock of their own: those that come after a long time of other trouble are waited
 * for like any. */
static bool is_enough(const struct verdict_memo *memo, ms now, bool is_no)
{
    return is_no ? now - memo->refused_since >= REFUSED_MOST
                 : now - memo->failing_since >= FAILING_MOST;
}

static void explain(const struct fail *first, const struct fail *failure, char *out, size_t room)
{
    if (first->kind == FAIL_NONE)
        errand_say(str_of(failure->text), out, room);
    else
        errand_say_both(str_of(first->text), str_of(failure->text), out, room);
}

void verdict_of_failure(const struct verdict_memo *before, ms now, const struct fail *first,
                        const struct fail *failure, struct errand_outcome *out)
{
    struct verdict_memo memo  = *before;
    bool                is_no = is_refusal(failure->kind);

    if (memo.failing_since == WHEN_UNKNOWN || !memo.failures)
        memo.failing_since = now;
    if (is_no && memo.refused_since == WHEN_UNKNOWN)
        memo.refused_since = now;
    explain(first, failure, out->why, sizeof out->why);
    if (is_enough(&memo, now, is_no)) {
        out->result            = ERRAND_DONE;
        out->utilization.state = UTILIZATION_FAILED;
        explain(first, failure, out->utilization.reason, sizeof out->utilization.reason);
        return;
    }
    out->result = ERRAND_LATER;
    out->after_ms =
        is_no ? wait_after(memo.failures)
              : retry_wait(&AGAIN, (int)(memo.failures < 30 ? memo.failures : 30), 5 * MS_SECOND);
    memo.failures++;
    memo_write(&memo, out);
}
