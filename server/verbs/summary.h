/* summary.h -- the overview, as a page of text. */
#ifndef SMON_VERBS_SUMMARY_H
#define SMON_VERBS_SUMMARY_H

#include <stdbool.h>

struct doc;
struct table;

/* What came in, what waits, and every kind with its statuses. */
void summary_print_overview(const struct doc *overview);

/* The kinds of one sort as rows KIND, COUNT, STATUSES; jobs, or the others. */
void summary_kinds(struct table *table, const struct doc *overview, bool is_job);

#endif
