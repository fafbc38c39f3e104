#include "api/console/session.h"

#include "base/fail.h"
#include "base/lock.h"
#include "base/mem.h"
#include "wire/crypt.h"

#include <stdio.h>
#include <string.h>

enum { SECRET_BYTES = 24, SLOT_DIGITS = 4 };

struct session {
    char          kid[KEY_ID_ROOM]; /* "": free */
    unsigned char digest[CRYPT_SHA256];
    ms            ends_at;
};

struct sessions {
    struct lock    lock; /* guards all */
    struct session all[SESSION_MOST];
};

int sessions_new(struct sessions **out, struct fail *why)
{
    *out = mem_new(sizeof **out);
    if (!*out)
        return fail_set(why, FAIL_MEMORY, "no memory for sessions");
    lock_init(&(*out)->lock);
    return 0;
}

void sessions_free(struct sessions *sessions)
{
    if (!sessions)
        return;
    lock_release(&sessions->lock);
    mem_free(sessions);
}

/* A free place, or that of the session that ends first. */
static size_t place(const struct sessions *sessions, ms now)
{
    size_t best = 0;

    for (size_t i = 0; i < SESSION_MOST; i++) {
        const struct session *one = &sessions->all[i];

        if (!one->kid[0] || one->ends_at <= now)
            return i;
        if (one->ends_at < sessions->all[best].ends_at)
            best = i;
    }
    return best;
}

/* "0012-<secret in hex>": the place makes it quick to find, the secret makes it hard to guess. */
int session_add(struct sessions *sessions, struct str kid, ms now, char out_id[SESSION_ID_ROOM],
                struct fail *why)
{
    struct session session = {.ends_at = now + SESSION_LIFE};
    unsigned char  secret[SECRET_BYTES];
    char           hex[2 * SECRET_BYTES + 1];
    size_t         at;

    if (str_to_c(kid, session.kid, sizeof session.kid))
        return fail_set(why, FAIL_BUG, "a session for a key without a name");
    if (crypt_random(secret, sizeof secret, why))
        return -1;
    crypt_hex(secret, sizeof secret, hex);
    if (crypt_sha256(str_of(hex), session.digest, why))
        return -1;
    lock_take(&sessions->lock);
    at                = place(sessions, now);
    sessions->all[at] = session;
    lock_drop(&sessions->lock);
    (void)snprintf(out_id, SESSION_ID_ROOM, "%0*zu-%s", SLOT_DIGITS, at,
                   hex); /* fits: see the enums */
    return 0;
}

/* Cuts an id; -1: not of that form. */
static int read_id(struct str id, int64_t *out_at, unsigned char out_digest[CRYPT_SHA256])
{
    struct fail unread = FAIL_OK;
    struct str  rest   = id, slot;

    if (!str_cut(&rest, '-', &slot) || rest.size != (size_t)2 * SECRET_BYTES
        || str_to_i64(slot, 0, SESSION_MOST - 1, out_at))
        return -1;
    return crypt_sha256(rest, out_digest, &unread);
}

/* With the lock held: the session of this id, or NULL. */
static struct session *locate(struct sessions *sessions, struct str id)
{
    unsigned char   digest[CRYPT_SHA256];
    struct session *one;
    int64_t         at;

    lock_held(&sessions->lock);
    if (read_id(id, &at, digest))
        return NULL;
    one = &sessions->all[at];
    if (!one->kid[0]
        || !crypt_same(str_from((const char *)digest, sizeof digest),
                       str_from((const char *)one->digest, sizeof one->digest)))
        return NULL;
    return one;
}

bool session_find(struct sessions *sessions, struct str id, ms now, char out_kid[KEY_ID_ROOM])
{
    const struct session *one;
    bool                  is_found;

    lock_take(&sessions->lock);
    one      = locate(sessions, id);
    is_found = one && one->ends_at > now;
    if (is_found)
        memcpy(out_kid, one->kid, KEY_ID_ROOM);
    lock_drop(&sessions->lock);
    return is_found;
}

void session_end(struct sessions *sessions, struct str id)
{
    struct session *one;

    lock_take(&sessions->lock);
    one = locate(sessions, id);
    if (one)
        *one = (struct session){.ends_at = 0};
    lock_drop(&sessions->lock);
}

struct str session_cookie(struct str header)
{
    struct str rest = header, pair, name;

    while (str_cut(&rest, ';', &pair)) {
        pair = str_trim(pair);
        if (str_cut(&pair, '=', &name) && str_is_text(name, SESSION_COOKIE) && pair.data)
            return pair;
    }
    return STR_NONE;
}
