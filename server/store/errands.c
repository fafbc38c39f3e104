#include "store/errands.h"

#include "base/fail.h"
#include "store/batch.h"
#include "store/sums.h"
#include "wire/db.h"

static const ms TURN_WAITS = MS_SECOND;

void leased_release(struct leased *leased)
{
    buf_release(&leased->memo);
}

static const char ADD[] = "INSERT INTO errand (account, deed, resource_id, state, due_ms, born_ms)"
                          " VALUES (:account, :deed, :resource, 0, :due, :now)"
                          " ON CONFLICT (account, resource_id, deed) DO NOTHING";

int errands_add(struct batch *batch, int64_t account, int64_t resource_id, enum deed deed, ms due,
                struct fail *why)
{
    struct stmt *add = db_prepare(batch->db, ADD, why);

    if (!add)
        return -1;
    stmt_int(add, ":account", account);
    stmt_int(add, ":deed", deed);
    stmt_int(add, ":resource", resource_id);
    stmt_int(add, ":due", due);
    stmt_int(add, ":now", batch->now);
    if (stmt_run(add, why))
        return fail_in(why, "adding an errand");
    if (stmt_changes(add) == 1)
        sums_count(batch->sums, COUNTER_ERRANDS_ACCEPTED, 1);
    return 0;
}

/* Every lease is numbered by its fence; `attempts` counts those that came to a report. */
static const char DUE[] =
    "SELECT account, id, resource_id, fence, attempts, born_ms, memo FROM errand"
    " WHERE state = 0 AND deed = :deed AND due_ms <= :now ORDER BY due_ms, id LIMIT :most";

/* Due ones of one deed, read before any is touched. How many, or -1. */
static int find_due(struct batch *batch, enum deed deed, int most, struct leased *out,
                    struct fail *why)
{
    struct stmt *find = db_prepare(batch->db, DUE, why);
    int          n = 0, got = -1;

    if (!find)
        return -1;
    stmt_int(find, ":deed", deed);
    stmt_int(find, ":now", batch->now);
    stmt_int(find, ":most", most);
    while (n < most && (got = stmt_step(find, why)) == 1) {
        out[n] = (struct leased){.account     = col_int(find, 0),
                                 .id          = col_int(find, 1),
                                 .resource_id = col_int(find, 2),
                                 .fence       = col_int(find, 3),
                                 .losses      = col_int(find, 3) - col_int(find, 4),
                                 .deed        = deed,
                                 .born        = col_int(find, 5),
                                 .memo        = BUF_UP_TO(4096)};
        buf_str(&out[n].memo, col_text(find, 6));
        n++;
    }
    stmt_done(find);
    return got < 0 ? -1 : n;
}

/* The fence in WHERE: of two services that read the same row, one writes. */
static const char LEASE[] =
    "UPDATE errand SET due_ms = :until, fence = fence + 1, worker = :worker"
    " WHERE account = :account AND id = :id AND fence = :fence AND state = 0";

/* 1: it is leased; 0: somebody else was quicker. */
static int lease_one(struct batch *batch, const struct errands_lease *lease, struct leased *errand,
                     struct fail *why)
{
    struct stmt *put = db_prepare(batch->db, LEASE, why);

    if (!put)
        return -1;
    stmt_int(put, ":until", lease->until);
    stmt_text(put, ":worker", lease->worker);
    stmt_int(put, ":account", errand->account);
    stmt_int(put, ":id", errand->id);
    stmt_int(put, ":fence", errand->fence);
    if (stmt_run(put, why))
        return -1;
    errand->attempt = ++errand->fence;
    return stmt_changes(put) == 1;
}

/* Leased now, lost before: fence counts the lease that is out. */
static const char SUSPECT_OUT[] =
    "SELECT id FROM errand WHERE state = 0 AND worker IS NOT NULL AND due_ms > :now"
    " AND fence - attempts > :suspect LIMIT 1";

static int is_suspect_out(struct batch *batch, struct fail *why)
{
    struct stmt *find = db_prepare(batch->db, SUSPECT_OUT, why);
    int          got;

    if (!find)
        return -1;
    stmt_int(find, ":now", batch->now);
    stmt_int(find, ":suspect", ERRANDS_SUSPECT);
    got = stmt_step(find, why);
    stmt_done(find);
    return got;
}

