#include "intake/outcome.h"

#include "base/buf.h"
#include "base/fail.h"
#include "base/fault.h"
#include "base/mem.h"
#include "base/own.h"
#include "format/compose.h"
#include "format/errand.h"
#include "format/kind.h"
#include "store/attention.h"
#include "store/batch.h"
#include "store/errands.h"
#include "store/hardware.h"
#include "store/resource.h"
#include "store/state.h"
#include "store/words.h"

#include <inttypes.h>

enum { ROW_TEXTS_CEILING = 4 << 20, MOST_LOSSES = 10, REASON_ROOM = 300 };

/* More than fit into a day of temporary trouble: until then it is the collector that judges. */
enum { MOST_ATTEMPTS = 400 };

static const ms MOST_DELAY = 6 * (ms)MS_HOUR;

/* ---- what is kept with the job ---- */

static int64_t points_of(const struct utilization *figures)
{
    int64_t points = 0;

    for (int metric = 0; metric < METRIC_COUNT; metric++)
        points += figures->job.metric[metric].points;
    return points;
}

/* CloudWatch forgets: minutes after 15 days, everything after 455, all of it for a role that is
 * gone. So what a job has is never given up for a reading that failed, and figures that are final
 * only for final ones from as many points. 1: `found` replaces them, 0: they stay, -1. */
static int is_better(struct batch *batch, const struct resource *row,
                     const struct utilization *found, struct fail *why)
{
    OWN(utilization) kept = UTILIZATION_EMPTY;

    if (!kind_is_job((enum kind)row->kind))
        return 1; /* an endpoint's last hour is another one each time */
    if (found->state == UTILIZATION_FAILED)
        return 0;
    if (row->utilization != UTILIZATION_SETTLED)
        return 1;
    if (found->state != UTILIZATION_SETTLED)
        return 0;
    if (hardware_read(batch->db, row->account, row->id, &kept, why))
        return -1;
    return points_of(found) >= points_of(&kept);
}

/* The state of a row that got `found`, and why; `room` holds the text. */
static void tell_state(struct resource *row, const struct utilization *found, bool is_kept,
                       char room[REASON_ROOM])
{
    if (is_kept && row->utilization == UTILIZATION_SETTLED) {
        (void)snprintf(room, REASON_ROOM, "read once more, and these figures stay: %s",
                       found->reason[0] ? found->reason : "CloudWatch has fewer points now");
        row->utilization_why = str_of(room);
        return;
    }
    row->utilization     = (int)found->state;
    row->utilization_why = found->reason[0] ? str_of(found->reason) : STR_NONE;
}

/* Figures and their state, into the tables and the row. */
static int keep_utilization(struct batch *batch, const struct leased *errand,
                            const struct utilization *found, struct fail *why)
{
    OWN(buf) room = BUF_UP_TO(ROW_TEXTS_CEILING);
    struct resource old, row;
    char            reason[REASON_ROOM];
    int got = resource_get(batch, errand->account, errand->resource_id, &room, &old, why);
    int takes;

    if (got <= 0)
        return got; /* gone meanwhile: nothing to keep it with */
    takes = is_better(batch, &old, found, why);
    if (!takes && found->state == UTILIZATION_PENDING)
        return 0;
    if (takes < 0
        || (takes
            && (hardware_put(batch, old.account, old.id, found, why)
                || attention_idle_put(batch, &old, found, why))))
        return -1;
    row = old;
    tell_state(&row, found, !takes, reason);
    row.changed = batch->now;
    if (found->state == UTILIZATION_SETTLED && batch->policy->wants_emf
        && kind_facts(row.kind)->emf_job_type && !(row.asked & (1 << DEED_EMIT_UTILIZATION))) {
        row.asked |= 1 << DEED_EMIT_UTILIZATION;
        if (errands_add(batch, row.account, row.id, DEED_EMIT_UTILIZATION, batch->now, why))
            return -1;
    }
    return resource_put(batch, &old, &row, why);
}

