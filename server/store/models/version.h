/* version.h -- versions of a model: registered once, by people or by a model package's events.
 *
 * What a version is made of never changes; description, tags and approval do. Numbers go up from 1
 * without a gap for those registered by hand; a model package's version keeps the package's own
 * number. A number that was given is never given again, also after the version is deleted.
 *
 * Registering the same contents twice gives the version that is there. The same artifacts (names
 * and URIs) with another checksum, size or origin contradict it. */
#ifndef SMON_STORE_MODELS_VERSION_H
#define SMON_STORE_MODELS_VERSION_H

#include "base/str.h"
#include "base/when.h"
#include "store/models/artifact.h"

#include <stdbool.h>
#include <stdint.h>

struct batch;
struct buf;
struct db;
struct fail;
struct flaws;

enum version_source { VERSION_REGISTERED = 1, VERSION_PACKAGE = 2 }; /* stored */

/* Which version, and its revision. */
struct version_mark {
    int64_t             id, number, rev;
    enum version_source source;
};

/* --- by hand --- */

struct version_new {
    int64_t              number; /* 0: the next one */
    struct artifact_list artifacts;
    struct str           job_arn, package_arn;
    struct str           description, tags, approval; /* no data: none */
    struct str           created_by;
    ms                   create_at;
    struct flaws        *flaws; /* how it differs from what is there is noted here */
};

/* Within a transaction. 1: registered now; 0: it was there; -1: FAIL_CLASH when it contradicts what
 * is registered, or the number is not the next. *out in the first two cases. */
int version_put(struct batch *batch, int64_t model_id, const struct version_new *version,
                struct version_mark *out, struct fail *why);

/* --- by events --- */

/* What the events of a model package say. The members above the line come from the row of table
 * `resource`, which knows what is newest; those below from one event. */
struct version_package {
    int64_t    number;
    struct str arn;
    int64_t    status_id;
    struct str failure, approval, life_cycle, created_by;
    ms         approval_at, create_at;
    /* --- */
    bool                 has_content; /* the event tells what the package is made of */
    ms                   content_at;  /* its version: the oldest that tells counts */
    struct artifact_list artifacts;
    struct str           job_arn, description, tags;
};

/* Makes the version or brings it up to date; the outcome does not depend on the order of events. Of
 * two packages that claim one number the one whose ARN sorts first has it. 1: *out is the package's
 * version; 0: the number belongs to another package; -1. */
int version_take_package(struct batch *batch, int64_t model_id,
                         const struct version_package *package, struct version_mark *out,
                         struct fail *why);

/* The model of the package's version, when there is one already. 1, 0, -1. */
int version_of_package(struct db *db, struct str arn, int64_t *out_model_id, struct fail *why);

/* --- afterwards --- */

/* A version that is not deleted. 1, 0, -1. */
int version_find(struct db *db, int64_t model_id, int64_t number, struct version_mark *out,
                 struct fail *why);

/* Sets the members that are given. FAIL_CLASH: approval of a model package, which SageMaker keeps.
 * Changes nothing, also not the revision, when all is as it was. */
struct version_edit {
    bool       sets_description, sets_tags, sets_approval;
    struct str description, tags, approval; /* no data: none any more */
};
int version_edit(struct batch *batch, struct version_mark *version, const struct version_edit *edit,
                 struct fail *why);

/* Deletes it. FAIL_CLASH while an alias points at it. */
int version_remove(struct batch *batch, int64_t model_id, const struct version_mark *version,
                   struct fail *why);

#endif
