/* imds.h -- the EC2 instance metadata service, version 2 only.
 *
 *     PUT /latest/api/token                                     -> a token for six hours
 *     GET /latest/meta-data/iam/security-credentials/           -> the role's name
 *     GET /latest/meta-data/iam/security-credentials/<role>     -> {"Code":"Success",...}
 *
 * One second each, one try (AWS_METADATA_SERVICE_TIMEOUT, AWS_METADATA_SERVICE_NUM_ATTEMPTS), no
 * proxy. There is no falling back to version 1: whoever can make us send a plain GET must not get
 * credentials. */
#ifndef SMON_AWS_IMDS_H
#define SMON_AWS_IMDS_H

#include "base/buf.h"

struct caller;
struct credentials;
struct fail;

/* The session token, kept between calls. */
struct imds {
    struct buf token;
};
#define IMDS_NONE ((struct imds){BUF_UP_TO(4096)})
void imds_release(struct imds *imds);

/* 1: *out is filled. 0: switched off (AWS_EC2_METADATA_DISABLED), or the instance has no role. -1:
 * it does not answer, or says no. */
int imds_find(struct imds *imds, struct caller *caller, struct credentials *out, struct fail *why);

/* The instance's region, added to `out`. The same results. */
int imds_region(struct imds *imds, struct caller *caller, struct buf *out, struct fail *why);

#endif
