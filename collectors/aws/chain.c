#include "aws/chain.h"

#include <stdlib.h>
#include <string.h>

#include "aws/call.h"
#include "aws/container.h"
#include "aws/credentials.h"
#include "aws/profile.h"
#include "aws/sts.h"
#include "aws/textfile.h"
#include "base/buf.h"
#include "base/fail.h"

enum { MOST_PROFILES = 8, MOST_WEB_TOKEN = 20000, SECONDS_MOST = 43200 };

/* One search: the files as they are now, and the profiles whose roles are being taken. */
struct search {
    struct chain    *chain;
    struct profiles *profiles;
    struct str       visited[MOST_PROFILES];
    size_t           depth;
};

static struct str variable(const char *name)
{
    return str_of(getenv(name));
}

static struct str region_of(const struct search *search)
{
    struct str region = search->chain->region;

    if (region.size == 0)
        region = profiles_get(search->profiles, profiles_chosen(), "region");
    return region.size ? region : STR("us-east-1");
}

/* --- environment and files -------------------------------------------------------------------- */

static int from_environment(struct search *search, struct credentials *out, struct fail *why)
{
    struct str key_id = variable("AWS_ACCESS_KEY_ID");
    struct str token  = variable("AWS_SESSION_TOKEN");
    struct str until  = variable("AWS_CREDENTIAL_EXPIRATION");
    ms         expires_at;

    (void)search;
    if (key_id.size == 0)
        return 0;
    if (token.size == 0)
        token = variable("AWS_SECURITY_TOKEN");
    if (credentials_set(out, key_id, variable("AWS_SECRET_ACCESS_KEY"), token, why))
        return fail_in(why, "the environment");
    out->source     = "environment";
    out->expires_at = until.size && when_parse(until, &expires_at) == 0 ? expires_at : WHEN_UNKNOWN;
    return 1;
}

static int from_file(struct search *search, enum profile_file file, struct str profile,
                     struct credentials *out, struct fail *why)
{
    const struct profiles *all    = search->profiles;
    struct str             key_id = profiles_get_from(all, file, profile, "aws_access_key_id");

    if (key_id.size == 0)
        return 0;
    if (credentials_set(out, key_id, profiles_get_from(all, file, profile, "aws_secret_access_key"),
                        profiles_get_from(all, file, profile, "aws_session_token"), why))
        return fail_in(why, "profile %.*s", STR_ARG(str_head(profile, 80)));
    out->source = "profile";
    return 1;
}

static int from_files(struct search *search, struct str profile, struct credentials *out,
                      struct fail *why)
{
    int got = from_file(search, PROFILE_CREDENTIALS, profile, out, why);

    return got ? got : from_file(search, PROFILE_CONFIG, profile, out, why);
}

static int from_credentials_file(struct search *search, struct credentials *out, struct fail *why)
{
    return from_file(search, PROFILE_CREDENTIALS, profiles_chosen(), out, why);
}

static int from_config_file(struct search *search, struct credentials *out, struct fail *why)
{
    return from_file(search, PROFILE_CONFIG, profiles_chosen(), out, why);
}

/* --- web identity ----------------------------------------------------------------------------- */

/* The token file is read for each call: it is rotated under us. */
static int take_web_identity(struct search *search, const char *path, struct sts_wish *wish,
                             struct credentials *out, struct fail *why)
{
    OWN(buf) token = BUF_UP_TO(MOST_WEB_TOKEN);
    int got        = textfile_read(path, &token, why);

    if (got == 0)
        return fail_set(why, FAIL_AUTH, "%s: there is no such token file", path);
    if (got < 0)
        return -1;
    wish->web_token = str_trim(buf_view(&token));
    wish->region    = region_of(search);
    got = wish->web_token.size ? sts_assume(search->chain->caller, wish, NULL, NULL, out, why)
                               : fail_set(why, FAIL_AUTH, "%s: the token file is empty", path);
    credentials_wipe(&token);
    return got ? -1 : 1;
}

static int web_identity_of(struct search *search, struct str profile, struct credentials *out,
                           struct fail *why)
{
    const struct profiles *all = search->profiles;
    OWN(buf) path              = BUF_UP_TO(4096);
    struct sts_wish wish       = {.role_arn     = profiles_get(all, profile, "role_arn"),
                                  .session_name = profiles_get(all, profile, "role_session_name")};
    struct str      file       = profiles_get(all, profile, "web_identity_token_file");

    if (file.size == 0 || wish.role_arn.size == 0)
        return 0;
    buf_str(&path, file);
    (void)buf_c(&path);
    if (buf_check(&path, why))
        return -1;
    return take_web_identity(search, path.data, &wish, out, why);
}

static int from_web_identity(struct search *search, struct credentials *out, struct fail *why)
{
    const char     *path = getenv("AWS_WEB_IDENTITY_TOKEN_FILE");
    struct sts_wish wish = {.role_arn     = variable("AWS_ROLE_ARN"),
                            .session_name = variable("AWS_ROLE_SESSION_NAME")};

    if (!path || !*path)
        return web_identity_of(search, profiles_chosen(), out, why);
    if (wish.role_arn.size == 0)
        return fail_set(why, FAIL_AUTH, "AWS_WEB_IDENTITY_TOKEN_FILE without AWS_ROLE_ARN");
    return take_web_identity(search, path, &wish, out, why);
}

/* --- the profile's role ----------------------------------------------------------------------- */

static int from_container(struct search *search, struct credentials *out, struct fail *why)
{
    return container_find(search->chain->caller, out, why);
}

static int from_instance(struct search *search, struct credentials *out, struct fail *why)
{
    return imds_find(&search->chain->imds, search->chain->caller, out, why);
}

