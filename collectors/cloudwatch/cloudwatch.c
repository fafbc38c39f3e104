#include "cloudwatch/cloudwatch.h"

#include <string.h>

#include "aws/aws.h"
#include "base/buf.h"
#include "base/fail.h"
#include "base/mem.h"

enum {
    DEADLINE_MS   = 15 * 1000,
    ANSWER_BYTES  = 16 * 1024 * 1024, /* a full page of points is about 4 MB */
    REQUEST_BYTES = 1024 * 1024,
    MOST_PAGES    = 100
};

struct cloudwatch {
    struct aws *aws;
    bool        speaks_query; /* JSON was not understood */
};

struct text { /* a C string that has an owner */
    char *chars;
};
static void text_release(struct text *text)
{
    mem_free(text->chars);
}

int cloudwatch_new(struct aws *aws, struct cloudwatch **out, struct fail *why)
{
    struct cloudwatch *made = mem_new(sizeof *made);

    if (!made)
        return fail_set(why, FAIL_MEMORY, "no memory for CloudWatch");
    made->aws = aws;
    *out      = made;
    return 0;
}

void cloudwatch_free(struct cloudwatch *cloudwatch)
{
    mem_free(cloudwatch);
}

/* One request in the protocol of the hour. */
static int send_one(struct cloudwatch *cloudwatch, const struct cloudwatch_scope *scope,
                    const char *target, const struct buf *body, struct fetch_answer *answer,
                    char code[AWS_CODE_ROOM], struct fail *why)
{
    const struct fetch_header json[] = {
        {"Content-Type", "application/x-amz-json-1.0"},
        {"X-Amz-Target", target},
        {"x-amzn-query-mode", "true"}, /* errors keep their old codes */
    };
    const struct fetch_header form[] = {
        {"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"},
    };
    const struct aws_request request = {
        .service      = "monitoring",
        .endpoint     = "CLOUDWATCH",
        .host_prefix  = "monitoring",
        .region       = scope->region,
        .method       = "POST",
        .path         = "/",
        .headers      = cloudwatch->speaks_query ? form : json,
        .header_count = cloudwatch->speaks_query ? 1 : 3,
        .body         = buf_view(body),
        .deadline     = DEADLINE_MS,
        .answer_limit = ANSWER_BYTES,
    };

    code[0] = '\0';
    if (buf_check(body, why))
        return -1;
    return aws_do(cloudwatch->aws, scope->identity, &request, answer, code, why);
}

/* An endpoint (a proxy, an older partition) that does not know JSON 1.0 says one of these. */
static bool is_not_understood(const char *code)
{
    static const char *const codes[] = {
        "UnknownOperationException",
        "UnknownOperation",
        "SerializationException",
        "InvalidAction",
        "MissingAction",
    };

    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if (strcmp(code, codes[i]) == 0)
            return true;
    return false;
}

static bool is_xml(struct str body)
{
    return str_starts(str_trim(body), STR("<"));
}

typedef void render_request(const void *request, struct buf *out);

/* What differs between GetMetricData and ListMetrics. */
struct action {
    const char     *target;
    render_request *json, *form;
};

static void get_json(const void *request, struct buf *out)
{
    metric_request_json(request, out);
}

static void get_form(const void *request, struct buf *out)
{
    metric_request_form(request, out);
}

static void list_json(const void *listing, struct buf *out)
{
    metric_listing_json(listing, out);
}

static void list_form(const void *listing, struct buf *out)
{
    metric_listing_form(listing, out);
}

static const struct action GET  = {"GraniteServiceVersion20100801.GetMetricData", get_json,
                                   get_form};
static const struct action LIST = {"GraniteServiceVersion20100801.ListMetrics", list_json,
                                   list_form};

struct call {
    struct cloudwatch             *cloudwatch;
    const struct cloudwatch_scope *scope;
    const struct action           *action;
    char                           code[AWS_CODE_ROOM];
};

