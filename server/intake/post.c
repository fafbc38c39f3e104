#include "intake/post.h"

#include "base/buf.h"
#include "base/fail.h"
#include "base/mem.h"
#include "intake/apply.h"
#include "intake/envelope.h"
#include "store/quarantine.h"
#include "store/scope.h"

enum { MOST_CONCESSIONS = 16, REASON_BYTES = 400 };

/* One element of a post: an event, or what could not be understood. */
struct element {
    struct news news;
    struct str  raw;
    char       *reason; /* mem_copy; NULL: it is an event */
};

struct post {
    char               *body;
    size_t              size;
    struct reading      reading;
    char                key_id[64];
    struct element      only; /* nearly every post is one event: no second allocation */
    struct element     *elements;
    size_t              at; /* what post_apply is at; count: past the last */
    int                 concessions;
    size_t              count, room;
    size_t              foreign; /* elements of accounts the key does not reach */
    const struct scope *scope;   /* during post_read */
};

static struct element *next_element(struct post *post)
{
    if (post->count == 0) {
        post->elements = &post->only;
        post->room     = 1;
    } else if (post->count == post->room) {
        struct element *grown = mem_array(post->room * 2, sizeof *grown);

        if (!grown)
            return NULL;
        memcpy(grown, post->elements, post->count * sizeof *grown);
        if (post->elements != &post->only)
            mem_free(post->elements);
        post->elements = grown;
        post->room *= 2;
    }
    return &post->elements[post->count++];
}

static int visit(void *ctx, const struct news *news, struct str raw, const struct fail *reason)
{
    struct post    *post    = ctx;
    bool            is_ours = scope_has(post->scope, news->account) || (reason && !news->account);
    struct element *element = next_element(post);
    const char     *text    = reason ? reason->text : NULL;

    if (!element)
        return -1;
    *element = (struct element){.news = *news, .raw = raw};
    if (!is_ours) {
        post->foreign++;
        text = "this account is not in the key's list of accounts";
    }
    if (text && !(element->reason = mem_copy(text, strlen(text))))
        return -1;
    return 0;
}

/* Nothing in it has a shape we know: one element, kept as it came. */
static int keep_whole(struct post *post, const struct fail *reason)
{
    const struct news nothing = {0};

    for (size_t i = 0; i < post->count; i++)
        mem_free(post->elements[i].reason);
    post->count   = 0;
    post->foreign = 0;
    return visit(post, &nothing, str_from(post->body, post->size), reason);
}

static int read_body(struct post *post, struct fail *why)
{
    struct fail reason = FAIL_OK;
    int read = envelope_read(&post->reading, str_from(post->body, post->size), when_now(), visit,
                             post, &reason);

    if (read == 0 && post->count > 0)
        return 0;
    if (read && reason.kind != FAIL_INPUT)
        return fail_set(why, FAIL_MEMORY, "no memory to read a post of %zu bytes", post->size);
    if (read == 0)
        fail_set(&reason, FAIL_INPUT, "the list of events is empty");
    if (keep_whole(post, &reason))
        return fail_set(why, FAIL_MEMORY, "no memory to keep a post of %zu bytes", post->size);
    return 0;
}

int post_read(struct str body, const struct scope *scope, struct str key_id, struct post **out,
              struct fail *why)
{
    OWN_PTR(post) post = mem_new(sizeof *post);

    if (post)
        post->body = mem_copy(body.data, body.size);
    if (!post || !post->body)
        return fail_set(why, FAIL_MEMORY, "no memory for a post of %zu bytes", body.size);
    post->size    = body.size;
    post->reading = READING_EMPTY;
    post->scope   = scope;
    (void)str_to_c(str_part(key_id, 0, sizeof post->key_id - 1), post->key_id, sizeof post->key_id);
    if (read_body(post, why))
        return -1;
    if (post->foreign == post->count)
        return fail_set(why, FAIL_DENIED, "account %012lld is not in this key's list of accounts",
                        (long long)post->elements[0].news.account);
    post->scope = NULL;
    *out        = TAKE(post);
    return 0;
}

