/* canonical.h -- the three parts of a request in the form that AWS signs: path, query, headers.
 *
 *     path     /a/./b//c%20d           ->  /a/b/c%2520d     (normalised, then encoded once more)
 *     query    b=2&a=x+y&c             ->  a=x%2By&b=2&c=   (sorted by name, then value)
 *     headers  Host:a / X-B:  1   2    ->  host:a\nx-b:1 2\n  and the list  host;x-b
 *
 * Everything is added to buffers; those say at the end when there was no room. */
#ifndef SMON_AWS_CANONICAL_H
#define SMON_AWS_CANONICAL_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct fail;
struct fetch_header;

/* Every byte but A-Z a-z 0-9 - . _ ~ as %XX; '/' too unless `keeps_slash`. */
void canonical_encode(struct str text, bool keeps_slash, struct buf *out);

/* `path` as it is sent. `merges`: dot segments and doubled slashes are removed (all services but
 * S3). `encodes`: what is sent is encoded once more (the same services). */
int canonical_path(struct str path, bool merges, bool encodes, struct buf *out, struct fail *why);

/* `query` as it is sent, without '?'. Each name and value is decoded, then encoded. */
int canonical_query(struct str query, struct buf *out, struct fail *why);

/* `lines` gets the header block without the empty line behind it, `names` the signed names. Values
 * of one name are joined in the order given. */
int canonical_headers(const struct fetch_header *headers, size_t count, struct buf *lines,
                      struct buf *names, struct fail *why);

#endif