static const char WAIT_TURN[] = "UPDATE errand SET due_ms = :due, worker = NULL"
                                " WHERE account = :account AND id = :id AND fence = :fence"
                                " AND state = 0";

/* Puts it behind those that are due, so that they need not wait for it. */
static int wait_turn(struct batch *batch, const struct leased *errand, struct fail *why)
{
    struct stmt *put = db_prepare(batch->db, WAIT_TURN, why);

    if (!put)
        return -1;
    stmt_int(put, ":due", batch->now + TURN_WAITS);
    stmt_int(put, ":account", errand->account);
    stmt_int(put, ":id", errand->id);
    stmt_int(put, ":fence", errand->fence);
    return stmt_run(put, why);
}

/* 1: it is leased; 0: it is not for this answer; -1. */
static int lease_in_turn(struct batch *batch, const struct errands_lease *lease, bool is_first,
                         struct leased *errand, struct fail *why)
{
    int is_out;

    if (errand->losses < ERRANDS_SUSPECT)
        return lease_one(batch, lease, errand, why);
    if (!is_first)
        return 0;
    is_out = is_suspect_out(batch, why);
    if (is_out < 0)
        return -1;
    return is_out ? wait_turn(batch, errand, why) : lease_one(batch, lease, errand, why);
}

/* Leases what was found at out[taken] and after, closing gaps. How many are taken then, or -1. */
static int lease_found(struct batch *batch, const struct errands_lease *lease, struct leased *out,
                       int taken, int found, struct fail *why)
{
    bool is_alone = false;

    for (int i = taken, end = taken + found; i < end; i++) {
        struct leased one = out[i];
        int           got = is_alone ? 0 : lease_in_turn(batch, lease, taken == 0, &one, why);

        if (got < 0)
            return -1;
        out[i].memo = BUF_UP_TO(0); /* moved into `one` */
        if (got == 1)
            out[taken++] = one;
        else
            leased_release(&one);
        is_alone = is_alone || (got == 1 && one.losses >= ERRANDS_SUSPECT);
    }
    return taken;
}

int errands_take(struct batch *batch, const struct errands_lease *lease, struct leased *out,
                 struct fail *why)
{
    int taken = 0;

    for (int deed = 1; deed < DEED_COUNT && taken < lease->most; deed++) {
        int found;

        if (!(lease->deeds & (1u << deed)))
            continue;
        found = find_due(batch, (enum deed)deed, lease->most - taken, out + taken, why);
        if (found < 0)
            return -1;
        taken = lease_found(batch, lease, out, taken, found, why);
        if (taken < 0 || (taken == 1 && out[0].losses >= ERRANDS_SUSPECT))
            return taken;
    }
    return taken;
}

static const char HOLD[] = "SELECT resource_id, deed FROM errand"
                           " WHERE account = :account AND id = :id AND fence = :fence"
                           " AND born_ms = :born AND state = 0";

int errands_hold(struct batch *batch, const struct leased *lease, struct leased *out,
                 struct fail *why)
{
    struct stmt *find = db_prepare(batch->db, HOLD, why);
    int          got;

    if (!find)
        return -1;
    stmt_int(find, ":account", lease->account);
    stmt_int(find, ":id", lease->id);
    stmt_int(find, ":fence", lease->fence);
    stmt_int(find, ":born", lease->born);
    got = stmt_step(find, why);
    if (got == 1)
        *out = (struct leased){.account     = lease->account,
                               .id          = lease->id,
                               .resource_id = col_int(find, 0),
                               .fence       = lease->fence,
                               .attempt     = lease->fence,
                               .deed        = (enum deed)col_int(find, 1),
                               .born        = lease->born,
                               .memo        = BUF_UP_TO(0)};
    stmt_done(find);
    return got;
}

/* Every ending names the fence again: a sister service may have leased it since errands_hold. */
static int finish(struct batch *batch, const char *sql, const struct leased *errand, ms due,
                  struct str error, struct str memo, struct fail *why)
{
    struct stmt *put = db_prepare(batch->db, sql, why);

