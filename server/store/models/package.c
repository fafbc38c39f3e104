/* Versions that model packages' events tell of (version.h). */
#include "base/buf.h"
#include "base/fail.h"
#include "base/own.h"
#include "store/batch.h"
#include "store/models/model.h"
#include "store/models/version.h"
#include "wire/db.h"

enum { ARTIFACTS_CEILING = 256 * 1024 };

static const char OF_PACKAGE[] =
    "SELECT model_id FROM model_version WHERE package_arn = :arn AND source = 2 LIMIT 1";

int version_of_package(struct db *db, struct str arn, int64_t *out_model_id, struct fail *why)
{
    struct stmt *find = db_prepare(db, OF_PACKAGE, why);

    if (!find)
        return -1;
    stmt_text(find, ":arn", arn);
    return stmt_number(find, out_model_id, why);
}

/* What the row says, as far as it decides what to do. */
struct standing {
    struct version_mark mark;
    bool                is_taken;    /* by another package, which keeps it */
    bool                is_replaced; /* by this one: what the other said goes */
    bool                has_content, is_edited;
    ms                  content_at;
    char                digest[CRYPT_SHA256_HEX];
};

static const char FIND[] =
    "SELECT id, number, rev, source, package_arn, content_ms, edited_ms, digest"
    " FROM model_version WHERE model_id = :model AND number = :number";

static int find(struct batch *batch, int64_t model_id, const struct version_package *package,
                struct standing *out, struct fail *why)
{
    struct stmt *stmt = db_prepare(batch->db, FIND, why);
    struct str   arn;
    int          got;

    if (!stmt)
        return -1;
    stmt_int(stmt, ":model", model_id);
    stmt_int(stmt, ":number", package->number);
    got = stmt_step(stmt, why);
    if (got == 1) {
        arn  = col_text(stmt, 4);
        *out = (struct standing){
            .mark        = {col_int(stmt, 0), col_int(stmt, 1), col_int(stmt, 2),
                            (enum version_source)col_int(stmt, 3)},
            .is_taken    = arn.data && str_order(arn, package->arn) < 0,
            .is_replaced = arn.data && str_order(arn, package->arn) > 0,
            .content_at  = col_time(stmt, 5),
            .is_edited   = !col_is_null(stmt, 6),
        };
        /* A version registered by hand has its contents from there, for good. */
        out->has_content = out->mark.source == VERSION_REGISTERED
                           || (out->content_at != WHEN_UNKNOWN && !out->is_replaced);
        if (str_to_c(col_text(stmt, 7), out->digest, sizeof out->digest))
            out->digest[0] = 0;
    }
    stmt_done(stmt);
    return got;
}

/* The oldest event that tells of the contents counts; of two as old, the greater digest. */
static bool takes_content(const struct standing *standing, const struct version_package *package,
                          const char *digest)
{
    if (!package->has_content || standing->mark.source == VERSION_REGISTERED)
        return false;
    if (!standing->has_content || package->content_at < standing->content_at)
        return true;
    return package->content_at == standing->content_at
           && str_order(str_of(digest), str_of(standing->digest)) > 0;
}

static const char MAKE[] =
    "INSERT INTO model_version (model_id, number, source, artifacts, package_status, create_ms,"
    " changed_ms, rev) VALUES (:model, :number, 2, '[]', 0, :create, :now, 0) $GIVING_ID";

static int make(struct batch *batch, int64_t model_id, const struct version_package *package,
                struct standing *out, struct fail *why)
{
    struct stmt *stmt;

    *out = (struct standing){.mark       = {0, package->number, 0, VERSION_PACKAGE},
                             .content_at = WHEN_UNKNOWN};
    if (model_reserve(batch, model_id, MODEL_VERSION, package->number, why)
        || !(stmt = db_prepare(batch->db, MAKE, why)))
        return -1;
    stmt_int(stmt, ":model", model_id);
    stmt_int(stmt, ":number", package->number);
    stmt_time(stmt, ":create", package->create_at);
    stmt_time(stmt, ":now", batch->now);
    return stmt_insert(stmt, &out->mark.id, why) == 1 ? 0 : -1;
}

static const char CONTENT[] =
    "UPDATE model_version SET identity = :identity, digest = :digest, artifacts = :artifacts,"
    " content_ms = :content, job_arn = :job,"
    " description = CASE WHEN edited_ms IS NULL THEN CAST(:description AS TEXT)"
    "  ELSE description END,"
    " tags = CASE WHEN edited_ms IS NULL THEN CAST(:tags AS TEXT) ELSE tags END,"
    " changed_ms = :now, rev = rev + 1 WHERE id = :id";

