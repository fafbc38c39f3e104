/* artifact.h -- the files, collections and images a version is made of: JSON, digests, rows.
 *
 * They never change. Their JSON is kept with the version, as it is shown; the rows of
 * model_artifact are for finding versions by what they are made of. */
#ifndef SMON_STORE_MODELS_ARTIFACT_H
#define SMON_STORE_MODELS_ARTIFACT_H

#include "base/str.h"
#include "wire/crypt.h"

#include <stddef.h>
#include <stdint.h>

struct batch;
struct buf;
struct fail;
struct flaws;

enum { ARTIFACT_MOST = 64, ARTIFACT_NAME_MOST = 255, ARTIFACT_URI_MOST = 1100 };

enum artifact_kind { /* the numbers are stored */
                     ARTIFACT_FILE            = 1,
                     ARTIFACT_FILE_COLLECTION = 2,
                     ARTIFACT_CONTAINER_IMAGE = 3,
                     ARTIFACT_VM_IMAGE        = 4
};

struct artifact {
    struct str         name, uri;
    enum artifact_kind kind;
    int64_t            size_bytes; /* -1: not known */
    struct str         sha256;     /* 64 hex digits in lower case; no data: not known */
    struct str         etag;
};

const char        *artifact_kind_name(enum artifact_kind kind);
enum artifact_kind artifact_kind_parse(struct str name); /* 0: no such kind */

struct artifact_list {
    const struct artifact *items;
    size_t                 count; /* ARTIFACT_MOST at most */
};

/* [{"name":..,"uri":..,"kind":..,"size_bytes":..,"sha256":..,"etag":..},..]; what is not known is
 * left out. Failures are the buffer's. */
void artifact_render(const struct artifact_list *list, struct buf *out);

/* What makes two registrations the same, whatever the order of artifacts: `identity` is over their
 * names and URIs (empty when there are none), `digest` over all that never changes. Hex. */
struct artifact_digests {
    char identity[CRYPT_SHA256_HEX];
    char digest[CRYPT_SHA256_HEX];
};
int artifact_digest(const struct artifact_list *list, struct str job_arn, struct str package_arn,
                    struct artifact_digests *out, struct fail *why);

/* Writes the rows; those that were there before are removed. */
int artifact_put(struct batch *batch, int64_t version_id, const struct artifact_list *list,
                 struct fail *why);

/* Adds a flaw (code "differs") for every member of `list` that is not as the stored version has
 * it. */
int artifact_differences(struct batch *batch, int64_t version_id, const struct artifact_list *list,
                         struct flaws *flaws, struct fail *why);

#endif
