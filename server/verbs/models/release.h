/* release.h -- the words of `smon deployments` that write: create, shift, promote, retire,
 * rollback. The service keeps account of deployments; it does not act on AWS. */
#ifndef SMON_VERBS_MODELS_RELEASE_H
#define SMON_VERBS_MODELS_RELEASE_H

struct args;
struct client;
struct fail;

int release_create(const struct args *args, struct client *client, struct fail *why);
/* shift, promote or retire: what args->word says. */
int release_say(const struct args *args, struct client *client, struct fail *why);
int release_rollback(const struct args *args, struct client *client, struct fail *why);

#endif
