#include "verbs/models/target.h"

#include <string.h>

#include "base/buf.h"
#include "base/fail.h"
#include "base/own.h"
#include "verbs/args.h"
#include "verbs/client.h"
#include "wire/doc.h"

enum { NAME_MOST = 4096 };

void target_place(const struct args *args, struct buf *path)
{
    client_query(path, "namespace", args_flag(args, "namespace"));
    client_query(path, "account", args_flag(args, "account"));
    client_query(path, "region", args_flag(args, "region"));
}

/* A path says the namespace, too, whatever the flag says. */
static void add_place(const struct args *args, struct str parent, struct buf *path)
{
    OWN(buf) text = BUF_UP_TO(NAME_MOST);

    if (parent.data == NULL) {
        target_place(args, path);
        return;
    }
    buf_str(&text, parent);
    client_query(path, "namespace", buf_c(&text));
    client_query(path, "account", args_flag(args, "account"));
    client_query(path, "region", args_flag(args, "region"));
}

/* "/a/b/name" is "/a/b" and "name"; a name alone has no parent. */
static int cut(const char *text, struct str *parent, struct str *name, struct fail *why)
{
    *name   = str_after_last(str_of(text), '/');
    *parent = STR_NONE;
    if (strchr(text, '/') && text[0] != '/')
        return fail_set(why, FAIL_INPUT,
                        "\"%s\" is no model: a path begins with a slash, /namespace/name", text);
    if (text[0] == '/')
        *parent = str_from(text, strlen(text) - name->size - 1);
    if (name->size == 0 || (parent->data && parent->size == 0))
        return fail_set(why, FAIL_INPUT, "\"%s\" is no model: its path is /namespace/name", text);
    return 0;
}

int target_path(const struct args *args, size_t at, const char *below, struct buf *path,
                struct fail *why)
{
    struct str  parent, name;
    const char *text;

    if (args_operand_at(args, at, "a model: its name or its path, /namespace/name", &text, why)
        || cut(text, &parent, &name, why))
        return -1;
    buf_text(path, "/api/v1/models/");
    client_segment(path, name);
    buf_text(path, below ? below : "");
    add_place(args, parent, path);
    return buf_check(path, why);
}

int target_thing_path(const struct args *args, const struct target_thing *thing, struct buf *path,
                      struct fail *why)
{
    OWN(buf) below = BUF_UP_TO(NAME_MOST);
    const char *which;

    if (args->operand_count == 0) /* the model's absence is told first */
        return target_path(args, 0, NULL, path, why);
    if (args_operand_at(args, 1, thing->what, &which, why))
        return -1;
    buf_text(&below, thing->below);
    client_segment(&below, str_of(which));
    buf_text(&below, thing->tail ? thing->tail : "");
    return buf_check(&below, why) ? -1 : target_path(args, 0, buf_c(&below), path, why);
}

void target_filters(const struct args *args, const char *const *flags, struct buf *path)
{
    for (; *flags; flags++) {
        OWN(buf) name = BUF_UP_TO(NAME_MOST);

        buf_text(&name, *flags);
        for (size_t i = 0; i < name.size; i++)
            if (name.data[i] == '-')
                name.data[i] = '_';
        client_query(path, buf_c(&name), args_flag(args, *flags));
    }
}

int target_pairs(const struct args *args, const char *flag, target_pair *take, void *ctx,
                 struct fail *why)
{
    struct str rest = str_of(args_flag(args, flag)), pair, name;

    while (rest.size && str_cut(&rest, ',', &pair)) {
        if (!str_cut(&pair, '=', &name) || !pair.data || name.size == 0)
            return fail_set(why, FAIL_INPUT, "--%s wants NAME=VALUE, several with commas", flag);
        if (take(ctx, name, pair, why))
            return -1;
    }
    return 0;
}

static int take_filter(void *ctx, struct str name, struct str value, struct fail *why)
{
    OWN(buf) parameter = BUF_UP_TO(NAME_MOST);
    OWN(buf) text      = BUF_UP_TO(NAME_MOST);

    buf_format(&parameter, "tag.%.*s", STR_ARG(name));
    buf_str(&text, value);
    client_query(ctx, buf_c(&parameter), buf_c(&text));
    return buf_check(&parameter, why) || buf_check(&text, why) ? -1 : 0;
}

int target_tag_filter(const struct args *args, struct buf *path, struct fail *why)
{
    return target_pairs(args, "tag", take_filter, path, why);
}

static int take_tag(void *ctx, struct str name, struct str value, struct fail *why)
{
    OWN(buf) text = BUF_UP_TO(NAME_MOST);

    buf_str(&text, name);
    doc_set_text(ctx, buf_c(&text), value);
    return buf_check(&text, why);
}

int target_tags(const struct args *args, struct doc *body, struct fail *why)
{
    OWN_PTR(doc) tags = doc_object();

    if (!args_has(args, "tag"))
        return 0;
    if (target_pairs(args, "tag", take_tag, tags, why))
        return -1;
    doc_set(body, "tags", TAKE(tags));
    return 0;
}

void target_texts(const struct args *args, const struct target_member *members, struct doc *body)
{
    for (; members->flag; members++)
        if (args_has(args, members->flag))
            doc_set_text(body, members->member, str_of(args_flag(args, members->flag)));
}
