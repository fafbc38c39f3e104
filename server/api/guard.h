/* guard.h -- who asks, and what they may.
 *
 * A key comes as `Authorization: Bearer`, as Basic password (any user), in one of the headers of
 * intake.key_headers, in X-API-Key (under /ingest/ only when that is one of them), or stands behind
 * the cookie of a session (session.h). Keys are held in memory and read again when one changes; a
 * revoked or expired key is nobody. On the local socket everybody has every role: its file mode is
 * the guard. */
#ifndef SMON_API_GUARD_H
#define SMON_API_GUARD_H

#include "api/routes.h"
#include "api/console/session.h"
#include "base/own.h"
#include "base/str.h"
#include "base/when.h"
#include "store/key.h"
#include "store/scope.h"

#include <stdbool.h>

struct buf;
struct config;
struct db;
struct fail;
struct keys;
struct key_table;
struct web_request;
struct writer;

/* Borrowed until the request is answered. */
struct caller {
    unsigned          roles; /* bits of enum role; admin includes read and write */
    const char       *kid;   /* "local" on the socket, "admin" for the configured key */
    struct scope      scope; /* accounts and namespaces it reaches */
    bool              is_local;
    struct str        ids[ROUTE_MOST_IDS]; /* the {id}s of the path, in order; empty: none */
    struct key_table *table;               /* keeps the rest alive; guard_release lets go */
};

int  keys_open(const struct config *config, struct keys **out, struct fail *why);
void keys_free(struct keys *keys);
OWN_PTR_TYPE(keys)

/* Reads all keys again. */
int keys_reload(struct keys *keys, struct db *db, struct fail *why);
/* Writes when keys were last used, for those used since the last call. */
int keys_flush_used(struct keys *keys, struct writer *writer, struct fail *why);
/* How many keys are valid now. */
int keys_count(struct keys *keys);

enum guard_result { GUARD_KNOWN, GUARD_NO_KEY, GUARD_BAD_KEY };

/* Fills *out when the request's key is good. Does not block. */
enum guard_result guard_who(struct keys *keys, const struct web_request *request,
                            struct caller *out);
/* The same for the text of a key. */
enum guard_result guard_key(struct keys *keys, struct str text, ms now, struct caller *out);
/* A session for the text of a key that guard_key found good: what its cookie carries. */
int guard_sign_in(struct keys *keys, struct str text, char out_id[SESSION_ID_ROOM],
                  struct fail *why);
/* Ends the session the request came with, if any. */
void guard_sign_out(struct keys *keys, const struct web_request *request);
void guard_release(struct caller *caller);
/* Adds what tells the sight of this caller from another's, for the key of an answer that is kept.
 */
void guard_sight(const struct caller *caller, struct buf *key);
/* Whether the key of a caller that was kept is still valid. */
bool guard_is_valid(struct keys *keys, const struct caller *caller, ms now);
/* The same caller for longer than the request; release it, too. Its `ids` are empty. */
struct caller guard_copy(const struct caller *caller);

#endif
