#include "store/models/version.h"

#include "base/buf.h"
#include "base/fail.h"
#include "base/own.h"
#include "format/flaws.h"
#include "store/batch.h"
#include "store/models/model.h"
#include "wire/db.h"

enum { ARTIFACTS_CEILING = 256 * 1024 };

/* --- looking --- */

static const char FIND[] = "SELECT id, number, rev, source, deleted_ms, digest FROM model_version"
                           " WHERE model_id = :model AND number = :number";
static const char SAME_DIGEST[] =
    "SELECT id, number, rev, source, deleted_ms, digest FROM model_version"
    " WHERE model_id = :model AND digest = :digest AND deleted_ms IS NULL ORDER BY number LIMIT 1";
static const char SAME_IDENTITY[] =
    "SELECT id, number, rev, source, deleted_ms, digest FROM model_version"
    " WHERE model_id = :model AND identity = :digest AND deleted_ms IS NULL"
    " ORDER BY number LIMIT 1";

struct found {
    struct version_mark mark;
    bool                is_deleted, is_same;
};

/* Steps once and finishes. `digest` NULL: is_same is not asked. */
static int read_found(struct stmt *find, const char *digest, struct found *out, struct fail *why)
{
    int got = stmt_step(find, why);

    if (got == 1)
        *out = (struct found){{col_int(find, 0), col_int(find, 1), col_int(find, 2),
                               (enum version_source)col_int(find, 3)},
                              !col_is_null(find, 4),
                              digest && str_is_text(col_text(find, 5), digest)};
    stmt_done(find);
    return got;
}

static int find_number(struct db *db, int64_t model_id, int64_t number, const char *digest,
                       struct found *out, struct fail *why)
{
    struct stmt *find = db_prepare(db, FIND, why);

    if (!find)
        return -1;
    stmt_int(find, ":model", model_id);
    stmt_int(find, ":number", number);
    return read_found(find, digest, out, why);
}

int version_find(struct db *db, int64_t model_id, int64_t number, struct version_mark *out,
                 struct fail *why)
{
    struct found found;
    int          got = find_number(db, model_id, number, NULL, &found, why);

    if (got != 1)
        return got;
    if (found.is_deleted)
        return 0;
    *out = found.mark;
    return 1;
}

/* A version with the same contents, or with the same artifacts. */
static int find_same(struct db *db, int64_t model_id, const struct artifact_digests *digests,
                     struct found *out, struct fail *why)
{
    const char *const hashes[]   = {digests->digest, digests->identity};
    const char *const searches[] = {SAME_DIGEST, SAME_IDENTITY};

    for (int i = 0; digests->identity[0] && i < 2; i++) {
        struct stmt *find = db_prepare(db, searches[i], why);
        int          got;

        if (!find)
            return -1;
        stmt_int(find, ":model", model_id);
        stmt_text(find, ":digest", str_of(hashes[i]));
        got = read_found(find, digests->digest, out, why);
        if (got)
            return got;
    }
    return 0;
}

/* --- registering --- */

static const char PUT[] =
    "INSERT INTO model_version (model_id, number, source, identity, digest, artifacts,"
    " description, tags, approval, approval_ms, package_arn, package_status, job_arn, create_ms,"
    " created_by, changed_ms, rev) VALUES (:model, :number, 1, :identity, :digest, :artifacts,"
    " :description, :tags, :approval, :approved, :package, 0, :job, :create, :by, :now, 1)"
    " $GIVING_ID";

static int insert(struct batch *batch, int64_t model_id, const struct version_new *version,
                  const struct artifact_digests *digests, struct version_mark *out,
                  struct fail *why)
{
    OWN(buf) artifacts = BUF_UP_TO(ARTIFACTS_CEILING);
    struct stmt *put;

