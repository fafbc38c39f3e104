/* doc.h -- JSON documents (jansson): read one by member, build one.
 *
 * For settings, REST bodies, work API messages and answers of others. Not for the ingest path,
 * which reads with format/scan.h, nor for long lists, which are written with format/compose.h.
 *
 * Absent, null and wrong type are three different things. The plain verbs want the member; the _or
 * verbs take the default when it is absent or null. A wrong type is always FAIL_INPUT, and `why`
 * names the member. Objects with the same member twice are refused; so are depths over 64. */
#ifndef SMON_WIRE_DOC_H
#define SMON_WIRE_DOC_H

#include "base/own.h"
#include "base/str.h"
#include "base/when.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct fail;
struct doc; /* one JSON value; what doc_parse and doc_object give, you own */

/* Give jansson our memory functions; once, before any thread. */
void doc_setup(void);

struct doc *doc_parse(struct str text, struct fail *why); /* NULL: *why says where */
void        doc_free(struct doc *doc);
OWN_PTR_TYPE(doc)

/* Borrowed members: valid as long as the document. NULL when absent, null or of another type. */
const struct doc *doc_member(const struct doc *object, const char *name);
const struct doc *doc_item(const struct doc *array, size_t at);
size_t            doc_count(const struct doc *array); /* items of an array; 0 for all else */
bool              doc_is_object(const struct doc *doc);
bool              doc_is_array(const struct doc *doc);
bool              doc_is_null(const struct doc *doc);

/* Visits the members of an object in the order they were written. */
typedef int doc_visit(void *ctx, const char *name, const struct doc *value, struct fail *why);
int         doc_each(const struct doc *object, doc_visit *visit, void *ctx, struct fail *why);

int doc_text(const struct doc *object, const char *name, struct str *out, struct fail *why);
int doc_text_or(const struct doc *object, const char *name, struct str otherwise, struct str *out,
                struct fail *why);
int doc_int(const struct doc *object, const char *name, int64_t *out, struct fail *why);
int doc_int_or(const struct doc *object, const char *name, int64_t otherwise, int64_t *out,
               struct fail *why);
int doc_real(const struct doc *object, const char *name, double *out, struct fail *why);
int doc_real_or(const struct doc *object, const char *name, double otherwise, double *out,
                struct fail *why);
int doc_bool_or(const struct doc *object, const char *name, bool otherwise, bool *out,
                struct fail *why);
/* RFC 3339 text, or a number as when_of_number. */
int doc_time_or(const struct doc *object, const char *name, ms otherwise, ms *out,
                struct fail *why);

/* A value by itself: items of arrays. -1 when of another type. */
int doc_as_text(const struct doc *value, struct str *out);
int doc_as_int(const struct doc *value, int64_t *out);
int doc_as_real(const struct doc *value, double *out);

/* Building. A set that has no memory leaves the document broken: doc_render says so. `value` is
 * given away. WHEN_UNKNOWN, a str with NULL data and a number that is not finite set null; bytes
 * that are not UTF-8 become U+FFFD. */
struct doc *doc_object(void);
struct doc *doc_array(void);
void        doc_set(struct doc *object, const char *name, struct doc *value);
void        doc_set_text(struct doc *object, const char *name, struct str value);
void        doc_set_int(struct doc *object, const char *name, int64_t value);
void        doc_set_real(struct doc *object, const char *name, double value);
void        doc_set_bool(struct doc *object, const char *name, bool value);
void        doc_set_null(struct doc *object, const char *name);
void        doc_set_time(struct doc *object, const char *name, ms value);
void        doc_add(struct doc *array, struct doc *value);
void        doc_add_text(struct doc *array, struct str value);
void        doc_add_real(struct doc *array, double value);
struct doc *doc_copy(const struct doc *value);

/* Compact text, members in the order they were set, added to `out`. */
int doc_render(const struct doc *doc, struct buf *out, struct fail *why);
int doc_render_indented(const struct doc *doc, struct buf *out, struct fail *why);

#endif
