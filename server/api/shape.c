#include "api/shape.h"

#include "base/fail.h"
#include "base/str.h"
#include "format/compose.h"
#include "format/kind.h"
#include "query/params.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

void shape_id(int64_t account, int64_t id, char out[SHAPE_ID_ROOM])
{
    int size = snprintf(out, SHAPE_ID_ROOM, "%012lld-%lld", (long long)account, (long long)id);

    if (size < 0 || size >= SHAPE_ID_ROOM)
        out[0] = '\0';
}

void shape_account(int64_t account, char out[SHAPE_ID_ROOM])
{
    int size = snprintf(out, SHAPE_ID_ROOM, "%012lld", (long long)account);

    if (size < 0 || size >= SHAPE_ID_ROOM)
        out[0] = '\0';
}

static void compose_one(struct compose *out, const struct shape *shape, const char *at)
{
    const struct str *text   = (const void *)at;
    const int64_t    *number = (const void *)at;
    char              id[SHAPE_ID_ROOM];

    switch (shape->type) {
    case SHAPE_TEXT: compose_text(out, shape->name, text->size ? *text : STR_NONE); break;
    case SHAPE_TIME: compose_time(out, shape->name, *number); break;
    case SHAPE_NUMBER:
        if (*number < 0)
            compose_null(out, shape->name);
        else
            compose_int(out, shape->name, *number);
        break;
    case SHAPE_FLAG: compose_bool(out, shape->name, *(const bool *)at); break;
    case SHAPE_FLAG_OF: compose_bool(out, shape->name, *number != 0); break;
    case SHAPE_JSON:
        if (text->size)
            compose_raw(out, shape->name, *text);
        else
            compose_null(out, shape->name);
        break;
    case SHAPE_ACCOUNT:
        shape_account(*number, id);
        compose_text(out, shape->name, *number ? str_of(id) : STR_NONE);
        break;
    case SHAPE_KIND:
        compose_text(out, shape->name,
                     kind_facts((enum kind) * number)
                         ? str_of(kind_facts((enum kind) * number)->name)
                         : STR_NONE);
        break;
    case SHAPE_ID:
        shape_id(number[1], number[0], id);
        compose_text(out, shape->name, str_of(id));
        break;
    case SHAPE_NULL: compose_null(out, shape->name); break;
    case SHAPE_APART: break;
    }
}

void shape_compose(struct compose *out, const struct shape *shapes, const void *row,
                   uint64_t wanted)
{
    for (int i = 0; shapes[i].name; i++)
        if (wanted >> i & 1)
            compose_one(out, &shapes[i], (const char *)row + shapes[i].offset);
}

int shape_wants(const struct shape *shapes, const char *name, uint64_t wanted)
{
    for (int i = 0; shapes[i].name; i++)
        if (!strcmp(shapes[i].name, name))
            return (int)(wanted >> i & 1);
    return 0;
}

int shape_fields(struct params *params, const struct shape *shapes, uint64_t *wanted,
                 struct fail *why)
{
    struct str rest, name;

    *wanted = SHAPE_EVERYTHING;
    if (!params_find(params, "fields", &rest))
        return 0;
    *wanted = 0;
    while (str_cut(&rest, ',', &name)) {
        uint64_t bit = 0;

        for (int i = 0; shapes[i].name; i++)
            if (str_is_text(name, shapes[i].name))
                bit = UINT64_C(1) << i;
        if (!bit)
            return params_fault(params, PARAM_BAD, STR("fields"), why,
                                "'%.*s' is not a member here",
                                STR_ARG(str_part(name, 0, PARAMS_NAME_SHOWN)));
        *wanted |= bit;
    }
    return 0;
}
