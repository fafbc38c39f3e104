/* idempotent.h -- a write over REST, in one transaction; and once only for one Idempotency-Key.
 *
 *     static int make(void *ctx, struct batch *batch, struct written *out, struct fail *why);
 *     ...
 *     return idempotent_run(ask, make, &draft, why);
 *
 * The answer is written inside the transaction. With an Idempotency-Key it is kept beside what was
 * done, for 24 h: the same request with the same key gets it again (with `Idempotency-Replayed:
 * true`) and nothing is done; another request with that key is 409 `key-reused`. A request that
 * fails leaves nothing behind. */
#ifndef SMON_API_IDEMPOTENT_H
#define SMON_API_IDEMPOTENT_H

#include "api/match.h"
#include "base/buf.h"
#include "format/compose.h"

struct ask;
struct batch;
struct fail;

enum { IDEMPOTENT_KEY_MOST = 255 };

struct written {
    int            status;
    struct compose json; /* into body */
    struct buf     body;
    struct buf     location;         /* empty: no Location */
    char           etag[MATCH_ROOM]; /* "": none */
};

/* Runs on the writer's thread, possibly twice: it starts from the beginning each time, and finds
 * ask->flaws and ask->problem empty. */
typedef int idempotent_act(void *ctx, struct batch *batch, struct written *out, struct fail *why);

/* Runs it and answers. FAIL_INPUT: the key is not 1 to 255 printable characters. */
int idempotent_run(struct ask *ask, idempotent_act *act, void *ctx, struct fail *why);

/* Who asks, as it is stored: "key:1f2e3d4c5b6a", "key:admin", "key:local". */
enum { IDEMPOTENT_WHO_ROOM = 40 };
struct str idempotent_who(const struct ask *ask, char room[IDEMPOTENT_WHO_ROOM]);

#endif
