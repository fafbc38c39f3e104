#include "store/models/deploy.h"

#include "base/buf.h"
#include "base/fail.h"
#include "store/batch.h"
#include "store/lineage.h"
#include "store/models/rollout_log.h"
#include "wire/db.h"

enum { MOST_OTHERS = 256, WHY_ROOM = 96 };

/* --- saying what happened --- */

/* "deployment 7 was promoted": why something happens to the others. */
static void echo_reason(const struct deployment *subject, const struct deploy_say *say,
                        struct buf *out)
{
    static const char *const verbs[] = {
        [ROLLOUT_CREATED]     = "created",
        [ROLLOUT_SHIFT]       = "shifted",
        [ROLLOUT_PROMOTED]    = "promoted",
        [ROLLOUT_ROLLED_BACK] = "rolled back",
        [ROLLOUT_FAILED]      = "said to have failed",
        [ROLLOUT_RETIRED]     = "retired",
    };

    buf_format(out, "deployment %lld was %s", (long long)subject->number, verbs[say->what]);
    if (say->what == ROLLOUT_SHIFT)
        buf_format(out, " to %g %%", (double)say->share / ROLLOUT_PERCENT);
}

/* The lives of all that get an entry must still make sense with it. */
static int check(const struct rollout_log *group, size_t first_new, struct fail *why)
{
    for (size_t i = first_new; i < group->count; i++)
        if (rollout_check(group->entries, group->count, group->entries[i].deployment, why))
            return i == first_new
                       ? -1
                       : fail_in(why, "another deployment of this endpoint would follow");
    return 0;
}

static int add_all(struct batch *batch, struct rollout_log *group, size_t first_new,
                   const struct rollout_note *own, const struct rollout_note *echo,
                   struct fail *why)
{
    for (size_t i = first_new; i < group->count; i++)
        if (rollout_log_add(batch, &group->entries[i], i == first_new ? own : echo, why)
            || deployment_touch(batch, group->entries[i].deployment, why))
            return -1;
    return 0;
}

static int say_alone(struct batch *batch, const struct deployment *subject,
                     const struct deploy_say *say, bool echoes, struct fail *why)
{
    OWN(rollout_log) group = ROLLOUT_LOG_EMPTY;
    OWN(buf) reason        = BUF_UP_TO(WHY_ROOM);
    struct rollout_entry       others[MOST_OTHERS];
    const struct rollout_entry added = {subject->id, say->at, INT64_MAX, say->what, say->share};
    struct rollout_note        own = {say->who, say->why, ROLLOUT_BY_PEOPLE}, echo = own;
    size_t                     count = 0, first_new;

    if (rollout_log_group(batch, subject, &group, why))
        return -1;
    first_new = group.count;
    if (echoes)
        count = rollout_echo(group.entries, group.count, &added, others, MOST_OTHERS);
    if (rollout_log_push(&group, &added, why))
        return -1;
    for (size_t i = 0; i < count; i++) {
        others[i].id = INT64_MAX;
        if (rollout_log_push(&group, &others[i], why))
            return -1;
    }
    echo_reason(subject, say, &reason);
    echo.why = buf_view(&reason);
    return check(&group, first_new, why) || buf_check(&reason, why)
                   || add_all(batch, &group, first_new, &own, &echo, why)
               ? -1
               : 0;
}

int deploy_say(struct batch *batch, const struct deployment *subject, const struct deploy_say *say,
               struct fail *why)
{
    if (subject->source == ROLLOUT_BY_EVENTS)
        return fail_set(why, FAIL_CLASH,
                        "deployment %lld is told of by the events of its endpoint; they say what "
                        "happens to it",
                        (long long)subject->number);
    if (say_alone(batch, subject, say, true, why))
        return why->kind == FAIL_CLASH ? fail_in(why, "deployment %lld", (long long)subject->number)
                                       : -1;
    return 0;
}

/* --- making one --- */

static const char VERSION_OF[] = "SELECT version FROM deployment WHERE id = :id";

static int version_of(struct batch *batch, int64_t id, int64_t *out, struct fail *why)
{
    struct stmt *find = db_prepare(batch->db, VERSION_OF, why);

    if (!find)
        return -1;
    stmt_int(find, ":id", id);
    return stmt_number(find, out, why);
}

/* The version that ran before the one rolled back. */
static int version_before(struct batch *batch, const struct deployment *old, int64_t *out,
                          struct fail *why)
{
    OWN(rollout_log) group = ROLLOUT_LOG_EMPTY;
    int64_t before;

    if (rollout_log_group(batch, old, &group, why))
        return -1;
    before = rollout_before(group.entries, group.count, old->id);
    if (!before)
        return fail_set(why, FAIL_CLASH,
                        "nothing ran before deployment %lld; say which model_version to go back to",
                        (long long)old->number);
    return version_of(batch, before, out, why) == 1 ? 0 : -1;
}

static void take_over(struct deployment *to, const struct deployment *from)
{
    if (!to->environment.data)
        to->environment = from->environment;
    if (!to->endpoint.data) {
        to->endpoint     = from->endpoint;
        to->endpoint_key = from->endpoint_key;
    }
    to->method   = to->method ? to->method : from->method;
    to->strategy = to->strategy ? to->strategy : from->strategy;
}

