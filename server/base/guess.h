/* guess.h -- which known word somebody meant by an unknown one: "did you mean 'status'?"
 *
 *     struct guess guess = guess_of(word);
 *     for (...) guess_offer(&guess, known[i]);
 *     if (guess_best(&guess)) ... */
#ifndef SMON_BASE_GUESS_H
#define SMON_BASE_GUESS_H

#include "base/str.h"

struct guess {
    struct str  word; /* borrowed */
    const char *best; /* borrowed from guess_offer */
    int         distance;
};

struct guess guess_of(struct str word);
void         guess_offer(struct guess *guess, const char *known);

/* The nearest word offered, or NULL when none is near: at most one edit in three letters. */
const char *guess_best(const struct guess *guess);

/* How many letters must be changed, added, dropped or swapped with a neighbour; texts longer than
 * GUESS_LONGEST are as far apart as can be. */
enum { GUESS_LONGEST = 64 };
int guess_distance(struct str a, struct str b);

#endif
