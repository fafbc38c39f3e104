#include "store/models/artifact.h"

#include "base/buf.h"
#include "base/fail.h"
#include "base/own.h"
#include "format/compose.h"
#include "format/flaws.h"
#include "store/batch.h"
#include "wire/db.h"

#include <stdlib.h>

enum { CANONICAL_CEILING = 1 << 20 };

static const struct {
    enum artifact_kind kind;
    const char        *name;
} kinds[] = {
    {ARTIFACT_FILE, "file"},
    {ARTIFACT_FILE_COLLECTION, "file_collection"},
    {ARTIFACT_CONTAINER_IMAGE, "container_image"},
    {ARTIFACT_VM_IMAGE, "vm_image"},
};

const char *artifact_kind_name(enum artifact_kind kind)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (kinds[i].kind == kind)
            return kinds[i].name;
    return NULL;
}

enum artifact_kind artifact_kind_parse(struct str name)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (str_is_text(name, kinds[i].name))
            return kinds[i].kind;
    return (enum artifact_kind)0;
}

/* --- JSON and digests --- */

static void render_one(struct compose *json, const struct artifact *one, int with_all)
{
    compose_open(json, NULL, '{');
    compose_text(json, "name", one->name);
    compose_text(json, "uri", one->uri);
    if (with_all) {
        compose_text(json, "kind", str_of(artifact_kind_name(one->kind)));
        if (one->size_bytes >= 0)
            compose_int(json, "size_bytes", one->size_bytes);
        if (one->sha256.data)
            compose_text(json, "sha256", one->sha256);
        if (one->etag.data)
            compose_text(json, "etag", one->etag);
    }
    compose_close(json, '}');
}

void artifact_render(const struct artifact_list *list, struct buf *out)
{
    struct compose json = compose_into(out);

    compose_open(&json, NULL, '[');
    for (size_t i = 0; i < list->count; i++)
        render_one(&json, &list->items[i], 1);
    compose_close(&json, ']');
}

static int by_name(const void *a, const void *b)
{
    const struct artifact *const *left = a, *const *right = b;

    return str_order((*left)->name, (*right)->name);
}

/* SHA-256 of the canonical text, in hex. */
static int digest_of(const struct buf *canonical, char out[CRYPT_SHA256_HEX], struct fail *why)
{
    unsigned char bytes[CRYPT_SHA256];

    if (buf_check(canonical, why) || crypt_sha256(buf_view(canonical), bytes, why))
        return -1;
    crypt_hex(bytes, sizeof bytes, out);
    return 0;
}

int artifact_digest(const struct artifact_list *list, struct str job_arn, struct str package_arn,
                    struct artifact_digests *out, struct fail *why)
{
    const struct artifact *sorted[ARTIFACT_MOST];
    OWN(buf) canonical  = BUF_UP_TO(CANONICAL_CEILING);
    struct compose json = compose_into(&canonical);

    for (size_t i = 0; i < list->count; i++)
        sorted[i] = &list->items[i];
    qsort(sorted, list->count, sizeof(struct artifact *), by_name);
    for (size_t i = 0; i < list->count; i++)
        render_one(&json, sorted[i], 0);
    out->identity[0] = 0;
    if (list->count && digest_of(&canonical, out->identity, why))
        return -1;
    for (size_t i = 0; i < list->count; i++)
        render_one(&json, sorted[i], 1);
    compose_text(&json, NULL, job_arn);
    compose_text(&json, NULL, package_arn);
    return digest_of(&canonical, out->digest, why);
}

/* --- rows --- */

static const char REMOVE[] = "DELETE FROM model_artifact WHERE version_id = :version";
static const char PUT[] =
    "INSERT INTO model_artifact (version_id, position, name, uri, kind, size_bytes, sha256, etag)"
    " VALUES (:version, :position, :name, :uri, :kind, :size, :sha256, :etag)";

