/* version (1) | sort (1) | at (8) | id (8) | filters (8) | checksum (16); numbers big-endian. */
#include "query/cursor.h"

#include "base/buf.h"
#include "base/fail.h"
#include "base/own.h"
#include "wire/crypt.h"

#include <string.h>

enum { VERSION = 1, PLAIN = 2 + 3 * 8, CHECKSUM = 16, WHOLE = PLAIN + CHECKSUM };

static void put_number(unsigned char *to, uint64_t number)
{
    for (int i = 7; i >= 0; i--, number >>= 8)
        to[i] = (unsigned char)(number & 0xff);
}

static uint64_t get_number(const char *from)
{
    uint64_t number = 0;

    for (int i = 0; i < 8; i++)
        number = number << 8 | (unsigned char)from[i];
    return number;
}

static int checksum(const unsigned char key[CURSOR_KEY], const char *plain,
                    unsigned char out[CRYPT_SHA256], struct fail *why)
{
    struct str secret = {(const char *)key, CURSOR_KEY};

    return crypt_hmac_sha256(secret, str_from(plain, PLAIN), out, why);
}

int cursor_render(const unsigned char key[CURSOR_KEY], const struct cursor *cursor, struct buf *out,
                  struct fail *why)
{
    unsigned char whole[PLAIN + CRYPT_SHA256] = {VERSION, cursor->sort};

    put_number(whole + 2, (uint64_t)cursor->at);
    put_number(whole + 10, (uint64_t)cursor->id);
    put_number(whole + 18, cursor->filters);
    if (checksum(key, (const char *)whole, whole + PLAIN, why))
        return -1;
    crypt_base64url(str_from((const char *)whole, WHOLE), out);
    return buf_check(out, why);
}

int cursor_parse(const unsigned char key[CURSOR_KEY], struct str text, struct cursor *out,
                 struct fail *why)
{
    OWN(buf) whole = BUF_UP_TO(CURSOR_MOST_TEXT);
    unsigned char expected[CRYPT_SHA256];
    struct fail   unread = FAIL_OK;
    struct str    sum;

    if (text.size > CURSOR_MOST_TEXT || crypt_from_base64url(text, &whole, &unread)
        || whole.size != WHOLE)
        return fail_set(why, FAIL_INPUT, "this is not a cursor that a list gave out");
    if (checksum(key, whole.data, expected, why))
        return -1;
    sum = str_from(whole.data + PLAIN, CHECKSUM);
    if (!crypt_same(sum, str_from((const char *)expected, CHECKSUM)) || whole.data[0] != VERSION)
        return fail_set(why, FAIL_INPUT, "this is not a cursor that a list gave out");
    out->sort    = (unsigned char)whole.data[1];
    out->at      = (int64_t)get_number(whole.data + 2);
    out->id      = (int64_t)get_number(whole.data + 10);
    out->filters = get_number(whole.data + 18);
    return 0;
}
