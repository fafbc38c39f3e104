/* histogram.h -- how long many things took, in a few hundred bytes that can be added together.
 *
 * Milliseconds are counted in buckets of one width on a logarithmic scale: bucket i holds what is
 * above g^(i-1) and at most g^i, with g = 1.01 / 0.99, and 0 has one of its own. Whatever is read
 * back is within HISTOGRAM_ERROR of the true value, at every quantile, after any number of merges:
 * that is why sums over minutes, servers and subtrees keep histograms and never percentiles. Below
 * 50 ms every bucket holds one whole number, and reading back is exact.
 *
 *     struct histogram *all = ...;                       11 KiB, no memory of its own
 *     histogram_clear(all);
 *     while (... a row ...)
 *         if (histogram_read(all, col_blob(row, 0), why))
 *     p99 = histogram_quantile(all, 0.99);
 *
 * As bytes it is sparse: nothing at all when empty, otherwise the layout's number (1), and for each
 * bucket in use two numbers of 7 bits a byte, low bits first: how many buckets further than the
 * last one, and its count. */
#ifndef SMON_FORMAT_HISTOGRAM_H
#define SMON_FORMAT_HISTOGRAM_H

#include "base/str.h"
#include "base/when.h"

struct buf;
struct fail;

/* Slot 0 counts zeros, slot i + 1 bucket i. The last bucket takes all from 2^40 ms on. */
enum { HISTOGRAM_SLOTS = 1389 };

#define HISTOGRAM_ERROR 0.01 /* relative */

struct histogram {
    int64_t count;           /* sum of counts */
    int     lowest, highest; /* slots in use lie between them; lowest > highest: empty */
    int64_t counts[HISTOGRAM_SLOTS];
};

/* An empty one; memory may hold anything. */
void histogram_clear(struct histogram *histogram);
/* The same for one that is in order, at the price of its slots in use. */
void histogram_empty(struct histogram *histogram);

/* The slot of a value; negative ones count as 0. */
int  histogram_slot(ms value);
void histogram_add(struct histogram *histogram, int slot, int64_t count);
void histogram_merge(struct histogram *histogram, const struct histogram *other);

/* Adds what was written. FAIL_INPUT: these are not such bytes (some may have been added). */
int  histogram_read(struct histogram *histogram, struct str bytes, struct fail *why);
void histogram_write(const struct histogram *histogram, struct buf *out);

/* By nearest rank, share from 0 to 1: the value which that share of all do not exceed. 0 when
 * empty. */
double histogram_quantile(const struct histogram *histogram, double share);
/* How many took longer. Exact but for those in the threshold's own bucket, of which a part in
 * proportion is taken. */
int64_t histogram_above(const struct histogram *histogram, ms threshold);

#endif
