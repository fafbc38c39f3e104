/* session.h -- who is signed in at the console: an opaque cookie for a key that was shown once.
 *
 * Kept in memory and bounded: the oldest makes room. A session names a key, not what it may, so a
 * key that is revoked or expires ends its sessions (guard.h looks at the key each time). With
 * several services on one store a session lives on the one that made it. */
#ifndef SMON_API_SESSION_H
#define SMON_API_SESSION_H

#include "base/own.h"
#include "base/str.h"
#include "base/when.h"
#include "store/key.h"

#include <stdbool.h>

struct fail;
struct sessions;

#define SESSION_COOKIE "smon_session"
#define SESSION_LIFE (12 * (ms)MS_HOUR) /* absolute */

enum { SESSION_ID_ROOM = 72, SESSION_MOST = 1024 };

int  sessions_new(struct sessions **out, struct fail *why);
void sessions_free(struct sessions *sessions);
OWN_PTR_TYPE(sessions)

/* Begins one for the key `kid`; out_id is what the cookie carries. Times are monotonic. */
int session_add(struct sessions *sessions, struct str kid, ms now, char out_id[SESSION_ID_ROOM],
                struct fail *why);
/* The key behind an id; false: no such session, or it is over. */
bool session_find(struct sessions *sessions, struct str id, ms now, char out_kid[KEY_ID_ROOM]);
void session_end(struct sessions *sessions, struct str id);

/* The session's id in a Cookie header; no data: none. */
struct str session_cookie(struct str header);

#endif
