#include "store/models/model_list.h"

#include "base/fail.h"
#include "store/page.h"
#include "wire/db.h"

enum { ROOM_CEILING = 4096 };

static const struct find_columns COLUMNS = {
    .tags = {" AND replace(m.tags, :tag0, '') <> m.tags",
             " AND replace(m.tags, :tag1, '') <> m.tags",
             " AND replace(m.tags, :tag2, '') <> m.tags",
             " AND replace(m.tags, :tag3, '') <> m.tags"},
    .text = " AND (lower(m.name) LIKE :text ESCAPE '!' OR lower(m.description) LIKE :text"
            " ESCAPE '!')",
    .from = " AND m.created_ms >= :from",
    .to   = " AND m.created_ms < :to",
};

static void add_order(struct sql *sql, bool by_name, const struct page *page)
{
    /* A cursor holds numbers only, so the name to go on behind is looked up. Models stay. */
    static const char *const keys[2][2] = {
        {" AND (m.created_ms, m.id) > (:at, :id)", " AND (m.created_ms, m.id) < (:at, :id)"},
        {" AND (m.name, m.id) > ((SELECT l.name FROM model l WHERE l.id = :id), :id)",
         " AND (m.name, m.id) < ((SELECT l.name FROM model l WHERE l.id = :id), :id)"},
    };
    static const char *const orders[2][2] = {
        {" ORDER BY m.created_ms, m.id", " ORDER BY m.created_ms DESC, m.id DESC"},
        {" ORDER BY m.name, m.id", " ORDER BY m.name DESC, m.id DESC"},
    };

    if (page->goes_on) {
        sql_add(sql, keys[by_name][page->is_descending]);
        if (!by_name)
            sql_int(sql, ":at", page->at);
        sql_int(sql, ":id", page->id);
    }
    sql_add(sql, orders[by_name][page->is_descending]);
    sql_add(sql, " LIMIT :limit");
    sql_int(sql, ":limit", page->limit + 1);
}

int model_list(struct db *db, const struct model_filter *filter, const struct page *page,
               catalog_visit *visit, void *ctx, struct fail *why)
{
    OWN(sql) sql  = SQL_EMPTY;
    OWN(buf) room = BUF_UP_TO(ROOM_CEILING);
    struct stmt *list;

    sql_add(&sql, "SELECT " CATALOG_COLUMNS " FROM model m WHERE 1 = 1");
    find_add(&sql, &filter->by, &COLUMNS, &room);
    if (filter->name_prefix.data) { /* names are ASCII: bytes are characters */
        sql_add(&sql, " AND substr(m.name, 1, :prefix_size) = :prefix");
        sql_int(&sql, ":prefix_size", (int64_t)filter->name_prefix.size);
        sql_text(&sql, ":prefix", filter->name_prefix);
    }
    add_order(&sql, filter->by_name, page);
    list = sql_prepare(&sql, db, why);
    return list ? catalog_visit_all(list, visit, ctx, why) : -1;
}
