/* Inference transactions: the list, and one of them. */
#include "api/app.h"
#include "api/ask.h"
#include "api/handlers.h"
#include "api/inferences/inference_json.h"
#include "api/inferences/inference_text.h"
#include "api/inferences/too_many.h"
#include "base/fail.h"
#include "query/inferences/question.h"
#include "store/inferences/inference_filter.h"
#include "store/inferences/inference_list.h"
#include "store/key.h"
#include "store/page.h"

enum { PAYLOAD_CEILING = 1 << 20 };

/* --- the list --- */

struct listing {
    struct ask             *ask;
    struct paged            paged;
    struct question         question;
    struct inference_filter filter;
    struct inference_set    set;
    uint64_t                wanted;
};

/* Its page: by start or by elapse, and only from the highest down: lanes are read from their ends.
 */
static int read_page(struct listing *listing, struct fail *why)
{
    static const char *const   sorts[] = {"start_at", "elapse", NULL};
    static const struct paging paging  = {sorts, true, "/api/v1/inferences"};
    struct ask                *ask     = listing->ask;

    if (paging_read(&ask->params, &paging, ask->app->cursor_key, &listing->paged, why))
        return -1;
    if (!listing->paged.page.is_descending)
        return params_fault(&ask->params, PARAM_BAD, STR("sort"), why,
                            "'sort' is -start_at or -elapse");
    listing->question.by_elapse     = listing->paged.sort == 1;
    listing->question.is_descending = true;
    listing->question.limit         = listing->paged.page.limit;
    return 0;
}

static int write_row(void *ctx, const struct inference_row *row, struct fail *why)
{
    struct listing             *listing = ctx;
    const struct inference_json how     = {.asker = &listing->ask->asker,
                                           .series =
                                               inference_set_find(&listing->set, row->key.series_id),
                                           .wanted = listing->wanted};

    (void)why;       /* writing to a buffer is checked at the end */
    if (!how.series) /* born since */
        return 0;
    compose_open(&listing->ask->json, NULL, '{');
    inference_json_members(&listing->ask->json, row, &how);
    compose_close(&listing->ask->json, '}');
    return 0;
}

static int write_rows(struct listing *listing, const struct inference_keys *keys, struct fail *why)
{
    for (size_t i = 0; i < keys->count; i++) {
        const struct inference_key *key = &keys->items[i];
        int64_t                     at  = listing->question.by_elapse ? key->elapse_ms : key->start;

        if (page_takes(&listing->paged.page, at, key->uid)
            && inference_get(listing->ask->asker.db, key, write_row, listing, why) < 0)
            return -1;
    }
    return 0;
}

static int list(struct listing *listing, struct fail *why)
{
    OWN(inference_keys) keys                 = INFERENCE_KEYS_EMPTY;
    struct ask                     *ask      = listing->ask;
    struct db                      *db       = ask->asker.db;
    const struct inference_question question = {
        &listing->filter, &listing->set, &listing->paged.page,
        listing->question.by_elapse ? INFERENCE_BY_ELAPSE : INFERENCE_BY_START};

    if (inference_filter_series(db, &listing->filter, &listing->set, why)
        || inference_list(db, &question, &keys, why))
        return too_many_series(ask, &listing->set, listing->filter.from, why);
    ask_open_list(ask);
    if (write_rows(listing, &keys, why)
        || ask_close_list(ask, &listing->paged, "/api/v1/inferences", why))
        return -1;
    compose_close(&ask->json, '}');
    return 0;
}

int inferences_list(struct ask *ask, struct fail *why)
{
    static const char *const known[] = {
        QUESTION_PARAMS, "min_elapse_ms", "max_elapse_ms", "as",          "sort",
        "limit",         "cursor",        "fields",        "time_format", NULL};
    struct listing listing = {.ask = ask, .set = INFERENCE_SET_EMPTY};
    int            got;

    if (ask_check(ask, known, why) || read_page(&listing, why)
        || question_read(&ask->params, ask->asker.now, &listing.question, why)
        || shape_fields(&ask->params, inference_shape, &listing.wanted, why))
        return -1;
    got = inference_text(ask, &listing.question, why);
    if (got)
        return got < 0 ? -1 : 0;
    if (question_filter(&listing.question, &ask->asker, &listing.filter, why))
        return -1;
    got = list(&listing, why);
    inference_set_release(&listing.set);
    return got;
}

/* --- one --- */

/* What was kept of the bodies, for those who may write: others are not told whether there is. */
static int write_payload(struct ask *ask, const struct inference_key *key, struct fail *why)
{
    OWN(buf) payload = BUF_UP_TO(PAYLOAD_CEILING);
    int got;

    if (!(ask->caller->roles & (ROLE_WRITE | ROLE_ADMIN)))
        return 0;
    got = inference_payload(ask->asker.db, key, ask->asker.now, &payload, why);
    if (got == 1)
        compose_raw(&ask->json, "payload", buf_view(&payload));
    else if (got == 0)
        compose_null(&ask->json, "payload");
    return got < 0 ? -1 : 0;
}

static int show_row(void *ctx, const struct inference_row *row, struct fail *why)
{
    struct listing             *listing = ctx;
    struct ask                 *ask     = listing->ask;
    const struct inference_json how     = {.asker = &ask->asker,
                                           .series =
                                               inference_set_find(&listing->set, row->key.series_id),
                                           .wanted = listing->wanted};

    if (!how.series)
        return ask_absent(why);
    compose_open(&ask->json, NULL, '{');
    inference_json_members(&ask->json, row, &how);
    if (write_payload(ask, &row->key, why))
        return -1;
    compose_close(&ask->json, '}');
    return 0;
}

static int show(struct listing *listing, const struct inference_key *key, struct fail *why)
{
    struct ask *ask = listing->ask;
    int         got;

    listing->filter = (struct inference_filter){.scope         = *ask->asker.scope,
                                                .model_id      = key->model_id,
                                                .min_elapse_ms = -1,
                                                .max_elapse_ms = -1};
    if (inference_filter_series(ask->asker.db, &listing->filter, &listing->set, why))
        return -1;
    got = inference_get(ask->asker.db, key, show_row, listing, why);
    return got ? (got < 0 ? -1 : 0) : ask_absent(why);
}

int inferences_show(struct ask *ask, struct fail *why)
{
    static const char *const known[] = {"fields", "time_format", NULL};
    struct listing           listing = {.ask = ask, .set = INFERENCE_SET_EMPTY};
    struct inference_key     key;
    int                      result;

    if (ask_check(ask, known, why)
        || shape_fields(&ask->params, inference_shape, &listing.wanted, why))
        return -1;
    if (inference_json_read_id(ask->caller->ids[0], &key))
        return ask_absent(why);
    result = show(&listing, &key, why);
    inference_set_release(&listing.set);
    return result;
}