    out->rev    = 1;
    out->source = VERSION_REGISTERED;
    artifact_render(&version->artifacts, &artifacts);
    if (buf_check(&artifacts, why) || model_next(batch, model_id, MODEL_VERSION, &out->number, why)
        || !(put = db_prepare(batch->db, PUT, why)))
        return -1;
    stmt_int(put, ":model", model_id);
    stmt_int(put, ":number", out->number);
    stmt_text(put, ":identity", digests->identity[0] ? str_of(digests->identity) : STR_NONE);
    stmt_text(put, ":digest", str_of(digests->digest));
    stmt_text(put, ":artifacts", buf_view(&artifacts));
    stmt_text(put, ":description", version->description);
    stmt_text(put, ":tags", version->tags);
    stmt_text(put, ":approval", version->approval);
    stmt_time(put, ":approved", version->approval.data ? batch->now : WHEN_UNKNOWN);
    stmt_text(put, ":package", version->package_arn);
    stmt_text(put, ":job", version->job_arn);
    stmt_time(put, ":create", version->create_at);
    stmt_text(put, ":by", version->created_by);
    stmt_time(put, ":now", batch->now);
    if (stmt_insert(put, &out->id, why) != 1)
        return -1;
    return artifact_put(batch, out->id, &version->artifacts, why);
}

static int contradicts(struct batch *batch, const struct version_new *version,
                       const struct found *found, struct fail *why)
{
    if (artifact_differences(batch, found->mark.id, &version->artifacts, version->flaws, why))
        return -1;
    if (!version->flaws->count)
        (void)flaws_add(version->flaws, "/job_arn", "differs",
                        "the registered version comes from another job or package");
    return fail_set(why, FAIL_CLASH, "version %lld is registered with other contents",
                    (long long)found->mark.number);
}

static const char HIGHEST[] = "SELECT versions FROM model WHERE id = :id";

/* The number asked for: is it there, or the next? 1: there and the same. 0: the next. */
static int check_number(struct batch *batch, int64_t model_id, const struct version_new *version,
                        const char *digest, struct found *found, struct fail *why)
{
    struct stmt *stmt;
    int64_t      next = 0;
    int          got  = find_number(batch->db, model_id, version->number, digest, found, why);

    if (got == 1 && found->is_deleted)
        return fail_set(why, FAIL_CLASH, "version %lld was deleted; its number is not given again",
                        (long long)version->number);
    if (got == 1 && !found->is_same)
        return contradicts(batch, version, found, why);
    if (got || !(stmt = db_prepare(batch->db, HIGHEST, why)))
        return got == 1 ? 1 : -1;
    stmt_int(stmt, ":id", model_id);
    got = stmt_step(stmt, why);
    if (got == 1)
        next = col_int(stmt, 0) + 1;
    stmt_done(stmt);
    if (got < 0 || next == version->number)
        return got < 0 ? -1 : 0;
    (void)flaws_add(version->flaws, "/model_version", "differs", "the next number is %lld",
                    (long long)next);
    return fail_set(why, FAIL_CLASH, "%lld is not the next number of this model: %lld is",
                    (long long)version->number, (long long)next);
}

int version_put(struct batch *batch, int64_t model_id, const struct version_new *version,
                struct version_mark *out, struct fail *why)
{
    struct artifact_digests digests;
    struct found            found;
    int                     got = 0;

    if (artifact_digest(&version->artifacts, version->job_arn, version->package_arn, &digests, why))
        return -1;
    if (version->number)
        got = check_number(batch, model_id, version, digests.digest, &found, why);
    if (got == 0) {
        got = find_same(batch->db, model_id, &digests, &found, why);
        if (got == 1 && !found.is_same)
            return contradicts(batch, version, &found, why);
        if (got == 1 && version->number)
            return fail_set(why, FAIL_CLASH, "these contents are registered as version %lld",
                            (long long)found.mark.number);
    }
    if (got < 0)
        return -1;
    if (got == 0)
        return insert(batch, model_id, version, &digests, out, why) ? -1 : 1;
    *out = found.mark;
    return 0;
}

