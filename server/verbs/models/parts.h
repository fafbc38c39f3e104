/* parts.h -- the words of `smon models`, one file each for those that are more than a list. */
#ifndef SMON_VERBS_MODELS_PARTS_H
#define SMON_VERBS_MODELS_PARTS_H

struct args;
struct client;
struct doc;
struct fail;

int models_versions(const struct args *args, struct client *client, struct fail *why);
int models_register(const struct args *args, struct client *client, struct fail *why);
int models_approve(const struct args *args, struct client *client, struct fail *why);
int models_aliases(const struct args *args, struct client *client, struct fail *why);
int models_lineage(const struct args *args, struct client *client, struct fail *why);

/* The body that --file names, one JSON object ("-" is standard input); an empty object when the
 * flag is not given. *out is yours. */
int models_body(const struct args *args, struct doc **out, struct fail *why);

#endif
