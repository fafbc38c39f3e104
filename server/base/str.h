/* str.h -- a borrowed piece of text: pointer and length, not NUL-terminated.
 *
 * Whoever made the bytes keeps them; a str is valid as long as they are. An empty str may have a
 * NULL pointer. "Text" here is bytes: nothing in this file knows about UTF-8 but
 * str_character and str_is_utf8. */
#ifndef SMON_BASE_STR_H
#define SMON_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct str {
    const char *data;
    size_t      size;
};

#define STR(literal) ((struct str){"" literal, sizeof(literal) - 1})
#define STR_NONE ((struct str){NULL, 0})

/* For "%.*s"; cuts at INT_MAX. */
#define STR_ARG(s) (int)((s).size > 0x7fffffff ? 0x7fffffff : (s).size), (s).data ? (s).data : ""

struct str str_of(const char *text); /* NULL gives STR_NONE */
struct str str_from(const char *data, size_t size);

bool str_is(struct str a, struct str b);
bool str_is_text(struct str a, const char *text);
bool str_is_nocase(struct str a, struct str b); /* ASCII letters only */
int  str_order(struct str a, struct str b);     /* byte order: <0, 0, >0 */
bool str_starts(struct str a, struct str start);
bool str_ends(struct str a, struct str end);
/* How many bytes the first character has, and its code point; 0: it is not well-formed. */
size_t str_character(struct str a, uint32_t *code);
bool   str_is_utf8(struct str a); /* well-formed: no overlong, no surrogate, at most U+10FFFF */

/* From `at`, `size` bytes at most. */
struct str str_part(struct str a, size_t at, size_t size);
/* The longest beginning of `size` bytes at most that does not cut a UTF-8 character in two. */
struct str str_head(struct str a, size_t size);
struct str str_trim(struct str a); /* blanks, tabs, CR, LF at both ends */

/* Everything after the last `sep`; all of it when there is none. */
struct str str_after_last(struct str a, char sep);

/* Cuts *rest at the first `sep`: *piece is what stood before, *rest what stands after. False when
 * *rest was spent (data NULL); the last piece is returned as a piece, too. */
bool str_cut(struct str *rest, char sep, struct str *piece);

/* Whole text as a number within bounds; 0 done, -1 not a number or out of bounds. */
int str_to_i64(struct str a, int64_t least, int64_t most, int64_t *out);
int str_to_double(struct str a, double *out); /* finite only */

/* A 64-bit hash; not for secrets, stable across versions (it is stored). */
uint64_t str_hash(struct str a, uint64_t seed);

/* Copies with a NUL into room bytes; -1 when it does not fit (nothing is written). */
int str_to_c(struct str a, char *out, size_t room);

#endif
