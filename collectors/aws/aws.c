#include "aws/aws.h"

#include <stdlib.h>
#include <string.h>

#include "aws/call.h"
#include "aws/chain.h"
#include "aws/profile.h"
#include "aws/sts.h"
#include "base/fail.h"
#include "base/mem.h"

enum { MOST_SESSIONS = 4096, FIRST_SESSIONS = 16, MOST_REGION = 64 };

/* One identity in one region: ours (role_arn NULL), or a role's. */
struct session {
    struct aws         *aws;
    char               *role_arn, *external_id, *region;
    struct session_keys keys;
    uint64_t            used; /* when last, counted */
};

struct aws {
    struct caller    caller;
    struct chain     chain;
    struct buf       region; /* the default one; empty: not known yet */
    struct session   own;
    struct session **roles;
    size_t           count, room;
    uint64_t         clock; /* counts uses */
};

static void session_free(struct session *session)
{
    if (!session)
        return;
    session_keys_release(&session->keys);
    mem_free(session->role_arn);
    mem_free(session->external_id);
    mem_free(session->region);
    mem_free(session);
}
OWN_PTR_TYPE(session)

static void find_region(struct aws *aws, const struct aws_options *options)
{
    const struct str places[] = {str_of(options->default_region), str_of(getenv("AWS_REGION")),
                                 str_of(getenv("AWS_DEFAULT_REGION")),
                                 profiles_get(aws->caller.profiles, profiles_chosen(), "region")};

    for (size_t i = 0; aws->region.size == 0 && i < sizeof places / sizeof *places; i++)
        buf_str(&aws->region, places[i]);
}

int aws_new(const struct aws_options *options, struct aws **out, struct fail *why)
{
    OWN_PTR(aws) aws = mem_new(sizeof *aws);

    if (!aws)
        return fail_set(why, FAIL_MEMORY, "no memory for an AWS client");
    aws->region     = BUF_UP_TO(MOST_REGION);
    aws->chain.imds = IMDS_NONE;
    aws->own        = (struct session){.aws = aws, .keys = SESSION_KEYS_NONE};
    if (caller_init(&aws->caller, options, why))
        return -1;
    aws->chain.caller = &aws->caller;
    find_region(aws, options);
    if (buf_check(&aws->region, why))
        return fail_in(why, "the AWS region");
    aws->chain.region = buf_view(&aws->region);
    *out              = TAKE(aws);
    return 0;
}

void aws_free(struct aws *aws)
{
    if (!aws)
        return;
    for (size_t i = 0; i < aws->count; i++)
        session_free(aws->roles[i]);
    mem_free(aws->roles);
    session_keys_release(&aws->own.keys);
    imds_release(&aws->chain.imds);
    caller_release(&aws->caller);
    buf_release(&aws->region);
    mem_free(aws);
}

/* --- whose keys ------------------------------------------------------------------------------- */

static int session_sign_keys(void *ctx, bool afresh, const struct credentials **out,
                             struct fail *why);

static int obtain(struct session *session, struct credentials *out, struct fail *why)
{
    struct aws           *aws  = session->aws;
    const struct sts_wish wish = {.role_arn    = str_of(session->role_arn),
                                  .external_id = str_of(session->external_id),
                                  .region      = str_of(session->region)};

    if (!session->role_arn)
        return chain_find(&aws->chain, out, why);
    return sts_assume(&aws->caller, &wish, session_sign_keys, &aws->own, out, why);
}

/* The keys of a session, renewed when they are old (or `afresh`: refused as expired). */
static int session_sign_keys(void *ctx, bool afresh, const struct credentials **out,
                             struct fail *why)
{
    struct session *session = ctx;
    OWN(credentials) fresh  = CREDENTIALS_NONE;
    struct fail      borne  = FAIL_OK;
    ms               now    = caller_now(&session->aws->caller);
    enum session_age age    = afresh ? SESSION_SPENT : session_keys_age(&session->keys, now);

    *out = &session->keys.held;
    switch (age) {
    case SESSION_FRESH: return 0;
    case SESSION_AGING:
        if (obtain(session, &fresh, &borne))
            session_keys_bear(&session->keys, now); /* the old ones still work */
        else
            session_keys_put(&session->keys, &fresh, now);
        return 0;
    case SESSION_SPENT:
        if (obtain(session, &fresh, why))
            return -1;
        session_keys_put(&session->keys, &fresh, now);
        return 0;
    }
    return fail_set(why, FAIL_BUG, "keys of no age");
}

