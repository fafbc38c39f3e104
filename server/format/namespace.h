/* namespace.h -- where a model stands in the organisation: "/abc_corp/claim" +
 * "doc_classification".
 *
 * The path of a node is its CloudWatch log group's name, one to one: "/abc_corp/claim/
 * doc_classification" is the group of the model, and its streams are servers ("deployment/server").
 * Paths are case-sensitive and have one form only: a leading slash, no trailing one, no empty, "."
 * or ".." segment; letters, digits and `_ - . #`; at most 512 characters (CloudWatch's rules for
 * groups). What is not in that form is refused, never repaired. */
#ifndef SMON_FORMAT_NAMESPACE_H
#define SMON_FORMAT_NAMESPACE_H

#include "base/str.h"

#include <stdbool.h>

struct fail;

enum { NAMESPACE_MOST = 512 }; /* bytes of a whole path, the model's name included */

/* FAIL_INPUT says what is wrong with it. */
int namespace_check(struct str path, struct fail *why);
/* A model's name: one segment. */
int namespace_check_name(struct str name, struct fail *why);

/* `path` is the node `tree` or stands below it: "/a/b" holds "/a/b" and "/a/b/c", not "/a/bc". */
bool namespace_holds(struct str tree, struct str path);

/* The path of a model, cut into its parent and its name (borrowed). -1: it has no parent. */
int namespace_cut(struct str path, struct str *out_namespace, struct str *out_name);

#endif
