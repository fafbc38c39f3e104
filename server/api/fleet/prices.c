#include "api/fleet/prices.h"

#include "base/fail.h"
#include "base/mem.h"
#include "store/job_list.h"
#include "wire/yaml.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_PRICES = 8192, NAME_ROOM = 96 };

static const double MOST_USD = 100000; /* an hour: more is a slip of the pen */

struct price {
    char   name[NAME_ROOM]; /* "ml.m5.xlarge", or with its region before it */
    double usd;
};

struct prices {
    struct price *items; /* by name, once they are read */
    size_t        count;
    const char   *path;
};

static int take(void *ctx, const char *name, struct str value, int line, struct fail *why)
{
    struct prices *prices = ctx;
    struct price  *price  = &prices->items[prices->count];

    if (prices->count == MOST_PRICES)
        return fail_set(why, FAIL_INPUT, "%s:%d: more than %d prices", prices->path, line,
                        MOST_PRICES);
    if (str_to_c(str_of(name), price->name, NAME_ROOM))
        return fail_set(why, FAIL_INPUT, "%s:%d: no instance type is that long", prices->path,
                        line);
    if (str_to_double(value, &price->usd) || price->usd < 0 || price->usd > MOST_USD)
        return fail_set(why, FAIL_INPUT, "%s:%d: %s: '%.*s' is not a price in USD an hour",
                        prices->path, line, name, STR_ARG(value));
    prices->count++;
    return 0;
}

static int by_name(const void *a, const void *b)
{
    const struct price *left = a, *right = b;

    return strcmp(left->name, right->name);
}

int prices_read(const char *path, struct prices **out, struct fail *why)
{
    OWN_PTR(prices) prices = mem_new(sizeof *prices);

    if (prices)
        prices->items = mem_array(MOST_PRICES, sizeof *prices->items);
    if (!prices || !prices->items)
        return fail_set(why, FAIL_MEMORY, "no memory for prices");
    prices->path = path;
    if (yaml_read_file(path, take, prices, why))
        return -1;
    qsort(prices->items, prices->count, sizeof *prices->items, by_name);
    *out = TAKE(prices);
    return 0;
}

void prices_free(struct prices *prices)
{
    if (!prices)
        return;
    mem_free(prices->items);
    mem_free(prices);
}

/* An hour of it in USD; NAN: not known. */
static double hour(const struct prices *prices, struct str region, struct str type)
{
    struct price        wanted = {.usd = NAN};
    const struct price *found  = NULL;

    if (snprintf(wanted.name, NAME_ROOM, "%.*s.%.*s", STR_ARG(region), STR_ARG(type)) < NAME_ROOM)
        found = bsearch(&wanted, prices->items, prices->count, sizeof wanted, by_name);
    if (!found && str_to_c(type, wanted.name, NAME_ROOM) == 0)
        found = bsearch(&wanted, prices->items, prices->count, sizeof wanted, by_name);
    return found ? found->usd : NAN;
}

double prices_of_job(const struct prices *prices, const struct job_row *row)
{
    ms time = row->billable_ms != WHEN_UNKNOWN ? row->billable_ms : row->duration_ms;

    if (!prices || !row->instance_type.size || row->instance_count <= 0 || time == WHEN_UNKNOWN)
        return NAN;
    return round((double)time / MS_HOUR * (double)row->instance_count
                 * hour(prices, row->region, row->instance_type) * 1e6)
           / 1e6;
}
