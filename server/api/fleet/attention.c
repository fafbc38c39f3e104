/* What deserves a look though nothing has failed: jobs that run long against their own history, and
 * jobs that left their hardware idle.
 *
 * {"as_of":"..","long_running":{"looked_at":12,"is_cut":false,"data":[{"age_ms":..,"usual_ms":..,
 *  "usual_of":20,"job":{..}}]},"idle_hardware":{"from":"..","data":[{"instance_hours":96.0,
 *  "busy_percent":4.2,"job":{..}}]}} */
#include "api/app.h"
#include "api/ask.h"
#include "api/handlers.h"
#include "api/fleet/job_json.h"
#include "base/fail.h"
#include "query/overdue.h"
#include "store/attention.h"
#include "store/job_list.h"

enum { MOST_IDLE = 20 };

static const ms IDLE_WITHIN = 24 * (ms)MS_HOUR;

static int write_row(void *ctx, const struct job_row *row, struct fail *why)
{
    struct ask           *ask = ctx;
    const struct job_json how = {
        .db = ask->asker.db, .prices = ask->app->prices, .wanted = SHAPE_EVERYTHING};

    return job_json(&ask->json, "job", row, &how, why);
}

/* A job that retention has removed meanwhile is null. */
static int write_job(struct ask *ask, int64_t account, int64_t id, struct fail *why)
{
    int got = job_list_one(ask->asker.db, ask->asker.words, account, id, write_row, ask, why);

    if (got == 0)
        compose_null(&ask->json, "job");
    compose_close(&ask->json, '}');
    return got < 0 ? -1 : 0;
}

static int write_overdue(struct ask *ask, struct fail *why)
{
    struct compose *out = &ask->json;
    struct overdue  overdue;

    if (overdue_read(&ask->asker, &overdue, why))
        return -1;
    compose_open(out, "long_running", '{');
    compose_int(out, "looked_at", (int64_t)overdue.looked_at);
    compose_bool(out, "is_cut", overdue.is_cut);
    compose_open(out, "data", '[');
    for (size_t i = 0; i < overdue.count; i++) {
        const struct overdue_job *job = &overdue.jobs[i];

        compose_open(out, NULL, '{');
        compose_int(out, "age_ms", job->age_ms);
        if (job->usual_ms == WHEN_UNKNOWN)
            compose_null(out, "usual_ms");
        else
            compose_int(out, "usual_ms", job->usual_ms);
        compose_int(out, "usual_of", job->usual_of);
        if (write_job(ask, job->account, job->id, why))
            return -1;
    }
    compose_close(out, ']');
    compose_close(out, '}');
    return 0;
}

static int write_idle(void *ctx, const struct attention_idle *item, struct fail *why)
{
    struct ask *ask = ctx;

    compose_open(&ask->json, NULL, '{');
    compose_real(&ask->json, "instance_hours", (double)item->machine_ms / MS_HOUR);
    compose_real(&ask->json, "busy_percent", item->busy);
    return write_job(ask, item->account, item->id, why);
}

static int write_all_idle(struct ask *ask, struct fail *why)
{
    const struct attention_idle_filter filter = {
        .scope = *ask->asker.scope, .from = ask->asker.now - IDLE_WITHIN, .limit = MOST_IDLE};

    compose_open(&ask->json, "idle_hardware", '{');
    compose_time(&ask->json, "from", filter.from);
    compose_int(&ask->json, "busy_below_percent", ATTENTION_BUSY_BELOW);
    compose_open(&ask->json, "data", '[');
    if (attention_idle_list(ask->asker.db, &filter, write_idle, ask, why))
        return -1;
    compose_close(&ask->json, ']');
    compose_close(&ask->json, '}');
    return 0;
}

int attention_show(struct ask *ask, struct fail *why)
{
    static const char *const known[] = {"time_format", NULL};

    if (ask_check(ask, known, why))
        return -1;
    compose_open(&ask->json, NULL, '{');
    compose_time(&ask->json, "as_of", ask->asker.now);
    if (write_overdue(ask, why) || write_all_idle(ask, why))
        return -1;
    compose_close(&ask->json, '}');
    return 0;
}
