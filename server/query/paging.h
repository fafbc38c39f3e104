/* paging.h -- limit, sort, cursor and links of a list: the same for every list. */
#ifndef SMON_QUERY_PAGING_H
#define SMON_QUERY_PAGING_H

#include "query/cursor.h"
#include "query/params.h"
#include "store/page.h"

/* One order a list can be asked for: "created_at". Descending with '-' before it. */
struct paging {
    const char *const *sorts;         /* NULL-terminated; the first is the default */
    bool               is_descending; /* the default's direction */
    const char        *path;          /* for links and as part of the filters: "/api/v1/jobs" */
};

struct paged {
    struct page page;
    int         sort; /* index in paging->sorts */
    uint64_t    filters;
};

/* Reads limit, sort and cursor. */
int paging_read(struct params *params, const struct paging *paging,
                const unsigned char key[CURSOR_KEY], struct paged *out, struct fail *why);

/* Behind the last row shown: the cursor's text. */
int paging_cursor(const struct paged *paged, const unsigned char key[CURSOR_KEY], struct buf *out,
                  struct fail *why);
/* The address of the next page: the same parameters in their order, with this cursor. */
void paging_link(const struct params *params, const char *path, struct str cursor, struct buf *out);

#endif
