#include "api/idempotent.h"

#include "api/app.h"
#include "api/ask.h"
#include "base/fail.h"
#include "base/own.h"
#include "store/idempotency.h"
#include "store/writer.h"
#include "wire/crypt.h"
#include "wire/web.h"

#include <stdio.h>

enum { ANSWER_CEILING = 4 << 20, LOCATION_CEILING = 8 * 1024, PATH_CEILING = 2 * 1024 };

struct run {
    struct ask            *ask;
    idempotent_act        *act;
    void                  *ctx;
    struct idempotency_key key; /* name without data: none was sent */
    struct buf             path;
    char                   digest[CRYPT_SHA256_HEX];
    struct written         out;
    bool                   is_replay;
};

static void run_release(struct run *run)
{
    buf_release(&run->path);
    buf_release(&run->out.body);
    buf_release(&run->out.location);
}

static bool is_printable(struct str text)
{
    for (size_t i = 0; i < text.size; i++)
        if (text.data[i] < 0x20 || text.data[i] > 0x7e)
            return false;
    return text.size > 0 && text.size <= IDEMPOTENT_KEY_MOST;
}

/* What the request says, whole: the query decides which model is meant. */
static int digest_request(struct run *run, struct fail *why)
{
    OWN(buf) said = BUF_UP_TO(2 << 20);
    unsigned char bytes[CRYPT_SHA256];

    buf_str(&said, web_query(run->ask->request));
    buf_char(&said, '\n');
    buf_str(&said, web_body(run->ask->request));
    if (buf_check(&said, why) || crypt_sha256(buf_view(&said), bytes, why))
        return -1;
    crypt_hex(bytes, sizeof bytes, run->digest);
    return 0;
}

static int read_key(struct run *run, struct fail *why)
{
    const struct ask *ask = run->ask;

    run->key.name = web_header(ask->request, "Idempotency-Key");
    if (!run->key.name.data)
        return 0;
    if (!is_printable(run->key.name))
        return fail_set(why, FAIL_INPUT, "Idempotency-Key has 1 to %d printable characters",
                        IDEMPOTENT_KEY_MOST);
    buf_str(&run->path, web_method(ask->request));
    buf_char(&run->path, ' ');
    buf_str(&run->path, web_path(ask->request));
    if (buf_check(&run->path, why) || digest_request(run, why))
        return -1;
    run->key.kid    = str_of(ask->caller->kid);
    run->key.path   = buf_view(&run->path);
    run->key.digest = str_of(run->digest);
    return 0;
}

static int replay(struct run *run, const struct idempotency_answer *answer, struct fail *why)
{
    run->is_replay  = true;
    run->out.status = answer->status;
    buf_str(&run->out.body, answer->body);
    buf_str(&run->out.location, answer->location);
    if (str_to_c(answer->etag, run->out.etag, sizeof run->out.etag))
        return fail_set(why, FAIL_BUG, "a stored answer has a tag that is too long");
    return buf_check(&run->out.body, why);
}

static int find_answer(struct run *run, struct batch *batch, struct fail *why)
{
    OWN(buf) room = BUF_UP_TO(ANSWER_CEILING + LOCATION_CEILING);
    struct idempotency_answer answer;
    int                       got = idempotency_find(batch, &run->key, &room, &answer, why);

    if (got < 0 && why->kind == FAIL_CLASH)
        run->ask->problem = "key-reused";
    if (got != 1)
        return got;
    return replay(run, &answer, why) ? -1 : 1;
}

static int keep_answer(const struct run *run, struct batch *batch, struct fail *why)
{
    const struct idempotency_answer answer = {
        .status   = run->out.status,
        .location = run->out.location.size ? buf_view(&run->out.location) : STR_NONE,
        .etag     = run->out.etag[0] ? str_of(run->out.etag) : STR_NONE,
        .body     = buf_view(&run->out.body),
    };

    return idempotency_put(batch, &run->key, &answer, why);
}

static int in_transaction(void *ctx, struct batch *batch, struct fail *why)
{
    struct run *run = ctx;
    int         got = 0;

    buf_clear(&run->out.body);
    buf_clear(&run->out.location);
    run->out.json             = compose_into(&run->out.body);
    run->out.json.epoch_times = run->ask->json.epoch_times;
    run->out.status           = 200;
    run->out.etag[0]          = 0;
    run->is_replay            = false;
    run->ask->flaws.count     = 0;
    run->ask->problem         = NULL;
    if (run->key.name.data)
        got = find_answer(run, batch, why);
    if (got)
        return got < 0 ? -1 : 0;
    if (run->act(run->ctx, batch, &run->out, why) || buf_check(&run->out.body, why)
        || buf_check(&run->out.location, why))
        return -1;
    return run->key.name.data ? keep_answer(run, batch, why) : 0;
}

static void answer(struct run *run)
{
    struct ask *ask = run->ask;

    ask->reply.status = run->out.status;
    buf_release(&ask->body);
    ask->body = buf_take(&run->out.body);
    if (run->out.location.size)
        web_reply_header(&ask->reply, "Location", "%s", buf_c(&run->out.location));
    if (run->out.etag[0])
        web_reply_header(&ask->reply, "ETag", "%s", run->out.etag);
    if (run->is_replay)
        web_reply_header(&ask->reply, "Idempotency-Replayed", "true");
}

int idempotent_run(struct ask *ask, idempotent_act *act, void *ctx, struct fail *why)
{
    struct run run = {
        .ask  = ask,
        .act  = act,
        .ctx  = ctx,
        .path = BUF_UP_TO(PATH_CEILING),
        .out  = {.body = BUF_UP_TO(ANSWER_CEILING), .location = BUF_UP_TO(LOCATION_CEILING)}};
    int result = -1;

    if (read_key(&run, why) == 0 && writer_run(ask->app->writer, in_transaction, &run, why) == 0) {
        answer(&run);
        result = 0;
    } else if (fail_meaning(why->kind)->is_temporary || why->kind == FAIL_BUG) {
        /* What an earlier try found wrong is not why this one failed. */
        ask->flaws.count = 0;
        ask->problem     = NULL;
    }
    run_release(&run);
    return result;
}

struct str idempotent_who(const struct ask *ask, char room[IDEMPOTENT_WHO_ROOM])
{
    int size = snprintf(room, IDEMPOTENT_WHO_ROOM, "key:%s", ask->caller->kid);

    return str_from(room, size > 0 && size < IDEMPOTENT_WHO_ROOM ? (size_t)size : 0);
}
