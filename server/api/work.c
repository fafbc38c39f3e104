#include "api/work.h"

#include "api/app.h"
#include "api/desk.h"
#include "api/guard.h"
#include "api/problem.h"
#include "base/fail.h"
#include "base/mem.h"
#include "format/compose.h"
#include "format/errand.h"
#include "intake/outcome.h"
#include "store/writer.h"
#include "wire/doc.h"
#include "wire/web.h"

enum { MOST_OUTCOMES = 1000, RESULTS_CEILING = 1 << 20 };

static const ms MOST_WAIT = 30 * (ms)MS_SECOND, MOST_LEASE = 15 * (ms)MS_MINUTE;

/* ---- leasing ---- */

static int read_deeds(const struct doc *deeds, unsigned *out, struct fail *why)
{
    *out = 0;
    for (size_t i = 0; i < doc_count(deeds); i++) {
        struct str name;
        int        deed;

        if (doc_as_text(doc_item(deeds, i), &name))
            return fail_set(why, FAIL_INPUT, "\"deeds\" is a list of names");
        deed = deed_of_name(name);
        if (!deed)
            return fail_set(why, FAIL_INPUT, "no deed is called \"%.*s\"", STR_ARG(name));
        *out |= 1u << deed;
    }
    return *out ? 0 : fail_set(why, FAIL_INPUT, "\"deeds\" names at least one deed");
}

static int within(int64_t value, int64_t least, int64_t most, const char *name, struct fail *why)
{
    if (value >= least && value <= most)
        return 0;
    return fail_set(why, FAIL_INPUT, "\"%s\" is between %lld and %lld", name, (long long)least,
                    (long long)most);
}

static int read_lease(struct str body, struct lease_request *out, ms *wait_ms, struct fail *why)
{
    OWN_PTR(doc) doc = doc_parse(body, why);
    struct str worker;
    int64_t    most, wait, lease;

    if (!doc || doc_text(doc, "worker", &worker, why) || doc_int_or(doc, "most", 1, &most, why)
        || doc_int_or(doc, "wait_ms", 0, &wait, why)
        || doc_int_or(doc, "lease_ms", MS_MINUTE, &lease, why)
        || within(most, 1, LEASE_MOST, "most", why) || within(wait, 0, MOST_WAIT, "wait_ms", why)
        || within(lease, MS_SECOND, MOST_LEASE, "lease_ms", why)
        || read_deeds(doc_member(doc, "deeds"), &out->deeds, why))
        return -1;
    if (str_to_c(worker, out->worker, sizeof out->worker))
        return fail_set(why, FAIL_INPUT, "\"worker\" is at most %zu bytes", sizeof out->worker - 1);
    out->most     = (int)most;
    out->lease_ms = lease;
    *wait_ms      = wait;
    return 0;
}

void work_lease(struct app *app, struct web_request *request, const struct caller *caller)
{
    struct lease_request lease   = {0};
    struct fail          why     = FAIL_OK;
    ms                   wait_ms = 0;

    (void)caller; /* the role is all that counts: a collector works for every account */
    if (read_lease(web_body(request), &lease, &wait_ms, &why)
        || desk_wait(app->desk, request, &lease, wait_ms, &why))
        problem_reply(request, &why);
}

/* ---- finishing ---- */

struct finishing {
    struct work         work; /* first: the writer hands it back */
    struct app         *app;
    struct web_request *request;
    struct doc         *doc; /* what the outcomes borrow from */
    struct buf          results;
};

static int take_one(const struct doc *item, struct batch *batch, struct compose *json,
                    struct fail *why)
{
    OWN(errand_outcome) outcome = {0};
    struct str  reason          = STR_NONE;
    struct fail unread          = FAIL_OK;
    int         taken           = 0;

    if (errand_outcome_parse(item, &outcome, &unread))
        reason = str_of(unread.text);
    else
        taken = outcome_take(batch, &outcome, &reason, why);
    if (taken < 0)
        return -1;
    compose_open(json, NULL, '{');
    compose_text(json, "id", str_of(outcome.id));
    compose_bool(json, "accepted", taken == 1);
    if (!taken)
        compose_text(json, "reason", reason);
    compose_close(json, '}');
    return 0;
}

static int finish_apply(struct work *work, struct batch *batch, struct fail *why)
{
    struct finishing *finishing = (struct finishing *)work;
    const struct doc *outcomes  = doc_member(finishing->doc, "outcomes");
    struct compose    json;

    buf_clear(&finishing->results); /* this may be the second time */
    json = compose_into(&finishing->results);
    compose_open(&json, NULL, '{');
    compose_open(&json, "results", '[');
    for (size_t i = 0; i < doc_count(outcomes); i++)
        if (take_one(doc_item(outcomes, i), batch, &json, why))
            return -1;
    compose_close(&json, ']');
    compose_close(&json, '}');
    return buf_check(&finishing->results, why);
}

static void finish_done(struct work *work, int result, const struct fail *why)
{
    struct finishing *finishing = (struct finishing *)work;
    struct web_reply  reply     = WEB_REPLY(200);

    if (result) {
        problem_reply(finishing->request, why);
        buf_release(&finishing->results);
    } else {
        reply.type = "application/json";
        reply.body = buf_take(&finishing->results);
        web_reply(finishing->request, &reply);
        desk_look(finishing->app->desk);
    }
    doc_free(finishing->doc);
    mem_free(finishing);
}

static int check_outcomes(const struct doc *doc, struct fail *why)
{
    const struct doc *outcomes = doc_member(doc, "outcomes");

    if (!doc_is_array(outcomes) || doc_count(outcomes) > MOST_OUTCOMES)
        return fail_set(why, FAIL_INPUT, "\"outcomes\" is a list of at most %d", MOST_OUTCOMES);
    return 0;
}

void work_finish(struct app *app, struct web_request *request, const struct caller *caller)
{
    struct fail why             = FAIL_OK;
    OWN_PTR(doc) doc            = doc_parse(web_body(request), &why);
    struct finishing *finishing = NULL;

    (void)caller;
    if (!doc || check_outcomes(doc, &why)) {
        problem_reply(request, &why);
        return;
    }
    finishing = mem_new(sizeof *finishing);
    if (!finishing) {
        fail_set(&why, FAIL_MEMORY, "no memory to take outcomes in");
        problem_reply(request, &why);
        return;
    }
    *finishing = (struct finishing){
        .app = app, .request = request, .doc = TAKE(doc), .results = BUF_UP_TO(RESULTS_CEILING)};
    finishing->work = (struct work){.apply        = finish_apply,
                                    .done         = finish_done,
                                    .weight_bytes = web_body(request).size * 4,
                                    .deadline     = WHEN_UNKNOWN};
    if (writer_submit(app->writer, &finishing->work))
        return;
    fail_set(&why, FAIL_BUSY, "too much waits to be stored");
    finish_done(&finishing->work, -1, &why);
}