void post_free(struct post *post)
{
    if (!post)
        return;
    for (size_t i = 0; i < post->count; i++)
        mem_free(post->elements[i].reason);
    if (post->elements != &post->only)
        mem_free(post->elements);
    reading_release(&post->reading);
    mem_free(post->body);
    mem_free(post);
}

size_t post_weight(const struct post *post)
{
    return sizeof *post + 2 * post->size + post->room * sizeof *post->elements
           + post->reading.scan.room * sizeof *post->reading.scan.tokens;
}

static int quarantine(struct post *post, const struct element *element, struct batch *batch,
                      struct fail *why)
{
    const struct quarantined kept = {
        .account = element->news.account,
        .source  = STR("eventbridge"),
        .reason  = str_of(element->reason),
        .key_id  = str_of(post->key_id),
        .body    = element->raw,
    };

    return quarantine_put(batch, &kept, why);
}

/* Counts what became of an element; `reason` is why it is kept raw, when it is. */
static void receive(struct receipt *receipt, int applied, const struct news *news,
                    const char *reason)
{
    receipt->accepted += applied == APPLIED_NEW;
    receipt->duplicates += applied == APPLIED_DUPLICATE;
    if (applied == APPLIED_NEW && news->bad_time && !receipt->bad_times++) {
        receipt->bad_time  = news->bad_time;
        receipt->bad_event = news->event_id;
    }
    if (applied != APPLIED_DIFFERENT)
        return;
    if (!receipt->quarantined++)
        receipt->reason = str_of(reason);
}

static int apply_all(struct post *post, struct batch *batch, bool is_kept, struct receipt *out,
                     struct fail *why)
{
    struct receipt receipt = {0};

    for (post->at = 0; post->at < post->count; post->at++) {
        const struct element *element = &post->elements[post->at];
        int                   applied;

        if (element->reason)
            applied = quarantine(post, element, batch, why) ? -1 : APPLIED_DIFFERENT;
        else if (is_kept)
            applied = apply_kept(batch, &element->news, why);
        else
            applied = apply_event(batch, &element->news, str_of(post->key_id), why);
        if (applied < 0)
            return -1;
        receive(&receipt, applied, &element->news,
                element->reason ? element->reason : APPLIED_DIFFERENT_WHY);
    }
    *out = receipt;
    return 0;
}

int post_apply(struct post *post, struct batch *batch, struct receipt *out, struct fail *why)
{
    return apply_all(post, batch, false, out, why);
}

int post_apply_kept(struct post *post, struct batch *batch, struct receipt *out, struct fail *why)
{
    return apply_all(post, batch, true, out, why);
}

/* A failure's text may have been cut anywhere; PostgreSQL takes whole characters only. */
static char *sentence(const char *text)
{
    char       room[REASON_BYTES + 64];
    struct str whole = str_part(str_of(text), 0, REASON_BYTES);

    while (whole.size && !str_is_utf8(whole))
        whole.size--;
    (void)snprintf(room, sizeof room, "it could not be stored: %.*s", STR_ARG(whole));
    return mem_copy(room, strlen(room));
}

bool post_concede(struct post *post, const struct fail *why)
{
    bool   is_known = post->at < post->count, has_conceded = false;
    size_t from = is_known ? post->at : 0;
    size_t to   = is_known && ++post->concessions < MOST_CONCESSIONS ? from + 1 : post->count;

    if (is_known && post->elements[from].reason)
        return false; /* not even quarantine takes it */
    for (size_t i = from; i < to; i++) {
        struct element *element = &post->elements[i];

        if (element->reason)
            continue;
        element->reason = sentence(why->text);
        if (!element->reason)
            return false;
        has_conceded = true;
    }
    return has_conceded;
}

int post_apply_again(struct post *post, struct batch *batch, int64_t event_id, struct fail *why)
{
    if (post->count != 1 || post->only.reason)
        return fail_set(why, FAIL_INPUT, "it is still not understood: %s",
                        post->only.reason ? post->only.reason : "more than one event");
    return apply_again(batch, &post->only.news, event_id, why);
}

struct str post_first_reason(const struct post *post)
{
    for (size_t i = 0; i < post->count; i++)
        if (post->elements[i].reason)
            return str_of(post->elements[i].reason);
    return STR_NONE;
}
