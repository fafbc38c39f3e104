#include "check_db.h"

#include "store/sql.h"

static struct check_db sqlite = {.name = "sql"};

static int64_t first_of(struct sql *sql, struct db *db)
{
    struct fail  why  = FAIL_OK;
    struct stmt *stmt = sql_prepare(sql, db, &why);
    int64_t      value;

    if (!stmt)
        fail_msg("%s", why.text);
    CHECK_OK(stmt_step(stmt, &why), &why);
    value = col_int(stmt, 0);
    stmt_done(stmt);
    return value;
}

static void pieces_and_values_meet(void **state)
{
    OWN_PTR(db) db              = check_open(sqlite.url, true);
    static const int64_t list[] = {3, 5, 9};

    (void)state;
    for (int64_t wanted = 1; wanted < 10; wanted++)
        for (int is_not = 0; is_not <= 1; is_not++) {
            OWN(sql) sql               = SQL_EMPTY;
            const struct choice choice = {true, is_not, 3, {list[0], list[1], list[2]}};
            bool                is_in  = wanted == 3 || wanted == 5 || wanted == 9;

            sql_add(&sql, "SELECT count(*) FROM (SELECT :v AS v) t WHERE t.v > 0");
            sql_int(&sql, ":v", 0);
            sql_int(&sql, ":v", wanted); /* the last value counts */
            sql_choice(&sql, &choice, " AND t.v IN ", " AND t.v NOT IN ", "list");
            assert_int_equal(first_of(&sql, db), is_in != is_not);
        }
}

static void what_does_not_fit_is_said(void **state)
{
    OWN_PTR(db) db      = check_open(sqlite.url, true);
    OWN(sql) sql        = SQL_EMPTY;
    struct fail why     = FAIL_OK;
    int64_t     none[1] = {0};

    (void)state;
    sql_add(&sql, "SELECT 1 WHERE 1 IN ");
    sql_list(&sql, "", "list", none, 0);
    assert_null(sql_prepare(&sql, db, &why));
    assert_int_equal(why.kind, FAIL_BUG);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_and_values_meet),
        cmocka_unit_test(what_does_not_fit_is_said),
    };
    int failed;

    check_db_make(&sqlite);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    check_db_remove(&sqlite);
    return failed;
}
