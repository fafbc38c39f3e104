/* sts.h -- the Security Token Service: a role for keys, or for a token of somebody else's. */
#ifndef SMON_AWS_STS_H
#define SMON_AWS_STS_H

#include "aws/call.h"
#include "base/str.h"

struct credentials;
struct fail;

struct sts_wish {
    struct str role_arn;
    struct str session_name; /* empty: "smon" */
    struct str external_id;  /* empty: none */
    struct str web_token;    /* empty: AssumeRole; otherwise AssumeRoleWithWebIdentity, unsigned */
    struct str region;       /* whose STS is asked */
    int        duration_seconds; /* 0: an hour */
};

/* Asks for the role. `keys` (may be NULL with a web token) signs the question. */
int sts_assume(struct caller *caller, const struct sts_wish *wish, call_keys *keys, void *ctx,
               struct credentials *out, struct fail *why);

/* The body that is posted, for tests. */
int sts_question(const struct sts_wish *wish, struct buf *out, struct fail *why);

/* The keys in an answer. FAIL_REMOTE: it has none. */
int sts_answer(struct str xml, struct credentials *out, struct fail *why);

#endif
