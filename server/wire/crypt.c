#include "wire/crypt.h"

#include <pthread.h>
#include <stdint.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include "base/buf.h"
#include "base/fail.h"

/* Looking a digest up by name takes OpenSSL 3.0 longer than digesting an event, so it is done once
 * and lives as long as the program. */
static EVP_MD        *sha256;
static pthread_once_t sha256_once = PTHREAD_ONCE_INIT;

static void find_sha256(void)
{
    sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
}

static const EVP_MD *digest(struct fail *why)
{
    pthread_once(&sha256_once, find_sha256);
    if (!sha256)
        (void)fail_set(why, FAIL_MEMORY, "OpenSSL offers no SHA-256"); /* the caller returns -1 */
    return sha256;
}

int crypt_sha256(struct str data, unsigned char out[CRYPT_SHA256], struct fail *why)
{
    const EVP_MD *how = digest(why);

    if (!how)
        return -1;
    if (!EVP_Digest(data.data, data.size, out, NULL, how, NULL))
        return fail_set(why, FAIL_MEMORY, "cannot digest %zu bytes", data.size);
    return 0;
}

int crypt_hmac_sha256(struct str key, struct str data, unsigned char out[CRYPT_SHA256],
                      struct fail *why)
{
    const EVP_MD *how = digest(why);

    if (!how)
        return -1;
    if (key.size > INT32_MAX)
        return fail_set(why, FAIL_SIZE, "a key of %zu bytes", key.size);
    /* An empty key needs an address: NULL means "the key of last time" to OpenSSL. */
    if (!HMAC(how, key.size ? key.data : "", (int)key.size, (const unsigned char *)data.data,
              data.size, out, NULL))
        return fail_set(why, FAIL_MEMORY, "cannot authenticate %zu bytes", data.size);
    return 0;
}

void crypt_hex(const unsigned char *bytes, size_t size, char *out)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < size; i++) {
        *out++ = digits[bytes[i] >> 4];
        *out++ = digits[bytes[i] & 15];
    }
    *out = '\0';
}

int crypt_random(void *out, size_t size, struct fail *why)
{
    if (size > INT32_MAX || RAND_bytes(out, (int)size) != 1)
        return fail_set(why, FAIL_BUSY, "no %zu random bytes to be had", size);
    return 0;
}

bool crypt_same(struct str a, struct str b)
{
    if (a.size != b.size)
        return false;
    return a.size == 0 || CRYPTO_memcmp(a.data, b.data, a.size) == 0;
}

/* Base64 (RFC 4648): three bytes are four letters, each letter six bits, first bits first. The two
 * alphabets differ in their last two letters only. */
enum { LETTER_BITS = 6, LETTER_MASK = 63, GROUP_LETTERS = 4, GROUP_BYTES = 3, GROUP_BITS = 24 };

static const char standard[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char for_urls[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static void encode(struct str data, const char *alphabet, bool pads, struct buf *out)
{
    const unsigned char *from = (const unsigned char *)data.data;

    for (size_t at = 0; at < data.size; at += GROUP_BYTES) {
        size_t   has   = data.size - at < GROUP_BYTES ? data.size - at : GROUP_BYTES;
        uint32_t group = (uint32_t)from[at] << 16;
        char     letters[GROUP_LETTERS] = {'=', '=', '=', '='};

        group |= has > 1 ? (uint32_t)from[at + 1] << 8 : 0;
        group |= has > 2 ? (uint32_t)from[at + 2] : 0;
        for (size_t i = 0; i <= has; i++)
            letters[i] = alphabet[group >> (GROUP_BITS - LETTER_BITS * (i + 1)) & LETTER_MASK];
        buf_add(out, letters, pads ? GROUP_LETTERS : has + 1);
    }
}

/* What each letter of either alphabet is worth, plus one; 0 is no letter. */
static const unsigned char worth[256] = {
    // clang-format off
    ['A'] = 1, ['B'] = 2, ['C'] = 3, ['D'] = 4, ['E'] = 5, ['F'] = 6, ['G'] = 7, ['H'] = 8,
    ['I'] = 9, ['J'] = 10, ['K'] = 11, ['L'] = 12, ['M'] = 13, ['N'] = 14, ['O'] = 15, ['P'] = 16,
    ['Q'] = 17, ['R'] = 18, ['S'] = 19, ['T'] = 20, ['U'] = 21, ['V'] = 22, ['W'] = 23,
    ['X'] = 24, ['Y'] = 25, ['Z'] = 26, ['a'] = 27, ['b'] = 28, ['c'] = 29, ['d'] = 30,
    ['e'] = 31, ['f'] = 32, ['g'] = 33, ['h'] = 34, ['i'] = 35, ['j'] = 36, ['k'] = 37,
    ['l'] = 38, ['m'] = 39, ['n'] = 40, ['o'] = 41, ['p'] = 42, ['q'] = 43, ['r'] = 44,
    ['s'] = 45, ['t'] = 46, ['u'] = 47, ['v'] = 48, ['w'] = 49, ['x'] = 50, ['y'] = 51,
    ['z'] = 52, ['0'] = 53, ['1'] = 54, ['2'] = 55, ['3'] = 56, ['4'] = 57, ['5'] = 58,
    ['6'] = 59, ['7'] = 60, ['8'] = 61, ['9'] = 62, ['+'] = 63, ['/'] = 64, ['-'] = 63,
    ['_'] = 64,
    // clang-format on
};

/* Letters without padding. */
static int decode_letters(struct str text, struct buf *out, struct fail *why)
{
    size_t   left = text.size % GROUP_LETTERS;
    uint32_t bits = 0;
    int      held = 0;
    size_t   made = 0;
    char *to = buf_room(out, text.size / GROUP_LETTERS * GROUP_BYTES + (left > 1 ? left - 1 : 0));

    if (!to)
        return buf_check(out, why);
    for (size_t i = 0; i < text.size; i++) {
        unsigned value = worth[(unsigned char)text.data[i]];

        if (value == 0)
            return fail_set(why, FAIL_INPUT, "byte %zu of the base64 text is no base64", i + 1);
        bits = bits << LETTER_BITS | (value - 1);
        held += LETTER_BITS;
        if (held >= 8) {
            held -= 8;
            to[made++] = (char)(bits >> held & 0xff);
        }
    }
    buf_grown(out, made);
    return 0;
}

/* `foreign` are the two letters that only the other alphabet has. */
static int decode(struct str text, const char *foreign, struct buf *out, struct fail *why)
{
    struct str letters = text;

    while (letters.size && text.size - letters.size < 2 && letters.data[letters.size - 1] == '=')
        letters.size--;
    if (letters.size % GROUP_LETTERS == 1
        || (letters.size != text.size && text.size % GROUP_LETTERS)
        || (letters.size != text.size && letters.size % GROUP_LETTERS == 0))
        return fail_set(why, FAIL_INPUT, "base64 text of %zu letters is cut short", text.size);
    if (letters.size
        && (memchr(letters.data, foreign[0], letters.size)
            || memchr(letters.data, foreign[1], letters.size)))
        return fail_set(why, FAIL_INPUT, "base64 text of the wrong alphabet");
    return decode_letters(letters, out, why);
}

void crypt_base64(struct str data, struct buf *out)
{
    encode(data, standard, true, out);
}

int crypt_from_base64(struct str text, struct buf *out, struct fail *why)
{
    return decode(text, "-_", out, why);
}

void crypt_base64url(struct str data, struct buf *out)
{
    encode(data, for_urls, false, out);
}

int crypt_from_base64url(struct str text, struct buf *out, struct fail *why)
{
    return decode(text, "+/", out, why);
}