    if (!put)
        return -1;
    stmt_int(put, ":account", errand->account);
    stmt_int(put, ":id", errand->id);
    stmt_int(put, ":fence", errand->fence);
    if (due != WHEN_UNKNOWN) {
        stmt_int(put, ":due", due);
        stmt_text(put, ":memo", memo);
    }
    if (error.data)
        stmt_text(put, ":error", error);
    if (stmt_run(put, why))
        return -1;
    if (stmt_changes(put) == 1)
        return 0;
    return fail_set(why, FAIL_BUSY, "the errand was leased again meanwhile");
}

static const char DONE[] =
    "DELETE FROM errand WHERE account = :account AND id = :id AND fence = :fence";

int errands_done(struct batch *batch, const struct leased *errand, struct fail *why)
{
    if (finish(batch, DONE, errand, WHEN_UNKNOWN, STR_NONE, STR_NONE, why))
        return -1;
    sums_count(batch->sums, COUNTER_ERRANDS_DELIVERED, 1);
    return 0;
}

static const char LATER[] = "UPDATE errand SET due_ms = :due, last_error = :error,"
                            " memo = COALESCE(:memo, memo), attempts = attempts + 1, worker = NULL"
                            " WHERE account = :account AND id = :id AND fence = :fence";

int errands_later(struct batch *batch, const struct leased *errand, ms due, struct str error,
                  struct str memo, struct fail *why)
{
    return finish(batch, LATER, errand, due, error.data ? error : STR(""), memo, why);
}

static const char DEAD[] = "UPDATE errand SET state = 1, last_error = :error"
                           " WHERE account = :account AND id = :id AND fence = :fence";

int errands_dead(struct batch *batch, const struct leased *errand, struct str error,
                 struct fail *why)
{
    if (finish(batch, DEAD, errand, WHEN_UNKNOWN, error.data ? error : STR(""), STR_NONE, why))
        return -1;
    sums_count(batch->sums, COUNTER_ERRANDS_DEAD, 1);
    return 0;
}

/* ---- asked for again ---- */

static const char GIVEN_UP[] = "SELECT resource_id, deed FROM errand"
                               " WHERE account = :account AND id = :id AND state = 1";
static const char HURRY[]    = "UPDATE errand SET due_ms = :now"
                               " WHERE account = :account AND id = :id AND state = 0"
                               " AND (worker IS NULL OR due_ms < :now)";
static const char IS_THERE[] = "SELECT 1 FROM errand WHERE account = :account AND id = :id";
static const char REMOVE[]   = "DELETE FROM errand WHERE account = :account AND id = :id";
static const char BEGIN[]    = "INSERT INTO errand"
                               " (account, deed, resource_id, state, due_ms, born_ms)"
                               " VALUES (:account, :deed, :resource, 0, :now, :now) $GIVING_ID";

static struct stmt *prepare_of(struct batch *batch, const char *sql, int64_t account, int64_t id,
                               struct fail *why)
{
    struct stmt *stmt = db_prepare(batch->db, sql, why);

    if (!stmt)
        return NULL;
    stmt_int(stmt, ":account", account);
    stmt_int(stmt, ":id", id);
    return stmt;
}

static int begin(struct batch *batch, const struct leased *errand, int64_t *id, struct fail *why)
{
    struct stmt *put = db_prepare(batch->db, BEGIN, why);

    if (!put)
        return -1;
    stmt_int(put, ":account", errand->account);
    stmt_int(put, ":deed", errand->deed);
    stmt_int(put, ":resource", errand->resource_id);
    stmt_int(put, ":now", batch->now);
    if (stmt_insert(put, id, why) != 1)
        return -1;
    sums_count(batch->sums, COUNTER_ERRANDS_ACCEPTED, 1);
    return 0;
}

/* 1: it was given up, and *out says what it was. */
static int find_given_up(struct batch *batch, int64_t account, int64_t id, struct leased *out,
                         struct fail *why)
{
    struct stmt *find = prepare_of(batch, GIVEN_UP, account, id, why);
    int          got;

    if (!find)
        return -1;
    got = stmt_step(find, why);
    if (got == 1)
        *out = (struct leased){.account     = account,
                               .resource_id = col_int(find, 0),
                               .deed        = (enum deed)col_int(find, 1)};
    stmt_done(find);
    return got;
}

