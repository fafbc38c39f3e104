#include "verbs/seen.h"

void seen_begin(struct seen *seen)
{
    seen->last      = seen->now;
    seen->now.count = 0;
    seen->looks += seen->looks < 2;
}

bool seen_tell(struct seen *seen, struct str id, uint64_t state)
{
    uint64_t hash = str_hash(id, 0);

    if (seen->now.count < SEEN_MOST) {
        seen->now.ids[seen->now.count]      = hash;
        seen->now.states[seen->now.count++] = state;
    }
    for (size_t i = 0; i < seen->last.count; i++)
        if (seen->last.ids[i] == hash)
            return seen->last.states[i] != state;
    return true;
}

bool seen_has(const struct seen *seen, struct str id)
{
    uint64_t hash = str_hash(id, 0);

    for (size_t i = 0; i < seen->now.count; i++)
        if (seen->now.ids[i] == hash)
            return true;
    return false;
}

bool seen_is_first(const struct seen *seen)
{
    return seen->looks == 1;
}