static int from_named_source(struct search *search, struct str name, struct credentials *out,
                             struct fail *why)
{
    static const struct {
        const char *name;
        int (*find)(struct search *, struct credentials *, struct fail *);
    } sources[] = {{"Environment", from_environment},
                   {"EcsContainer", from_container},
                   {"Ec2InstanceMetadata", from_instance}};

    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++)
        if (str_is_text(name, sources[i].name)) {
            int got = sources[i].find(search, out, why);

            if (got)
                return got < 0 ? -1 : 0;
            return fail_set(why, FAIL_AUTH, "credential_source %s has no credentials",
                            sources[i].name);
        }
    return fail_set(why, FAIL_AUTH, "credential_source \"%.*s\" is not known",
                    STR_ARG(str_head(name, 80)));
}

static int role_of(struct search *search, struct str profile, struct credentials *out,
                   struct fail *why);

/* What a source_profile has: keys, a web identity, or a role of its own. 0 or -1. */
static int from_source_profile(struct search *search, struct str profile, struct credentials *out,
                               struct fail *why)
{
    int got;

    if (!profiles_has(search->profiles, profile))
        return fail_set(why, FAIL_AUTH, "there is no profile \"%.*s\"",
                        STR_ARG(str_head(profile, 80)));
    got = from_files(search, profile, out, why);
    if (got == 0)
        got = web_identity_of(search, profile, out, why);
    if (got == 0)
        got = role_of(search, profile, out, why);
    if (got == 0)
        return fail_set(why, FAIL_AUTH, "profile \"%.*s\" has neither keys nor a role",
                        STR_ARG(str_head(profile, 80)));
    return got < 0 ? -1 : 0;
}

/* Keys that cannot be renewed: those that ask for a role. */
static int fixed_keys(void *ctx, bool afresh, const struct credentials **out, struct fail *why)
{
    if (afresh)
        return fail_set(why, FAIL_AUTH, "the keys that ask for the role have expired");
    *out = ctx;
    return 0;
}

static int visit(struct search *search, struct str profile, struct fail *why)
{
    for (size_t i = 0; i < search->depth; i++)
        if (str_is(search->visited[i], profile))
            return fail_set(why, FAIL_AUTH, "source_profile goes round in a circle at \"%.*s\"",
                            STR_ARG(str_head(profile, 80)));
    if (search->depth == MOST_PROFILES)
        return fail_set(why, FAIL_AUTH, "more than %d profiles in a row", MOST_PROFILES);
    search->visited[search->depth++] = profile;
    return 0;
}

/* The keys with which the profile asks for its role. 0 or -1. */
static int asking_keys(struct search *search, struct str profile, struct credentials *out,
                       struct fail *why)
{
    struct str source = profiles_get(search->profiles, profile, "source_profile");
    struct str named  = profiles_get(search->profiles, profile, "credential_source");

    if ((source.size == 0) == (named.size == 0))
        return fail_set(why, FAIL_AUTH,
                        "profile \"%.*s\": role_arn needs source_profile or credential_source, "
                        "one of them",
                        STR_ARG(str_head(profile, 80)));
    return source.size ? from_source_profile(search, source, out, why)
                       : from_named_source(search, named, out, why);
}

/* 1, 0 (it names no role), -1. */
static int role_of(struct search *search, struct str profile, struct credentials *out,
                   struct fail *why)
{
    const struct profiles *all = search->profiles;
    OWN(credentials) asking    = CREDENTIALS_NONE;
    struct str      seconds    = profiles_get(all, profile, "duration_seconds");
    struct sts_wish wish       = {.role_arn     = profiles_get(all, profile, "role_arn"),
                                  .session_name = profiles_get(all, profile, "role_session_name"),
                                  .external_id  = profiles_get(all, profile, "external_id"),
                                  .region       = region_of(search)};
    int64_t         number     = 0;

    if (wish.role_arn.size == 0 || profiles_get(all, profile, "web_identity_token_file").size)
        return 0;
    if (profiles_get(all, profile, "mfa_serial").size)
        return fail_set(why, FAIL_AUTH, "profile \"%.*s\" wants a code that nobody is here to type",
                        STR_ARG(str_head(profile, 80)));
    if (seconds.size && str_to_i64(seconds, 0, SECONDS_MOST, &number))
        return fail_set(why, FAIL_AUTH, "profile \"%.*s\": duration_seconds is not a duration",
                        STR_ARG(str_head(profile, 80)));
    wish.duration_seconds = (int)number;
    if (visit(search, profile, why) || asking_keys(search, profile, &asking, why)
        || sts_assume(search->chain->caller, &wish, fixed_keys, &asking, out, why))
        return -1;
    return 1;
}

static int from_role(struct search *search, struct credentials *out, struct fail *why)
{
    return role_of(search, profiles_chosen(), out, why);
}

/* --- all of them ------------------------------------------------------------------------------ */

int chain_find(struct chain *chain, struct credentials *out, struct fail *why)
{
    static int (*const sources[])(struct search *, struct credentials *, struct fail *) = {
        from_environment, from_role,      from_web_identity, from_credentials_file,
        from_config_file, from_container, from_instance,
    };
    OWN_PTR(profiles) profiles = NULL;
    struct search search       = {.chain = chain};
    int           got          = 0;

    if (profiles_read(&profiles, why))
        return -1;
    search.profiles = profiles;
    for (size_t i = 0; got == 0 && i < sizeof sources / sizeof *sources; i++)
        got = sources[i](&search, out, why);
    if (got == 0)
        return fail_set(why, FAIL_AUTH,
                        "there are no AWS credentials: not in the environment, the profile, a "
                        "container or the instance's role");
    return got < 0 ? fail_in(why, "AWS credentials") : 0;
}
