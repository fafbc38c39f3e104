#include "aws/call.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/endpoint.h"
#include "aws/profile.h"
#include "aws/trouble.h"
#include "base/fail.h"
#include "base/mem.h"

enum {
    QUOTA_FULL      = 500,
    QUOTA_RETRY     = 5,
    QUOTA_LATE      = 10,
    QUOTA_SUCCESS   = 1,
    ATTEMPTS        = 3,
    ATTEMPTS_MOST   = 20,
    BACKOFF_BASE_MS = MS_SECOND,
    BACKOFF_CAP_MS  = 20 * MS_SECOND,
    SKEW_LEAST_MS   = MS_MINUTE, /* less than that is not what the service refused */
};

/* --- what calls share ------------------------------------------------------------------------- */

static int attempts_wanted(const struct aws_options *options)
{
    int64_t wanted;

    if (options->most_attempts > 0)
        return options->most_attempts;
    if (str_to_i64(str_of(getenv("AWS_MAX_ATTEMPTS")), 1, ATTEMPTS_MOST, &wanted) == 0)
        return (int)wanted;
    return ATTEMPTS;
}

int caller_init(struct caller *caller, const struct aws_options *options, struct fail *why)
{
    *caller               = (struct caller){.quota = QUOTA_FULL};
    caller->most_attempts = attempts_wanted(options);
    caller->policy.base   = options->retry_base ? options->retry_base : BACKOFF_BASE_MS;
    caller->policy.cap    = BACKOFF_CAP_MS;
    lock_init(&caller->lock);
    bell_init(&caller->bell);
    if (fetch_new(&caller->fetch, why))
        return -1;
    return profiles_read(&caller->profiles, why);
}

void caller_release(struct caller *caller)
{
    profiles_free(caller->profiles);
    fetch_free(caller->fetch);
    bell_release(&caller->bell);
    lock_release(&caller->lock);
    explicit_bzero(&caller->keys, sizeof caller->keys);
}

ms caller_now(const struct caller *caller)
{
    return when_now() + caller->skew;
}

void caller_wait(struct caller *caller, ms how_long)
{
    ms until = when_monotonic() + how_long;

    lock_take(&caller->lock);
    while (when_monotonic() < until)
        (void)bell_wait(&caller->bell, &caller->lock, until); /* the loop looks at the clock */
    lock_drop(&caller->lock);
}

/* --- one try ---------------------------------------------------------------------------------- */

/* Where it goes and with which headers; what is borrowed by `headers` lives here. */
struct envelope {
    struct buf            url;
    struct buf            host; /* NUL-terminated */
    struct endpoint_parts parts;
    struct fetch_header  *headers;
    size_t                header_count;
    struct sign_result    sign;
};

#define ENVELOPE_NONE                                                                              \
    ((struct envelope){                                                                            \
        BUF_UP_TO(1u << 16), BUF_UP_TO(1u << 10), {.host = {NULL, 0}}, NULL, 0, SIGN_RESULT})

static void envelope_release(struct envelope *envelope)
{
    buf_release(&envelope->url);
    buf_release(&envelope->host);
    mem_free(envelope->headers);
    sign_result_release(&envelope->sign);
}

static int address(const struct caller *caller, const struct aws_request *request,
                   struct envelope *out, struct fail *why)
{
    const struct endpoint_wish wish = {.id          = request->endpoint,
                                       .host_prefix = request->host_prefix,
                                       .region      = request->region,
                                       .profile     = profiles_chosen()};

    if (endpoint_find(&wish, caller->profiles, &out->url, why))
        return -1;
    buf_text(&out->url, request->path);
    (void)buf_c(&out->url);
    if (buf_check(&out->url, why) || endpoint_split(buf_view(&out->url), &out->parts, why))
        return -1;
    buf_str(&out->host, out->parts.authority);
    (void)buf_c(&out->host);
    out->headers = mem_array(request->header_count + 1 + SIGN_MOST_HEADERS, sizeof *out->headers);
    if (!out->headers || out->host.broken)
        return fail_set(why, FAIL_MEMORY, "no memory for an AWS request");
    for (size_t i = 0; i < request->header_count; i++)
        out->headers[out->header_count++] = request->headers[i];
    out->headers[out->header_count++] = (struct fetch_header){"Host", out->host.data};
    return 0;
}

