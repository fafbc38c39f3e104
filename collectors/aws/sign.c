#include "aws/sign.h"

#include <string.h>

#include "aws/canonical.h"
#include "base/fail.h"
#include "base/mem.h"
#include "base/own.h"

static const char ALGORITHM[] = "AWS4-HMAC-SHA256";

enum { DAY_SIZE = 8, LONGEST_SECONDS = 604800, MOST_BYTES = 1 << 20 };

void sign_result_release(struct sign_result *result)
{
    buf_release(&result->canonical);
    buf_release(&result->to_sign);
    buf_release(&result->token);
    buf_release(&result->authorization);
    buf_release(&result->query);
}

/* --- the key ---------------------------------------------------------------------------------- */

static struct str day_of(const struct sign_result *result)
{
    return str_from(result->time, DAY_SIZE);
}

/* The fingerprint of (secret, day, region, service); none of them holds a line break. */
static int name_key(const struct sign_terms *terms, struct str day,
                    unsigned char name[CRYPT_SHA256], struct fail *why)
{
    const struct str parts[] = {terms->secret, day, terms->region, terms->service};
    OWN(buf) text            = BUF_UP_TO(1u << 16);
    int done;

    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        buf_str(&text, parts[i]);
        buf_char(&text, '\n');
    }
    done = buf_check(&text, why) ? -1 : crypt_sha256(buf_view(&text), name, why);
    if (text.data)
        explicit_bzero(text.data, text.size);
    return done;
}

static int derive_key(const struct sign_terms *terms, struct str day,
                      unsigned char key[CRYPT_SHA256], struct fail *why)
{
    const struct str steps[] = {day, terms->region, terms->service, STR("aws4_request")};
    OWN(buf) first           = BUF_UP_TO(1u << 16);
    struct str with;
    int        done;

    buf_text(&first, "AWS4");
    buf_str(&first, terms->secret);
    done = buf_check(&first, why);
    with = buf_view(&first);
    for (size_t i = 0; !done && i < sizeof steps / sizeof *steps; i++) {
        done = crypt_hmac_sha256(with, steps[i], key, why);
        with = str_from((const char *)key, CRYPT_SHA256);
    }
    if (first.data)
        explicit_bzero(first.data, first.size);
    return done;
}

static int find_key(struct sign_cache *cache, const struct sign_terms *terms, struct str day,
                    unsigned char key[CRYPT_SHA256], struct fail *why)
{
    unsigned char name[CRYPT_SHA256];

    if (!cache)
        return derive_key(terms, day, key, why);
    if (name_key(terms, day, name, why))
        return -1;
    for (size_t i = 0; i < cache->count; i++)
        if (memcmp(cache->kept[i].name, name, sizeof name) == 0) {
            memcpy(key, cache->kept[i].key, CRYPT_SHA256);
            return 0;
        }
    if (derive_key(terms, day, key, why))
        return -1;
    memcpy(cache->kept[cache->next].name, name, sizeof name);
    memcpy(cache->kept[cache->next].key, key, CRYPT_SHA256);
    cache->next = (cache->next + 1) % SIGN_CACHED_KEYS;
    if (cache->count < SIGN_CACHED_KEYS)
        cache->count++;
    return 0;
}

/* --- what both forms share -------------------------------------------------------------------- */

/* "2024-05-01T10:00:00.000Z" without its separators and fraction. */
static void write_time(ms at, char out[SIGN_TIME_ROOM])
{
    static const int from[] = {0, 1, 2, 3, 5, 6, 8, 9, 10, 11, 12, 14, 15, 17, 18};
    char             text[WHEN_ROOM];

    when_render(at, text);
    for (size_t i = 0; i < SIGN_TIME_ROOM - 2; i++)
        out[i] = text[from[i]];
    out[SIGN_TIME_ROOM - 2] = 'Z';
    out[SIGN_TIME_ROOM - 1] = '\0';
}

static const char *header_of(const struct sign_request *request, const char *name)
{
    for (size_t i = 0; i < request->header_count; i++)
        if (str_is_nocase(str_of(request->headers[i].name), str_of(name)))
            return request->headers[i].value;
    return NULL;
}

static int begin(const struct sign_request *request, const struct sign_terms *terms,
                 struct sign_result *out, struct fail *why)
{
    unsigned char digest[CRYPT_SHA256];