/* One page's bytes; changes the protocol, once, when the first is not understood. */
static int fetch_page(struct call *call, const void *request, struct fetch_answer *answer,
                      struct fail *why)
{
    for (;;) {
        OWN(buf) body     = BUF_UP_TO(REQUEST_BYTES);
        bool speaks_query = call->cloudwatch->speaks_query;

        (speaks_query ? call->action->form : call->action->json)(request, &body);
        fetch_answer_release(answer);
        *answer = FETCH_ANSWER;
        if (!send_one(call->cloudwatch, call->scope, call->action->target, &body, answer,
                      call->code, why))
            return 0;
        if (speaks_query || !is_not_understood(call->code))
            return -1;
        call->cloudwatch->speaks_query = true;
    }
}

/* The token of the next page: 1, 0 there is none, -1 it is the same again. */
static int turn_page(struct text *token, char **next, struct fail *why)
{
    if (!*next)
        return 0;
    if (token->chars && strcmp(token->chars, *next) == 0)
        return fail_set(why, FAIL_REMOTE, "CloudWatch's NextToken repeats");
    mem_free(token->chars);
    token->chars = TAKE(*next);
    return 1;
}

static int get_page(struct call *call, const struct metric_request *request,
                    struct metric_answer *answer, struct fail *why)
{
    OWN(fetch_answer) page = FETCH_ANSWER;
    struct str body;

    if (fetch_page(call, request, &page, why))
        return -1;
    body = buf_view(&page.body);
    return is_xml(body) ? metric_answer_xml(answer, body, why)
                        : metric_answer_json(answer, body, why);
}

static int get_pages(struct call *call, const struct metric_request *request,
                     struct metric_answer *answer, struct fail *why)
{
    struct metric_request paged = *request;
    OWN(text) token             = {NULL};

    for (int page = 0; page < MOST_PAGES; page++) {
        int more;

        paged.token = str_of(token.chars);
        if (get_page(call, &paged, answer, why))
            return -1;
        more = turn_page(&token, &answer->token, why);
        if (more <= 0)
            return more;
    }
    return fail_set(why, FAIL_REMOTE, "CloudWatch's answer has more than %d pages", MOST_PAGES);
}

static int check_series(const struct metric_answer *answer, struct fail *why)
{
    for (size_t i = 0; i < answer->count; i++) {
        const struct metric_series *series = &answer->series[i];

        if (series->status == METRIC_FORBIDDEN)
            return fail_set(why, FAIL_DENIED, "Forbidden: %s",
                            series->message[0] ? series->message : series->label);
        if (series->status == METRIC_INTERNAL)
            return fail_set(why, FAIL_REMOTE, "InternalError for %s", series->label);
    }
    return 0;
}

int cloudwatch_get(struct cloudwatch *cloudwatch, const struct cloudwatch_scope *scope,
                   const struct metric_request *request, struct metric_answer *out,
                   struct fail *why)
{
    struct call call          = {cloudwatch, scope, &GET, ""};
    OWN(metric_answer) answer = METRIC_ANSWER;
    int result                = get_pages(&call, request, &answer, why);

    if (result && strncmp(call.code, "InvalidNextToken", strlen("InvalidNextToken")) == 0) {
        metric_answer_release(&answer);
        result = get_pages(&call, request, &answer, why);
    }
    if (result || check_series(&answer, why))
        return -1;
    *out   = answer;
    answer = METRIC_ANSWER;
    return 0;
}

int cloudwatch_list(struct cloudwatch *cloudwatch, const struct cloudwatch_scope *scope,
                    const struct metric_listing *listing, int most_pages, metric_visit *visit,
                    void *ctx, struct fail *why)
{
    struct call           call  = {cloudwatch, scope, &LIST, ""};
    struct metric_listing paged = *listing;
    OWN(text) token             = {NULL};

    for (int page = 0; page < most_pages; page++) {
        OWN(fetch_answer) answer = FETCH_ANSWER;
        OWN(text) next           = {NULL};
        int more;

        paged.token = str_of(token.chars);
        if (fetch_page(&call, &paged, &answer, why)
            || (is_xml(buf_view(&answer.body)) ? metric_list_xml : metric_list_json)(
                buf_view(&answer.body), listing->dimensions, visit, ctx, &next.chars, why))
            return fail_in(why, "ListMetrics");
        more = turn_page(&token, &next.chars, why);
        if (more <= 0)
            return more;
    }
    return 0; /* what the first pages hold is all we ask for */
}
