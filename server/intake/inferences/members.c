#include "intake/inferences/members.h"

#include "base/buf.h"
#include "base/fail.h"
#include "base/own.h"
#include "format/compose.h"
#include "format/scan.h"
#include "store/inferences/inference.h"
#include "store/models/catalog.h"

enum { NAME_ROOM = 256 };

/* "~1" is '/', "~0" is '~'. -1: too long for any member we look for. */
static int name_of(struct str step, char out[NAME_ROOM])
{
    size_t n = 0;

    if (step.size >= NAME_ROOM)
        return -1;
    for (size_t i = 0; i < step.size; i++) {
        bool is_escape = step.data[i] == '~' && i + 1 < step.size;

        out[n++] = is_escape ? (step.data[++i] == '1' ? '/' : '~') : step.data[i];
    }
    out[n] = '\0';
    return 0;
}

static uint32_t item(const struct scan *scan, uint32_t array, struct str step)
{
    uint32_t at = scan_first(scan, array);
    int64_t  n;

    if (str_to_i64(step, 0, UINT32_MAX, &n))
        return SCAN_NONE;
    while (at && n-- > 0)
        at = scan_next(scan, array, at);
    return at;
}

/* The value behind the steps of a pointer, from the root. */
static bool find(const struct scan *scan, struct str steps, uint32_t *out)
{
    uint32_t   at = 0;
    struct str step;
    char       name[NAME_ROOM];

    while (steps.size && str_cut(&steps, '/', &step)) {
        if (scan_type(scan, at) == SCAN_ARRAY)
            at = item(scan, at, step);
        else
            at = name_of(step, name) ? (uint32_t)SCAN_NONE : scan_member(scan, at, name);
        if (at == SCAN_NONE)
            return false;
    }
    *out = at;
    return true;
}

/* Adds the members of one body. `name` is how their pointers begin. */
static int add_members(const struct catalog_payload *payload, struct str name, struct str body,
                       struct compose *json, struct fail *why)
{
    OWN(scan) scan     = SCAN_EMPTY;
    struct fail unread = FAIL_OK;
    uint32_t    at;

    if (!body.data)
        return 0;
    if (scan_read(&scan, body, &unread)) {
        if (unread.kind != FAIL_INPUT)
            *why = unread;
        return unread.kind == FAIL_INPUT ? 0 : -1;
    }
    for (size_t i = 0; i < payload->count; i++) {
        struct str pointer = payload->members[i];
        struct str rest    = str_part(pointer, name.size, pointer.size);

        if (!str_starts(pointer, name) || (rest.size && rest.data[0] != '/'))
            continue;
        if (!find(&scan, str_part(rest, 1, rest.size), &at))
            continue;
        if (json->needs_comma)
            buf_char(json->to, ',');
        compose_quoted(json->to, pointer);
        buf_char(json->to, ':');
        buf_str(json->to, scan_raw(&scan, at));
        json->needs_comma = true;
    }
    return 0;
}

/* What was written, if it is anything and not too much. */
static int result(const struct catalog_payload *payload, struct buf *room, struct str *out,
                  struct fail *why)
{
    enum { EMPTY = 2 }; /* "{}" */
    bool is_too_much = room->broken == FAIL_SIZE || room->size > (size_t)payload->max_bytes;

    *out = STR_NONE;
    if (is_too_much)
        return 0;
    if (buf_check(room, why))
        return -1;
    if (room->size > EMPTY)
        *out = buf_view(room);
    return 0;
}

int members_keep(const struct catalog_payload *payload, const struct inference *inference,
                 struct buf *room, struct str *out, struct fail *why)
{
    struct compose json;

    *out = STR_NONE;
    if (!payload->is_given)
        return 0;
    buf_clear(room);
    json = compose_into(room);
    buf_char(room, '{');
    if (add_members(payload, STR("/request"), inference->request.json, &json, why)
        || add_members(payload, STR("/response"), inference->response.json, &json, why))
        return -1;
    buf_char(room, '}');
    return result(payload, room, out, why);
}

int members_join(const struct catalog_payload *payload, const struct str parts[2], struct buf *room,
                 struct str *out, struct fail *why)
{
    *out = parts[0].data ? parts[0] : parts[1];
    if (!parts[0].data || !parts[1].data)
        return 0;
    buf_clear(room);
    buf_add(room, parts[0].data, parts[0].size - 1);
    buf_char(room, ',');
    buf_str(room, str_part(parts[1], 1, parts[1].size));
    return result(payload, room, out, why);
}
