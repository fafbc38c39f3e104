/* members.h -- what of a transaction's bodies may be kept: the members its model names, and no more
 * bytes than it allows. */
#ifndef SMON_INTAKE_INFERENCES_MEMBERS_H
#define SMON_INTAKE_INFERENCES_MEMBERS_H

#include "base/str.h"

struct buf;
struct catalog_payload;
struct fail;
struct inference;

/* {"/request/amount":12,"/response":{..}}: every member of the list that is there, by its pointer.
 * A body that is no JSON has none. *out points into `room` (cleared first); no data: there is
 * nothing to keep, or too much. */
int members_keep(const struct catalog_payload *payload, const struct inference *inference,
                 struct buf *room, struct str *out, struct fail *why);

/* Two such objects as one, in `room`; either may have no data. */
int members_join(const struct catalog_payload *payload, const struct str parts[2], struct buf *room,
                 struct str *out, struct fail *why);

#endif
