#include "runner/work.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/fail.h"
#include "base/mem.h"
#include "format/compose.h"
#include "wire/doc.h"
#include "wire/fetch.h"

enum {
    GRACE_MS      = 10 * 1000, /* beyond the long poll's own wait */
    REQUEST_BYTES = 32 * 1024 * 1024,
    ANSWER_BYTES  = 16 * 1024 * 1024, /* as much as the service answers at most */
    MOST_HINT_S   = 3600,
    URL_ROOM      = 1024
};

struct work {
    struct work_place place;
    struct fetch     *fetch;
    char              authorization[300];
};

int work_new(const struct work_place *place, struct work **out, struct fail *why)
{
    OWN_PTR(work) work = mem_new(sizeof *work);
    int wrote;

    if (!work)
        return fail_set(why, FAIL_MEMORY, "no memory for the work API");
    work->place = *place;
    wrote = snprintf(work->authorization, sizeof work->authorization, "Bearer %s", place->key);
    if (wrote < 0 || (size_t)wrote >= sizeof work->authorization)
        return fail_set(why, FAIL_INPUT, "the collect key is too long");
    if (fetch_new(&work->fetch, why))
        return -1;
    *out = TAKE(work);
    return 0;
}

void work_free(struct work *work)
{
    if (!work)
        return;
    fetch_free(work->fetch);
    mem_free(work);
}

/* Seconds; a date, or nonsense, is no hint. */
static ms hint_of(const struct fetch_answer *answer)
{
    int64_t seconds;

    if (str_to_i64(fetch_answer_header(answer, "Retry-After"), 0, MOST_HINT_S, &seconds))
        return 0;
    return seconds * MS_SECOND;
}

static enum fail_kind kind_of_status(int status)
{
    switch (status) {
    case 401: return FAIL_AUTH;
    case 403: return FAIL_DENIED;
    case 404: return FAIL_ABSENT;
    case 413: return FAIL_SIZE;
    case 429: return FAIL_LIMIT;
    case 500: return FAIL_BUG; /* it understood, and failed: not the same as being away */
    case 503: return FAIL_BUSY;
    default: return status >= 500 ? FAIL_REMOTE : FAIL_INPUT;
    }
}

/* The service says what is wrong in problem+json. */
static int refused(const struct fetch_answer *answer, struct fail *why)
{
    struct fail ignored; /* an answer in another shape simply tells no more */
    OWN_PTR(doc) body = doc_parse(buf_view(&answer->body), &ignored);
    struct str detail = STR_NONE;

    if (doc_is_object(body))
        (void)doc_text_or(body, "detail", STR_NONE, &detail, &ignored);
    return fail_set(why, kind_of_status(answer->status), "the service answers %d%s%.*s",
                    answer->status, detail.size ? ": " : "", STR_ARG(detail));
}

static int post(struct work *work, const char *path, const struct buf *body, ms wait,
                struct doc **out, ms *hint, struct fail *why)
{
    OWN(fetch_answer) answer = FETCH_ANSWER;
    char                      url[URL_ROOM];
    int                       wrote     = snprintf(url, sizeof url, "%s%s",
                         work->place.socket ? "http://localhost" : work->place.url, path);
    const struct fetch_header headers[] = {
        {"Content-Type", "application/json"},
        {"Authorization", work->authorization}, /* last: left out without a key */
    };
    const struct fetch_call call = {
        .method       = "POST",
        .url          = url,
        .headers      = headers,
        .header_count = work->place.key[0] ? 2 : 1,
        .body         = buf_view(body),
        .deadline     = wait + GRACE_MS,
        .answer_limit = ANSWER_BYTES,
        .unix_path    = work->place.socket,
        .abandon      = wait ? work->place.stop : NULL,
    };

    *hint = 0;
    if (buf_check(body, why))
        return -1;
    if (wrote < 0 || (size_t)wrote >= sizeof url)
        return fail_set(why, FAIL_INPUT, "the service's URL is too long");
    if (fetch_do(work->fetch, &call, &answer, why))
        return -1;
    *hint = hint_of(&answer);
    if (answer.status != 200)
        return refused(&answer, why);
    *out = doc_parse(buf_view(&answer.body), why);
    return *out ? 0 : fail_in(why, "the service's answer");
}

int work_lease(struct work *work, const struct work_wish *wish, struct doc **out, ms *hint,
               struct fail *why)
{
    OWN(buf) body        = BUF_UP_TO(REQUEST_BYTES);
    OWN_PTR(doc) answer  = NULL;
    struct compose lease = compose_into(&body);

    compose_open(&lease, NULL, '{');
    compose_text(&lease, "worker", str_of(work->place.worker));
    compose_open(&lease, "deeds", '[');
    for (size_t i = 0; i < wish->deed_count; i++)
        compose_text(&lease, NULL, str_of(deed_name(wish->deeds[i])));
    compose_close(&lease, ']');
    compose_int(&lease, "most", wish->most);
    compose_int(&lease, "wait_ms", wish->wait);
    compose_int(&lease, "lease_ms", wish->lease);
    compose_close(&lease, '}');
    if (post(work, "/collect/v1/lease", &body, wish->wait, &answer, hint, why))
        return fail_in(why, "lease");
    if (!doc_is_array(doc_member(answer, "errands")))
        return fail_set(why, FAIL_REMOTE, "lease: the service's answer has no errands");
    *out = TAKE(answer);
    return 0;
}

static void read_receipt(const struct doc *item, struct work_receipt *out)
{
    struct fail ignored; /* a receipt we cannot read is an acceptance: the answer was 200 */
    struct str  reason = STR_NONE;

    *out = (struct work_receipt){.is_accepted = true};
    if (!doc_is_object(item))
        return;
    (void)doc_bool_or(item, "accepted", true, &out->is_accepted, &ignored);
    (void)doc_text_or(item, "reason", STR_NONE, &reason, &ignored);
    (void)str_to_c(str_head(reason, sizeof out->reason - 1), out->reason, sizeof out->reason);
}

int work_finish(struct work *work, const struct errand_outcome *outcomes, size_t count,
                struct work_receipt *receipts, ms *hint, struct fail *why)
{
    OWN(buf) body         = BUF_UP_TO(REQUEST_BYTES);
    OWN_PTR(doc) answer   = NULL;
    struct compose finish = compose_into(&body);

    compose_open(&finish, NULL, '{');
    compose_text(&finish, "worker", str_of(work->place.worker));
    compose_open(&finish, "outcomes", '[');
    for (size_t i = 0; i < count; i++)
        errand_outcome_compose(&finish, &outcomes[i]);
    compose_close(&finish, ']');
    compose_close(&finish, '}');
    if (post(work, "/collect/v1/finish", &body, 0, &answer, hint, why))
        return fail_in(why, "finish");
    for (size_t i = 0; i < count; i++)
        read_receipt(doc_item(doc_member(answer, "results"), i), &receipts[i]);
    return 0;
}
