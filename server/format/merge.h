/* merge.h -- RFC 7396: a document with the changes of a merge patch. */
#ifndef SMON_FORMAT_MERGE_H
#define SMON_FORMAT_MERGE_H

struct doc;
struct fail;

/* `target` may be NULL (there is nothing yet). Members that are null in `patch` go; objects merge
 * member by member; all else is taken as it is. NULL: no memory. You own it. */
struct doc *merge_patch(const struct doc *target, const struct doc *patch, struct fail *why);

#endif
