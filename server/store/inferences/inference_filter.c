#include "store/inferences/inference_filter.h"

#include "base/fail.h"
#include "base/mem.h"
#include "wire/db.h"

#include <stdio.h>
#include <stdlib.h>

enum { FIRST_ROOM = 64, MOST_TEXTS_OF_ONE = 1024 };

void inference_set_release(struct inference_set *set)
{
    mem_free(TAKE(set->items));
    mem_free(TAKE(set->by_id));
    buf_release(&set->texts);
    set->count = set->room = 0;
}

/* --- what a series must be --- */

static void add_names(struct sql *sql, const struct inference_names *names)
{
    size_t padded = 1;

    if (!names->is_given)
        return;
    while (padded < names->count) /* so that a connection keeps few texts */
        padded *= 2;
    sql_add(sql, names->is_not ? " AND m.name NOT IN (" : " AND m.name IN (");
    for (size_t i = 0; i < padded; i++) {
        char name[SQL_NAME_ROOM];
        int  size = snprintf(name, sizeof name, ":name%zu", i);

        if (size < 0 || (size_t)size >= sizeof name)
            sql->overflows = 1;
        sql_add(sql, i ? "," : "");
        buf_text(&sql->text, name);
        sql_text(sql, name, names->values[i < names->count ? i : names->count - 1]);
    }
    sql_add(sql, ")");
}

/* Where it ran, else where its model is. */
#define ACCOUNT "(CASE WHEN s.account = 0 THEN m.account ELSE s.account END)"
#define REGION "(CASE WHEN s.region_id = 0 THEN m.region_id ELSE s.region_id END)"

static void add_conditions(struct sql *sql, const struct inference_filter *filter)
{
    sql_scope_models(sql, &filter->scope);
    if (filter->model_id) {
        sql_add(sql, " AND m.id = :model");
        sql_int(sql, ":model", filter->model_id);
    }
    if (filter->namespace.data)
        sql_below(sql, filter->namespace);
    add_names(sql, &filter->models);
    sql_choice(sql, &filter->accounts, " AND " ACCOUNT " IN ", " AND " ACCOUNT " NOT IN ",
               "account");
    sql_choice(sql, &filter->regions, " AND " REGION " IN ", " AND " REGION " NOT IN ", "region");
    sql_choice(sql, &filter->versions, " AND s.version IN ", " AND s.version NOT IN ", "version");
    sql_choice(sql, &filter->deployments, " AND s.deployment IN ", " AND s.deployment NOT IN ",
               "deployment");
    sql_choice(sql, &filter->environments, " AND s.environment_id IN ",
               " AND s.environment_id NOT IN ", "environment");
    sql_choice(sql, &filter->endpoints, " AND s.endpoint_id IN ", " AND s.endpoint_id NOT IN ",
               "endpoint");
}

/* --- finding them --- */

/* Texts of a model are kept once: its series come side by side. */
static int keep_texts(struct inference_set *set, struct stmt *at, struct inference_series *item,
                      struct fail *why)
{
    const struct inference_series *last = set->count ? &set->items[set->count - 1] : NULL;
    struct str namespace, name;

    if (last && last->model_id == item->model_id) {
        item->namespace  = last->namespace;
        item->model_name = last->model_name;
        return 0;
    }
    namespace        = col_text(at, 8);
    name             = col_text(at, 9);
    item->namespace  = str_from(NULL, namespace.size); /* where they are is known when all are in */
    item->model_name = str_from(NULL, name.size);
    buf_str(&set->texts, namespace);
    buf_str(&set->texts, name);
    return buf_check(&set->texts, why);
}

static int add_series(struct inference_set *set, struct stmt *at, struct fail *why)
{
    struct inference_series item = {
        .id             = col_int(at, 0),
        .model_id       = col_int(at, 1),
        .account        = col_int(at, 2),
        .region_id      = col_int(at, 3),
        .version        = col_int(at, 4),
        .deployment     = col_int(at, 5),
        .environment_id = col_int(at, 6),
        .endpoint_id    = col_int(at, 7),
    };

    if (set->count == INFERENCE_MOST_SERIES)
        return fail_set(why, FAIL_LIMIT, "more than %d series match; name fewer models",
                        INFERENCE_MOST_SERIES);
    if (set->count == set->room) {
        size_t room  = set->room ? set->room * 2 : FIRST_ROOM;
        void  *grown = mem_grow(set->items, room, sizeof *set->items);

        if (!grown)
            return fail_set(why, FAIL_MEMORY, "no memory for series");
        set->items = grown;
        set->room  = room;
    }
    if (keep_texts(set, at, &item, why))
        return -1;
    set->items[set->count++] = item;
    return 0;
}

