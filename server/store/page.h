/* page.h -- what every list has in common: where to go on, which way, and how many.
 *
 * Pages go by key: `at` and `id` of the last row shown. A list asks for one row more than `limit`,
 * so it knows whether there are more without counting. Rows that lack what a list is sorted by are
 * its rest: they come last, in an order of their own. */
#ifndef SMON_STORE_PAGE_H
#define SMON_STORE_PAGE_H

#include <stdbool.h>
#include <stdint.h>

enum { PAGE_DEFAULT = 100, PAGE_MOST = 1000, PAGE_COUNT_CAP = 10000 };

struct page {
    int     limit;
    bool    is_descending;
    bool    goes_on; /* only what sorts behind (at, id) */
    bool    is_rest; /* ... of the rest */
    int64_t at, id;
    /* Filled while the rows are visited. */
    int     shown;
    bool    has_more, last_is_rest;
    int64_t last_at, last_id;
};

/* True: show this row, which is then the last one shown. False: the page is full. */
static inline bool page_takes(struct page *page, int64_t at, int64_t id)
{
    page->has_more = page->shown == page->limit;
    if (page->has_more)
        return false;
    page->shown++;
    page->last_at = at;
    page->last_id = id;
    return true;
}

/* The same for a row of the rest. */
static inline bool page_takes_rest(struct page *page, int64_t at, int64_t id)
{
    bool takes = page_takes(page, at, id);

    page->last_is_rest |= takes;
    return takes;
}

#endif
