/* term.h -- text for a terminal: what others chose is shown inert, colour only where it is wanted.
 *
 * A job's name, a failure reason or a header may hold anything. Control characters, ANSI sequences,
 * marks that turn the writing direction, invisible ones and bytes that are not UTF-8 are written
 * out
 * (\x1b, \u202e), so that nothing on the screen is not what it seems. */
#ifndef SMON_VERBS_TERM_H
#define SMON_VERBS_TERM_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct buf;

/* Adds `text` inert: one line, nothing but what is seen. */
void term_inert(struct buf *out, struct str text);
/* The same for text of several lines: newlines stay. */
void term_inert_lines(struct buf *out, struct str text);
/* The same for rendered JSON: such characters, which stand only within texts, become \uXXXX. */
void term_inert_json(struct buf *out, struct str json);

/* Columns that inert text takes. */
size_t term_width(struct str inert);

enum term_colour { TERM_PLAIN, TERM_RED, TERM_GREEN, TERM_YELLOW, TERM_BLUE, TERM_DIM, TERM_BOLD };

/* Red for failures, green for good ends, blue for what is under way, yellow for stops. */
enum term_colour term_of_status(struct str status);

/* Colour is for terminals, and only without NO_COLOR and TERM=dumb. */
bool term_has_colour(FILE *file);
/* Adds the sequence that starts this colour; TERM_PLAIN ends any. */
void term_paint(struct buf *out, enum term_colour colour);

#endif
