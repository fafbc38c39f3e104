/* sign.h -- AWS Signature Version 4, pure: a request and the time in, headers or a URL out.
 *
 *     CanonicalRequest = METHOD \n path \n query \n header:lines \n \n signed;names \n payload hash
 *     StringToSign     = AWS4-HMAC-SHA256 \n 20240501T100000Z \n scope \n
 * hex(sha256(CanonicalRequest)) scope            = 20240501/region/service/aws4_request key =
 * HMAC(HMAC(HMAC(HMAC("AWS4" secret, day), region), service), "aws4_request") Signature        =
 * hex(HMAC(key, StringToSign))
 *
 * Nothing is sent here and no clock is read: who sends decides what to do with the result (Google's
 * federation wants the headers and never sends them to AWS). What was signed must be sent exactly
 * so. */
#ifndef SMON_AWS_SIGN_H
#define SMON_AWS_SIGN_H

#include "base/buf.h"
#include "base/str.h"
#include "base/when.h"
#include "wire/crypt.h"
#include "wire/fetch.h"

#include <stdbool.h>
#include <stddef.h>

struct fail;

/* What is to be signed. Every header given is signed; `Host` must be among them, with ":port" when
 * it is not the scheme's own. */
struct sign_request {
    struct str                 method;
    struct str                 path;  /* as sent */
    struct str                 query; /* as sent, without '?' */
    const struct fetch_header *headers;
    size_t                     header_count;
    struct str                 body;
};

/* By whom, for whom, when and how. */
struct sign_terms {
    struct str key_id, secret, token; /* token: empty when there is none */
    struct str region, service;
    ms         at;
    bool       keeps_path;    /* S3: no dot segments or doubled slashes removed */
    bool       encodes_once;  /* S3: the path is already as it must be */
    bool       adds_payload;  /* S3: header x-amz-content-sha256 is added and signed */
    bool       token_is_bare; /* the token is added after signing, unsigned (a few old services) */
    struct str payload;       /* instead of the body's hash: "UNSIGNED-PAYLOAD"; empty: the hash */
    int        expires_seconds; /* sign_query only: 1 to 604800 */
};

enum { SIGN_MOST_HEADERS = 4, SIGN_TIME_ROOM = 17, SIGN_CACHED_KEYS = 16 };

struct sign_result {
    char       time[SIGN_TIME_ROOM]; /* X-Amz-Date: 20240501T100000Z */
    char       payload[CRYPT_SHA256_HEX];
    char       signature[CRYPT_SHA256_HEX];
    bool       has_payload_header;
    struct buf canonical;     /* the canonical request: for tests, and for whoever must explain */
    struct buf to_sign;       /* the string to sign */
    struct buf token;         /* NUL-terminated copy; empty: none */
    struct buf authorization; /* sign_headers: that header's value */
    struct buf query;         /* sign_query: the whole query, X-Amz-Signature last */
};
#define SIGN_RESULT                                                                                \
    ((struct sign_result){"", "", "", false, BUF_UP_TO(1u << 20), BUF_UP_TO(1u << 20),             \
                          BUF_UP_TO(1u << 16), BUF_UP_TO(1u << 16), BUF_UP_TO(1u << 20)})
void sign_result_release(struct sign_result *result);

/* Signing keys of late: the four HMACs are the same for a whole day. Holds no secret in the clear
 * but the day's keys. One thread at a time; start with {0}. */
struct sign_cache {
    struct {
        unsigned char name[CRYPT_SHA256], key[CRYPT_SHA256];
    } kept[SIGN_CACHED_KEYS];
    size_t count, next;
};

/* The header form. `cache` may be NULL. Release *out whatever comes back. */
int sign_headers(struct sign_cache *cache, const struct sign_request *request,
                 const struct sign_terms *terms, struct sign_result *out, struct fail *why);

/* The headers to add to the request: X-Amz-Date, X-Amz-Security-Token, x-amz-content-sha256,
 * Authorization. Borrowed from *result. Returns how many. */
size_t sign_result_headers(struct sign_result *result, struct fetch_header out[SIGN_MOST_HEADERS]);

/* The presigned form: out->query is what to send behind '?'. */
int sign_query(struct sign_cache *cache, const struct sign_request *request,
               const struct sign_terms *terms, struct sign_result *out, struct fail *why);

#endif
