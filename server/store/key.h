/* key.h -- API keys: smon_<kid>_<secret>. Only the SHA-256 of the secret is kept.
 *
 * A key reaches only what its roles and accounts name: deny by default. */
#ifndef SMON_STORE_KEY_H
#define SMON_STORE_KEY_H

#include "base/str.h"
#include "base/when.h"
#include "wire/crypt.h"

#include <stdbool.h>
#include <stdint.h>

struct batch;
struct db;
struct fail;

enum role {                    /* bits; the numbers are stored */
            ROLE_INGEST  = 1,  /* post events */
            ROLE_READ    = 2,  /* see */
            ROLE_WRITE   = 4,  /* change, replay */
            ROLE_ADMIN   = 8,  /* keys and everything people may do */
            ROLE_COLLECT = 16, /* lease and finish errands */
            ROLE_ALL     = 31
};

enum {
    KEY_ID_ROOM      = 25, /* kid with its NUL */
    KEY_SECRET_LEAST = 32,
    KEY_TEXT_ROOM    = 128, /* the whole key as text, with its NUL */
    KEY_MOST         = 4096 /* rows read into memory */
};

const char *key_role_name(enum role role);   /* of one bit; NULL: no such role */
int         key_role_parse(struct str name); /* 0: no such role */

/* Cuts the text of a key into its parts (borrowed). -1: not of that form. */
int key_split(struct str text, struct str *out_kid, struct str *out_secret);
/* A new key: its text, and its kid and digest. */
int key_make(char out_text[KEY_TEXT_ROOM], char out_kid[KEY_ID_ROOM],
             unsigned char out_digest[CRYPT_SHA256], struct fail *why);

struct key_item {
    struct str kid;
    struct str digest; /* CRYPT_SHA256 bytes */
    struct str label;
    int64_t    roles;                                            /* bits of enum role */
    struct str accounts;                                         /* "*", or numbers joined by ',' */
    struct str namespaces;                                       /* "*", or paths joined by ',' */
    ms         created_at, expires_at, revoked_at, last_used_at; /* WHEN_UNKNOWN */
    struct str replaces;                                         /* kid; no data: none */
};

typedef int key_visit(void *ctx, const struct key_item *item, struct fail *why);

/* All of them by age, KEY_MOST at most. */
int key_list(struct db *db, key_visit *visit, void *ctx, struct fail *why);
/* 1 visited, 0 there is none, -1. */
int key_find(struct db *db, struct str kid, key_visit *visit, void *ctx, struct fail *why);

/* Within a transaction of the writer. */
int key_put(struct batch *batch, const struct key_item *key, struct fail *why);
/* 1 revoked now (or before), 0 there is none, -1. */
int key_revoke(struct batch *batch, struct str kid, ms at, struct fail *why);
/* It ends then, unless it ends earlier: the older of two keys in a rotation. 1, 0 or -1. */
int key_expire(struct batch *batch, struct str kid, ms at, struct fail *why);
int key_used(struct batch *batch, struct str kid, ms at, struct fail *why);

/* A random secret of this database, made when it is new: what cursors are signed with, the same on
 * every service that shares the store. key_secret_make within a transaction; key_secret: 1,
 * 0, -1. */
enum { KEY_STORE_SECRET = 16 };
int key_secret_make(struct batch *batch, struct fail *why);
int key_secret(struct db *db, unsigned char out[KEY_STORE_SECRET], struct fail *why);

#endif
