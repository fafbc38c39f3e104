/* chain.h -- where our own credentials come from; the first place that has any wins.
 *
 *     environment -> the profile's role -> web identity -> credentials file -> config file
 *                 -> container -> instance (IMDSv2)
 *
 * A place that is configured and fails is an error, not a reason to look further. Files are read
 * anew each time, so that what was rotated is found. */
#ifndef SMON_AWS_CHAIN_H
#define SMON_AWS_CHAIN_H

#include "aws/imds.h"
#include "base/str.h"

struct caller;
struct credentials;
struct fail;

struct chain {
    struct caller *caller;
    struct str     region; /* whose STS is asked; empty: the profile's, or us-east-1 */
    struct imds    imds;
};

/* FAIL_AUTH: there are none, or they are refused; FAIL_REMOTE: they could not be asked for. */
int chain_find(struct chain *chain, struct credentials *out, struct fail *why);

#endif
