/* Errands: what is still to be done outside, what was given up, and asking for it again.
 *
 * POST /api/v1/errands/{id}/retry   POST /api/v1/errands/retry?deed=enrich&account=...
 * POST /api/v1/jobs/{id}/utilization: figures of a job that ended, once more
 * POST /api/v1/resources/{id}/utilization: figures of an endpoint's last hour */
#include "api/app.h"
#include "api/ask.h"
#include "api/handlers.h"
#include "api/shape.h"
#include "base/fail.h"
#include "base/mem.h"
#include "format/errand.h"
#include "format/kind.h"
#include "intake/outcome.h"
#include "store/batch.h"
#include "store/errand_list.h"
#include "store/errands.h"
#include "store/job_list.h"
#include "store/writer.h"

#include <stddef.h>

enum { ACCEPTED = 202, MOST_AT_ONCE = 1000 };

#define AT(member) offsetof(struct errand_item, member)

static const struct shape shape[] = {
    {"id", SHAPE_ID, AT(id)},
    {"deed", SHAPE_APART, 0},
    {"state", SHAPE_APART, 0},
    {"account", SHAPE_ACCOUNT, AT(account)},
    {"region", SHAPE_TEXT, AT(region)},
    {"kind", SHAPE_KIND, AT(kind)},
    {"name", SHAPE_TEXT, AT(name)},
    {"resource_id", SHAPE_APART, 0},
    {"born_at", SHAPE_TIME, AT(born_at)},
    {"due_at", SHAPE_TIME, AT(due_at)},
    {"leases", SHAPE_NUMBER, AT(leases)},
    {"reports", SHAPE_NUMBER, AT(reports)},
    {"worker", SHAPE_TEXT, AT(worker)},
    {"last_error", SHAPE_TEXT, AT(last_error)},
    {NULL, SHAPE_NULL, 0},
};

static void members(struct compose *out, const struct errand_item *item, uint64_t wanted)
{
    const char *deed = deed_name((enum deed)item->deed);
    char        resource[SHAPE_ID_ROOM];

    shape_compose(out, shape, item, wanted);
    shape_id(item->account, item->resource_id, resource);
    if (shape_wants(shape, "deed", wanted))
        compose_text(out, "deed", deed ? str_of(deed) : STR_NONE);
    if (shape_wants(shape, "state", wanted))
        compose_text(out, "state", str_of(errand_state_name(item->state)));
    if (shape_wants(shape, "resource_id", wanted))
        compose_text(out, "resource_id", str_of(resource));
}

/* --- listing --- */

struct listing {
    struct ask  *ask;
    struct paged paged;
    uint64_t     wanted;
};

static int write_item(void *ctx, const struct errand_item *item, struct fail *why)
{
    struct listing *listing = ctx;

    (void)why; /* writing to a buffer is checked at the end */
    if (!page_takes(&listing->paged.page, item->born_at, item->id))
        return 0;
    compose_open(&listing->ask->json, NULL, '{');
    members(&listing->ask->json, item, listing->wanted);
    compose_close(&listing->ask->json, '}');
    return 0;
}

static int read_state(struct params *params, enum errand_state *out, struct fail *why)
{
    struct str text;

    *out = ERRAND_ANY;
    if (!params_find(params, "state", &text))
        return 0;
    for (int state = ERRAND_WAITING; errand_state_name((enum errand_state)state); state++)
        if (str_is_text(text, errand_state_name((enum errand_state)state))) {
            *out = (enum errand_state)state;
            return 0;
        }
    return params_fault(params, PARAM_BAD, STR("state"), why,
                        "'state' is waiting, leased or given_up");
}

static int read_deed(struct params *params, int *out, struct fail *why)
{
    struct str text;

    *out = 0;
    if (!params_find(params, "deed", &text))
        return 0;
    *out = deed_of_name(text);
    return *out ? 0
                : params_fault(params, PARAM_BAD, STR("deed"), why,
                               "'deed' is enrich, emit or emit-utilization");
}

int errands_index(struct ask *ask, struct fail *why)
{
    static const char *const   known[] = {"account", "deed",   "state",       "sort", "limit",
                                          "cursor",  "fields", "time_format", NULL};
    static const char *const   sorts[] = {"born_at", NULL};
    static const struct paging paging  = {sorts, true, "/api/v1/errands"};
    struct listing             listing = {.ask = ask};
    struct errand_filter       filter  = {.scope = *ask->asker.scope};

    if (ask_check(ask, known, why)
        || paging_read(&ask->params, &paging, ask->app->cursor_key, &listing.paged, why)
        || shape_fields(&ask->params, shape, &listing.wanted, why)
        || filter_accounts(&ask->params, &filter.accounts, why)
        || read_deed(&ask->params, &filter.deed, why)
        || read_state(&ask->params, &filter.state, why))
        return -1;
    ask_open_list(ask);
    if (errand_list(ask->asker.db, ask->asker.words, &filter, ask->asker.now, &listing.paged.page,
                    write_item, &listing, why)
        || ask_close_list(ask, &listing.paged, paging.path, why))
        return -1;
    compose_close(&ask->json, '}');
    return 0;
}

/* --- asking again: what is given to the writer may run twice (writer.h) --- */

static int answer_id(struct ask *ask, int64_t account, int64_t id)
{
    char text[SHAPE_ID_ROOM];

    shape_id(account, id, text);
    compose_open(&ask->json, NULL, '{');
    compose_text(&ask->json, "id", str_of(text));
    compose_close(&ask->json, '}');
    ask->reply.status = ACCEPTED;
    return 0;
}

