/* profile.h -- the shared AWS files: ~/.aws/credentials and ~/.aws/config.
 *
 *     [profile prod]                      config file; in the credentials file it is just [prod]
 *     role_arn = arn:aws:iam::...         `key = value`; # and ; begin a comment line
 *     services = local                    names a section [services local]:
 *
 *     [services local]
 *     sts =                               a key whose value is a block of indented lines
 *         endpoint_url = http://...
 *
 * The credentials file wins over the config file for the same key of a profile. */
#ifndef SMON_AWS_PROFILE_H
#define SMON_AWS_PROFILE_H

#include "base/own.h"
#include "base/str.h"

#include <stdbool.h>

struct fail;
struct profiles;

/* Reads both files (AWS_SHARED_CREDENTIALS_FILE, AWS_CONFIG_FILE, or those under $HOME); a missing
 * file is an empty one. */
int  profiles_read(struct profiles **out, struct fail *why);
void profiles_free(struct profiles *profiles);
OWN_PTR_TYPE(profiles)

/* From text, for tests; either may be empty. */
int profiles_parse(struct str credentials, struct str config, struct profiles **out,
                   struct fail *why);

/* AWS_PROFILE, AWS_DEFAULT_PROFILE or "default". */
struct str profiles_chosen(void);

bool profiles_has(const struct profiles *profiles, struct str profile);

/* A key of a profile; STR_NONE: not set. Borrowed from the profiles. */
struct str profiles_get(const struct profiles *profiles, struct str profile, const char *key);

/* The same, from the config file or the credentials file alone. */
enum profile_file { PROFILE_CREDENTIALS, PROFILE_CONFIG };
struct str profiles_get_from(const struct profiles *profiles, enum profile_file file,
                             struct str profile, const char *key);

/* A nested key in the section [services <section>]. */
struct str profiles_service(const struct profiles *profiles, struct str section, struct str service,
                            const char *key);

#endif
