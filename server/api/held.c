#include "api/held.h"

#include "api/app.h"
#include "api/patience.h"
#include "api/problem.h"
#include "base/fault.h"
#include "base/log.h"
#include "base/mem.h"
#include "store/writer.h"
#include "wire/web.h"

struct held {
    struct work             work; /* first: the writer hands it back */
    struct patience_wait    wait;
    const struct held_kind *kind;
    void                   *what;
};

void held_refuse(struct web_request *request, const struct fail *why)
{
    LOG(LOG_REFUSED, LOG_TEXT("request_id", web_request_id(request)), LOG_WHY(why));
    problem_reply(request, why);
}

static int apply(struct work *work, struct batch *batch, struct fail *why)
{
    struct held *held = (struct held *)work;

    return held->kind->apply(held->what, batch, why);
}

static bool concede(struct work *work, const struct fail *why)
{
    struct held *held = (struct held *)work;

    return held->kind->concede(held->what, why);
}

/* A 4xx would make the sender drop for good what it said rightly. */
static void refuse_stored(const struct held *held, struct web_request *request,
                          const struct fail *why)
{
    struct fail told = *why;

    if (held->kind->concede && !fail_meaning(told.kind)->is_temporary)
        told.kind = FAIL_BUG;
    held_refuse(request, &told);
}

static void done(struct work *work, int result, const struct fail *why)
{
    struct held        *held    = (struct held *)work;
    struct web_request *request = patience_end(&held->wait);

    (void)FAULT("ingest/before_reply");
    if (request && result == 0)
        held->kind->answer(request, held->what);
    else if (request)
        refuse_stored(held, request, why);
    held->kind->release(held->what);
    mem_free(held);
}

/* The sender has waited long enough; the writer may still be at it. */
static void too_late(struct patience_wait *wait, struct web_request *request)
{
    const struct held *held =
        (const struct held *)((const char *)wait - offsetof(struct held, wait));
    struct fail why;

    fail_set(&why, FAIL_BUSY, "the store did not confirm within %lld ms; please send it again",
             (long long)held->kind->within);
    held_refuse(request, &why);
}

void held_store(struct app *app, struct web_request *request, const struct held_kind *kind,
                void *what, size_t weight_bytes)
{
    struct held *held  = mem_new(sizeof *held);
    const ms     until = when_monotonic() + kind->within;
    struct fail  why;

    if (!held) {
        kind->release(what);
        fail_set(&why, FAIL_MEMORY, "no memory to hold a post");
        held_refuse(request, &why);
        return;
    }
    held->kind = kind;
    held->what = what;
    held->work = (struct work){.apply        = apply,
                               .done         = done,
                               .concede      = kind->concede ? concede : NULL,
                               .weight_bytes = weight_bytes + sizeof *held,
                               .deadline     = until};
    patience_begin(app->patience, &held->wait, request, until, too_late);
    if (writer_submit(app->writer, &held->work))
        return;
    fail_set(&why, FAIL_BUSY, "too many posts wait to be stored; please send it again");
    done(&held->work, -1, &why);
}
