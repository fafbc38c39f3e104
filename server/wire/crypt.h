/* crypt.h -- digests, HMAC, random bytes, constant-time compare, hex and base64 (OpenSSL). */
#ifndef SMON_WIRE_CRYPT_H
#define SMON_WIRE_CRYPT_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct fail;

enum { CRYPT_SHA256 = 32, CRYPT_SHA256_HEX = 65 };

int  crypt_sha256(struct str data, unsigned char out[CRYPT_SHA256], struct fail *why);
int  crypt_hmac_sha256(struct str key, struct str data, unsigned char out[CRYPT_SHA256],
                       struct fail *why);
void crypt_hex(const unsigned char *bytes, size_t size,
               char *out); /* 2 * size + 1 chars, lower case */
int  crypt_random(void *out, size_t size, struct fail *why);
/* Takes as long whether they differ early, late or not at all (lengths are not secret). */
bool crypt_same(struct str a, struct str b);

void crypt_base64(struct str data, struct buf *out);
int  crypt_from_base64(struct str text, struct buf *out,
                       struct fail *why); /* standard alphabet, padding optional */
/* URL alphabet without padding: cursors. */
void crypt_base64url(struct str data, struct buf *out);
int  crypt_from_base64url(struct str text, struct buf *out, struct fail *why);

#endif