    if (!header_of(request, "Host"))
        return fail_set(why, FAIL_BUG, "a request without Host cannot be signed");
    if (terms->key_id.size == 0 || terms->secret.size == 0)
        return fail_set(why, FAIL_AUTH, "no key to sign with");
    sign_result_release(out);
    *out = SIGN_RESULT;
    write_time(terms->at, out->time);
    buf_str(&out->token, terms->token);
    (void)buf_c(&out->token);
    if (buf_check(&out->token, why) || crypt_sha256(request->body, digest, why))
        return -1;
    crypt_hex(digest, sizeof digest, out->payload);
    return 0;
}

static void add_scope(const struct sign_terms *terms, const struct sign_result *result,
                      const char *separator, struct buf *out)
{
    const struct str parts[] = {day_of(result), terms->region, terms->service, STR("aws4_request")};

    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (i)
            buf_text(out, separator);
        buf_str(out, parts[i]);
    }
}

/* The payload line: what a header says, what the terms say, or the body's hash. */
static struct str payload_line(const struct sign_request *request, const struct sign_terms *terms,
                               const struct sign_result *out)
{
    const char *given = header_of(request, "x-amz-content-sha256");

    if (given)
        return str_trim(str_of(given));
    return terms->payload.size ? terms->payload : str_of(out->payload);
}

static int write_canonical(const struct sign_request *request, const struct sign_terms *terms,
                           const struct buf *lines, const struct buf *names,
                           struct sign_result *out, struct fail *why)
{
    struct buf *to = &out->canonical;

    buf_str(to, request->method);
    buf_char(to, '\n');
    if (canonical_path(request->path, !terms->keeps_path, !terms->encodes_once, to, why))
        return -1;
    buf_char(to, '\n');
    if (canonical_query(request->query, to, why))
        return -1;
    buf_char(to, '\n');
    buf_str(to, buf_view(lines));
    buf_char(to, '\n');
    buf_str(to, buf_view(names));
    buf_char(to, '\n');
    buf_str(to, payload_line(request, terms, out));
    return buf_check(to, why);
}

static int write_signature(struct sign_cache *cache, const struct sign_terms *terms,
                           struct sign_result *out, struct fail *why)
{
    unsigned char digest[CRYPT_SHA256], key[CRYPT_SHA256];
    char          hex[CRYPT_SHA256_HEX];
    int           done;

    if (crypt_sha256(buf_view(&out->canonical), digest, why))
        return -1;
    crypt_hex(digest, sizeof digest, hex);
    buf_format(&out->to_sign, "%s\n%s\n", ALGORITHM, out->time);
    add_scope(terms, out, "/", &out->to_sign);
    buf_format(&out->to_sign, "\n%s", hex);
    if (buf_check(&out->to_sign, why) || find_key(cache, terms, day_of(out), key, why))
        return -1;
    done = crypt_hmac_sha256(str_from((const char *)key, sizeof key), buf_view(&out->to_sign),
                             digest, why);
    explicit_bzero(key, sizeof key);
    crypt_hex(digest, sizeof digest, out->signature);
    return done;
}

/* --- headers ---------------------------------------------------------------------------------- */

/* The request's headers with those we add. */
struct headers {
    struct fetch_header *all;
    size_t               count;
};

static void headers_release(struct headers *headers)
{
    mem_free(headers->all);
}

static int gather(const struct sign_request *request, const struct sign_terms *terms,
                  struct sign_result *out, struct headers *headers, struct fail *why)
{
    headers->all = mem_array(request->header_count + SIGN_MOST_HEADERS, sizeof *headers->all);
    if (!headers->all)
        return fail_set(why, FAIL_MEMORY, "no memory to sign %zu headers", request->header_count);
    for (; headers->count < request->header_count; headers->count++)
        headers->all[headers->count] = request->headers[headers->count];
    headers->all[headers->count++] = (struct fetch_header){"X-Amz-Date", out->time};
    if (out->token.size && !terms->token_is_bare)
        headers->all[headers->count++] =
            (struct fetch_header){"X-Amz-Security-Token", buf_c(&out->token)};
    if (out->has_payload_header)
        headers->all[headers->count++] =
            (struct fetch_header){"x-amz-content-sha256", out->payload};
    return 0;
}