static int put_content(struct batch *batch, int64_t id, const struct version_package *package,
                       const struct artifact_digests *digests, struct fail *why)
{
    OWN(buf) artifacts = BUF_UP_TO(ARTIFACTS_CEILING);
    struct stmt *put   = db_prepare(batch->db, CONTENT, why);

    artifact_render(&package->artifacts, &artifacts);
    if (!put || buf_check(&artifacts, why))
        return -1;
    stmt_text(put, ":identity", digests->identity[0] ? str_of(digests->identity) : STR_NONE);
    stmt_text(put, ":digest", str_of(digests->digest));
    stmt_text(put, ":artifacts", buf_view(&artifacts));
    stmt_time(put, ":content", package->content_at);
    stmt_text(put, ":job", package->job_arn);
    stmt_text(put, ":description", package->description);
    stmt_text(put, ":tags", package->tags);
    stmt_time(put, ":now", batch->now);
    stmt_int(put, ":id", id);
    return stmt_run(put, why) ? -1 : artifact_put(batch, id, &package->artifacts, why);
}

/* The other package's contents go with it, but for what people said since. */
static const char NO_CONTENT[] =
    "UPDATE model_version SET identity = NULL, digest = NULL, artifacts = '[]', content_ms = NULL,"
    " job_arn = NULL, description = CASE WHEN edited_ms IS NULL THEN NULL ELSE description END,"
    " tags = CASE WHEN edited_ms IS NULL THEN NULL ELSE tags END, changed_ms = :now, rev = rev + 1"
    " WHERE id = :id";

static int drop_content(struct batch *batch, int64_t id, struct fail *why)
{
    const struct artifact_list none = {NULL, 0};
    struct stmt               *drop = db_prepare(batch->db, NO_CONTENT, why);

    if (!drop)
        return -1;
    stmt_time(drop, ":now", batch->now);
    stmt_int(drop, ":id", id);
    return stmt_run(drop, why) ? -1 : artifact_put(batch, id, &none, why);
}

/* What the row of table `resource` knows; nothing is written when it is so already. */
static const char STATE[] =
    "UPDATE model_version SET package_arn = :arn, package_status = :status,"
    " failure = CAST(:failure AS TEXT), approval = CAST(:approval AS TEXT),"
    " approval_ms = CAST(:approved AS BIGINT), life_cycle = CAST(:cycle AS TEXT),"
    " create_ms = CASE WHEN source = 2 THEN CAST(:create AS BIGINT) ELSE create_ms END,"
    " created_by = CASE WHEN source = 2 THEN CAST(:by AS TEXT) ELSE created_by END,"
    " changed_ms = :now, rev = rev + 1"
    " WHERE id = :id AND (COALESCE(package_arn, '') <> :arn OR package_status <> :status"
    " OR COALESCE(failure, '') <> COALESCE(CAST(:failure AS TEXT), '')"
    " OR COALESCE(approval, '') <> COALESCE(CAST(:approval AS TEXT), '')"
    " OR COALESCE(approval_ms, 0) <> COALESCE(CAST(:approved AS BIGINT), 0)"
    " OR COALESCE(life_cycle, '') <> COALESCE(CAST(:cycle AS TEXT), '')"
    " OR (source = 2 AND (create_ms <> CAST(:create AS BIGINT)"
    "  OR COALESCE(created_by, '') <> COALESCE(CAST(:by AS TEXT), ''))))";

static int put_state(struct batch *batch, int64_t id, const struct version_package *package,
                     struct fail *why)
{
    struct stmt *put = db_prepare(batch->db, STATE, why);

    if (!put)
        return -1;
    stmt_text(put, ":arn", package->arn);
    stmt_int(put, ":status", package->status_id);
    stmt_text(put, ":failure", package->failure);
    stmt_text(put, ":approval", package->approval);
    stmt_time(put, ":approved", package->approval_at);
    stmt_text(put, ":cycle", package->life_cycle);
    stmt_time(put, ":create", package->create_at);
    stmt_text(put, ":by", package->created_by);
    stmt_time(put, ":now", batch->now);
    stmt_int(put, ":id", id);
    return stmt_run(put, why);
}

int version_take_package(struct batch *batch, int64_t model_id,
                         const struct version_package *package, struct version_mark *out,
                         struct fail *why)
{
    struct artifact_digests digests;
    struct standing         standing = {.content_at = WHEN_UNKNOWN};
    int                     got      = find(batch, model_id, package, &standing, why);

    if (got < 0 || (got == 0 && make(batch, model_id, package, &standing, why))
        || artifact_digest(&package->artifacts, package->job_arn, package->arn, &digests, why))
        return -1;
    if (standing.is_taken)
        return 0;
    if (standing.is_replaced && standing.mark.source == VERSION_PACKAGE
        && drop_content(batch, standing.mark.id, why))
        return -1;
    if ((takes_content(&standing, package, digests.digest)
         && put_content(batch, standing.mark.id, package, &digests, why))
        || put_state(batch, standing.mark.id, package, why))
        return -1;
    *out = standing.mark;
    return 1;
}