struct again {
    int64_t account, id;
    int64_t found; /* its number from now on */
};

static int revive(void *ctx, struct batch *batch, struct fail *why)
{
    struct again *again = ctx;
    int           got;

    again->found = again->id;
    got          = errands_revive(batch, again->account, &again->found, why);
    return got == 1 ? 0 : got < 0 ? -1 : ask_absent(why);
}

int errands_retry(struct ask *ask, struct fail *why)
{
    static const char *const known[] = {NULL};
    struct again             again;

    if (ask_check(ask, known, why) || ask_id(ask, &again.account, &again.id, why)
        || writer_run(ask->app->writer, revive, &again, why))
        return -1;
    return answer_id(ask, again.account, again.found);
}

/* Those that were given up, the oldest first, found before the first is asked for again. */
struct many {
    struct page   page;
    size_t        count;
    struct again *items; /* MOST_AT_ONCE */
};

static int note_one(void *ctx, const struct errand_item *item, struct fail *why)
{
    struct many *many = ctx;

    (void)why;
    if (page_takes(&many->page, item->born_at, item->id))
        many->items[many->count++] = (struct again){.account = item->account, .id = item->id};
    return 0;
}

static int revive_many(void *ctx, struct batch *batch, struct fail *why)
{
    const struct many *many = ctx;

    for (size_t i = 0; i < many->count; i++) {
        int64_t id = many->items[i].id;

        if (errands_revive(batch, many->items[i].account, &id, why) < 0)
            return -1;
    }
    return 0;
}

static int retry_many(struct ask *ask, const struct errand_filter *filter, struct many *many,
                      struct fail *why)
{
    if (errand_list(ask->asker.db, ask->asker.words, filter, ask->asker.now, &many->page, note_one,
                    many, why)
        || writer_run(ask->app->writer, revive_many, many, why))
        return -1;
    compose_open(&ask->json, NULL, '{');
    compose_int(&ask->json, "retried", (int64_t)many->count);
    compose_bool(&ask->json, "has_more", many->page.has_more);
    compose_close(&ask->json, '}');
    ask->reply.status = ACCEPTED;
    return 0;
}

int errands_retry_all(struct ask *ask, struct fail *why)
{
    static const char *const known[] = {"account", "deed", NULL};
    struct errand_filter     filter  = {.scope = *ask->asker.scope, .state = ERRAND_GIVEN_UP};
    struct many              many    = {.page = {.limit = MOST_AT_ONCE}};
    int                      result;

    if (ask_check(ask, known, why) || filter_accounts(&ask->params, &filter.accounts, why)
        || read_deed(&ask->params, &filter.deed, why))
        return -1;
    many.items = mem_array(MOST_AT_ONCE, sizeof *many.items);
    result     = many.items ? retry_many(ask, &filter, &many, why)
                            : fail_set(why, FAIL_MEMORY, "no memory for a list");
    mem_free(many.items);
    return result;
}

/* --- measuring again --- */

static int check_job(void *ctx, const struct job_row *row, struct fail *why)
{
    const struct kind_facts *facts = kind_facts((enum kind)row->kind);

    if (!kind_is_job((enum kind)row->kind))
        return ask_absent(why);
    if (!facts->metrics_namespace)
        return ask_refuse(ctx, "conflict", why, "CloudWatch has no metrics of a %s", facts->name);
    if (row->completed_at == WHEN_UNKNOWN || row->started_at == WHEN_UNKNOWN)
        return ask_refuse(ctx, "conflict", why, "a job is measured when it has run and ended");
    return 0;
}

static int ask_again(void *ctx, struct batch *batch, struct fail *why)
{
    struct again *again = ctx;

    return errands_ask(batch, again->account, again->id, DEED_ENRICH, &again->found, why);
}

typedef int asking(void *ctx, struct batch *batch, struct fail *why);

static int measure(struct ask *ask, job_visit *check, asking *act, struct fail *why)
{
    static const char *const known[] = {NULL};
    struct again             again;
    int                      got;

    if (ask_check(ask, known, why) || ask_id(ask, &again.account, &again.id, why))
        return -1;
    got = job_list_one(ask->asker.db, ask->asker.words, again.account, again.id, check, ask, why);
    if (got != 1)
        return got < 0 ? -1 : ask_absent(why);
    return writer_run(ask->app->writer, act, &again, why)
               ? -1
               : answer_id(ask, again.account, again.found);
}

int jobs_measure(struct ask *ask, struct fail *why)
{
    return measure(ask, check_job, ask_again, why);
}

static int check_endpoint(void *ctx, const struct job_row *row, struct fail *why)
{
    if (kind_is_job((enum kind)row->kind))
        return ask_absent(why);
    if (row->kind != KIND_ENDPOINT)
        return ask_refuse(
            ctx, "conflict", why,
            "only endpoints are measured on demand, and this is a resource of kind %s",
            kind_facts((enum kind)row->kind)->name);
    return 0;
}

static int want_hour(void *ctx, struct batch *batch, struct fail *why)
{
    struct again *again = ctx;
    int           got   = outcome_want(batch, again->account, again->id, &again->found, why);

    return got == 1 ? 0 : got < 0 ? -1 : ask_absent(why);
}

int resources_measure(struct ask *ask, struct fail *why)
{
    return measure(ask, check_endpoint, want_hour, why);
}
