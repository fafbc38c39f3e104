#include "verbs/demo/cast.h"

#include <string.h>

#include "verbs/demo/event.h"

_Static_assert((int)CAST_NAME_ROOM >= (int)DEMO_NAME_ROOM, "names must fit");

void cast_init(struct cast *cast)
{
    lock_init(&cast->lock);
    cast->count = 0;
}

void cast_release(struct cast *cast)
{
    lock_release(&cast->lock);
}

void cast_add(struct cast *cast, const struct demo_job *job)
{
    struct cast_member *member;

    lock_take(&cast->lock);
    member = &cast->members[cast->count++ % CAST_MOST];
    memcpy(member->name, job->name, DEMO_NAME_ROOM);
    member->instance_type  = job->instance_type;
    member->instance_count = job->instance_count;
    member->is_transform   = job->kind == DEMO_TRANSFORM;
    member->started        = job->started;
    member->ended          = job->ended;
    lock_drop(&cast->lock);
}

bool cast_find(struct cast *cast, struct str name, struct cast_member *out)
{
    bool   is_found = false;
    size_t held;

    lock_take(&cast->lock);
    held = cast->count < CAST_MOST ? cast->count : CAST_MOST;
    for (size_t i = 0; i < held && !is_found; i++) {
        is_found = str_is_text(name, cast->members[i].name);
        if (is_found)
            *out = cast->members[i];
    }
    lock_drop(&cast->lock);
    return is_found;
}

bool cast_transform(struct cast *cast, size_t at, struct cast_member *out)
{
    bool   is_found = false;
    size_t held;

    lock_take(&cast->lock);
    held = cast->count < CAST_MOST ? cast->count : CAST_MOST;
    for (size_t i = 0; i < held && !is_found; i++) {
        if (!cast->members[i].is_transform || at-- > 0)
            continue;
        is_found = true;
        *out     = cast->members[i];
    }
    lock_drop(&cast->lock);
    return is_found;
}
