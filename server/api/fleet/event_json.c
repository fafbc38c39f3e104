#include "api/fleet/event_json.h"

#include "format/compose.h"
#include "store/event_list.h"

#include <stddef.h>

#define AT(member) offsetof(struct event_item, member)

const struct shape event_shape[] = {
    {"id", SHAPE_ID, AT(id)},
    {"account", SHAPE_ACCOUNT, AT(account)},
    {"region", SHAPE_TEXT, AT(region)},
    {"detail_type", SHAPE_TEXT, AT(detail_type)},
    {"kind", SHAPE_KIND, AT(kind)},
    {"name", SHAPE_TEXT, AT(name)},
    {"resource_id", SHAPE_APART, 0},
    {"status", SHAPE_TEXT, AT(status)},
    {"version_at", SHAPE_TIME, AT(version_at)},
    {"time", SHAPE_TIME, AT(time)},
    {"received_at", SHAPE_TIME, AT(received_at)},
    {"effect", SHAPE_TEXT, AT(effect)},
    {"is_duplicate", SHAPE_FLAG, AT(is_duplicate)},
    {NULL, SHAPE_NULL, 0},
};

void event_json_members(struct compose *out, const struct event_item *item, uint64_t wanted)
{
    char id[SHAPE_ID_ROOM];

    shape_compose(out, event_shape, item, wanted);
    if (!shape_wants(event_shape, "resource_id", wanted))
        return;
    shape_id(item->account, item->resource_id, id);
    compose_text(out, "resource_id", item->resource_id ? str_of(id) : STR_NONE);
}

void event_json(struct compose *out, const char *name, const struct event_item *item,
                uint64_t wanted)
{
    compose_open(out, name, '{');
    event_json_members(out, item, wanted);
    compose_close(out, '}');
}
