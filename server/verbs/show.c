#include "verbs/show.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/own.h"
#include "verbs/args.h"
#include "verbs/client.h"
#include "verbs/table.h"
#include "verbs/term.h"
#include "wire/doc.h"

enum {
    JSON_MOST   = 256 << 20,
    PATH_MOST   = 16 * 1024,
    PAGE_MOST   = 1000,
    LIMIT_USUAL = 50,
    LIMIT_MOST  = 1000000,
    NAME_COLUMN = 20,
    VALUE_MOST  = 1 << 20
};

/* ---- members -------------------------------------------------------------------------------- */

struct str show_text(const struct doc *item, const char *name)
{
    const struct doc *member = doc_member(item, name);
    struct str        text   = STR_NONE;

    return member && doc_as_text(member, &text) == 0 ? text : STR_NONE;
}

bool show_number(const struct doc *item, const char *name, double *out)
{
    const struct doc *member = doc_member(item, name);

    return member && doc_as_real(member, out) == 0;
}

ms show_time(const struct doc *item, const char *name)
{
    struct fail ignored = FAIL_OK; /* an unreadable time is an unknown one */
    ms          when    = WHEN_UNKNOWN;

    if (doc_time_or(item, name, WHEN_UNKNOWN, &when, &ignored))
        return WHEN_UNKNOWN;
    return when;
}

/* Texts as they are, numbers and truths as JSON writes them; "" for the rest. */
static void plain_text(const struct doc *value, struct buf *out)
{
    struct fail ignored = FAIL_OK; /* no memory shows as nothing */
    struct str  text    = STR_NONE;

    if (!value || doc_is_null(value) || doc_is_object(value) || doc_is_array(value))
        return;
    if (doc_as_text(value, &text) == 0)
        buf_str(out, text);
    else
        (void)doc_render(value, out, &ignored);
}

void show_cell(struct table *table, const struct doc *item, const char *name)
{
    OWN(buf) text = BUF_UP_TO(VALUE_MOST);

    plain_text(doc_member(item, name), &text);
    if (strcmp(name, "status") == 0)
        table_status(table, buf_view(&text));
    else
        table_cell(table, buf_view(&text));
}

void show_words_cell(struct table *table, const struct doc *item, const char *name)
{
    OWN(buf) text           = BUF_UP_TO(VALUE_MOST);
    const struct doc *words = doc_member(item, name);

    for (size_t i = 0; i < doc_count(words); i++) {
        struct str word = STR_NONE;

        if (doc_as_text(doc_item(words, i), &word) == 0)
            buf_format(&text, "%s%.*s", i ? "," : "", STR_ARG(word));
    }
    table_cell(table, buf_view(&text));
}

void show_when(ms when, char out[SHOW_ROOM])
{
    char text[WHEN_ROOM];

    if (when == WHEN_UNKNOWN) {
        (void)snprintf(out, SHOW_ROOM, "-"); /* it fits */
        return;
    }
    when_render(when, text);
    (void)snprintf(out, SHOW_ROOM, "%.10s %.8s", text, text + 11); /* date and time without the T */
}

void show_time_cell(struct table *table, const struct doc *item, const char *name)
{
    char text[SHOW_ROOM];

    show_when(show_time(item, name), text);
    table_cell(table, str_of(text));
}

void show_span(ms span, char out[SHOW_ROOM])
{
    int64_t seconds = span / MS_SECOND, minutes = seconds / 60, hours = minutes / 60;

    if (span < MS_SECOND)
        (void)snprintf(out, SHOW_ROOM, "%" PRId64 "ms", span); /* all of these fit */
    else if (minutes == 0)
        (void)snprintf(out, SHOW_ROOM, "%" PRId64 "s", seconds);
    else if (hours == 0)
        (void)snprintf(out, SHOW_ROOM, "%" PRId64 "m %02ds", minutes, (int)(seconds % 60));
    else
        (void)snprintf(out, SHOW_ROOM, "%" PRId64 "h %02dm", hours, (int)(minutes % 60));
}

void show_span_cell(struct table *table, const struct doc *item, const char *name)
{
    char   text[SHOW_ROOM] = "";
    double span;

    if (show_number(item, name, &span))
        show_span((ms)span, text);
    table_right(table, str_of(text));
}

void show_count_cell(struct table *table, const struct doc *item, const char *name)
{
    double count;

    if (show_number(item, name, &count))
        table_number(table, "%.0f", count);
    else
        table_right(table, STR_NONE);
}

/* ---- whole documents ------------------------------------------------------------------------ */

int show_json(const struct doc *doc, struct fail *why)
{
    OWN(buf) text  = BUF_UP_TO(JSON_MOST);
    OWN(buf) inert = BUF_UP_TO(JSON_MOST);

    if (isatty(STDOUT_FILENO) ? doc_render_indented(doc, &text, why) : doc_render(doc, &text, why))
        return -1;
    term_inert_json(&inert, buf_view(&text));
    if (!str_ends(buf_view(&inert), STR("\n")))
        buf_char(&inert, '\n');
    if (buf_check(&inert, why))
        return -1;
    (void)fwrite(inert.data, 1, inert.size, stdout); /* verbs_main looks at stdout at the end */
    return 0;
}

