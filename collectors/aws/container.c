#include "aws/container.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "aws/call.h"
#include "aws/credentials.h"
#include "aws/endpoint.h"
#include "aws/textfile.h"
#include "base/buf.h"
#include "base/fail.h"

enum { ATTEMPTS = 3, DEADLINE = 2 * MS_SECOND, MOST_ANSWER = 256 * 1024, MOST_TOKEN = 64 * 1024 };

static bool is_allowed_v4(uint32_t address)
{
    return address >> 24 == 127 || address == 0xa9feaa02 || address == 0xa9feaa17;
}

/* This machine, 169.254.170.2, 169.254.170.23 or fd00:ec2::23: written as addresses, so that no
 * name server has a say. */
static bool is_allowed_host(struct str host)
{
    static const char *const six[] = {"::1", "fd00:ec2::23"};
    char                     text[INET6_ADDRSTRLEN];
    struct in_addr           v4;
    struct in6_addr          v6, allowed;

    if (str_is(host, STR("localhost")))
        return true;
    if (str_to_c(host, text, sizeof text))
        return false;
    if (inet_pton(AF_INET, text, &v4) == 1)
        return is_allowed_v4(ntohl(v4.s_addr));
    if (inet_pton(AF_INET6, text, &v6) != 1)
        return false;
    for (size_t i = 0; i < sizeof six / sizeof *six; i++)
        if (inet_pton(AF_INET6, six[i], &allowed) == 1 && memcmp(&v6, &allowed, sizeof v6) == 0)
            return true;
    return false;
}

int container_address(const char *relative, const char *full, struct buf *out, struct fail *why)
{
    struct endpoint_parts parts;

    if (relative && *relative) {
        if (*relative != '/')
            return fail_set(why, FAIL_DENIED,
                            "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI does not begin with /");
        buf_text(out, "http://169.254.170.2");
        buf_text(out, relative);
        return buf_check(out, why) ? -1 : 1;
    }
    if (!full || !*full)
        return 0;
    if (endpoint_split(str_of(full), &parts, why))
        return fail_in(why, "AWS_CONTAINER_CREDENTIALS_FULL_URI");
    if (!str_is(parts.scheme, STR("https")) && !is_allowed_host(parts.host))
        return fail_set(why, FAIL_DENIED,
                        "AWS_CONTAINER_CREDENTIALS_FULL_URI: \"%.*s\" is asked by https only",
                        STR_ARG(str_head(parts.host, 80)));
    buf_text(out, full);
    return buf_check(out, why) ? -1 : 1;
}

/* The Authorization header's value; empty when there is to be none. */
static int read_authorization(struct buf *out, struct fail *why)
{
    const char *path  = getenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
    const char *token = getenv("AWS_CONTAINER_AUTHORIZATION_TOKEN");
    int         got   = 1;

    if (path && *path)
        got = textfile_read(path, out, why);
    else if (token)
        buf_text(out, token);
    if (got < 0 || buf_check(out, why))
        return -1;
    if (got == 0)
        return fail_set(why, FAIL_AUTH, "%s: there is no such token file", path);
    if (out->size
        && (memchr(out->data, '\r', out->size) || memchr(out->data, '\n', out->size)
            || memchr(out->data, '\0', out->size)))
        return fail_set(why, FAIL_DENIED, "the container's authorization token has a line break");
    (void)buf_c(out);
    return buf_check(out, why);
}

static int ask(struct caller *caller, const char *url, struct fetch_answer *answer,
               struct fail *why)
{
    OWN(buf) token                = BUF_UP_TO(MOST_TOKEN);
    struct fetch_header headers[] = {{"Accept", "application/json"}, {"Authorization", ""}};
    struct fetch_call   call      = {.method        = "GET",
                                     .url           = url,
                                     .headers       = headers,
                                     .header_count  = 1,
                                     .deadline      = DEADLINE,
                                     .answer_limit  = MOST_ANSWER,
                                     .ignores_proxy = true};
    int                 done;

    if (read_authorization(&token, why))
        return -1;
    if (token.size) {
        headers[1].value  = token.data;
        call.header_count = 2;
    }
    done = fetch_do(caller->fetch, &call, answer, why);
    credentials_wipe(&token);
    if (done == 0 && answer->status != 200)
        return fail_set(why, answer->status >= 500 ? FAIL_REMOTE : FAIL_AUTH, "it answered %d",
                        answer->status);
    return done;
}

int container_find(struct caller *caller, struct credentials *out, struct fail *why)
{
    const char *relative     = getenv("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
    const char *full         = getenv("AWS_CONTAINER_CREDENTIALS_FULL_URI");
    OWN(fetch_answer) answer = FETCH_ANSWER;
    OWN(buf) url             = BUF_UP_TO(8192);
    int done                 = container_address(relative, full, &url, why);

    if (done != 1)
        return done;
    (void)buf_c(&url);
    if (buf_check(&url, why))
        return -1;
    for (int attempt = 1;; attempt++) {
        done = ask(caller, url.data, &answer, why);
        if (done == 0 || why->kind != FAIL_REMOTE || attempt == ATTEMPTS)
            break;
        caller_wait(caller, caller->policy.base);
    }
    if (done == 0)
        done = credentials_read(buf_view(&answer.body), out, why);
    credentials_wipe(&answer.body);
    if (done)
        return fail_in(why, "the container's credentials");
    out->source = "container";
    return 1;
}