static int sign(struct caller *caller, const struct aws_request *request,
                const struct credentials *keys, struct envelope *out, struct fail *why)
{
    const bool          is_s3   = strcmp(request->service, "s3") == 0;
    struct str          target  = buf_view(&out->url);
    struct sign_request to_sign = {.method       = str_of(request->method),
                                   .path         = out->parts.path,
                                   .headers      = out->headers,
                                   .header_count = out->header_count,
                                   .body         = request->body};
    struct sign_terms   terms   = {.key_id       = str_of(keys->key_id),
                                   .secret       = str_of(keys->secret),
                                   .token        = str_of(keys->token),
                                   .region       = request->region,
                                   .service      = str_of(request->service),
                                   .at           = caller_now(caller),
                                   .keeps_path   = is_s3,
                                   .encodes_once = is_s3,
                                   .adds_payload = is_s3};
    struct str          before;

    (void)str_cut(&target, '?', &before); /* leaves the query, or nothing */
    to_sign.query = target;
    if (sign_headers(&caller->keys, &to_sign, &terms, &out->sign, why))
        return -1;
    out->header_count += sign_result_headers(&out->sign, out->headers + out->header_count);
    return 0;
}

/* 0: 2xx came. -1: *trouble says what to make of it, *why what happened. */
static int try_once(struct caller *caller, const struct call *call, const struct credentials *keys,
                    struct trouble *trouble, struct fail *why)
{
    const struct aws_request *request = call->request;
    OWN(envelope) envelope            = ENVELOPE_NONE;
    struct fetch_call wire            = {.method       = request->method,
                                         .body         = request->body,
                                         .deadline     = request->deadline,
                                         .answer_limit = request->answer_limit};

    *trouble = (struct trouble){0};
    if (address(caller, request, &envelope, why)
        || (keys && sign(caller, request, keys, &envelope, why)))
        return -1;
    wire.url          = envelope.url.data;
    wire.headers      = envelope.headers;
    wire.header_count = envelope.header_count;
    if (fetch_do(caller->fetch, &wire, call->answer, why)) {
        trouble->is_transient = why->kind == FAIL_REMOTE;
        trouble->is_late      = call->answer->is_late;
        return fail_in(why, "%s %.*s", request->service, STR_ARG(request->region));
    }
    if (call->answer->status >= 200 && call->answer->status < 300)
        return 0;
    trouble_read(call->answer, trouble);
    return fail_set(why, trouble->kind, "%s %.*s: %s%s(%d) %s", request->service,
                    STR_ARG(request->region), trouble->code, trouble->code[0] ? " " : "",
                    trouble->status, trouble->message);
}

/* --- all tries -------------------------------------------------------------------------------- */

struct history {
    int  retries;
    int  spent; /* quota for the last repetition */
    bool was_skewed, was_expired;
};

/* Corrects the clock when the answer's own time says that ours is wrong. */
static bool mends_clock(struct caller *caller, const struct call *call, struct history *history)
{
    ms theirs, off;

    if (history->was_skewed || fetch_answer_date(call->answer, "Date", &theirs) != 1)
        return false;
    off = theirs - caller_now(caller);
    if (off < SKEW_LEAST_MS && off > -SKEW_LEAST_MS)
        return false;
    caller->skew += off;
    history->was_skewed = true;
    return true;
}

/* A repetition that is owed, not bought: what was wrong has been put right. */
static bool mends(struct caller *caller, const struct call *call, const struct trouble *trouble,
                  struct history *history)
{
    if (trouble->is_skew)
        return mends_clock(caller, call, history);
    if (!trouble->is_expired || history->was_expired || !call->keys)
        return false;
    history->was_expired = true;
    return true;
}

static bool buys(struct caller *caller, const struct trouble *trouble, struct history *history)
{
    int price = trouble->is_late ? QUOTA_LATE : QUOTA_RETRY;

    if (!trouble->is_transient || history->retries + 1 >= caller->most_attempts
        || caller->quota < price)
        return false;
    caller->quota -= price;
    history->spent = price;
    return true;
}

static void give_back(struct caller *caller, const struct history *history)
{
    caller->quota += history->spent ? history->spent : QUOTA_SUCCESS;
    if (caller->quota > QUOTA_FULL)
        caller->quota = QUOTA_FULL;
}

int call_do(struct caller *caller, const struct call *call, struct fail *why)
{
    struct history            history = {0};
    struct trouble            trouble = {0};
    const struct credentials *keys    = NULL;
    bool                      afresh  = false;

    if (call->code)
        call->code[0] = '\0';
    for (;;) {
        if (call->keys && call->keys(call->ctx, afresh, &keys, why))
            return -1;
        if (try_once(caller, call, keys, &trouble, why) == 0) {
            give_back(caller, &history);
            return 0;
        }
        if (call->code)
            (void)snprintf(call->code, AWS_CODE_ROOM, "%s", trouble.code); /* the same size */
        afresh = trouble.is_expired;
        if (mends(caller, call, &trouble, &history))
            continue;
        if (!buys(caller, &trouble, &history))
            return -1;
        caller_wait(caller, retry_wait(&caller->policy, history.retries++, trouble.hint));
    }
}
