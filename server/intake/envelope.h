/* envelope.h -- a posted body to the events in it, and one event to `struct news`. Pure: no
 * database.
 *
 * Accepted shapes (contract: EventBridge API destinations, sections 1, 5, 6):
 *   {"version":"0","id":..,"detail-type":..,"source":..,"account":..,"time":..,"region":..,
 *    "resources":[..],"detail":{..}}                   a bare envelope
 *   {"rule":"..","event":{envelope}}                   our recommended input template
 *   {"messageId":..,"body":"{envelope as text}",..}    what Pipes sends from an SQS queue
 *   {"Records":[..]}, [..]                             any of these, several at once
 *
 * The table of detail-types stands in kinds.c: the 58 documented names and CloudTrail; matched
 * exactly first, then without blanks and letter case. Field names per kind stand in the
 * same table. */
#ifndef SMON_INTAKE_ENVELOPE_H
#define SMON_INTAKE_ENVELOPE_H

#include "base/buf.h"
#include "format/scan.h"
#include "store/news.h"

#include <stddef.h>
#include <stdint.h>

struct fail;

/* More than fit into a post: no envelope is as short as 230 bytes. Of anything shorter a post could
 * hold half a million, and each would be kept apart. */
enum { ENVELOPE_MOST_EVENTS = 5000 };

/* The texts of a post, kept until its events are stored. */
struct reading {
    struct scan scan;  /* of the body */
    struct scan inner; /* of an event that came as text within it */
    struct buf  room;  /* unescaped texts and normalised tags; never moves once filled */
};
#define READING_EMPTY ((struct reading){SCAN_EMPTY, SCAN_EMPTY, BUF_UP_TO(0)})
void reading_release(struct reading *reading);

/* Called for every event in order. `why` is NULL when it was understood; otherwise `news` holds
 * what could be read (account 0 when not even that) and `raw` the element's bytes for
 * quarantine. */
typedef int envelope_visit(void *ctx, const struct news *news, struct str raw,
                           const struct fail *why);

/* 0: every element was visited (some perhaps with a reason). -1: the body as a whole is not JSON or
 * has none of the shapes: FAIL_INPUT; or FAIL_MEMORY; or what `visit` returned. An
 * envelope time that cannot be read is the event's version, or `now` when it tells none. */
int envelope_read(struct reading *reading, struct str body, ms now, envelope_visit *visit,
                  void *ctx, struct fail *why);

/* How many detail-types are known, and the n-th name: for tests and documentation. */
size_t      envelope_type_count(void);
const char *envelope_type_name(size_t at);

#endif
