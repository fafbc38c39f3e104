/* values.h -- what somebody chose for one key, in every spelling in which Grafana hands it over.
 *
 *     Failed                 one
 *     (Failed|Stopped)       several: Grafana joins them so in a text, and escapes what means
 *     algo\.1                something in a regular expression
 *     ["Failed","Stopped"]   several: in a payload that is code
 *     .*                     all of them; also .+, *, All, $__all
 *     demo-.*                those that begin so
 *     !Completed             none of these
 *
 * Texts are borrowed from the request's document, or live in `texts`. */
#ifndef SMON_API_GRAFANA_VALUES_H
#define SMON_API_GRAFANA_VALUES_H

#include "base/own.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>

struct doc;
struct fail;

/* Texts that were unescaped, kept until the request is answered. */
struct grafana_texts {
    struct grafana_text *first;
};
#define GRAFANA_TEXTS_EMPTY ((struct grafana_texts){NULL})
void grafana_texts_release(struct grafana_texts *texts);

/* As many as the lists of the REST API take. */
enum { GRAFANA_MOST_VALUES = 16 };

struct grafana_value {
    struct str text;
    bool       is_prefix;
};

/* One that is given without items matches nothing. */
struct grafana_values {
    bool                 is_said; /* mentioned, if only as "all" */
    bool                 is_all;  /* one of them means all: the others do not narrow */
    bool                 is_given, is_not;
    size_t               count;
    struct grafana_value items[GRAFANA_MOST_VALUES];
};

/* Adds what a text says. FAIL_INPUT: more than GRAFANA_MOST_VALUES, or a pattern that is none of
 * the above. */
int values_add_text(struct grafana_values *values, struct str text, struct grafana_texts *texts,
                    struct fail *why);
/* The same for a member of a payload: a text, a number, true, or an array of these. Null and ""
 * say nothing. FAIL_INPUT. */
int values_add(struct grafana_values *values, const struct doc *value, struct grafana_texts *texts,
               struct fail *why);
/* A regular expression without its brackets, as an ad hoc filter writes it: a|b, ^a$, a.*. */
int values_add_pattern(struct grafana_values *values, struct str text, struct grafana_texts *texts,
                       struct fail *why);

/* They leave something out. */
bool values_restrict(const struct grafana_values *values);

/* Both must hold. `is_tree`: values are nodes of the tree of namespaces, and one within the other
 * is the narrower. FAIL_INPUT: more than GRAFANA_MOST_VALUES. */
int values_narrow(struct grafana_values *values, const struct grafana_values *by, bool is_tree,
                  struct fail *why);
/* Of nodes that stand within another of them, the outer ones only: no row is asked for twice. */
void values_outermost(struct grafana_values *values);

/* A text is among them (or among none of them). */
bool values_match(const struct grafana_values *values, struct str text);

#endif