int sign_headers(struct sign_cache *cache, const struct sign_request *request,
                 const struct sign_terms *terms, struct sign_result *out, struct fail *why)
{
    OWN(headers) headers = {NULL, 0};
    OWN(buf) lines       = BUF_UP_TO(MOST_BYTES);
    OWN(buf) names       = BUF_UP_TO(MOST_BYTES);

    if (begin(request, terms, out, why))
        return -1;
    out->has_payload_header = terms->adds_payload && !header_of(request, "x-amz-content-sha256");
    if (terms->payload.size && str_to_c(terms->payload, out->payload, sizeof out->payload))
        return fail_set(why, FAIL_BUG, "a payload hash of %zu bytes", terms->payload.size);
    if (gather(request, terms, out, &headers, why)
        || canonical_headers(headers.all, headers.count, &lines, &names, why)
        || write_canonical(request, terms, &lines, &names, out, why)
        || write_signature(cache, terms, out, why))
        return -1;
    buf_format(&out->authorization, "%s Credential=%.*s/", ALGORITHM, STR_ARG(terms->key_id));
    add_scope(terms, out, "/", &out->authorization);
    buf_format(&out->authorization, ", SignedHeaders=%.*s, Signature=%s", STR_ARG(buf_view(&names)),
               out->signature);
    (void)buf_c(&out->authorization);
    return buf_check(&out->authorization, why);
}

size_t sign_result_headers(struct sign_result *result, struct fetch_header out[SIGN_MOST_HEADERS])
{
    size_t count = 0;

    out[count++] = (struct fetch_header){"X-Amz-Date", result->time};
    if (result->token.size)
        out[count++] = (struct fetch_header){"X-Amz-Security-Token", buf_c(&result->token)};
    if (result->has_payload_header)
        out[count++] = (struct fetch_header){"x-amz-content-sha256", result->payload};
    out[count++] = (struct fetch_header){"Authorization", buf_c(&result->authorization)};
    return count;
}

/* --- the presigned URL ------------------------------------------------------------------------ */

static void add_token(const struct sign_result *result, struct buf *query)
{
    if (result->token.size == 0)
        return;
    buf_text(query, "&X-Amz-Security-Token=");
    canonical_encode(buf_view(&result->token), false, query);
}

static void add_parameters(const struct sign_request *request, const struct sign_terms *terms,
                           const struct buf *names, struct sign_result *out)
{
    struct buf *query = &out->query;

    buf_str(query, request->query);
    buf_format(query, "%sX-Amz-Algorithm=%s&X-Amz-Credential=", request->query.size ? "&" : "",
               ALGORITHM);
    canonical_encode(terms->key_id, false, query);
    buf_text(query, "%2F");
    add_scope(terms, out, "%2F", query);
    buf_format(query, "&X-Amz-Date=%s&X-Amz-SignedHeaders=", out->time);
    canonical_encode(buf_view(names), false, query);
    buf_format(query, "&X-Amz-Expires=%d", terms->expires_seconds);
    if (!terms->token_is_bare)
        add_token(out, query);
}

int sign_query(struct sign_cache *cache, const struct sign_request *request,
               const struct sign_terms *terms, struct sign_result *out, struct fail *why)
{
    OWN(buf) lines             = BUF_UP_TO(MOST_BYTES);
    OWN(buf) names             = BUF_UP_TO(MOST_BYTES);
    struct sign_request longer = *request;

    if (terms->expires_seconds < 1 || terms->expires_seconds > LONGEST_SECONDS)
        return fail_set(why, FAIL_INPUT, "a signed URL is good for 1 to %d seconds",
                        LONGEST_SECONDS);
    if (begin(request, terms, out, why)
        || canonical_headers(request->headers, request->header_count, &lines, &names, why))
        return -1;
    add_parameters(request, terms, &names, out);
    if (buf_check(&out->query, why))
        return -1;
    longer.query = buf_view(&out->query);
    if (write_canonical(&longer, terms, &lines, &names, out, why)
        || write_signature(cache, terms, out, why))
        return -1;
    if (terms->token_is_bare)
        add_token(out, &out->query);
    buf_format(&out->query, "&X-Amz-Signature=%s", out->signature);
    return buf_check(&out->query, why);
}
