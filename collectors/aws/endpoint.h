/* endpoint.h -- where a service is: the address of AWS, or the one somebody configured.
 *
 * Order: AWS_ENDPOINT_URL_<ID>, AWS_ENDPOINT_URL, the profile's services section, the profile's
 * endpoint_url, https://<prefix>.<region>.amazonaws.com. AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true
 * turns all but the last off. A path in a configured address is kept in front of ours. */
#ifndef SMON_AWS_ENDPOINT_H
#define SMON_AWS_ENDPOINT_H

#include "base/str.h"

struct buf;
struct fail;
struct profiles;

struct endpoint_wish {
    const char *id;          /* "CLOUDWATCH_LOGS" */
    const char *host_prefix; /* "logs" */
    struct str  region;
    struct str  profile;
};

/* Scheme, host, port and base path, without a slash at the end, added to `out`. FAIL_INPUT: the
 * region or a configured address cannot be part of one. */
int endpoint_find(const struct endpoint_wish *wish, const struct profiles *profiles,
                  struct buf *out, struct fail *why);

/* The parts of an http(s) address, borrowed from it. */
struct endpoint_parts {
    struct str scheme;    /* "http" or "https" */
    struct str host;      /* without brackets and port */
    struct str authority; /* as a Host header: with the port unless it is the scheme's own */
    struct str path;      /* from the first '/', without the query; may be empty */
};
int endpoint_split(struct str url, struct endpoint_parts *out, struct fail *why);

#endif
