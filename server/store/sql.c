#include "store/sql.h"

#include "base/fail.h"
#include "store/page.h"
#include "store/scope.h"
#include "wire/db.h"

#include <stdio.h>
#include <string.h>

void sql_release(struct sql *sql)
{
    buf_release(&sql->text);
}

void sql_add(struct sql *sql, const char *constant)
{
    buf_text(&sql->text, constant);
}

static struct sql_value *slot(struct sql *sql, const char *name)
{
    struct sql_value *value;

    for (size_t i = 0; i < sql->count; i++)
        if (!strcmp(sql->values[i].name, name))
            return &sql->values[i];
    if (sql->count == SQL_MOST_VALUES
        || str_to_c(str_of(name), sql->values[sql->count].name, SQL_NAME_ROOM)) {
        sql->overflows = 1;
        return &sql->values[0];
    }
    value       = &sql->values[sql->count++];
    value->text = STR_NONE;
    return value;
}

void sql_int(struct sql *sql, const char *name, int64_t value)
{
    struct sql_value *at = slot(sql, name);

    at->number = value;
    at->text   = STR_NONE;
}

void sql_text(struct sql *sql, const char *name, struct str value)
{
    slot(sql, name)->text = value.data ? value : STR("");
}

void sql_list(struct sql *sql, const char *before, const char *name, const int64_t *values,
              size_t count)
{
    size_t padded = 1;
    char   full[SQL_NAME_ROOM];

    if (count == 0 || count > SQL_LIST_MOST) {
        sql->overflows = 1;
        return;
    }
    while (padded < count)
        padded *= 2;
    sql_add(sql, before);
    for (size_t i = 0; i < padded; i++) {
        int size = snprintf(full, sizeof full, ":%s%zu", name, i);

        if (size < 0 || (size_t)size >= sizeof full)
            sql->overflows = 1;
        buf_char(&sql->text, i ? ',' : '(');
        buf_text(&sql->text, full);
        sql_int(sql, full, values[i < count ? i : count - 1]);
    }
    buf_char(&sql->text, ')');
}

int sql_choice_add(struct choice *choice, int64_t value, struct fail *why)
{
    for (size_t i = 0; i < choice->count; i++)
        if (choice->values[i] == value)
            return 0;
    if (choice->count == SQL_LIST_MOST)
        return fail_set(why, FAIL_INPUT, "it takes at most %d values", SQL_LIST_MOST);
    choice->values[choice->count++] = value;
    return 0;
}

void sql_choice(struct sql *sql, const struct choice *choice, const char *in, const char *not_in,
                const char *name)
{
    if (choice->is_given)
        sql_list(sql, choice->is_not ? not_in : in, name, choice->values, choice->count);
}

void sql_scope(struct sql *sql, const struct scope *scope)
{
    if (scope->is_all)
        return;
    sql_add(sql, SCOPE_FILTER);
    sql_text(sql, ":scope", scope->text);
}

/* ":below3" + what: the name of the at-th path in a statement. */
static void path_name(struct sql *sql, size_t at, char out[SQL_NAME_ROOM])
{
    int size = snprintf(out, SQL_NAME_ROOM, ":below%zu", at);

    if (size < 0 || size >= SQL_NAME_ROOM)
        sql->overflows = 1;
}

/* '0' follows '/': what begins with the path and a slash, and nothing else, sorts between. */
static void add_below(struct sql *sql, size_t at, struct str path)
{
    char name[SQL_NAME_ROOM] = "";

    path_name(sql, at, name);
    sql_add(sql, "(m.path = ");
    buf_text(&sql->text, name);
    sql_add(sql, " OR (m.path >= ");
    buf_text(&sql->text, name);
    sql_add(sql, " || '/' AND m.path < ");
    buf_text(&sql->text, name);
    sql_add(sql, " || '0'))");
    sql_text(sql, name, path);
}

void sql_below(struct sql *sql, struct str path)
{
    sql_add(sql, " AND ");
    add_below(sql, 0, path);
}

void sql_scope_models(struct sql *sql, const struct scope *scope)
{
    struct str rest = scope->namespaces, path;
    size_t     at   = 0;

    if (!scope->is_all) {
        sql_add(sql, " AND replace(:scope, ',' || m.account || ',', '') <> :scope");
        sql_text(sql, ":scope", scope->text);
    }
    if (str_is_text(rest, "*"))
        return;
    sql_add(sql, " AND (1 = 0");
    while (rest.size && str_cut(&rest, ',', &path)) {
        sql_add(sql, " OR ");
        add_below(sql, ++at, path);
    }
    sql_add(sql, ")");
}

void sql_received(struct sql *sql, ms from, ms to)
{
    if (from != WHEN_UNKNOWN) {
        sql_add(sql, " AND t.received_ms >= :from");
        sql_int(sql, ":from", from);
    }
    if (to != WHEN_UNKNOWN) {
        sql_add(sql, " AND t.received_ms < :to");
        sql_int(sql, ":to", to);
    }
}

void sql_page(struct sql *sql, const char *column, const struct page *page)
{
    if (page->goes_on) {
        sql_add(sql, " AND (");
        sql_add(sql, column);
        sql_add(sql, page->is_descending ? ", t.id) < (:at, :id)" : ", t.id) > (:at, :id)");
        sql_int(sql, ":at", page->at);
        sql_int(sql, ":id", page->id);
    }
    sql_add(sql, " ORDER BY ");
    sql_add(sql, column);
    sql_add(sql, page->is_descending ? " DESC, t.id DESC LIMIT :limit" : ", t.id LIMIT :limit");
    sql_int(sql, ":limit", page->limit + 1);
}

struct stmt *sql_prepare(struct sql *sql, struct db *db, struct fail *why)
{
    struct stmt *stmt;

    if (sql->overflows || sql->text.broken) {
        fail_set(why, FAIL_BUG, "a query is longer than its room");
        return NULL;
    }
    stmt = db_prepare(db, buf_c(&sql->text), why);
    for (size_t i = 0; stmt && i < sql->count; i++) {
        const struct sql_value *value = &sql->values[i];

        if (value->text.data)
            stmt_text(stmt, value->name, value->text);
        else
            stmt_int(stmt, value->name, value->number);
    }
    return stmt;
}

int sql_number(struct sql *sql, struct db *db, int64_t *out, struct fail *why)
{
    struct stmt *stmt = sql_prepare(sql, db, why);

    return stmt && stmt_number(stmt, out, why) >= 0 ? 0 : -1;
}