static int hurry(struct batch *batch, int64_t account, int64_t id, struct fail *why)
{
    struct stmt *put = prepare_of(batch, HURRY, account, id, why), *find;
    int          got;

    if (!put)
        return -1;
    stmt_int(put, ":now", batch->now);
    if (stmt_run(put, why))
        return -1;
    if (stmt_changes(put) == 1)
        return 1;
    find = prepare_of(batch, IS_THERE, account, id, why);
    if (!find)
        return -1;
    got = stmt_step(find, why);
    stmt_done(find);
    return got;
}

int errands_revive(struct batch *batch, int64_t account, int64_t *id, struct fail *why)
{
    struct leased errand = {0};
    struct stmt  *remove;
    int           got = find_given_up(batch, account, *id, &errand, why);

    if (got <= 0)
        return got < 0 ? -1 : hurry(batch, account, *id, why);
    remove = prepare_of(batch, REMOVE, account, *id, why);
    return !remove || stmt_run(remove, why) || begin(batch, &errand, id, why) ? -1 : 1;
}

static const char OF_RESOURCE[] = "SELECT id FROM errand WHERE account = :account"
                                  " AND resource_id = :resource AND deed = :deed";

int errands_ask(struct batch *batch, int64_t account, int64_t resource_id, enum deed deed,
                int64_t *id, struct fail *why)
{
    const struct leased anew = {.account = account, .resource_id = resource_id, .deed = deed};
    struct stmt        *find = db_prepare(batch->db, OF_RESOURCE, why);
    int                 got;

    if (!find)
        return -1;
    stmt_int(find, ":account", account);
    stmt_int(find, ":resource", resource_id);
    stmt_int(find, ":deed", deed);
    got = stmt_number(find, id, why);
    if (got == 0)
        return begin(batch, &anew, id, why);
    return got < 0 || errands_revive(batch, account, id, why) < 0 ? -1 : 0;
}

/* ---- what a collector held ---- */

/* Only who holds a lease is named in a row that waits: LATER takes the name out again. */
static const char LET_GO[] = "UPDATE errand SET due_ms = :now, worker = NULL, last_error = :error"
                             " WHERE state = 0 AND worker = :worker";

int errands_let_go(struct batch *batch, struct str worker, int64_t *freed, struct fail *why)
{
    struct stmt *put = db_prepare(batch->db, LET_GO, why);

    if (!put)
        return -1;
    stmt_int(put, ":now", batch->now);
    stmt_text(put, ":worker", worker);
    stmt_text(put, ":error", STR("the collector ended in the middle of it"));
    if (stmt_run(put, why))
        return fail_in(why, "letting go what a collector held");
    *freed = stmt_changes(put);
    return 0;
}

/* ---- when they are due ---- */

/* By deed, so that it is a range of the index however many wait. */
static const char RECALL[] = "UPDATE errand SET due_ms = :now"
                             " WHERE state = 0 AND deed = :deed AND due_ms > :latest";

int errands_recall(struct batch *batch, ms latest, int64_t *recalled, struct fail *why)
{
    *recalled = 0;
    for (int deed = 1; deed < DEED_COUNT; deed++) {
        struct stmt *put = db_prepare(batch->db, RECALL, why);

        if (!put)
            return -1;
        stmt_int(put, ":now", batch->now);
        stmt_int(put, ":deed", deed);
        stmt_int(put, ":latest", latest);
        if (stmt_run(put, why))
            return fail_in(why, "recalling errands from a time that was wrong");
        *recalled += stmt_changes(put);
    }
    return 0;
}

static const char NEXT[] = "SELECT MIN(due_ms) FROM errand WHERE state = 0 AND deed = :deed";

int errands_next_due(struct batch *batch, unsigned deeds, ms *out, struct fail *why)
{
    ms soonest = WHEN_UNKNOWN;

    for (int deed = 1; deed < DEED_COUNT; deed++) {
        struct stmt *find = deeds & (1u << deed) ? db_prepare(batch->db, NEXT, why) : NULL;
        ms           due;

        if (!(deeds & (1u << deed)))
            continue;
        if (!find)
            return -1;
        stmt_int(find, ":deed", deed);
        if (stmt_step(find, why) < 0) {
            stmt_done(find);
            return -1;
        }
        due = col_time(find, 0);
        stmt_done(find);
        if (due != WHEN_UNKNOWN && (soonest == WHEN_UNKNOWN || due < soonest))
            soonest = due;
    }
    *out = soonest;
    return 0;
}