static bool is_same(const char *kept, const char *asked)
{
    return (!kept && !asked) || (kept && asked && strcmp(kept, asked) == 0);
}

static char *keep(const char *text)
{
    return text ? mem_copy(text, strlen(text)) : NULL;
}

/* A place for one more; when there are too many, that of the one unused for longest. */
static int make_place(struct aws *aws, size_t *place, struct fail *why)
{
    struct session **grown;
    size_t           room = aws->room ? aws->room * 2 : FIRST_SESSIONS;

    *place = aws->count;
    if (aws->count < aws->room)
        return 0;
    if (room > MOST_SESSIONS) {
        *place = 0;
        for (size_t i = 1; i < aws->count; i++)
            if (aws->roles[i]->used < aws->roles[*place]->used)
                *place = i;
        session_free(TAKE(aws->roles[*place]));
        return 0;
    }
    grown = mem_grow(aws->roles, room, sizeof(struct session *));
    if (!grown)
        return fail_set(why, FAIL_MEMORY, "no memory for %zu roles", room);
    aws->roles = grown;
    aws->room  = room;
    return 0;
}

static int add_session(struct aws *aws, const struct aws_identity *identity, struct str region,
                       struct session **out, struct fail *why)
{
    OWN_PTR(session) session = mem_new(sizeof *session);
    size_t place;

    if (!session)
        return fail_set(why, FAIL_MEMORY, "no memory for a role");
    session->aws         = aws;
    session->keys        = SESSION_KEYS_NONE;
    session->role_arn    = keep(identity->role_arn);
    session->external_id = keep(identity->external_id);
    session->region      = mem_copy(region.data, region.size);
    session->used        = ++aws->clock;
    if (!session->role_arn || !session->region || (identity->external_id && !session->external_id))
        return fail_set(why, FAIL_MEMORY, "no memory for a role");
    if (make_place(aws, &place, why))
        return -1;
    if (place == aws->count)
        aws->count++;
    aws->roles[place] = session;
    *out              = TAKE(session);
    return 0;
}

static int find_session(struct aws *aws, const struct aws_identity *identity, struct str region,
                        struct session **out, struct fail *why)
{
    if (!identity || !identity->role_arn) {
        *out = &aws->own;
        return 0;
    }
    for (size_t i = 0; i < aws->count; i++) {
        struct session *one = aws->roles[i];

        if (is_same(one->role_arn, identity->role_arn)
            && is_same(one->external_id, identity->external_id)
            && str_is_text(region, one->region)) {
            one->used = ++aws->clock;
            *out      = one;
            return 0;
        }
    }
    return add_session(aws, identity, region, out, why);
}

/* --- calls ------------------------------------------------------------------------------------ */

/* The request's region, or the default one, asked of the instance when nobody has said. */
static int settle_region(struct aws *aws, struct str wanted, struct str *out, struct fail *why)
{
    if (wanted.size == 0 && aws->region.size == 0) {
        struct fail unsaid = FAIL_OK; /* no instance is no news */

        (void)imds_region(&aws->chain.imds, &aws->caller, &aws->region, &unsaid);
        aws->chain.region = buf_view(&aws->region);
        if (aws->region.size == 0)
            return fail_set(why, FAIL_INPUT, "no AWS region is known: set AWS_REGION");
    }
    *out = wanted.size ? wanted : buf_view(&aws->region);
    return 0;
}

int aws_do(struct aws *aws, const struct aws_identity *identity, const struct aws_request *request,
           struct fetch_answer *answer, char code[AWS_CODE_ROOM], struct fail *why)
{
    struct aws_request settled = *request;
    struct session    *session = NULL;
    struct call        call    = {
                  .request = &settled, .keys = session_sign_keys, .answer = answer, .code = code};

    if (code)
        code[0] = '\0';
    if (settle_region(aws, request->region, &settled.region, why)
        || find_session(aws, identity, settled.region, &session, why))
        return -1;
    call.ctx = session;
    return call_do(&aws->caller, &call, why);
}
