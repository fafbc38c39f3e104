/* Any bytes as a query string: what is read is UTF-8 text without NUL, reads again from its own
 * escaped form, and times, ranges, cursors and buckets made of it stay within their bounds. */
#include "base/buf.h"
#include "base/fail.h"
#include "base/own.h"
#include "query/buckets.h"
#include "query/cursor.h"
#include "query/filter.h"
#include "query/paging.h"
#include "query/params.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define HOLDS(claim)                                                                               \
    do {                                                                                           \
        if (!(claim))                                                                              \
            abort();                                                                               \
    } while (0)

static const ms            NOW             = 1790000000000;
static const unsigned char KEY[CURSOR_KEY] = "a key of sixteen";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_again(const struct params *params)
{
    OWN(params) again = PARAMS_EMPTY;
    OWN(buf) query    = BUF_UP_TO(8 * PARAMS_MOST_BYTES);
    struct fail why   = FAIL_OK;

    for (size_t i = 0; i < params->count; i++) {
        params_escape(&query, params->items[i].name);
        buf_char(&query, '=');
        params_escape(&query, params->items[i].value);
        buf_char(&query, '&');
    }
    if (query.size > PARAMS_MOST_BYTES)
        return;
    HOLDS(params_parse(&again, buf_view(&query), &why) == 0);
    HOLDS(again.count == params->count);
    for (size_t i = 0; i < params->count; i++)
        HOLDS(str_is(again.items[i].name, params->items[i].name)
              && str_is(again.items[i].value, params->items[i].value));
}

static void check_meanings(struct params *params)
{
    static const char *const   sorts[] = {"created_at", "ended_at", NULL};
    static const struct paging paging  = {sorts, true, "/api/v1/jobs"};
    struct fail                why     = FAIL_OK;
    struct paged               paged;
    struct buckets             buckets;
    struct choice              choice;
    unsigned                   by;
    ms                         from, to;

    if (params_range(params, NOW, &from, &to, &why) == 0)
        HOLDS(from == WHEN_UNKNOWN || to == WHEN_UNKNOWN || from < to);
    if (buckets_read(params, NOW, &buckets, &why) == 0)
        HOLDS(buckets.count > 0 && buckets.count <= BUCKETS_MOST && buckets.step >= MS_HOUR);
    if (paging_read(params, &paging, KEY, &paged, &why) == 0)
        HOLDS(paged.page.limit >= 1 && paged.page.limit <= PAGE_MOST && !paged.page.goes_on);
    if (filter_accounts(params, &choice, &why) == 0)
        HOLDS(choice.count <= SQL_LIST_MOST && choice.is_given == (choice.count > 0));
    if (filter_kinds(params, &choice, &why) == 0)
        HOLDS(choice.count <= SQL_LIST_MOST);
    (void)buckets_group(params, &by, &why); /* any answer will do */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    OWN(params) params = PARAMS_EMPTY;
    struct fail why    = FAIL_OK;

    if (params_parse(&params, str_from((const char *)data, size), &why)) {
        HOLDS(params.fault == PARAM_BAD && why.kind == FAIL_INPUT);
        return 0;
    }
    for (size_t i = 0; i < params.count; i++) {
        HOLDS(str_is_utf8(params.items[i].name) && str_is_utf8(params.items[i].value));
        HOLDS(!params.items[i].value.size
              || !memchr(params.items[i].value.data, '\0', params.items[i].value.size));
    }
    check_again(&params);
    check_meanings(&params);
    return 0;
}