/* --- afterwards --- */

/* The CASEs leave alone what is not given; IS DISTINCT FROM is spelled so that both engines know
 * it. */
static const char EDIT[] =
    "UPDATE model_version SET"
    " description = CASE WHEN CAST(:has_description AS BIGINT) = 1 THEN CAST(:description AS TEXT)"
    "  ELSE description END,"
    " tags = CASE WHEN CAST(:has_tags AS BIGINT) = 1 THEN CAST(:tags AS TEXT) ELSE tags END,"
    " approval = CASE WHEN CAST(:has_approval AS BIGINT) = 1 THEN CAST(:approval AS TEXT)"
    "  ELSE approval END,"
    " approval_ms = CASE WHEN CAST(:has_approval AS BIGINT) = 1 THEN CAST(:approved AS BIGINT)"
    "  ELSE approval_ms END,"
    " edited_ms = :now, changed_ms = :now, rev = rev + 1"
    " WHERE id = :id AND ("
    " (CAST(:has_description AS BIGINT) = 1"
    "  AND COALESCE(description, '') <> COALESCE(CAST(:description AS TEXT), ''))"
    " OR (CAST(:has_tags AS BIGINT) = 1"
    "  AND COALESCE(tags, '') <> COALESCE(CAST(:tags AS TEXT), ''))"
    " OR (CAST(:has_approval AS BIGINT) = 1"
    "  AND COALESCE(approval, '') <> COALESCE(CAST(:approval AS TEXT), '')))";

int version_edit(struct batch *batch, struct version_mark *version, const struct version_edit *edit,
                 struct fail *why)
{
    struct stmt *stmt;

    if (edit->sets_approval && version->source == VERSION_PACKAGE)
        return fail_set(why, FAIL_CLASH,
                        "SageMaker keeps the approval of a model package; change it there");
    stmt = db_prepare(batch->db, EDIT, why);
    if (!stmt)
        return -1;
    stmt_int(stmt, ":has_description", edit->sets_description);
    stmt_int(stmt, ":has_tags", edit->sets_tags);
    stmt_int(stmt, ":has_approval", edit->sets_approval);
    stmt_text(stmt, ":description", edit->description);
    stmt_text(stmt, ":tags", edit->tags);
    stmt_text(stmt, ":approval", edit->approval);
    stmt_time(stmt, ":approved", edit->approval.data ? batch->now : WHEN_UNKNOWN);
    stmt_time(stmt, ":now", batch->now);
    stmt_int(stmt, ":id", version->id);
    if (stmt_run(stmt, why))
        return -1;
    version->rev += stmt_changes(stmt) > 0;
    return 0;
}

static const char POINTING[] = "SELECT alias FROM model_alias WHERE model_id = :model"
                               " AND number = :number ORDER BY alias LIMIT 1";
static const char REMOVE[]   = "UPDATE model_version SET deleted_ms = :now, changed_ms = :now,"
                               " rev = rev + 1 WHERE id = :id AND deleted_ms IS NULL";

int version_remove(struct batch *batch, int64_t model_id, const struct version_mark *version,
                   struct fail *why)
{
    struct stmt *stmt = db_prepare(batch->db, POINTING, why);
    int          got;

    if (!stmt)
        return -1;
    stmt_int(stmt, ":model", model_id);
    stmt_int(stmt, ":number", version->number);
    got = stmt_step(stmt, why);
    if (got == 1)
        (void)fail_set(why, FAIL_CLASH, "the alias '%.*s' points at it; move it first",
                       STR_ARG(str_part(col_text(stmt, 0), 0, 64)));
    stmt_done(stmt);
    if (got || !(stmt = db_prepare(batch->db, REMOVE, why)))
        return -1;
    stmt_time(stmt, ":now", batch->now);
    stmt_int(stmt, ":id", version->id);
    return stmt_run(stmt, why);
}
