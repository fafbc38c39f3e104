/* credentials.h -- a set of keys, where it came from, and how old it may get.
 *
 * Secrets live in memory of their own and are wiped when released; nothing here prints them. */
#ifndef SMON_AWS_CREDENTIALS_H
#define SMON_AWS_CREDENTIALS_H

#include "base/own.h"
#include "base/str.h"
#include "base/when.h"

#include <stdbool.h>

struct buf;
struct fail;

struct credentials {
    char       *key_id, *secret, *token; /* token NULL: long-lived keys */
    ms          expires_at;              /* WHEN_UNKNOWN: never */
    const char *source;                  /* "environment", "role", ...: a constant */
};
#define CREDENTIALS_NONE ((struct credentials){NULL, NULL, NULL, WHEN_UNKNOWN, ""})
void credentials_release(struct credentials *credentials);

/* Moves them out; what is left is empty. */
struct credentials credentials_take(struct credentials *credentials);

/* Copies. FAIL_AUTH: key or secret is empty. */
int credentials_set(struct credentials *out, struct str key_id, struct str secret, struct str token,
                    struct fail *why);

/* The JSON that containers and instances hand out: AccessKeyId, SecretAccessKey, Token,
 * Expiration. */
int credentials_read(struct str json, struct credentials *out, struct fail *why);

/* Overwrites what a buffer holds: for answers and files with secrets. */
void credentials_wipe(struct buf *buf);

/* Keys in use. From refresh_at on somebody should fetch new ones, and a failure is borne until
 * try_at; from must_at on a failure is a failure. */
struct session_keys {
    struct credentials held; /* key_id NULL: none yet */
    ms                 refresh_at, must_at, try_at;
};
#define SESSION_KEYS_NONE                                                                          \
    ((struct session_keys){CREDENTIALS_NONE, WHEN_UNKNOWN, WHEN_UNKNOWN, WHEN_UNKNOWN})

enum session_age {
    SESSION_FRESH, /* use them */
    SESSION_AGING, /* try to get new ones, and use these if that fails */
    SESSION_SPENT  /* new ones are needed */
};

enum session_age session_keys_age(const struct session_keys *keys, ms now);

/* Takes the keys over and sets the windows: 15 minutes before the end less up to 3 minutes of
 * jitter, and 10 minutes. Keys from the instance that are about to expire, or have expired, are
 * used for another 15 minutes and 2 to 10 of jitter: the metadata service is late, the keys still
 * work. */
void session_keys_put(struct session_keys *keys, struct credentials *fresh, ms now);

/* A refresh failed while aging: the next is tried in a minute or so. */
void session_keys_bear(struct session_keys *keys, ms now);
void session_keys_release(struct session_keys *keys);

#endif
