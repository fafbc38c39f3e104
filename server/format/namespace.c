#include "format/namespace.h"

#include "base/fail.h"

#include <string.h>

static bool is_allowed(char c)
{
    static const char others[] = "_-.#";

    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
           || (c && strchr(others, c));
}

static int check_segment(struct str segment, struct fail *why)
{
    if (!segment.size)
        return fail_set(why, FAIL_INPUT, "a segment of the path is empty");
    if (str_is_text(segment, ".") || str_is_text(segment, ".."))
        return fail_set(why, FAIL_INPUT, "'%.*s' is no segment of a path", STR_ARG(segment));
    for (size_t i = 0; i < segment.size; i++)
        if (!is_allowed(segment.data[i]))
            return fail_set(why, FAIL_INPUT,
                            "byte %zu of '%.*s' is not allowed: letters, digits and _ - . # are",
                            i + 1, STR_ARG(segment));
    return 0;
}

int namespace_check(struct str path, struct fail *why)
{
    struct str rest = path, segment;

    if (!str_starts(path, STR("/")))
        return fail_set(why, FAIL_INPUT, "a namespace begins with '/', like /abc_corp/claim");
    if (path.size > NAMESPACE_MOST)
        return fail_set(why, FAIL_INPUT, "the path is over %d characters", NAMESPACE_MOST);
    rest = str_part(path, 1, path.size);
    if (path.data[path.size - 1] == '/')
        return fail_set(why, FAIL_INPUT, "a namespace does not end with '/'");
    while (str_cut(&rest, '/', &segment))
        if (check_segment(segment, why))
            return -1;
    return 0;
}

int namespace_check_name(struct str name, struct fail *why)
{
    if (name.size > NAMESPACE_MOST)
        return fail_set(why, FAIL_INPUT, "the name is over %d characters", NAMESPACE_MOST);
    return check_segment(name, why);
}

bool namespace_holds(struct str tree, struct str path)
{
    return str_starts(path, tree) && (path.size == tree.size || path.data[tree.size] == '/');
}

int namespace_cut(struct str path, struct str *out_namespace, struct str *out_name)
{
    size_t slash = path.size;

    while (slash > 0 && path.data[slash - 1] != '/')
        slash--;
    if (slash < 2)
        return -1;
    *out_namespace = str_part(path, 0, slash - 1);
    *out_name      = str_part(path, slash, path.size);
    return 0;
}
