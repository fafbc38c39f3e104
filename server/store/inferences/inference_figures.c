#include "store/inferences/inference_figures.h"

#include "base/fail.h"
#include "store/scope.h"
#include "store/sql.h"
#include "wire/db.h"

#include <stddef.h>

static int count_models(struct db *db, const struct scope *scope, struct inference_figures *out,
                        struct fail *why)
{
    OWN(sql) sql = SQL_EMPTY;
    struct stmt *count;
    int          got;

    sql_add(&sql, "SELECT COUNT(*), CAST(SUM(m.versions) AS BIGINT),"
                  " CAST(SUM(m.deployments) AS BIGINT) FROM model m WHERE 1 = 1");
    sql_scope_models(&sql, scope);
    count = sql_prepare(&sql, db, why);
    if (!count)
        return -1;
    got = stmt_step(count, why);
    if (got == 1) {
        out->models      = col_int(count, 0);
        out->versions    = col_int(count, 1);
        out->deployments = col_int(count, 2);
    }
    stmt_done(count);
    return got < 0 ? -1 : 0;
}

/* Names of counters: store/sums.c. */
static const struct {
    const char *name;
    size_t      offset;
} counters[] = {
    {"inferences.stored", offsetof(struct inference_figures, stored)},
    {"inferences.duplicates", offsetof(struct inference_figures, duplicates)},
    {"inferences.refused", offsetof(struct inference_figures, refused)},
    {"inferences.mismatched", offsetof(struct inference_figures, mismatched)},
    {"inferences.unpaired", offsetof(struct inference_figures, unpaired)},
};

static const char COUNTERS[] = "SELECT name, value FROM counter WHERE name LIKE 'inferences.%'";

static int read_counters(struct db *db, struct inference_figures *out, struct fail *why)
{
    struct stmt *list = db_prepare(db, COUNTERS, why);
    int          got;

    if (!list)
        return -1;
    while ((got = stmt_step(list, why)) == 1)
        for (size_t i = 0; i < sizeof counters / sizeof counters[0]; i++)
            if (str_is_text(col_text(list, 0), counters[i].name)) {
                int64_t *value = (void *)((char *)out + counters[i].offset);

                *value = col_int(list, 1);
            }
    stmt_done(list);
    return got;
}

int inference_figures(struct db *db, const struct scope *scope, struct inference_figures *out,
                      struct fail *why)
{
    *out = (struct inference_figures){.models = 0};
    return count_models(db, scope, out, why) || read_counters(db, out, why) ? -1 : 0;
}
