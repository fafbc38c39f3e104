#include "format/histogram.h"

#include <math.h>

#include "base/buf.h"
#include "base/fail.h"

enum { LAYOUT = 1, BITS = 7, MORE = 1 << BITS, LAST_SHIFT = 56 };

/* Enough to swallow what a share like 0.07 of 100 has too much after the multiplication. */
static const double RANK_SLACK = 1e-9;

/* Natural logarithm of 1.01 / 0.99. */
static const double LOG_GROWTH = 0.020000666706669524;

void histogram_clear(struct histogram *histogram)
{
    *histogram = (struct histogram){.lowest = HISTOGRAM_SLOTS, .highest = -1};
}

void histogram_empty(struct histogram *histogram)
{
    for (int slot = histogram->lowest; slot <= histogram->highest; slot++)
        histogram->counts[slot] = 0;
    histogram->count   = 0;
    histogram->lowest  = HISTOGRAM_SLOTS;
    histogram->highest = -1;
}

int histogram_slot(ms value)
{
    int slot;

    if (value <= 0)
        return 0;
    slot = 1 + (int)ceil(log((double)value) / LOG_GROWTH);
    return slot < HISTOGRAM_SLOTS ? slot : HISTOGRAM_SLOTS - 1;
}

void histogram_add(struct histogram *histogram, int slot, int64_t count)
{
    if (!count)
        return;
    histogram->count += count;
    histogram->counts[slot] += count;
    if (slot < histogram->lowest)
        histogram->lowest = slot;
    if (slot > histogram->highest)
        histogram->highest = slot;
}

void histogram_merge(struct histogram *histogram, const struct histogram *other)
{
    for (int slot = other->lowest; slot <= other->highest; slot++)
        histogram_add(histogram, slot, other->counts[slot]);
}

static int number(struct str *rest, int64_t *out)
{
    uint64_t value = 0;

    for (int shift = 0; shift < LAST_SHIFT && rest->size; shift += BITS) {
        uint8_t byte = (uint8_t)rest->data[0];

        rest->data++;
        rest->size--;
        value |= (uint64_t)(byte & (MORE - 1)) << shift;
        if (!(byte & MORE)) {
            *out = (int64_t)value;
            return 0;
        }
    }
    return -1;
}

int histogram_read(struct histogram *histogram, struct str bytes, struct fail *why)
{
    int64_t slot = 0, step, count;

    if (!bytes.size)
        return 0;
    if (bytes.data[0] != LAYOUT)
        return fail_set(why, FAIL_INPUT, "a histogram of an unknown layout");
    bytes = str_part(bytes, 1, bytes.size - 1);
    while (bytes.size) {
        if (number(&bytes, &step) || number(&bytes, &count))
            return fail_set(why, FAIL_INPUT, "a histogram ends in the middle of a number");
        slot += step < HISTOGRAM_SLOTS ? step : HISTOGRAM_SLOTS;
        if (slot >= HISTOGRAM_SLOTS || count > INT64_MAX - histogram->count)
            return fail_set(why, FAIL_INPUT, "a histogram with more than it can hold");
        histogram_add(histogram, (int)slot, count);
    }
    return 0;
}

static void put_number(struct buf *out, uint64_t value)
{
    for (; value >= MORE; value >>= BITS)
        buf_char(out, (char)(value | MORE));
    buf_char(out, (char)value);
}

void histogram_write(const struct histogram *histogram, struct buf *out)
{
    int last = 0;

    if (!histogram->count)
        return;
    buf_char(out, LAYOUT);
    for (int slot = histogram->lowest; slot <= histogram->highest; slot++) {
        if (!histogram->counts[slot])
            continue;
        put_number(out, (uint64_t)(slot - last));
        put_number(out, (uint64_t)histogram->counts[slot]);
        last = slot;
    }
}

/* The whole numbers a slot holds. */
static double most_of(int slot)
{
    return slot ? floor(exp(LOG_GROWTH * (slot - 1))) : 0;
}

static double least_of(int slot)
{
    return slot > 1 ? most_of(slot - 1) + 1 : slot;
}

/* What is equally far, in proportion, from the least and the most. */
static double middle_of(int slot)
{
    double least = least_of(slot), most = most_of(slot);

    return most > 0 ? 2 * least * most / (least + most) : 0;
}

double histogram_quantile(const struct histogram *histogram, double share)
{
    double  rank = ceil(share * (double)histogram->count - RANK_SLACK);
    int64_t seen = 0;

    for (int slot = histogram->lowest; slot <= histogram->highest; slot++) {
        seen += histogram->counts[slot];
        if (seen && (double)seen >= rank)
            return middle_of(slot);
    }
    return histogram->count ? middle_of(histogram->highest) : 0;
}

int64_t histogram_above(const struct histogram *histogram, ms threshold)
{
    int     own   = histogram_slot(threshold);
    int64_t above = 0;
    double  least = least_of(own), most = most_of(own);

    if (threshold < 0)
        return histogram->count;
    for (int slot = own + 1; slot <= histogram->highest; slot++)
        above += histogram->counts[slot];
    if (most > (double)threshold)
        above += (int64_t)((double)histogram->counts[own] * (most - (double)threshold)
                               / (most - least + 1)
                           + 0.5);
    return above;
}
