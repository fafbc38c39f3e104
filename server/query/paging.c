#include "query/paging.h"

#include "base/fail.h"

/* In a cursor's sort, beside the order and its direction: it goes on within the rest. */
enum { CURSOR_REST = 0x80 };

/* Parameters that change how rows are shown, not which. */
static bool decides_rows(struct str name)
{
    static const char *const others[] = {"cursor",      "limit", "fields",
                                         "time_format", "count", "sort"};

    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (str_is_text(name, others[i]))
            return false;
    return true;
}

/* The same for the same parameters in any order. */
static uint64_t filters_of(const struct params *params, const char *path)
{
    uint64_t hash = str_hash(str_of(path), 0);

    for (size_t i = 0; i < params->count; i++)
        if (decides_rows(params->items[i].name))
            hash += str_hash(params->items[i].value, str_hash(params->items[i].name, 1));
    return hash;
}

static int read_sort(struct params *params, const struct paging *paging, struct paged *out,
                     struct fail *why)
{
    struct str name;
    bool       is_descending;

    out->sort               = 0;
    out->page.is_descending = paging->is_descending;
    if (!params_find(params, "sort", &name))
        return 0;
    is_descending = str_starts(name, STR("-"));
    for (int i = 0; paging->sorts[i]; i++)
        if (str_is_text(str_part(name, is_descending, name.size), paging->sorts[i])) {
            out->sort               = i;
            out->page.is_descending = is_descending;
            return 0;
        }
    return params_fault(params, PARAM_BAD, STR("sort"), why,
                        "'%.*s' is not an order of this list; it can be sorted by %s%s%s",
                        STR_ARG(str_part(name, 0, PARAMS_NAME_SHOWN)), paging->sorts[0],
                        paging->sorts[1] ? ", " : "", paging->sorts[1] ? paging->sorts[1] : "");
}

int paging_read(struct params *params, const struct paging *paging,
                const unsigned char key[CURSOR_KEY], struct paged *out, struct fail *why)
{
    struct cursor cursor;
    struct str    text;
    int64_t       limit;

    *out = (struct paged){.sort = 0};
    if (params_int(params, "limit", 1, PAGE_MOST, PAGE_DEFAULT, &limit, why)
        || read_sort(params, paging, out, why))
        return -1;
    out->page.limit = (int)limit;
    out->filters    = filters_of(params, paging->path);
    if (!params_find(params, "cursor", &text))
        return 0;
    if (cursor_parse(key, text, &cursor, why)) {
        if (why->kind != FAIL_INPUT)
            return -1;
        return params_fault(params, PARAM_CURSOR, STR("cursor"), why,
                            "this is not a cursor that this list gave out");
    }
    if ((cursor.sort & ~CURSOR_REST) != out->sort * 2 + out->page.is_descending
        || cursor.filters != out->filters)
        return params_fault(params, PARAM_CURSOR, STR("cursor"), why,
                            "the cursor belongs to another list, other filters or another order");
    out->page.goes_on = true;
    out->page.is_rest = cursor.sort & CURSOR_REST;
    out->page.at      = cursor.at;
    out->page.id      = cursor.id;
    return 0;
}

int paging_cursor(const struct paged *paged, const unsigned char key[CURSOR_KEY], struct buf *out,
                  struct fail *why)
{
    const struct cursor cursor = {
        .sort    = (unsigned char)(paged->sort * 2 + paged->page.is_descending
                                + (paged->page.last_is_rest ? CURSOR_REST : 0)),
        .filters = paged->filters,
        .at      = paged->page.last_at,
        .id      = paged->page.last_id,
    };

    return cursor_render(key, &cursor, out, why);
}

void paging_link(const struct params *params, const char *path, struct str cursor, struct buf *out)
{
    buf_text(out, path);
    buf_char(out, '?');
    for (size_t i = 0; i < params->count; i++) {
        if (str_is_text(params->items[i].name, "cursor"))
            continue;
        params_escape(out, params->items[i].name);
        buf_char(out, '=');
        params_escape(out, params->items[i].value);
        buf_char(out, '&');
    }
    buf_text(out, "cursor=");
    buf_str(out, cursor);
}
