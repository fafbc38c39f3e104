#include "aws/sts.h"

#include <string.h>

#include "aws/canonical.h"
#include "aws/xml.h"
#include "base/buf.h"
#include "base/fail.h"

enum {
    MOST_BODY      = 64 * 1024,
    MOST_ANSWER    = 256 * 1024, /* the size of a session token is not bounded by contract */
    DEADLINE       = 10 * MS_SECOND,
    AN_HOUR        = 3600,
    ARN_LEAST      = 20,
    ARN_MOST       = 2048,
    SHORTEST       = 900,
    LONGEST        = 43200,
    WEB_TOKEN_MOST = 20000,
};

static int check(const struct sts_wish *wish, struct fail *why)
{
    if (wish->role_arn.size < ARN_LEAST || wish->role_arn.size > ARN_MOST
        || !str_starts(wish->role_arn, STR("arn:")))
        return fail_set(why, FAIL_INPUT, "\"%.*s\" is not the ARN of a role",
                        STR_ARG(str_head(wish->role_arn, 80)));
    if (wish->duration_seconds
        && (wish->duration_seconds < SHORTEST || wish->duration_seconds > LONGEST))
        return fail_set(why, FAIL_INPUT, "a role is taken for %d to %d seconds, not %d", SHORTEST,
                        LONGEST, wish->duration_seconds);
    if (wish->web_token.size > WEB_TOKEN_MOST)
        return fail_set(why, FAIL_INPUT, "a web identity token of %zu bytes", wish->web_token.size);
    return 0;
}

static void add(struct buf *out, const char *name, struct str value)
{
    if (value.size == 0)
        return;
    buf_format(out, "&%s=", name);
    canonical_encode(value, false, out);
}

int sts_question(const struct sts_wish *wish, struct buf *out, struct fail *why)
{
    if (check(wish, why))
        return -1;
    buf_text(out, wish->web_token.size ? "Action=AssumeRoleWithWebIdentity" : "Action=AssumeRole");
    add(out, "Version", STR("2011-06-15"));
    add(out, "RoleArn", wish->role_arn);
    add(out, "RoleSessionName", wish->session_name.size ? wish->session_name : STR("smon"));
    add(out, "ExternalId", wish->external_id);
    add(out, "WebIdentityToken", wish->web_token);
    buf_format(out, "&DurationSeconds=%d",
               wish->duration_seconds ? wish->duration_seconds : AN_HOUR);
    return buf_check(out, why);
}

int sts_answer(struct str xml, struct credentials *out, struct fail *why)
{
    static const char *const names[] = {"AccessKeyId", "SecretAccessKey", "SessionToken",
                                        "Expiration"};
    OWN(buf) text                    = BUF_UP_TO(MOST_ANSWER);
    struct str  keys = xml_at(xml, "AssumeRoleResponse/AssumeRoleResult/Credentials");
    struct str  parts[4];
    size_t      ends[4];
    struct fail unsaid = FAIL_OK; /* the answer holds secrets, so nothing of it is quoted */
    ms          expires_at;
    int         done;

    if (!keys.data)
        keys = xml_at(xml, "AssumeRoleWithWebIdentityResponse/AssumeRoleWithWebIdentityResult/"
                           "Credentials");
    for (int i = 0; i < 4; i++) {
        if (xml_text(xml_at(keys, names[i]), &text, &unsaid))
            return fail_set(why, FAIL_REMOTE, "STS answered without credentials");
        ends[i] = text.size;
    }
    for (int i = 0; i < 4; i++)
        parts[i] = str_trim(
            str_part(buf_view(&text), i ? ends[i - 1] : 0, ends[i] - (i ? ends[i - 1] : 0)));
    if (parts[2].size == 0 || when_parse(parts[3], &expires_at))
        done = fail_set(why, FAIL_REMOTE, "STS answered without credentials");
    else
        done = credentials_set(out, parts[0], parts[1], parts[2], why);
    if (done == 0) {
        out->expires_at = expires_at;
        out->source     = "role";
    }
    credentials_wipe(&text);
    return done;
}

int sts_assume(struct caller *caller, const struct sts_wish *wish, call_keys *keys, void *ctx,
               struct credentials *out, struct fail *why)
{
    static const struct fetch_header headers[] = {
        {"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}};
    OWN(buf) body              = BUF_UP_TO(MOST_BODY);
    OWN(fetch_answer) answer   = FETCH_ANSWER;
    struct aws_request request = {.service      = "sts",
                                  .endpoint     = "STS",
                                  .host_prefix  = "sts",
                                  .region       = wish->region,
                                  .method       = "POST",
                                  .path         = "/",
                                  .headers      = headers,
                                  .header_count = 1,
                                  .deadline     = DEADLINE,
                                  .answer_limit = MOST_ANSWER};
    struct call        call    = {.request = &request, .ctx = ctx, .answer = &answer};
    int                done;

    if (sts_question(wish, &body, why))
        return -1;
    request.body = buf_view(&body);
    call.keys    = wish->web_token.size ? NULL : keys;
    done         = call_do(caller, &call, why);
    if (done == 0)
        done = sts_answer(buf_view(&answer.body), out, why);
    credentials_wipe(&answer.body);
    credentials_wipe(&body);
    return done ? fail_in(why, "role %.*s", STR_ARG(str_head(wish->role_arn, 120))) : 0;
}