/* What is taken back, and what the new one has from it. */
static int prepare_rollback(struct batch *batch, struct deployment *made, struct buf *room,
                            struct deployment *old, struct fail *why)
{
    int got = deployment_find(batch, made->model_id, made->rollback_of, room, old, why);

    if (got < 0)
        return -1;
    if (got == 0)
        return fail_set(why, FAIL_CLASH, "deployment %lld, to be rolled back, is not there",
                        (long long)made->rollback_of);
    if (old->source == ROLLOUT_BY_EVENTS)
        return fail_set(why, FAIL_CLASH,
                        "deployment %lld is told of by the events of its endpoint; they also tell "
                        "when it is rolled back",
                        (long long)made->rollback_of);
    take_over(made, old);
    return made->version ? 0 : version_before(batch, old, &made->version, why);
}

static int check_version(struct batch *batch, const struct deployment *made, struct fail *why)
{
    int got = deployment_has_version(batch->db, made->model_id, made->version, why);

    if (got == 0)
        return fail_set(why, FAIL_CLASH, "version %lld of this model is not there",
                        (long long)made->version);
    return got < 0 ? -1 : 0;
}

/* 1: it has failed already, which is an end of its own. 0, -1. */
static int has_failed(struct batch *batch, const struct deployment *old, ms at, struct fail *why)
{
    OWN(rollout_log) log       = ROLLOUT_LOG_EMPTY;
    struct rollout_stand stand = {ROLLOUT_PENDING, 0};

    if (rollout_log_read(batch, old->id, &log, why))
        return -1;
    return rollout_at(log.entries, log.count, old->id, at, &stand)
           && stand.state == ROLLOUT_HAS_FAILED;
}

/* What it takes back ends before the new one begins; so the traffic has one place to go. */
static int end_old(struct batch *batch, const struct deployment *made, const struct deployment *old,
                   struct fail *why)
{
    OWN(buf) reason       = BUF_UP_TO(WHY_ROOM);
    struct deploy_say say = {
        .what = ROLLOUT_ROLLED_BACK, .at = made->created, .who = made->created_by};
    int failed = has_failed(batch, old, made->created, why);

    if (failed)
        return failed < 0 ? -1 : 0;
    buf_format(&reason, "deployment %lld rolled it back", (long long)made->number);
    say.why = buf_view(&reason);
    if (buf_check(&reason, why))
        return -1;
    if (say_alone(batch, old, &say, false, why))
        return why->kind == FAIL_CLASH ? fail_in(why, "deployment %lld", (long long)old->number)
                                       : -1;
    return 0;
}

static int begin(struct batch *batch, const struct deploy_order *order,
                 const struct deployment *made, const struct deployment *old, struct fail *why)
{
    struct deploy_say    say     = {ROLLOUT_SHIFT, order->share, made->created, made->created_by,
                                    order->why};
    struct rollout_note  note    = {made->created_by, order->why, ROLLOUT_BY_PEOPLE};
    struct rollout_entry created = {
        .deployment = made->id, .at = made->created, .what = ROLLOUT_CREATED};

    if (rollout_log_add(batch, &created, &note, why) || (old && end_old(batch, made, old, why)))
        return -1;
    if (order->share == 0)
        return 0;
    say.what = order->share == ROLLOUT_WHOLE ? ROLLOUT_PROMOTED : ROLLOUT_SHIFT;
    return say_alone(batch, made, &say, true, why);
}

int deploy_make(struct batch *batch, const struct deploy_order *order,
                struct deployment *deployment, struct buf *room, struct fail *why)
{
    struct deployment old   = {0};
    bool              takes = deployment->rollback_of != 0;

    if ((takes && prepare_rollback(batch, deployment, room, &old, why))
        || check_version(batch, deployment, why) || deployment_make(batch, deployment, why)
        || begin(batch, order, deployment, takes ? &old : NULL, why))
        return -1;
    return deploy_link(batch, order->account, deployment, deployment->endpoint_key, why);
}

int deploy_link(struct batch *batch, int64_t account, const struct deployment *deployment,
                struct str endpoint, struct fail *why)
{
    char                version_room[LINEAGE_KEY_ROOM], own_room[LINEAGE_KEY_ROOM];
    struct lineage_node version = {
        .type = LINEAGE_VERSION,
        .key  = lineage_key_version(deployment->model_id, deployment->version, version_room)};
    struct lineage_node own    = {.type = LINEAGE_DEPLOYMENT,
                                  .key  = lineage_key_deployment(deployment->id, own_room)};
    struct lineage_node serves = {
        .type = LINEAGE_ENDPOINT, .key = endpoint, .resource_id = deployment->resource_id};

    if (lineage_link(batch, account, &version, LINEAGE_DEPLOYED, STR_NONE, &own, why))
        return -1;
    return endpoint.size ? lineage_link(batch, account, &own, LINEAGE_SERVES, deployment->variant,
                                        &serves, why)
                         : 0;
}

int deploy_name_link(struct batch *batch, int64_t account, const struct deployment *deployment,
                     struct fail *why)
{
    char                      room[LINEAGE_KEY_ROOM];
    const struct lineage_node own = {.type = LINEAGE_DEPLOYMENT,
                                     .key  = lineage_key_deployment(deployment->id, room)};

    return lineage_name_edge(batch, account, &own, LINEAGE_SERVES, deployment->variant, why);
}
