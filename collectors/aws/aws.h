/* aws.h -- one signed call to an AWS service, with the standard retries.
 *
 * A `struct aws` holds what calls share: the credential chain with its cache (one set per account,
 * role and region), the retry quota, the clock offset, the HTTP handle. One thread at a time.
 * Source of every rule: contract "AWS request signing, credentials, STS, endpoints, retries". */
#ifndef SMON_AWS_AWS_H
#define SMON_AWS_AWS_H

#include "base/buf.h"
#include "base/own.h"
#include "base/str.h"
#include "base/when.h"
#include "wire/fetch.h"

#include <stddef.h>

struct aws;
struct fail;

struct aws_options {
    const char *default_region; /* NULL: AWS_REGION, AWS_DEFAULT_REGION, profile */
    int         most_attempts;  /* 0: AWS_MAX_ATTEMPTS, or 3 */
    ms          retry_base;     /* the first wait is up to this; 0: 1 s */
};

/* Who asks: the chain's own identity (role_arn NULL), or a role assumed with it. */
struct aws_identity {
    const char *role_arn;
    const char *external_id; /* NULL: none */
};

struct aws_request {
    const char *service;  /* signing name: "monitoring", "logs", "sts" */
    const char *endpoint; /* id in AWS_ENDPOINT_URL_<ID>: "CLOUDWATCH", "CLOUDWATCH_LOGS", "STS" */
    const char *host_prefix;            /* "monitoring": https://<prefix>.<region>.amazonaws.com */
    struct str  region;                 /* empty: the default one */
    const char *method;                 /* "POST" */
    const char *path;                   /* "/" */
    const struct fetch_header *headers; /* all are signed */
    size_t                     header_count;
    struct str                 body;
    ms                         deadline;     /* each attempt */
    size_t                     answer_limit; /* bytes */
};

/* After fetch_setup and doc_setup. No credentials are looked for until the first call. */
int  aws_new(const struct aws_options *options, struct aws **out, struct fail *why);
void aws_free(struct aws *aws);
OWN_PTR_TYPE(aws)

/* 0: the service answered 2xx. -1: *why holds the service's own code and message; kinds:
 * FAIL_DENIED (AccessDenied and the like), FAIL_AUTH (no usable credentials), FAIL_LIMIT (throttled
 * to the end), FAIL_REMOTE (unreachable, 5xx to the end), FAIL_INPUT (the service finds the request
 * wrong), FAIL_ABSENT (ResourceNotFound...), FAIL_CLASH (ResourceAlreadyExists...). `code` (may be
 * NULL) gets the error code as the service spells it ("ThrottlingException"), or "". An answer that
 * is not 2xx stays in *answer. An empty request->region means the default one. Signing service "s3"
 * gets its own path rules. */
enum { AWS_CODE_ROOM = 96 };
int aws_do(struct aws *aws, const struct aws_identity *identity, const struct aws_request *request,
           struct fetch_answer *answer, char code[AWS_CODE_ROOM], struct fail *why);

#endif
