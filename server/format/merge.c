#include "format/merge.h"

#include "base/fail.h"
#include "wire/doc.h"

/* One object being made out of two; depth is bounded by the parser's. */
struct merging {
    struct doc       *out;
    const struct doc *other; /* patch while the target is walked, target while the patch is */
};

struct sought {
    const char *name;
    bool        is_there;
};

static int look(void *ctx, const char *name, const struct doc *value, struct fail *why)
{
    struct sought *sought = ctx;

    (void)value;
    (void)why;
    if (str_is(str_of(name), str_of(sought->name)))
        sought->is_there = true;
    return 0;
}

/* Also when it is null, which doc_member does not tell from absent. */
static bool has(const struct doc *object, const char *name)
{
    struct sought sought = {name, false};
    struct fail   why    = FAIL_OK;

    return object && doc_each(object, look, &sought, &why) == 0 && sought.is_there;
}

/* What the patch does not speak of stays. */
static int keep(void *ctx, const char *name, const struct doc *value, struct fail *why)
{
    struct merging *merging = ctx;
    struct doc     *copy;

    if (has(merging->other, name))
        return 0;
    copy = doc_copy(value);
    if (!copy)
        return fail_set(why, FAIL_MEMORY, "no memory to merge documents");
    doc_set(merging->out, name, copy);
    return 0;
}

static int change(void *ctx, const char *name, const struct doc *value, struct fail *why)
{
    struct merging *merging = ctx;
    struct doc     *made;

    if (doc_is_null(value))
        return 0;
    made = merge_patch(merging->other ? doc_member(merging->other, name) : NULL, value, why);
    if (!made)
        return -1;
    doc_set(merging->out, name, made);
    return 0;
}

struct doc *merge_patch(const struct doc *target, const struct doc *patch, struct fail *why)
{
    struct merging merging = {NULL, patch};

    merging.out = doc_is_object(patch) ? doc_object() : doc_copy(patch);
    if (!merging.out)
        fail_set(why, FAIL_MEMORY, "no memory to merge documents");
    if (!merging.out || !doc_is_object(patch))
        return merging.out;
    if (target && doc_is_object(target) && doc_each(target, keep, &merging, why)) {
        doc_free(merging.out);
        return NULL;
    }
    merging.other = target && doc_is_object(target) ? target : NULL;
    if (doc_each(patch, change, &merging, why)) {
        doc_free(merging.out);
        return NULL;
    }
    return merging.out;
}