static int put_one(struct batch *batch, int64_t version_id, size_t position,
                   const struct artifact *one, struct fail *why)
{
    struct stmt *put = db_prepare(batch->db, PUT, why);

    if (!put)
        return -1;
    stmt_int(put, ":version", version_id);
    stmt_int(put, ":position", (int64_t)position);
    stmt_text(put, ":name", one->name);
    stmt_text(put, ":uri", one->uri);
    stmt_int(put, ":kind", one->kind);
    if (one->size_bytes >= 0)
        stmt_int(put, ":size", one->size_bytes);
    else
        stmt_null(put, ":size");
    stmt_text(put, ":sha256", one->sha256);
    stmt_text(put, ":etag", one->etag);
    return stmt_run(put, why);
}

int artifact_put(struct batch *batch, int64_t version_id, const struct artifact_list *list,
                 struct fail *why)
{
    struct stmt *remove = db_prepare(batch->db, REMOVE, why);

    if (!remove)
        return -1;
    stmt_int(remove, ":version", version_id);
    if (stmt_run(remove, why))
        return -1;
    for (size_t i = 0; i < list->count; i++)
        if (put_one(batch, version_id, i, &list->items[i], why))
            return -1;
    return 0;
}

static const char FIND[] = "SELECT uri, kind, size_bytes, sha256, etag FROM model_artifact"
                           " WHERE version_id = :version AND name = :name";

static void differs(struct flaws *flaws, size_t index, const char *member)
{
    char item[FLAW_POINTER_ROOM], pointer[FLAW_POINTER_ROOM];

    flaws_pointer_at(item, "/artifacts", index);
    flaws_pointer(pointer, item, str_of(member));
    (void)flaws_add(flaws, pointer, "differs", "the registered version has another %s", member);
}

static void compare(struct stmt *stored, size_t index, const struct artifact *one,
                    struct flaws *flaws)
{
    int64_t size = col_is_null(stored, 2) ? -1 : col_int(stored, 2);

    if (!str_is(col_text(stored, 0), one->uri))
        differs(flaws, index, "uri");
    if (col_int(stored, 1) != one->kind)
        differs(flaws, index, "kind");
    if (size != one->size_bytes)
        differs(flaws, index, "size_bytes");
    if (!str_is(col_text(stored, 3), one->sha256))
        differs(flaws, index, "sha256");
    if (!str_is(col_text(stored, 4), one->etag))
        differs(flaws, index, "etag");
}

static const char COUNT[] = "SELECT count(*) FROM model_artifact WHERE version_id = :version";

/* Artifacts that only the stored version has cannot be pointed at one by one. */
static int compare_counts(struct batch *batch, int64_t version_id, const struct artifact_list *list,
                          struct flaws *flaws, struct fail *why)
{
    struct stmt *count = db_prepare(batch->db, COUNT, why);
    int          got;

    if (!count)
        return -1;
    stmt_int(count, ":version", version_id);
    got = stmt_step(count, why);
    if (got == 1 && col_int(count, 0) != (int64_t)list->count)
        (void)flaws_add(flaws, "/artifacts", "differs", "the registered version has %lld artifacts",
                        (long long)col_int(count, 0));
    stmt_done(count);
    return got < 0 ? -1 : 0;
}

int artifact_differences(struct batch *batch, int64_t version_id, const struct artifact_list *list,
                         struct flaws *flaws, struct fail *why)
{
    for (size_t i = 0; i < list->count; i++) {
        struct stmt *find = db_prepare(batch->db, FIND, why);
        int          got;

        if (!find)
            return -1;
        stmt_int(find, ":version", version_id);
        stmt_text(find, ":name", list->items[i].name);
        got = stmt_step(find, why);
        if (got == 1)
            compare(find, i, &list->items[i], flaws);
        else if (got == 0)
            differs(flaws, i, "name");
        stmt_done(find);
        if (got < 0)
            return -1;
    }
    return compare_counts(batch, version_id, list, flaws, why);
}
