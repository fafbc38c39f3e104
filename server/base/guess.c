#include "base/guess.h"

#include <limits.h>

enum { LETTERS_PER_EDIT = 3 };

static int least(int a, int b)
{
    return a < b ? a : b;
}

/* Three rows of the table of distances are enough: this one, the one above, and the one above that
 * for two swapped letters. */
int guess_distance(struct str a, struct str b)
{
    int  rows[3][GUESS_LONGEST + 1];
    int *above2 = rows[0], *above = rows[1], *row = rows[2];

    if (a.size > GUESS_LONGEST || b.size > GUESS_LONGEST)
        return INT_MAX;
    for (size_t j = 0; j <= b.size; j++)
        above2[j] = above[j] = (int)j;
    for (size_t i = 1; i <= a.size; i++) {
        int *spare = above2;

        row[0] = (int)i;
        for (size_t j = 1; j <= b.size; j++) {
            int change = above[j - 1] + (a.data[i - 1] != b.data[j - 1]);

            row[j] = least(change, least(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && a.data[i - 1] == b.data[j - 2] && a.data[i - 2] == b.data[j - 1])
                row[j] = least(row[j], above2[j - 2] + 1);
        }
        above2 = above;
        above  = row;
        row    = spare;
    }
    return above[b.size];
}

struct guess guess_of(struct str word)
{
    return (struct guess){word, NULL, INT_MAX};
}

void guess_offer(struct guess *guess, const char *known)
{
    int distance = guess_distance(guess->word, str_of(known));

    if (distance < guess->distance) {
        guess->distance = distance;
        guess->best     = known;
    }
}

const char *guess_best(const struct guess *guess)
{
    int allowed = (int)(guess->word.size / LETTERS_PER_EDIT);

    return guess->best && guess->distance <= (allowed > 1 ? allowed : 1) ? guess->best : NULL;
}
