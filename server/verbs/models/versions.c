/* Versions: listing, registering, approving. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/fail.h"
#include "base/own.h"
#include "verbs/args.h"
#include "verbs/client.h"
#include "verbs/models/parts.h"
#include "verbs/models/target.h"
#include "verbs/show.h"
#include "verbs/table.h"
#include "wire/doc.h"

enum { COLUMNS = 8, PATH_MOST = 16 * 1024, BODY_MOST = 1 << 20, PIECE = 4096 };

static const struct target_thing VERSION = {"/versions/", "a version's number", NULL};

/* ---- list and show -------------------------------------------------------------------------- */

static void heads(struct table *table)
{
    table_heads(table, "VERSION", "CREATED", "SOURCE", "APPROVAL", "STAGE", "ARTIFACTS", "BY",
                "DESCRIPTION");
}

static void row(struct table *table, const struct doc *item)
{
    show_count_cell(table, item, "model_version");
    show_time_cell(table, item, "create_at");
    show_cell(table, item, "source");
    show_cell(table, item, "approval");
    show_cell(table, item, "stage");
    table_number(table, "%zu", doc_count(doc_member(item, "artifacts")));
    show_cell(table, item, "created_by");
    show_cell(table, item, "description");
}

static int show_one(const struct args *args, struct client *client, struct fail *why)
{
    OWN(buf) path        = BUF_UP_TO(PATH_MOST);
    OWN_PTR(doc) version = NULL;

    if (target_thing_path(args, &VERSION, &path, why)
        || client_get(client, buf_c(&path), &version, why))
        return -1;
    return args_has(args, "json") ? show_json(version, why) : show_members(version, NULL, why);
}

int models_versions(const struct args *args, struct client *client, struct fail *why)
{
    static const struct show_list list      = {COLUMNS, heads, row, SHOW_SOME};
    static const char *const      filters[] = {"approval", "alias", "q", "since", "sort", NULL};
    OWN(buf) path                           = BUF_UP_TO(PATH_MOST);

    if (args->operand_count > 1)
        return show_one(args, client, why);
    if (target_path(args, 0, "/versions", &path, why) || target_tag_filter(args, &path, why))
        return -1;
    target_filters(args, filters, &path);
    return buf_check(&path, why) ? -1 : show_list(args, client, buf_view(&path), &list, why);
}

/* ---- register ------------------------------------------------------------------------------- */

static int read_file(const char *path, struct buf *out, struct fail *why)
{
    bool   is_stdin = strcmp(path, "-") == 0;
    FILE  *file     = is_stdin ? stdin : fopen(path, "re");
    char   piece[PIECE];
    size_t got;

    if (!file)
        return fail_set(why, FAIL_INPUT, "--file %s: %s", path, strerror(errno));
    while ((got = fread(piece, 1, sizeof piece, file)) > 0)
        buf_add(out, piece, got);
    if (!is_stdin)
        (void)fclose(file); /* it was only read */
    return buf_check(out, why) ? fail_in(why, "--file %s", path) : 0;
}

int models_body(const struct args *args, struct doc **out, struct fail *why)
{
    OWN(buf) text     = BUF_UP_TO(BODY_MOST);
    OWN_PTR(doc) body = NULL;
    const char *file  = args_flag(args, "file");

    if (file && read_file(file, &text, why))
        return -1;
    body = file ? doc_parse(buf_view(&text), why) : doc_object();
    if (!body)
        return file ? fail_in(why, "--file %s", file)
                    : fail_set(why, FAIL_MEMORY, "no memory for a body");
    if (!doc_is_object(body))
        return fail_set(why, FAIL_INPUT, "--file %s holds no JSON object", file);
    *out = TAKE(body);
    return 0;
}

static int take_artifact(void *ctx, struct str name, struct str uri, struct fail *why)
{
    struct doc *artifact = doc_object();

    (void)why; /* what the memory does not allow is told when the body is rendered */
    doc_set_text(artifact, "name", name);
    doc_set_text(artifact, "uri", uri);
    doc_add(ctx, artifact);
    return 0;
}

static int make_body(const struct args *args, struct doc *body, struct fail *why)
{
    static const struct target_member members[] = {{"description", "description"},
                                                   {"approval", "approval"},
                                                   {"job-arn", "job_arn"},
                                                   {"package-arn", "package_arn"},
                                                   {NULL, NULL}};
    OWN_PTR(doc) artifacts                      = doc_array();

    target_texts(args, members, body);
    if (target_pairs(args, "artifact", take_artifact, artifacts, why)
        || target_tags(args, body, why))
        return -1;
    if (args_has(args, "artifact"))
        doc_set(body, "artifacts", TAKE(artifacts));
    return 0;
}

int models_register(const struct args *args, struct client *client, struct fail *why)
{
    OWN(buf) path                 = BUF_UP_TO(PATH_MOST);
    OWN(buf) text                 = BUF_UP_TO(BODY_MOST);
    OWN_PTR(doc) body             = NULL;
    OWN_PTR(doc) version          = NULL;
    struct client_request request = {.method = "POST", .once = args_flag(args, "once")};

    if (target_path(args, 0, "/versions", &path, why) || models_body(args, &body, why)
        || make_body(args, body, why) || doc_render(body, &text, why))
        return -1;
    request.path = buf_c(&path);
    request.body = buf_view(&text);
    if (client_send(client, &request, &version, why))
        return -1;
    return args_has(args, "json") ? show_json(version, why) : show_members(version, NULL, why);
}

/* ---- approve -------------------------------------------------------------------------------- */

int models_approve(const struct args *args, struct client *client, struct fail *why)
{
    OWN(buf) path                  = BUF_UP_TO(PATH_MOST);
    OWN(buf) text                  = BUF_UP_TO(BODY_MOST);
    OWN_PTR(doc) body              = doc_object();
    OWN_PTR(doc) version           = NULL;
    const char           *approval = args_flag(args, "approval");
    struct client_request request  = {.method = "PATCH", .if_match = "*"};

    doc_set_text(body, "approval", str_of(approval ? approval : "Approved"));
    if (target_thing_path(args, &VERSION, &path, why) || doc_render(body, &text, why))
        return -1;
    request.path = buf_c(&path);
    request.body = buf_view(&text);
    if (client_send(client, &request, &version, why))
        return -1;
    if (args_has(args, "json"))
        return show_json(version, why);
    (void)printf("Version %s is %s.\n", args->operands[1], approval ? approval : "Approved");
    return 0;
}