struct members {
    const char *const *leave_out;
    struct buf        *out;
};

static int show_member(void *ctx, const char *name, const struct doc *value, struct fail *why)
{
    struct members *members = ctx;
    OWN(buf) text           = BUF_UP_TO(VALUE_MOST);

    for (size_t i = 0; members->leave_out && members->leave_out[i]; i++)
        if (strcmp(members->leave_out[i], name) == 0)
            return 0;
    if (doc_is_null(value))
        return 0;
    if (doc_is_object(value) || doc_is_array(value)) {
        if (doc_render(value, &text, why))
            return -1;
    } else {
        plain_text(value, &text);
    }
    buf_format(members->out, "%-*s ", NAME_COLUMN, name);
    term_inert(members->out, buf_view(&text));
    buf_char(members->out, '\n');
    return 0;
}

int show_members(const struct doc *object, const char *const *leave_out, struct fail *why)
{
    OWN(buf) text          = BUF_UP_TO(JSON_MOST);
    struct members members = {leave_out, &text};

    if (doc_each(object, show_member, &members, why) || buf_check(&text, why))
        return -1;
    (void)fwrite(text.data, 1, text.size, stdout); /* verbs_main looks at stdout at the end */
    return 0;
}

/* ---- lists ---------------------------------------------------------------------------------- */

struct paging {
    struct client *client;
    struct str     path;
    bool           is_whole;
    int64_t        left; /* rows still wanted */
    struct buf     cursor;
    struct doc    *rows; /* all of them, for --json; NULL: a table */
    bool           has_more;
};

static void paging_release(struct paging *paging)
{
    buf_release(&paging->cursor);
    doc_free(paging->rows);
}

static int next_page(struct paging *paging, struct doc **out, struct fail *why)
{
    OWN(buf) path = BUF_UP_TO(PATH_MOST);
    char number[SHOW_ROOM];

    (void)snprintf(number, sizeof number, "%" PRId64, /* it fits */
                   paging->left < PAGE_MOST ? paging->left : PAGE_MOST);
    buf_str(&path, paging->path);
    if (!paging->is_whole)
        client_query(&path, "limit", number);
    if (paging->cursor.size)
        client_query(&path, "cursor", buf_c(&paging->cursor));
    return buf_check(&path, why) ? -1 : client_get(paging->client, buf_c(&path), out, why);
}

static int take_page(struct paging *paging, const struct doc *page, const struct show_list *list,
                     struct table *table, struct fail *why)
{
    const struct doc *data = doc_member(page, "data");

    if (!doc_is_array(data))
        return fail_set(why, FAIL_REMOTE, "what answers there is no smon: its list has no data");
    for (size_t i = 0; i < doc_count(data); i++) {
        if (paging->rows)
            doc_add(paging->rows, doc_copy(doc_item(data, i)));
        else
            list->row(table, doc_item(data, i));
    }
    paging->left -= (int64_t)doc_count(data);
    buf_clear(&paging->cursor);
    buf_str(&paging->cursor, show_text(page, "next_cursor"));
    paging->has_more = paging->cursor.size > 0 && doc_count(data) > 0;
    return buf_check(&paging->cursor, why);
}

static int finish_json(struct paging *paging, struct fail *why)
{
    OWN_PTR(doc) answer = doc_object();

    doc_set(answer, "data", TAKE(paging->rows));
    doc_set_bool(answer, "has_more", paging->has_more);
    return show_json(answer, why);
}

int show_list(const struct args *args, struct client *client, struct str path,
              const struct show_list *list, struct fail *why)
{
    OWN(table) table = TABLE(list->columns);
    OWN(paging)
    paging = {.client   = client,
              .path     = path,
              .is_whole = list->extent == SHOW_WHOLE,
              .cursor   = BUF_UP_TO(PATH_MOST)};

    if (args_number(args, "limit", 1, LIMIT_MOST,
                    list->extent == SHOW_ALL || args_has(args, "all") ? INT64_MAX : LIMIT_USUAL,
                    &paging.left, why))
        return -1;
    paging.rows = args_has(args, "json") ? doc_array() : NULL;
    list->heads(&table);
    do {
        OWN_PTR(doc) page = NULL;

        if (next_page(&paging, &page, why) || take_page(&paging, page, list, &table, why))
            return -1;
    } while (paging.has_more && paging.left > 0);
    if (paging.rows)
        return finish_json(&paging, why);
    table_print(&table, stdout);
    (void)fflush(stdout); /* the remark comes behind the table */
    if (paging.has_more)
        (void)fputs("There are more: --limit NUMBER or --all shows them.\n", stderr);
    return 0;
}

void show_pause(ms span)
{
    struct timespec left = {.tv_sec = span / MS_SECOND, .tv_nsec = span % MS_SECOND * 1000000};

    (void)fflush(stdout); /* what was shown is seen while we wait */
    while (nanosleep(&left, &left) && errno == EINTR)
        ;
}
