/* transaction.h -- one inference transaction, from JSON to what is stored. Pure: no database.
 *
 *     {"type":"inference_transaction","model_name":"doc_classification","environment":"prod",
 *      "deployment_id":1,"model_version":1,"server_id":1,
 *      "request":{..},"response":{..},"request_size":4096,"response_size":1024,
 *      "start_at":"2023-01-01T00:00:00.000Z","end_at":"2023-01-01T00:00:00.350Z","elapse":350,
 *      "status":"succeeded","requester":{"principal":"arn:..","ip":null},
 *      "confidence":98.05, "account_id":"123456789012","region":"eu-central-1",
 *      "namespace":"/abc_corp/claim","endpoint_name":"doc-prod","transaction_id":"..",
 *      "error":{"type":"..","message":".."},"trace_id":"..", ...}
 *
 * `measurement_type` may stand for `type`, `elapsed` for `elapse`; elapse is computed when it is
 * absent. A size may be absent when its body is there; a body may be absent when its size is there.
 * Members that are not known stay at the top level of `extras`, beside requester, error, trace_id
 * and transaction_id. */
#ifndef SMON_INTAKE_INFERENCES_TRANSACTION_H
#define SMON_INTAKE_INFERENCES_TRANSACTION_H

#include "base/buf.h"
#include "base/str.h"
#include "base/when.h"
#include "format/scan.h"
#include "store/inferences/inference.h"

#include <stdint.h>

struct fail;
struct flaws;

enum {
    TRANSACTION_MOST_WORD   = 64,        /* bytes of a status, an environment, a region */
    TRANSACTION_MOST_NAME   = 256,       /* of a server, an endpoint, an id */
    TRANSACTION_MOST_EXTRAS = 16 * 1024, /* bytes of what is kept besides */
    TRANSACTION_ROOM_FACTOR = 2          /* of `room` to the text it is read from, at most ... */
};
enum { TRANSACTION_ROOM_MORE = 64 }; /* ... and this */

#define TRANSACTION_TYPE "inference_transaction"

/* What holds for a transaction that does not say it itself. */
struct transaction_defaults {
    struct inference_whose whose; /* model_name is not used */
    ms                     now;   /* later starts than a day from here are refused */
};
#define TRANSACTION_NO_DEFAULTS                                                                    \
    ((struct transaction_defaults){.whose = {.account = -1}, .now = INT64_MAX})

/* What one or many are read from. Texts point into the scan's text, or into `room`, which must not
 * move: it has TRANSACTION_ROOM_FACTOR times the text and TRANSACTION_ROOM_MORE. */
struct transaction_source {
    const struct scan                 *scan;
    const struct transaction_defaults *defaults;
    struct buf                        *room;
};

/* Reads the object at `at`. What is wrong is added to `flaws`, member by member; *out counts only
 * when there is none. 0; -1: FAIL_MEMORY. */
int transaction_read(const struct transaction_source *source, uint32_t at, struct inference *out,
                     struct flaws *flaws, struct fail *why);

/* Lines of a log, as the logger of the design writes them. */
struct transaction_line {
    struct transaction_defaults defaults;
    struct scan                 scan;
    struct buf                  room;
};
#define TRANSACTION_LINE_EMPTY                                                                     \
    ((struct transaction_line){TRANSACTION_NO_DEFAULTS, SCAN_EMPTY, BUF_UP_TO(0)})
void transaction_line_release(struct transaction_line *line);

/* 1: it is a transaction: *out (its texts are valid until the next call, and while `text` is) and
 * `flaws` as above. 0: it is another line. -1: FAIL_MEMORY. `line` may be used again. */
int transaction_of_line(struct transaction_line *line, struct str text, struct inference *out,
                        struct flaws *flaws, struct fail *why);

/* The first 8 bytes of the SHA-256, as a number. */
int transaction_digest(struct str body, int64_t *out, struct fail *why);

#endif