/* The buffer has stopped moving: texts get their place. */
static void place_texts(struct inference_set *set)
{
    size_t at = 0;

    for (size_t i = 0; i < set->count; i++) {
        struct inference_series *item = &set->items[i];

        if (i && item[-1].model_id == item->model_id) {
            item->namespace  = item[-1].namespace;
            item->model_name = item[-1].model_name;
            continue;
        }
        item->namespace = str_from(set->texts.data + at, item->namespace.size);
        at += item->namespace.size;
        item->model_name = str_from(set->texts.data + at, item->model_name.size);
        at += item->model_name.size;
    }
}

static int by_id(const void *a, const void *b)
{
    const struct inference_series *const *left = a, *const *right = b;

    return ((*left)->id > (*right)->id) - ((*left)->id < (*right)->id);
}

static int sort_by_id(struct inference_set *set, struct fail *why)
{
    set->by_id = mem_array(set->count, sizeof(struct inference_series *));
    if (!set->by_id)
        return fail_set(why, FAIL_MEMORY, "no memory for series");
    for (size_t i = 0; i < set->count; i++)
        set->by_id[i] = &set->items[i];
    qsort(set->by_id, set->count, sizeof(struct inference_series *), by_id);
    return 0;
}

static const char COUNT[] = "SELECT COUNT(*) FROM inference_series";

static int count_all(struct db *db, struct inference_set *set, struct fail *why)
{
    struct stmt *count = db_prepare(db, COUNT, why);
    int          got;

    if (!count)
        return -1;
    got         = stmt_step(count, why);
    set->of_all = got == 1 ? col_int(count, 0) : 0;
    stmt_done(count);
    return got < 0 ? -1 : 0;
}

int inference_filter_series(struct db *db, const struct inference_filter *filter,
                            struct inference_set *out, struct fail *why)
{
    OWN(sql) sql = SQL_EMPTY;
    struct stmt *list;
    int          got;

    sql_add(&sql, "SELECT s.id, s.model_id, " ACCOUNT ", " REGION ", s.version, s.deployment,"
                  " s.environment_id, s.endpoint_id, m.namespace, m.name"
                  " FROM inference_series s JOIN model m ON m.id = s.model_id WHERE 1 = 1");
    add_conditions(&sql, filter);
    sql_add(&sql, " ORDER BY s.model_id, s.id");
    list = sql_prepare(&sql, db, why);
    if (!list)
        return -1;
    while ((got = stmt_step(list, why)) == 1)
        if (add_series(out, list, why)) {
            got = -1;
            break;
        }
    stmt_done(list);
    if (got < 0)
        return -1;
    place_texts(out);
    return sort_by_id(out, why) || count_all(db, out, why) ? -1 : 0;
}

struct inference_series *inference_set_find(const struct inference_set *set, int64_t series_id)
{
    size_t low = 0, high = set->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (set->by_id[middle]->id < series_id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < set->count && set->by_id[low]->id == series_id ? set->by_id[low] : NULL;
}

/* --- in other statements --- */

void inference_filter_series_of(struct sql *sql, const struct inference_filter *filter)
{
    sql_add(sql, " AND t.series_id IN (SELECT s.id FROM inference_series s"
                 " JOIN model m ON m.id = s.model_id WHERE 1 = 1");
    add_conditions(sql, filter);
    sql_add(sql, ")");
}

void inference_filter_rows(struct sql *sql, const struct inference_filter *filter)
{
    sql_choice(sql, &filter->servers, " AND t.server_id IN ", " AND t.server_id NOT IN ", "server");
    sql_choice(sql, &filter->statuses, " AND t.status_id IN ", " AND t.status_id NOT IN ",
               "status");
}

bool inference_filter_splits(const struct inference_filter *filter)
{
    return filter->accounts.is_given || filter->regions.is_given || filter->versions.is_given
           || filter->deployments.is_given || filter->environments.is_given
           || filter->endpoints.is_given;
}
