#include "store/rows.h"

#include "base/fail.h"
#include "base/mem.h"

struct slot {
    struct resource row;
    char           *texts; /* NULL: the slot is free */
};

struct rows {
    struct slot slots[ROWS_MOST];
    char       *last_texts; /* of the row replaced last: somebody may still read them */
};

int rows_new(struct rows **out, struct fail *why)
{
    struct rows *rows = mem_new(sizeof *rows);

    if (!rows)
        return fail_set(why, FAIL_MEMORY, "no memory for %d rows", ROWS_MOST);
    *out = rows;
    return 0;
}

void rows_free(struct rows *rows)
{
    if (rows)
        rows_clear(rows);
    mem_free(rows);
}

void rows_clear(struct rows *rows)
{
    for (size_t i = 0; i < ROWS_MOST; i++) {
        mem_free(rows->slots[i].texts);
        rows->slots[i].texts = NULL;
    }
    mem_free(rows->last_texts);
    rows->last_texts = NULL;
}

static struct slot *slot_of(struct rows *rows, int64_t account, enum kind kind, struct str name)
{
    return &rows->slots[str_hash(name, (uint64_t)account ^ (uint64_t)kind) % ROWS_MOST];
}

bool rows_find(struct rows *rows, const struct resource_key *key, struct resource *out)
{
    const struct slot     *slot = slot_of(rows, key->account, key->kind, key->name);
    const struct resource *row  = &slot->row;

    if (!slot->texts || !key->generation || row->generation != key->generation
        || row->account != key->account || row->region_id != key->region_id
        || row->kind != key->kind || !str_is(row->name, key->name))
        return false;
    *out = *row;
    return true;
}

/* Every text of a row, so that none is forgotten. */
static void each_text(struct resource *row, void (*visit)(struct str *text, void *ctx), void *ctx)
{
    struct str *const texts[] = {
        &row->name,   &row->arn,  &row->failure_reason, &row->approval,   &row->stage,
        &row->sizing, &row->tags, &row->parent,         &row->created_by, &row->utilization_why};

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        visit(texts[i], ctx);
}

static void add_size(struct str *text, void *ctx)
{
    *(size_t *)ctx += text->size;
}

static void move_in(struct str *text, void *ctx)
{
    char **at = ctx;

    if (!text->data)
        return;
    memcpy(*at, text->data, text->size);
    text->data = *at;
    *at += text->size;
}

void rows_put(struct rows *rows, const struct resource *row)
{
    struct slot    *slot = slot_of(rows, row->account, row->kind, row->name);
    struct resource copy = *row;
    size_t          size = 0;
    char           *texts, *at;

    each_text(&copy, add_size, &size);
    texts = at = mem_raw(size);
    if (texts)
        each_text(&copy, move_in, &at);
    mem_free(rows->last_texts);
    rows->last_texts = slot->texts;
    slot->row        = copy;
    slot->texts      = texts;
}
