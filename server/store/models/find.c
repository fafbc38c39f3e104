#include "store/models/find.h"

#include "base/buf.h"
#include "store/scope.h"

static const char LAST_ASCII = 0x7e;

static char lower(char c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

/* %text%, with what LIKE would take for its own escaped. */
static void add_text(struct sql *sql, const struct find_by *by, const char *condition,
                     struct buf *room)
{
    size_t start = room->size;

    buf_char(room, '%');
    for (size_t i = 0; i < by->text.size; i++) {
        char c = lower(by->text.data[i]);

        if (c == '%' || c == '_' || c == '!')
            buf_char(room, '!');
        buf_char(room, c);
    }
    buf_char(room, '%');
    if (room->broken) {
        sql->overflows = 1;
        return;
    }
    sql_add(sql, condition);
    sql_text(sql, ":text", str_part(buf_view(room), start, room->size));
}

void find_add(struct sql *sql, const struct find_by *by, const struct find_columns *columns,
              struct buf *room)
{
    static const char *const tag_names[FIND_MOST_TAGS] = {":tag0", ":tag1", ":tag2", ":tag3"};

    sql_scope_models(sql, by->scope);
    if (by->below.data)
        sql_below(sql, by->below);
    sql_choice(sql, &by->accounts, " AND m.account IN ", " AND m.account NOT IN ", "account");
    sql_choice(sql, &by->regions, " AND m.region_id IN ", " AND m.region_id NOT IN ", "region");
    for (size_t i = 0; i < by->tag_count; i++) {
        sql_add(sql, columns->tags[i]);
        sql_text(sql, tag_names[i], by->tags[i]);
    }
    if (by->from != WHEN_UNKNOWN) {
        sql_add(sql, columns->from);
        sql_int(sql, ":from", by->from);
    }
    if (by->to != WHEN_UNKNOWN) {
        sql_add(sql, columns->to);
        sql_int(sql, ":to", by->to);
    }
    if (by->text.data)
        add_text(sql, by, columns->text, room);
}

struct str find_prefix_end(struct str prefix, struct buf *room)
{
    size_t start = room->size;
    char   last  = prefix.size ? prefix.data[prefix.size - 1] : LAST_ASCII;

    if (last < 0 || last >= LAST_ASCII) /* bytes beyond ASCII are below 0 or above it */
        return STR_NONE;
    buf_add(room, prefix.data, prefix.size - 1);
    buf_char(room, (char)(last + 1));
    return room->broken ? STR_NONE : str_part(buf_view(room), start, room->size);
}