int outcome_want(struct batch *batch, int64_t account, int64_t resource_id, int64_t *errand,
                 struct fail *why)
{
    OWN(buf) room = BUF_UP_TO(ROW_TEXTS_CEILING);
    struct resource old, row;
    int             got = resource_get(batch, account, resource_id, &room, &old, why);

    if (got <= 0)
        return got;
    row                 = old;
    row.utilization     = UTILIZATION_PENDING;
    row.utilization_why = STR_NONE;
    row.changed         = batch->now;
    return resource_put(batch, &old, &row, why)
                   || errands_ask(batch, account, resource_id, DEED_ENRICH, errand, why)
               ? -1
               : 1;
}

static int give_up(struct batch *batch, const struct leased *errand, struct str error,
                   struct fail *why)
{
    struct utilization failed = UTILIZATION_EMPTY;

    failed.state = UTILIZATION_FAILED;
    (void)str_to_c(str_head(error, sizeof failed.reason - 1), failed.reason, sizeof failed.reason);
    if (errand->deed == DEED_ENRICH && keep_utilization(batch, errand, &failed, why))
        return -1;
    return errands_dead(batch, errand, error, why);
}

/* ---- leasing ---- */

static struct errand_job job_of(struct batch *batch, const struct resource *row, char account[16])
{
    struct words *words = batch->words;

    (void)snprintf(account, 16, "%012" PRId64, row->account);
    return (struct errand_job){
        .account          = str_of(account),
        .region           = words_text(words, batch->db, row->region_id),
        .kind             = row->kind,
        .name             = row->name,
        .arn              = row->arn,
        .status           = words_text(words, batch->db, row->status_id),
        .secondary_status = words_text(words, batch->db, row->secondary_id),
        .failure_reason   = row->failure_reason,
        .created_at       = row->created,
        .started_at       = row->started,
        .ended_at         = row->ended,
        .counted_at       = state_share(row).ended,
        .duration_ms      = state_duration(row),
        .instance_type    = words_text(words, batch->db, row->instance_id),
        .instance_count   = row->instance_count > 0 ? row->instance_count : 0,
    };
}

/* One that ended every collector that tried. */
static int give_up_lost(struct batch *batch, const struct leased *leased, struct fail *why)
{
    char text[160];

    (void)snprintf(text, sizeof text,
                   "given up: %" PRId64 " leases of it ended without a report; see what the"
                   " collector logged last",
                   leased->losses);
    return give_up(batch, leased, str_of(text), why);
}

/* The errand as the collector sees it. One whose job is gone, and one that was lost too often, are
 * given up. */
static int compose_errand(struct batch *batch, const struct leased *leased, struct compose *out,
                          struct fail *why)
{
    OWN(buf) room                = BUF_UP_TO(ROW_TEXTS_CEILING);
    OWN(utilization) utilization = UTILIZATION_EMPTY;
    struct resource row;
    struct errand   errand = {.deed    = leased->deed,
                              .fence   = leased->fence,
                              .attempt = leased->attempt,
                              .born_at = leased->born};
    char            account[16];
    int             got;

    if (leased->losses >= MOST_LOSSES)
        return give_up_lost(batch, leased, why);
    got = resource_get(batch, leased->account, leased->resource_id, &room, &row, why);
    if (got < 0)
        return -1;
    if (got == 0)
        return errands_dead(batch, leased, STR("the job it is about is no longer kept"), why);
    if (hardware_read(batch->db, row.account, row.id, &utilization, why))
        return -1;
    utilization.state = (enum utilization_state)row.utilization;
    if (utilization.host_count > ERRAND_MOST_HOSTS)
        utilization.host_count = ERRAND_MOST_HOSTS;
    errand.job = job_of(batch, &row, account);
    (void)snprintf(errand.id, sizeof errand.id, "%012" PRId64 "-%" PRId64 "-%" PRId64,
                   leased->account, leased->id, leased->born);
    errand_compose(out, &errand, buf_view(&leased->memo),
                   utilization.state == UTILIZATION_NONE_YET ? NULL : &utilization);
    return 0;
}

