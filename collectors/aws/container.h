/* container.h -- the credentials of a container: ECS, EKS Pod Identity and whoever imitates them.
 *
 * AWS_CONTAINER_CREDENTIALS_RELATIVE_URI goes behind http://169.254.170.2; otherwise
 * AWS_CONTAINER_CREDENTIALS_FULL_URI, which must be https, or http to this machine or one of the
 * three addresses AWS uses. The Authorization header is the file
 * AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE, read for every call, or
 * AWS_CONTAINER_AUTHORIZATION_TOKEN. */
#ifndef SMON_AWS_CONTAINER_H
#define SMON_AWS_CONTAINER_H

struct buf;
struct caller;
struct credentials;
struct fail;

/* 1: *out is filled. 0: this is no such container. -1: it is, and they cannot be had. */
int container_find(struct caller *caller, struct credentials *out, struct fail *why);

/* The address to ask, from the two variables' values (either may be NULL), added to `out`; the same
 * results. FAIL_DENIED: a host that must not be asked. */
int container_address(const char *relative, const char *full, struct buf *out, struct fail *why);

#endif
