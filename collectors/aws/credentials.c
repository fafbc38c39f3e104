#include "aws/credentials.h"

#include <string.h>

#include "base/buf.h"
#include "base/fail.h"
#include "base/mem.h"
#include "base/retry.h"
#include "wire/doc.h"

enum {
    ADVISORY_MS       = 15 * MS_MINUTE,
    ADVISORY_JITTER   = 3 * MS_MINUTE,
    MANDATORY_MS      = 10 * MS_MINUTE,
    TRY_AGAIN_MS      = MS_MINUTE,
    STABLE_MS         = 15 * MS_MINUTE,
    STABLE_JITTER_MIN = 2 * MS_MINUTE,
    STABLE_JITTER_MAX = 10 * MS_MINUTE,
};

static void forget(char *secret)
{
    if (secret)
        explicit_bzero(secret, strlen(secret));
    mem_free(secret);
}

void credentials_release(struct credentials *credentials)
{
    forget(credentials->key_id);
    forget(credentials->secret);
    forget(credentials->token);
    *credentials = CREDENTIALS_NONE;
}

struct credentials credentials_take(struct credentials *credentials)
{
    struct credentials taken = *credentials;

    *credentials = CREDENTIALS_NONE;
    return taken;
}

void credentials_wipe(struct buf *buf)
{
    if (buf->data)
        explicit_bzero(buf->data, buf->size);
    buf_clear(buf);
}

int credentials_set(struct credentials *out, struct str key_id, struct str secret, struct str token,
                    struct fail *why)
{
    OWN(credentials) fresh = CREDENTIALS_NONE;

    if (key_id.size == 0 || secret.size == 0)
        return fail_set(why, FAIL_AUTH, "an access key without its secret, or the other way round");
    fresh.key_id = mem_copy(key_id.data, key_id.size);
    fresh.secret = mem_copy(secret.data, secret.size);
    fresh.token  = token.size ? mem_copy(token.data, token.size) : NULL;
    if (!fresh.key_id || !fresh.secret || (token.size && !fresh.token))
        return fail_set(why, FAIL_MEMORY, "no memory for credentials");
    credentials_release(out);
    *out = credentials_take(&fresh);
    return 0;
}

int credentials_read(struct str json, struct credentials *out, struct fail *why)
{
    struct fail unsaid = FAIL_OK; /* its sentence may quote the document */
    OWN_PTR(doc) doc   = doc_parse(json, &unsaid);
    struct str key_id, secret, token;
    ms         expires_at;

    if (!doc || doc_text(doc, "AccessKeyId", &key_id, &unsaid)
        || doc_text(doc, "SecretAccessKey", &secret, &unsaid)
        || doc_text_or(doc, "Token", STR_NONE, &token, &unsaid)
        || doc_time_or(doc, "Expiration", WHEN_UNKNOWN, &expires_at, &unsaid))
        return fail_set(why, unsaid.kind == FAIL_MEMORY ? FAIL_MEMORY : FAIL_REMOTE,
                        "the answer is not a set of credentials");
    if (credentials_set(out, key_id, secret, token, why))
        return -1;
    out->expires_at = expires_at;
    return 0;
}

/* --- age -------------------------------------------------------------------------------------- */

static ms jitter(ms least, ms most)
{
    return least + (ms)(retry_random() % (uint64_t)(most - least + 1));
}

enum session_age session_keys_age(const struct session_keys *keys, ms now)
{
    if (!keys->held.key_id)
        return SESSION_SPENT;
    if (keys->held.expires_at == WHEN_UNKNOWN || now < keys->refresh_at)
        return SESSION_FRESH;
    if (now >= keys->must_at)
        return SESSION_SPENT;
    return now < keys->try_at ? SESSION_FRESH : SESSION_AGING;
}

void session_keys_put(struct session_keys *keys, struct credentials *fresh, ms now)
{
    credentials_release(&keys->held);
    keys->held   = credentials_take(fresh);
    keys->try_at = WHEN_UNKNOWN;
    if (keys->held.expires_at == WHEN_UNKNOWN)
        return;
    if (strcmp(keys->held.source, "instance") == 0 && keys->held.expires_at < now + ADVISORY_MS)
        keys->held.expires_at = now + STABLE_MS + jitter(STABLE_JITTER_MIN, STABLE_JITTER_MAX);
    keys->refresh_at = keys->held.expires_at - ADVISORY_MS + jitter(0, ADVISORY_JITTER);
    keys->must_at    = keys->held.expires_at - MANDATORY_MS;
}

void session_keys_bear(struct session_keys *keys, ms now)
{
    keys->try_at = now + TRY_AGAIN_MS + jitter(0, TRY_AGAIN_MS / 2);
}

void session_keys_release(struct session_keys *keys)
{
    credentials_release(&keys->held);
}
