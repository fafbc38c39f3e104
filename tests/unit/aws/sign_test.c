/* The signer against the published vectors, byte for byte, and against a few of our own that
 * botocore computed (so that this means something where ../shared is missing). */
#include "check.h"

#include <dirent.h>
#include <string.h>

#include "aws/sign.h"
#include "base/mem.h"
#include "wire/doc.h"

#define VECTORS "../shared/fixtures/sigv4/"

enum { MOST_HEADERS = 16 };

/* --- our own ---------------------------------------------------------------------------------- */

#define KEY_ID "AKIAIOSFODNN7EXAMPLE"
#define SECRET "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
#define TOKEN "FQoGZXIvYXdzE/+=token"
#define EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static const ms AT = 1772323199000; /* 2026-02-28T23:59:59Z */

static const struct {
    const char         *method, *path, *query, *body, *token, *region, *service;
    struct fetch_header headers[5];
    const char         *canonical, *signature;
} own[] = {
    {"POST",
     "/",
     "",
     "{\"MetricDataQueries\":[]}",
     "",
     "eu-west-1",
     "monitoring",
     {{"Host", "monitoring.eu-west-1.amazonaws.com"},
      {"Content-Type", "application/x-amz-json-1.0"},
      {"X-Amz-Target", "GraniteServiceVersion20100801.GetMetricData"},
      {"x-amzn-query-mode", "true"}},
     "POST\n/\n\ncontent-type:application/x-amz-json-1.0\nhost:monitoring.eu-west-1.amazonaws.com\n"
     "x-amz-date:20260228T235959Z\n"
     "x-amz-target:GraniteServiceVersion20100801.GetMetricData\nx-amzn-query-mode:true\n\n"
     "content-type;host;x-amz-date;x-amz-target;x-amzn-query-mode\n"
     "7f094e6eaf25b189deb84d5e3db436769fc8b7935cf9edec040c85d4e01ac0c2",
     "e06b0f8b4dee04c04ce62b75d02f4dc58b36d8b9b0e28b024ef8f834ecc59296"},
    {"POST",
     "/base/",
     "",
     "Action=GetCallerIdentity&Version=2011-06-15",
     TOKEN,
     "us-east-1",
     "sts",
     {{"Host", "127.0.0.1:4566"},
      {"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}},
     "POST\n/base/\n\ncontent-type:application/x-www-form-urlencoded; charset=utf-8\n"
     "host:127.0.0.1:4566\nx-amz-date:20260228T235959Z\nx-amz-security-token:" TOKEN "\n\n"
     "content-type;host;x-amz-date;x-amz-security-token\n"
     "ab821ae955788b0e33ebd34c208442ccfc2d406e2edc5e7a39bd6458fbb4f843",
     "e94c447f66a70acbf4461f38fe387cc25679c0f701eba33509c273b6763f9505"},
    {"GET",
     "/models/a%20b/c+d",
     "Max=10&name=a%2Fb&Name=x&empty",
     "",
     "",
     "cn-north-1",
     "sagemaker",
     {{"Host", "api.sagemaker.cn-north-1.amazonaws.com.cn"}},
     "GET\n/models/a%2520b/c%2Bd\nMax=10&Name=x&empty=&name=a%2Fb\n"
     "host:api.sagemaker.cn-north-1.amazonaws.com.cn\nx-amz-date:20260228T235959Z\n\n"
     "host;x-amz-date\n" EMPTY,
     "b7b5ec7a47bf53b2fad0b3425573e8639d171a25d5db025a08dca25dbe3847c1"},
    {"GET",
     "/a%20b//c/../d",
     "",
     "",
     "",
     "us-east-1",
     "s3",
     {{"Host", "bucket.s3.us-east-1.amazonaws.com"}},
     "GET\n/a%20b//c/../d\n\nhost:bucket.s3.us-east-1.amazonaws.com\n"
     "x-amz-content-sha256:" EMPTY "\nx-amz-date:20260228T235959Z\n\n"
     "host;x-amz-content-sha256;x-amz-date\n" EMPTY,
     "a29721996bd8e97550a59312a741363cc87b4788fe8ec9da648238dcfc99b45c"},
};

static struct sign_terms own_terms(const char *token, const char *region, const char *service)
{
    bool is_s3 = strcmp(service, "s3") == 0;

    return (struct sign_terms){.key_id       = STR(KEY_ID),
                               .secret       = STR(SECRET),
                               .token        = str_of(token),
                               .region       = str_of(region),
                               .service      = str_of(service),
                               .at           = AT,
                               .keeps_path   = is_s3,
                               .encodes_once = is_s3,
                               .adds_payload = is_s3};
}

static void test_own_vectors(void **state)
{
    struct sign_cache cache = {0};

    (void)state;
    for (size_t round = 0; round < 2; round++) /* the second time with cached keys */
        for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
            struct sign_terms   terms   = own_terms(own[i].token, own[i].region, own[i].service);
            struct sign_request request = {.method  = str_of(own[i].method),
                                           .path    = str_of(own[i].path),
                                           .query   = str_of(own[i].query),
                                           .headers = own[i].headers,
                                           .body    = str_of(own[i].body)};
            struct sign_result  result  = SIGN_RESULT;
            struct fail         why     = FAIL_OK;

            while (own[i].headers[request.header_count].name)
                request.header_count++;
            CHECK_OK(sign_headers(&cache, &request, &terms, &result, &why), &why);
            CHECK_STR(buf_view(&result.canonical), own[i].canonical);
            assert_string_equal(result.signature, own[i].signature);
            sign_result_release(&result);
        }
    assert_int_equal(cache.count, 4);
}

static void test_the_headers_handed_back(void **state)
{
    static const struct fetch_header host[]  = {{"Host", "h"}};
    struct sign_request              request = {.method = STR("GET"), .path = STR("/")};
    struct sign_terms                terms   = own_terms(TOKEN, "eu-west-1", "s3");
    struct sign_result               result  = SIGN_RESULT;
    struct fetch_header              added[SIGN_MOST_HEADERS];
    struct fail                      why = FAIL_OK;

    (void)state;
    request.headers      = host;
    request.header_count = 1;
    terms.payload        = STR("UNSIGNED-PAYLOAD");
    CHECK_OK(sign_headers(NULL, &request, &terms, &result, &why), &why);
    assert_int_equal(sign_result_headers(&result, added), 4);
    assert_string_equal(added[0].value, "20260228T235959Z");
    assert_string_equal(added[1].value, TOKEN);
    assert_string_equal(added[2].value, "UNSIGNED-PAYLOAD");
    assert_true(str_starts(str_of(added[3].value),
                           STR("AWS4-HMAC-SHA256 Credential=" KEY_ID "/20260228/eu-west-1/s3/"
                               "aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-date;"
                               "x-amz-security-token, Signature=")));
    assert_true(str_ends(buf_view(&result.canonical), STR("\nUNSIGNED-PAYLOAD")));
    sign_result_release(&result);
}

static void test_own_presigned(void **state)
{
    static const struct fetch_header headers[] = {{"Host", "sts.eu-west-1.amazonaws.com"},
                                                  {"x-k8s-aws-id", "cluster one"}};
    struct sign_request              request   = {.method = STR("GET"),
                                                  .path   = STR("/"),
                                                  .query = STR("Action=GetCallerIdentity&Version=2011-06-15"),
                                                  .headers      = headers,
                                                  .header_count = 2};
    struct sign_terms                terms     = own_terms(TOKEN, "eu-west-1", "sts");
    struct sign_result               result    = SIGN_RESULT;
    struct fail                      why       = FAIL_OK;

    (void)state;
    terms.expires_seconds = 60;
    CHECK_OK(sign_query(NULL, &request, &terms, &result, &why), &why);
    CHECK_STR(
        buf_view(&result.query),
        "Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Algorithm=AWS4-HMAC-SHA256"
        "&X-Amz-Credential=" KEY_ID "%2F20260228%2Feu-west-1%2Fsts%2Faws4_request"
        "&X-Amz-Date=20260228T235959Z&X-Amz-SignedHeaders=host%3Bx-k8s-aws-id&X-Amz-Expires=60"
        "&X-Amz-Security-Token=FQoGZXIvYXdzE%2F%2B%3Dtoken&X-Amz-Signature="
        "594f034838e1d12b2a773576617174705d595209bc7b78098a350c98804b3790");
    terms.expires_seconds = 604801;
    CHECK_FAILS(sign_query(NULL, &request, &terms, &result, &why), FAIL_INPUT, &why);
    sign_result_release(&result);
}

static void test_refused(void **state)
{
    static const struct fetch_header host[]  = {{"Host", "h"}};
    struct sign_request              request = {.method = STR("GET"), .path = STR("/")};
    struct sign_terms                terms   = own_terms("", "eu-west-1", "sts");
    struct sign_result               result  = SIGN_RESULT;
    struct fail                      why     = FAIL_OK;

    (void)state;
    CHECK_FAILS(sign_headers(NULL, &request, &terms, &result, &why), FAIL_BUG, &why);
    request.headers      = host;
    request.header_count = 1;
    terms.secret         = STR_NONE;
    CHECK_FAILS(sign_headers(NULL, &request, &terms, &result, &why), FAIL_AUTH, &why);
    sign_result_release(&result);
}

static void test_no_memory(void **state)
{
    int done = -1;

    (void)state;
    for (long n = 1; done && n < 100; n++) {
        struct sign_terms   terms   = own_terms(TOKEN, "us-east-1", "sts");
        struct sign_request request = {.method       = STR("GET"),
                                       .path         = STR("/a"),
                                       .query        = STR("b=c"),
                                       .headers      = own[0].headers,
                                       .header_count = 4};
        struct sign_result  result  = SIGN_RESULT;
        struct fail         why     = FAIL_OK;

        mem_fail_at(n, 0);
        done = sign_headers(NULL, &request, &terms, &result, &why);
        mem_fail_at(0, 0);
        if (done)
            assert_int_equal(why.kind, FAIL_MEMORY);
        sign_result_release(&result);
    }
    assert_int_equal(done, 0);
}

/* --- the published ones ----------------------------------------------------------------------- */

struct vector {
    char                folder[400];
    struct buf          request_text;
    struct doc         *context;
    struct sign_request request;
    struct sign_terms   terms;
    bool                has_query_form;
    struct fetch_header headers[MOST_HEADERS];
    struct buf          values[MOST_HEADERS]; /* "name\0value\0" */
};

static struct buf vector_file(const struct vector *vector, const char *name)
{
    char path[600];

    snprintf(path, sizeof path, "%s/%s", vector->folder, name);
    return check_file(path);
}

static bool vector_bool(const struct vector *vector, const char *name, bool otherwise)
{
    bool        value = otherwise;
    struct fail why   = FAIL_OK;

    CHECK_OK(doc_bool_or(vector->context, name, otherwise, &value, &why), &why);
    return value;
}

static void read_context(struct vector *vector)
{
    struct buf         text = vector_file(vector, "context.json");
    struct fail        why  = FAIL_OK;
    struct sign_terms *to   = &vector->terms;
    const struct doc  *keys;
    int64_t            seconds;

    vector->context = doc_parse(buf_view(&text), &why);
    assert_non_null(vector->context);
    keys = doc_member(vector->context, "credentials");
    CHECK_OK(doc_text(keys, "access_key_id", &to->key_id, &why), &why);
    CHECK_OK(doc_text(keys, "secret_access_key", &to->secret, &why), &why);
    CHECK_OK(doc_text_or(keys, "token", STR_NONE, &to->token, &why), &why);
    CHECK_OK(doc_text(vector->context, "region", &to->region, &why), &why);
    CHECK_OK(doc_text(vector->context, "service", &to->service, &why), &why);
    CHECK_OK(doc_time_or(vector->context, "timestamp", 0, &to->at, &why), &why);
    CHECK_OK(doc_int_or(vector->context, "expiration_in_seconds", 3600, &seconds, &why), &why);
    to->expires_seconds = (int)seconds;
    to->keeps_path      = !vector_bool(vector, "normalize", true);
    to->adds_payload    = vector_bool(vector, "sign_body", false);
    to->token_is_bare   = vector_bool(vector, "omit_session_token", false);
    to->encodes_once    = !vector_bool(vector, "use_double_uri_encode", true);
    buf_release(&text);
}

/* "Name:value", or a line that goes on with the one before. */
static void read_header(struct vector *vector, struct str line)
{
    struct buf *value;
    struct str  name;

    if (line.data[0] == ' ' || line.data[0] == '\t') {
        value = &vector->values[vector->request.header_count - 1];
        value->size--; /* over the NUL */
        buf_char(value, ' ');
        buf_str(value, str_trim(line));
    } else {
        assert_true(vector->request.header_count < MOST_HEADERS);
        value  = &vector->values[vector->request.header_count++];
        *value = BUF_UP_TO(1u << 16);
        (void)str_cut(&line, ':', &name);
        buf_str(value, name);
        buf_char(value, '\0');
        buf_str(value, line);
    }
    buf_char(value, '\0');
}

static void read_request(struct vector *vector)
{
    struct str rest, line, target;

    vector->request_text = vector_file(vector, "request.txt");
    rest                 = buf_view(&vector->request_text);
    assert_true(str_cut(&rest, '\n', &target));
    assert_true(str_cut(&target, ' ', &vector->request.method));
    target.size -= str_after_last(target, ' ').size + 1;
    vector->request.query = target;
    (void)str_cut(&vector->request.query, '?', &vector->request.path);
    while (str_cut(&rest, '\n', &line) && line.size)
        read_header(vector, line);
    vector->request.body = rest;
    for (size_t i = 0; i < vector->request.header_count; i++) {
        const char *name   = vector->values[i].data;
        vector->headers[i] = (struct fetch_header){name, name + strlen(name) + 1};
    }
    vector->request.headers = vector->headers;
}

static void same_as_file(const struct vector *vector, const char *name, struct str got)
{
    struct buf expected = vector_file(vector, name);

    if (!str_is(got, buf_view(&expected)))
        fail_msg("%s/%s:\n%.*s\n--- expected\n%.*s", vector->folder, name, STR_ARG(got),
                 STR_ARG(buf_view(&expected)));
    buf_release(&expected);
}

/* What is sent holds the signature where it belongs. */
static void holds(const struct vector *vector, const char *name, struct str part)
{
    struct buf text = vector_file(vector, name);

    if (!memmem(text.data, text.size, part.data, part.size))
        fail_msg("%s/%s does not hold %.*s", vector->folder, name, STR_ARG(part));
    buf_release(&text);
}

static void try_vector(struct vector *vector)
{
    struct sign_cache  cache  = {0};
    struct sign_result result = SIGN_RESULT;
    struct fail        why    = FAIL_OK;

    read_context(vector);
    read_request(vector);
    CHECK_OK(sign_headers(&cache, &vector->request, &vector->terms, &result, &why), &why);
    same_as_file(vector, "header-canonical-request.txt", buf_view(&result.canonical));
    same_as_file(vector, "header-string-to-sign.txt", buf_view(&result.to_sign));
    same_as_file(vector, "header-signature.txt", str_of(result.signature));
    holds(vector, "header-signed-request.txt", buf_view(&result.authorization));
    if (vector->has_query_form) {
        CHECK_OK(sign_query(&cache, &vector->request, &vector->terms, &result, &why), &why);
        same_as_file(vector, "query-canonical-request.txt", buf_view(&result.canonical));
        same_as_file(vector, "query-string-to-sign.txt", buf_view(&result.to_sign));
        same_as_file(vector, "query-signature.txt", str_of(result.signature));
        holds(vector, "query-signed-request.txt", buf_view(&result.query));
    }
    sign_result_release(&result);
    doc_free(vector->context);
    buf_release(&vector->request_text);
    for (size_t i = 0; i < vector->request.header_count; i++)
        buf_release(&vector->values[i]);
}

static void try_folder(const char *folder, bool has_query_form)
{
    DIR           *all = opendir(folder);
    struct dirent *one;
    int            tried = 0;

    if (!all) {
        print_message("[ SKIPPED  ] %s is not here\n", folder);
        skip();
    }
    while ((one = readdir(all))) {
        struct vector vector = {.has_query_form = has_query_form};

        if (one->d_name[0] == '.')
            continue;
        snprintf(vector.folder, sizeof vector.folder, "%s/%s", folder, one->d_name);
        try_vector(&vector);
        tried++;
    }
    closedir(all);
    print_message("%d vectors in %s\n", tried, folder);
    assert_true(tried > 0);
}

static void test_suite(void **state)
{
    (void)state;
    try_folder(VECTORS "suite", true);
}

static void test_services(void **state)
{
    (void)state;
    try_folder(VECTORS "services", false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_own_vectors),   cmocka_unit_test(test_the_headers_handed_back),
        cmocka_unit_test(test_own_presigned), cmocka_unit_test(test_refused),
        cmocka_unit_test(test_no_memory),     cmocka_unit_test(test_suite),
        cmocka_unit_test(test_services),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
