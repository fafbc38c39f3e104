#include "format/scan_parts.h"

#include <math.h>
#include <string.h>

/* FNV-1a, byte by byte, and a mixing step at the end of each value. */
static const uint64_t START = 14695981039346656037u, STEP = 1099511628211u;

static const double EXACT = 9007199254740992.0; /* 2^53 */

static uint64_t mixed(uint64_t hash)
{
    hash ^= hash >> 33;
    hash *= 0xff51afd7ed558ccdu;
    hash ^= hash >> 33;
    hash *= 0xc4ceb9fe1a85ec53u;
    return hash ^ hash >> 33;
}

static uint64_t of_text(const struct scan *scan, uint32_t at)
{
    struct str text = scan_inside(scan, at);
    uint64_t   hash = START;

    if (scan->tokens[at].has_escape) {
        struct scan_letters letters = scan_letters(scan, at);

        for (int letter; (letter = scan_next_letter(&letters)) >= 0;)
            hash = (hash ^ (unsigned)letter) * STEP;
        return mixed(hash);
    }
    for (size_t i = 0; i < text.size; i++)
        hash = (hash ^ (unsigned char)text.data[i]) * STEP;
    return mixed(hash);
}

static uint64_t of_number(const struct scan *scan, uint32_t at)
{
    int64_t  whole;
    double   real = 0;
    uint64_t bits;

    if (scan_int(scan, at, &whole) == 0)
        return mixed((uint64_t)whole);
    (void)scan_number(scan, at, &real); /* scan_read has seen that it is one */
    if (fabs(real) < EXACT && fabs(real - trunc(real)) <= 0)
        return mixed((uint64_t)(int64_t)real);
    memcpy(&bits, &real, sizeof bits);
    return mixed(bits ^ START);
}

static uint64_t of_array(const struct scan *scan, uint32_t array)
{
    uint64_t hash = START;

    for (uint32_t at = scan_first(scan, array); at; at = scan_next(scan, array, at))
        hash = hash * STEP ^ scan_hash(scan, at);
    return hash;
}

/* A sum, so that the order does not matter. */
static uint64_t of_object(const struct scan *scan, uint32_t object)
{
    const struct scan_token *tokens = scan->tokens;
    uint64_t                 hash   = STEP;

    for (uint32_t at = object + 1; at < tokens[object].next; at = tokens[at + 1].next)
        hash += mixed(of_text(scan, at) * STEP ^ scan_hash(scan, at + 1));
    return hash;
}

/* Calls itself, but never deeper than SCAN_DEPTH. */
uint64_t scan_hash(const struct scan *scan, uint32_t at)
{
    uint64_t type = (uint64_t)scan_type(scan, at);

    switch (scan_type(scan, at)) {
    case SCAN_NULL:
    case SCAN_FALSE:
    case SCAN_TRUE: return mixed(type + STEP);
    case SCAN_NUMBER: return mixed(of_number(scan, at) + type);
    case SCAN_TEXT: return mixed(of_text(scan, at) + type);
    case SCAN_ARRAY: return mixed(of_array(scan, at) + type);
    case SCAN_OBJECT: return mixed(of_object(scan, at) + type);
    }
    return 0;
}
