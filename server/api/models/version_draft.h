/* version_draft.h -- the body of a registration, and of a change: read strictly. */
#ifndef SMON_API_MODELS_VERSION_DRAFT_H
#define SMON_API_MODELS_VERSION_DRAFT_H

#include "base/buf.h"
#include "base/own.h"
#include "store/models/version.h"

struct ask;
struct doc;
struct fail;
struct members;

/* {"model_version":4,"description":..,"tags":{..},"artifacts":[..],"approval":..,"job_arn":..,
 *  "package_arn":..,"created_by":..,"create_at":..} and the members of address.h. */
struct version_draft {
    struct version_new version;
    struct artifact    artifacts[ARTIFACT_MOST];
    struct buf         tags, room; /* what `version` points into */
};
#define VERSION_DRAFT_EMPTY                                                                        \
    ((struct version_draft){.tags = BUF_UP_TO(64 * 1024), .room = BUF_UP_TO(16 * 1024)})
void version_draft_release(struct version_draft *draft);

/* Flaws are noted; -1 only without memory. `now` is the latest create_at. */
int version_draft_read(const struct members *body, ms now, struct version_draft *out,
                       struct fail *why);

/* A merge patch: description, tags, approval; the rest is `immutable-field`. Tags stay a document:
 * they are merged with those that are there (version_draft_tags). */
struct version_change {
    struct version_edit edit;
    const struct doc   *tags; /* borrowed; NULL: not an object to merge */
};
void version_draft_read_change(const struct members *body, struct version_change *out);

/* `stored` with the patch's tags, checked and rendered into `out` (empty: no tags are left). Flaws
 * are noted; -1 without memory. */
int version_draft_tags(struct str stored, const struct doc *patch, struct flaws *flaws,
                       struct buf *out, struct fail *why);

#endif
