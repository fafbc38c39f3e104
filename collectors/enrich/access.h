/* access.h -- which way into an account worked: remembered, so that it is tried first.
 * One thread. */
#ifndef SMON_ENRICH_ACCESS_H
#define SMON_ENRICH_ACCESS_H

#include "base/str.h"

#include <stddef.h>

struct fail;

enum access_way {
    ACCESS_AUTO,          /* not known; as a setting: find out */
    ACCESS_OBSERVABILITY, /* our own credentials, AccountId in each query */
    ACCESS_ASSUME         /* AssumeRole into the account */
};

enum { ACCESS_MOST = 4096, ACCOUNT_ROOM = 16, ROLE_ARN_ROOM = 256 };

struct access {
    struct {
        char            account[ACCOUNT_ROOM];
        enum access_way way;
    } known[ACCESS_MOST];
    size_t count, next; /* full: the oldest makes room */
};

/* "auto", "observability", "assume"; -1: none of these. */
int access_parse(const char *text, enum access_way *out);

enum access_way access_find(const struct access *access, struct str account);
void            access_remember(struct access *access, struct str account, enum access_way way);

/* arn:aws:iam::<account>:role/<role>, in the partition of the region. FAIL_INPUT: too long. */
int access_role_arn(struct str account, struct str region, const char *role,
                    char out[ROLE_ARN_ROOM], struct fail *why);

#endif