static int lease_into(struct batch *batch, const struct lease_request *request,
                      struct leased *leased, struct buf *out, struct fail *why)
{
    const struct errands_lease lease = {.deeds  = request->deeds,
                                        .most   = request->most,
                                        .until  = batch->now + request->lease_ms,
                                        .worker = str_of(request->worker)};
    int                        n     = errands_take(batch, &lease, leased, why);
    struct compose             json;
    int                        result = n;

    if (n <= 0)
        return n;
    (void)FAULT("errand/after_lease");
    buf_clear(out);
    json = compose_into(out);
    compose_open(&json, NULL, '{');
    compose_open(&json, "errands", '[');
    for (int i = 0; i < n && result > 0; i++)
        if (compose_errand(batch, &leased[i], &json, why))
            result = -1;
    compose_close(&json, ']');
    compose_close(&json, '}');
    return result > 0 && buf_check(out, why) ? -1 : result;
}

int outcome_lease(struct batch *batch, const struct lease_request *request, struct buf *out,
                  struct fail *why)
{
    struct leased *leased = mem_array(LEASE_MOST, sizeof *leased);
    int            result;

    if (!leased)
        return fail_set(why, FAIL_MEMORY, "no memory for a lease");
    result = lease_into(batch, request, leased, out, why);
    for (int i = 0; i < LEASE_MOST; i++)
        leased_release(&leased[i]);
    mem_free(leased);
    return result;
}

int outcome_next(struct db *db, unsigned deeds, ms *out, struct fail *why)
{
    struct batch reading = {.db = db};

    return errands_next_due(&reading, deeds, out, why);
}

/* ---- finishing ---- */

/* "111122223333-7-1785571200000" */
static int read_id(const char *text, struct leased *out)
{
    struct str born = str_of(text), account, id;

    return !str_cut(&born, '-', &account) || str_to_i64(account, 0, 999999999999, &out->account)
                   || !str_cut(&born, '-', &id) || str_to_i64(id, 1, INT64_MAX, &out->id)
                   || str_to_i64(born, 0, INT64_MAX, &out->born)
               ? -1
               : 0;
}

static int finish(struct batch *batch, const struct errand_outcome *outcome,
                  const struct leased *errand, struct fail *why)
{
    struct str error = outcome->why[0] ? str_of(outcome->why) : STR("");
    ms         delay = outcome->after_ms < MOST_DELAY ? outcome->after_ms : MOST_DELAY;

    if (errand->deed == DEED_ENRICH && outcome->utilization.state != UTILIZATION_NONE_YET
        && keep_utilization(batch, errand, &outcome->utilization, why))
        return -1;
    switch (outcome->result) {
    case ERRAND_DONE: return errands_done(batch, errand, why);
    case ERRAND_DEAD: return give_up(batch, errand, error, why);
    case ERRAND_LATER: break;
    }
    if (errand->attempt >= MOST_ATTEMPTS)
        return give_up(batch, errand, error, why);
    return errands_later(batch, errand, batch->now + (delay > 0 ? delay : 0), error,
                         outcome->memo[0] ? str_of(outcome->memo) : STR_NONE, why);
}

int outcome_take(struct batch *batch, const struct errand_outcome *outcome, struct str *reason,
                 struct fail *why)
{
    struct leased lease = {.fence = outcome->fence}, errand;
    int           got;

    if (read_id(outcome->id, &lease)) {
        *reason = STR("no such errand");
        return 0;
    }
    (void)FAULT("errand/before_finish");
    got = errands_hold(batch, &lease, &errand, why);
    if (got == 0)
        *reason = STR("it was finished, or leased again");
    if (got <= 0)
        return got;
    return finish(batch, outcome, &errand, why) ? -1 : 1;
}
