#include "api/models/model_json.h"

#include "api/models/version_json.h"
#include "base/buf.h"
#include "base/fail.h"
#include "base/own.h"
#include "format/compose.h"
#include "store/models/catalog.h"
#include "store/models/version_list.h"
#include "store/page.h"
#include "store/scope.h"
#include "store/words.h"
#include "wire/doc.h"

#include <stddef.h>

enum { PARTS = 5, PARTS_CEILING = 128 * 1024 };

/* The row, with what has to be looked up or taken apart. */
struct view {
    struct catalog_row row;
    struct str         region;
    struct str         parts[PARTS];
    int64_t            latest_version, latest_deployment;
};

#define AT(member) offsetof(struct view, member)

static const char *const PART_NAMES[PARTS] = {"description", "owner", "url", "data_sources",
                                              "inference"};

const struct shape model_shape[] = {
    {"account", SHAPE_ACCOUNT, AT(row.account)},
    {"region", SHAPE_TEXT, AT(region)},
    {"namespace", SHAPE_TEXT, AT(row.namespace)},
    {"model_name", SHAPE_TEXT, AT(row.name)},
    {"log_group", SHAPE_TEXT, AT(row.path)},
    {"description", SHAPE_JSON, AT(parts[0])},
    {"owner", SHAPE_JSON, AT(parts[1])},
    {"url", SHAPE_JSON, AT(parts[2])},
    {"data_sources", SHAPE_JSON, AT(parts[3])},
    {"inference", SHAPE_JSON, AT(parts[4])},
    {"tags", SHAPE_JSON, AT(row.tags)},
    {"payload", SHAPE_JSON, AT(row.payload)},
    {"objective", SHAPE_JSON, AT(row.objective)},
    {"drift", SHAPE_JSON, AT(row.drift)},
    {"latest_version", SHAPE_NUMBER, AT(latest_version)},
    {"latest_deployment_id", SHAPE_NUMBER, AT(latest_deployment)},
    {"created_at", SHAPE_TIME, AT(row.created_at)},
    {"created_by", SHAPE_TEXT, AT(row.created_by)},
    {"changed_at", SHAPE_TIME, AT(row.changed_at)},
    {NULL, SHAPE_NULL, 0},
};

/* A text as JSON, an array or an object: doc_render wants the latter two. */
static int render_part(const struct doc *part, struct buf *room, struct fail *why)
{
    struct str text;

    if (doc_as_text(part, &text))
        return doc_render(part, room, why);
    compose_quoted(room, text);
    return 0;
}

static int take_apart(struct view *view, struct buf *room, struct fail *why)
{
    OWN_PTR(doc) record = NULL;

    if (!view->row.record.size)
        return 0;
    record = doc_parse(view->row.record, why);
    if (!record)
        return -1;
    if (!buf_room(room, 2 * view->row.record.size + 64)) /* so that nothing in it moves */
        return buf_check(room, why);
    for (int i = 0; i < PARTS; i++) {
        const struct doc *part  = doc_member(record, PART_NAMES[i]);
        size_t            start = room->size;

        if (part && render_part(part, room, why))
            return -1;
        if (part)
            view->parts[i] = str_part(buf_view(room), start, room->size - start);
    }
    return buf_check(room, why);
}

struct expanding {
    struct compose *out;
    struct page     page;
};

static int write_version(void *ctx, const struct version_row *row, struct fail *why)
{
    struct expanding *expanding = ctx;

    (void)why; /* writing to a buffer is checked at the end */
    if (page_takes(&expanding->page, row->number, row->id))
        version_json(expanding->out, NULL, row, SHAPE_EVERYTHING);
    return 0;
}

static int expand(struct compose *out, int64_t model_id, const struct model_json *how,
                  struct fail *why)
{
    const struct scope          all       = SCOPE_ALL; /* the model itself is within reach */
    struct expanding            expanding = {out, {.limit = how->versions, .is_descending = true}};
    const struct version_filter filter    = {
           .by         = {.scope = &all, .from = WHEN_UNKNOWN, .to = WHEN_UNKNOWN},
           .model_id   = model_id,
           .number_gte = -1,
           .number_lt  = -1,
           .by_number  = true};

    compose_open(out, "versions", '[');
    if (version_list(how->db, how->words, &filter, &expanding.page, write_version, &expanding, why))
        return -1;
    compose_close(out, ']');
    compose_bool(out, "versions_has_more", expanding.page.has_more);
    return 0;
}

int model_json(struct compose *out, const struct catalog_row *row, const struct model_json *how,
               struct fail *why)
{
    OWN(buf) room    = BUF_UP_TO(PARTS_CEILING);
    struct view view = {.row               = *row,
                        .region            = words_text(how->words, how->db, row->region_id),
                        .latest_version    = row->versions ? row->versions : -1,
                        .latest_deployment = row->deployments ? row->deployments : -1};

    if (take_apart(&view, &room, why))
        return -1;
    compose_open(out, NULL, '{');
    shape_compose(out, model_shape, &view, how->wanted);
    if (how->versions && expand(out, row->id, how, why))
        return -1;
    compose_close(out, '}');
    return 0;
}

void model_json_tag(const struct catalog_row *row, char out[MATCH_ROOM])
{
    match_tag(out, 'm', row->rev, row->versions + row->deployments);
}
