#include "aws/imds.h"

#include <stdlib.h>

#include "aws/call.h"
#include "aws/credentials.h"
#include "base/fail.h"
#include "wire/doc.h"

#define ROLES "/latest/meta-data/iam/security-credentials/"
#define TOKEN_HEADER "x-aws-ec2-metadata-token"

enum { MOST_ANSWER = 64 * 1024, ATTEMPTS_MOST = 10, TIMEOUT_MOST = 60, ROLE_MOST = 256 };

void imds_release(struct imds *imds)
{
    credentials_wipe(&imds->token);
    buf_release(&imds->token);
}

static int64_t setting(const char *name, int64_t most)
{
    int64_t value;

    return str_to_i64(str_of(getenv(name)), 1, most, &value) ? 1 : value;
}

static const char *base_address(void)
{
    const char *given = getenv("AWS_EC2_METADATA_SERVICE_ENDPOINT");
    const char *mode  = getenv("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE");

    if (given && *given)
        return given;
    if (mode && str_is_nocase(str_of(mode), STR("ipv6")))
        return "http://[fd00:ec2::254]";
    return "http://169.254.169.254";
}

/* One request; repeated as often as the settings allow while nothing answers. */
static int ask(struct caller *caller, const char *method, struct str path,
               const struct fetch_header *header, struct fetch_answer *answer, struct fail *why)
{
    OWN(buf) url           = BUF_UP_TO(4096);
    struct str        base = str_of(base_address());
    struct fetch_call call = {.method       = method,
                              .headers      = header,
                              .header_count = 1,
                              .deadline =
                                  setting("AWS_METADATA_SERVICE_TIMEOUT", TIMEOUT_MOST) * MS_SECOND,
                              .answer_limit  = MOST_ANSWER,
                              .ignores_proxy = true};
    int64_t           left = setting("AWS_METADATA_SERVICE_NUM_ATTEMPTS", ATTEMPTS_MOST);

    while (str_ends(base, STR("/")))
        base.size--;
    buf_str(&url, base);
    buf_str(&url, path);
    call.url = buf_c(&url);
    if (buf_check(&url, why))
        return -1;
    while (fetch_do(caller->fetch, &call, answer, why))
        if (--left <= 0 || why->kind != FAIL_REMOTE)
            return fail_in(why, "the instance metadata service");
    return 0;
}

static int renew_token(struct imds *imds, struct caller *caller, struct fail *why)
{
    static const struct fetch_header six_hours = {"x-aws-ec2-metadata-token-ttl-seconds", "21600"};
    OWN(fetch_answer) answer                   = FETCH_ANSWER;

    if (ask(caller, "PUT", STR("/latest/api/token"), &six_hours, &answer, why))
        return -1;
    if (answer.status != 200 || answer.body.size == 0)
        return fail_set(why, FAIL_AUTH, "the instance metadata service gives no token (%d)",
                        answer.status);
    buf_clear(&imds->token);
    buf_str(&imds->token, str_trim(buf_view(&answer.body)));
    (void)buf_c(&imds->token);
    return buf_check(&imds->token, why);
}

/* 1: 200 came. 0: 404. -1. A token that is refused is replaced once. */
static int get(struct imds *imds, struct caller *caller, struct str path,
               struct fetch_answer *answer, struct fail *why)
{
    struct fetch_header header = {TOKEN_HEADER, ""};

    for (int attempt = 0; attempt < 2; attempt++) {
        if (imds->token.size == 0 && renew_token(imds, caller, why))
            return -1;
        header.value = imds->token.data;
        if (ask(caller, "GET", path, &header, answer, why))
            return -1;
        if (answer->status == 200)
            return 1;
        if (answer->status == 404)
            return 0;
        if (answer->status != 401)
            break;
        buf_clear(&imds->token);
    }
    return fail_set(why, answer->status >= 500 ? FAIL_REMOTE : FAIL_AUTH,
                    "the instance metadata service answered %d", answer->status);
}

static bool is_off(void)
{
    return str_is_nocase(str_of(getenv("AWS_EC2_METADATA_DISABLED")), STR("true"));
}

/* A 200 may say in its Code that there are none. */
static int read_role(struct str json, struct credentials *out, struct fail *why)
{
    struct fail unsaid = FAIL_OK; /* its sentence may quote the document */
    OWN_PTR(doc) doc   = doc_parse(json, &unsaid);
    struct str code;

    if (!doc || doc_text_or(doc, "Code", STR("Success"), &code, &unsaid))
        return fail_set(why, FAIL_REMOTE, "the instance's role: an answer that cannot be read");
    if (!str_is(code, STR("Success")))
        return fail_set(why, FAIL_AUTH, "the instance's role: %.*s", STR_ARG(str_head(code, 80)));
    if (credentials_read(json, out, why))
        return fail_in(why, "the instance's role");
    out->source = "instance";
    return 1;
}

int imds_find(struct imds *imds, struct caller *caller, struct credentials *out, struct fail *why)
{
    OWN(fetch_answer) answer = FETCH_ANSWER;
    OWN(buf) path            = BUF_UP_TO(sizeof ROLES + ROLE_MOST);
    struct str lines, role;
    int        got;

    if (is_off())
        return 0;
    got = get(imds, caller, STR(ROLES), &answer, why);
    if (got != 1)
        return got;
    lines = buf_view(&answer.body);
    if (!str_cut(&lines, '\n', &role) || str_trim(role).size == 0)
        return 0;
    buf_text(&path, ROLES);
    buf_str(&path, str_trim(role));
    if (buf_check(&path, why))
        return fail_in(why, "the instance's role");
    got = get(imds, caller, buf_view(&path), &answer, why);
    if (got == 1)
        got = read_role(buf_view(&answer.body), out, why);
    credentials_wipe(&answer.body);
    return got;
}

int imds_region(struct imds *imds, struct caller *caller, struct buf *out, struct fail *why)
{
    OWN(fetch_answer) answer = FETCH_ANSWER;
    int got;

    if (is_off())
        return 0;
    got = get(imds, caller, STR("/latest/meta-data/placement/region"), &answer, why);
    if (got == 1)
        buf_str(out, str_trim(buf_view(&answer.body)));
    return buf_check(out, why) ? -1 : got;
}
