#include "store/words.h"

#include <stdbool.h>

#include "base/fail.h"
#include "base/mem.h"
#include "wire/db.h"

/* Two open-addressed tables over the same entries: by text and by number. Entries are freed all at
 * once or not at all, so texts stay valid. A forgotten entry keeps its place by text, with
 * number 0. */

enum { FIRST_ROOM = 256 };

struct entry {
    struct entry *next; /* all of them */
    uint64_t      hash;
    int64_t       id;     /* 0: not known (any more) */
    bool          is_new; /* made by us: gone again if its transaction was rolled back */
    struct str    text;   /* lies behind the entry */
};

struct words {
    struct entry  *all;
    struct entry **by_text;
    struct entry **by_id;
    size_t         room; /* of each table, a power of two */
    size_t         count;
};

static const char BY_TEXT[] = "SELECT id FROM word WHERE text = :text";
static const char BY_ID[]   = "SELECT text FROM word WHERE id = :id";
static const char ADD[]     = "INSERT INTO word (text) VALUES (:text)"
                              " ON CONFLICT (text) DO NOTHING RETURNING id";

int words_new(struct words **out, struct fail *why)
{
    struct words *words = mem_new(sizeof *words);

    if (words) {
        words->room    = FIRST_ROOM;
        words->by_text = mem_array(FIRST_ROOM, sizeof(struct entry *));
        words->by_id   = mem_array(FIRST_ROOM, sizeof(struct entry *));
    }
    if (!words || !words->by_text || !words->by_id) {
        words_free(words);
        return fail_set(why, FAIL_MEMORY, "no memory for the words");
    }
    *out = words;
    return 0;
}

static void free_entries(struct words *words)
{
    while (words->all) {
        struct entry *entry = words->all;

        words->all = entry->next;
        mem_free(entry);
    }
    words->count = 0;
}

void words_free(struct words *words)
{
    if (!words)
        return;
    free_entries(words);
    mem_free(words->by_text);
    mem_free(words->by_id);
    mem_free(words);
}

/* Where this text stands, or would stand. */
static struct entry **place_of_text(const struct words *words, uint64_t hash, struct str text)
{
    size_t at = hash & (words->room - 1);

    while (words->by_text[at]
           && (words->by_text[at]->hash != hash || !str_is(words->by_text[at]->text, text)))
        at = (at + 1) & (words->room - 1);
    return &words->by_text[at];
}

static struct entry **place_of_id(const struct words *words, int64_t id)
{
    size_t at =
        (size_t)id & (words->room - 1); /* numbers are nearly dense: no better hash needed */

    while (words->by_id[at] && words->by_id[at]->id != id)
        at = (at + 1) & (words->room - 1);
    return &words->by_id[at];
}

static void clear(struct entry **table, size_t room)
{
    for (size_t i = 0; i < room; i++)
        table[i] = NULL;
}

static void index_ids(struct words *words)
{
    clear(words->by_id, words->room);
    for (struct entry *entry = words->all; entry; entry = entry->next)
        if (entry->id)
            *place_of_id(words, entry->id) = entry;
}

/* Keeps the tables at most half full. */
static int grow(struct words *words)
{
    size_t         room    = words->room * 2;
    struct entry **by_text = mem_array(room, sizeof(struct entry *));
    struct entry **by_id   = mem_array(room, sizeof(struct entry *));

    if (!by_text || !by_id) {
        mem_free(by_text);
        mem_free(by_id);
        return -1;
    }
    mem_free(words->by_text);
    mem_free(words->by_id);
    words->by_text = by_text;
    words->by_id   = by_id;
    words->room    = room;
    for (struct entry *entry = words->all; entry; entry = entry->next)
        *place_of_text(words, entry->hash, entry->text) = entry;
    index_ids(words);
    return 0;
}

/* The entry of this text, made if need be, with this number. NULL: no memory. */
static struct entry *keep(struct words *words, struct str text, int64_t id, bool is_new)
{
    uint64_t      hash  = str_hash(text, 0);
    struct entry *entry = *place_of_text(words, hash, text);

    if (!entry) {
        if (words->count * 2 >= words->room && grow(words))
            return NULL;
        entry = mem_raw(sizeof *entry + text.size);
        if (!entry)
            return NULL;
        memcpy(entry + 1, text.data, text.size);
        entry->next = words->all;
        entry->hash = hash;
        entry->text = str_from((const char *)(entry + 1), text.size);

        *place_of_text(words, hash, text) = entry;
        words->all                        = entry;
        words->count++;
    }
    entry->id               = id;
    entry->is_new           = is_new;
    *place_of_id(words, id) = entry;
    return entry;
}

static const struct entry *known(const struct words *words, struct str text)
{
    const struct entry *entry = *place_of_text(words, str_hash(text, 0), text);

    return entry && entry->id ? entry : NULL;
}

/* Runs BY_TEXT or ADD and keeps the number it gives. 1, 0 when it gives none, -1. */
static int ask(struct words *words, struct db *db, const char *sql, struct str text, int64_t *out,
               struct fail *why)
{
    struct stmt *stmt = db_prepare(db, sql, why);
    int64_t      id   = 0;
    int          got;

    if (!stmt)
        return -1;
    stmt_text(stmt, ":text", text);
    got = stmt_number(stmt, &id, why);
    if (got != 1)
        return got;
    if (!keep(words, text, id, sql == ADD))
        return fail_set(why, FAIL_MEMORY, "no memory for a word");
    *out = id;
    return 1;
}

int words_find(struct words *words, struct db *db, struct str text, int64_t *out, struct fail *why)
{
    const struct entry *entry;

    if (text.size == 0) {
        *out = 0;
        return 1;
    }
    entry = known(words, text);
    if (!entry)
        return ask(words, db, BY_TEXT, text, out, why);
    *out = entry->id;
    return 1;
}

int words_put(struct words *words, struct db *db, struct str text, int64_t *out, struct fail *why)
{
    int got = words_find(words, db, text, out, why);

    if (got == 0)
        got = ask(words, db, ADD, text, out, why);
    if (got == 0) /* only where engines have no turns */
        return fail_set(why, FAIL_BUSY, "another service has just made the same word");
    return got < 0 ? -1 : 0;
}

struct str words_text(struct words *words, struct db *db, int64_t id)
{
    struct entry *entry   = id ? *place_of_id(words, id) : NULL;
    struct fail   ignored = FAIL_OK; /* a text that cannot be read now is shown as none */
    struct stmt  *stmt;

    if (!id)
        return STR_NONE;
    if (entry)
        return entry->text;
    stmt = db_prepare(db, BY_ID, &ignored);
    if (!stmt)
        return STR_NONE;
    stmt_int(stmt, ":id", id);
    if (stmt_step(stmt, &ignored) == 1)
        entry = keep(words, col_text(stmt, 0), id, false);
    stmt_done(stmt);
    return entry ? entry->text : STR_NONE;
}

void words_forget(struct words *words)
{
    for (struct entry *entry = words->all; entry; entry = entry->next)
        if (entry->is_new) {
            entry->id     = 0;
            entry->is_new = false;
        }
    index_ids(words);
}

void words_trim(struct words *words)
{
    if (words->count <= WORDS_MOST)
        return;
    free_entries(words);
    clear(words->by_text, words->room);
    clear(words->by_id, words->room);
}
