/* xml.h -- finds elements in the small XML answers of AWS: no tree, no attributes, no entities of
 * its own.
 *
 *     struct str members = xml_at(text,
 * "GetMetricDataResponse/GetMetricDataResult/MetricDataResults"); while (xml_next(&members,
 * "member", &one)) id = xml_at(one, "Id");
 *
 * A range is the text between two tags. Only direct children are looked at, so the <member> lists
 * inside a <member> do not disturb. Comments, processing instructions and CDATA are understood; a
 * document type is refused; what is malformed or cut short is simply not found. Nothing is copied:
 * results are borrowed from the text. Prefixes are part of the name (AWS uses none). */
#ifndef SMON_AWS_XML_H
#define SMON_AWS_XML_H

#include "base/str.h"

#include <stdbool.h>

struct buf;
struct fail;

/* The next direct child with this name: *inside is what stands between its tags, *rest what stands
 * behind it. False: there is none. */
bool xml_next(struct str *rest, const char *name, struct str *inside);

/* Down a path of names, the first child at each step. STR_NONE when there is none; an empty element
 * gives an empty text that is not NULL. */
struct str xml_at(struct str range, const char *path);

/* The text of an element without children, references (&lt; &#10; &#x41;) and CDATA resolved, added
 * to `out`. FAIL_INPUT: it has children, or an unknown reference. */
int xml_text(struct str inside, struct buf *out, struct fail *why);

#endif
