#include "api/models/version_draft.h"

#include "api/members.h"
#include "api/models/address.h"
#include "base/fail.h"
#include "format/merge.h"
#include "wire/doc.h"

enum { DESCRIPTION_MOST = 4096, ARN_MOST = 1100, SHA256_DIGITS = 64, ETAG_MOST = 128 };

void version_draft_release(struct version_draft *draft)
{
    buf_release(&draft->tags);
    buf_release(&draft->room);
}

/* --- what is good --- */

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool is_sha256(struct str text)
{
    for (size_t i = 0; i < text.size; i++)
        if (!is_hex(text.data[i]))
            return false;
    return text.size == SHA256_DIGITS;
}

static bool is_approval(struct str text)
{
    return str_is_text(text, "Approved") || str_is_text(text, "Rejected")
           || str_is_text(text, "PendingManualApproval");
}

static bool is_arn(struct str text)
{
    for (size_t i = 0; i < text.size; i++)
        if ((unsigned char)text.data[i] <= ' ' || text.data[i] == 0x7f)
            return false;
    return str_starts(text, STR("arn:"));
}

static bool is_kind(struct str text)
{
    return artifact_kind_parse(text) != 0;
}

/* URIs, images' names, tags of S3: no blanks, no control characters. */
static bool is_solid(struct str text)
{
    for (size_t i = 0; i < text.size; i++)
        if ((unsigned char)text.data[i] <= ' ' || text.data[i] == 0x7f)
            return false;
    return text.size > 0;
}

static const struct members_text DESCRIPTION = {.most = DESCRIPTION_MOST};
static const struct members_text APPROVAL    = {
       .most = 32, .is_good = is_approval, .shape = "Approved, Rejected or PendingManualApproval"};
static const struct members_text ARN = {.most = ARN_MOST, .is_good = is_arn, .shape = "an ARN"};

/* --- artifacts --- */

static struct str lower_hex(struct str text, struct buf *room)
{
    size_t start = room->size;

    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];

        buf_char(room, (char)(c >= 'A' && c <= 'F' ? c + ('a' - 'A') : c));
    }
    return room->broken || !text.data ? STR_NONE : str_from(room->data + start, room->size - start);
}

static void read_artifact(const struct members *item, struct buf *room, struct artifact *out)
{
    static const char *const         allowed[] = {"name",   "uri",  "kind", "size_bytes",
                                                  "sha256", "etag", NULL};
    static const struct members_text name      = {.most = ARTIFACT_NAME_MOST, .is_needed = true};
    static const struct members_text uri       = {.most      = ARTIFACT_URI_MOST,
                                                  .is_needed = true,
                                                  .is_good   = is_solid,
                                                  .shape     = "a URI without blanks"};
    static const struct members_text kind      = {
             .most    = 32,
             .is_good = is_kind,
             .shape   = "one of file, file_collection, container_image, vm_image"};
    static const struct members_text sha256 = {
        .most = SHA256_DIGITS, .is_good = is_sha256, .shape = "64 hexadecimal digits"};
    static const struct members_text etag = {
        .most = ETAG_MOST, .is_good = is_solid, .shape = "S3's ETag"};
    struct str said;

    members_known(item, allowed);
    members_text(item, "name", &name, &out->name);
    members_text(item, "uri", &uri, &out->uri);
    members_text(item, "kind", &kind, &said);
    out->kind = said.data ? artifact_kind_parse(said) : ARTIFACT_FILE;
    members_int(item, "size_bytes", &(struct members_int){0, INT64_MAX, -1}, &out->size_bytes);
    members_text(item, "sha256", &sha256, &said);
    out->sha256 = lower_hex(said, room);
    members_text(item, "etag", &etag, &out->etag);
}

static void read_artifacts(const struct members *body, struct version_draft *out)
{
    const struct doc *array = members_array(body, "artifacts", ARTIFACT_MOST);
    struct members    item;
    size_t            count = 0;

    for (size_t i = 0; i < doc_count(array); i++) {
        struct artifact *one = &out->artifacts[count];

        if (!members_item(body, "artifacts", i, doc_item(array, i), &item))
            continue;
        read_artifact(&item, &out->room, one);
        for (size_t j = 0; one->name.data && j < count; j++)
            if (str_is(out->artifacts[j].name, one->name))
                members_flaw(&item, "name", "duplicate", "two artifacts have this name");
        count++;
    }
    out->version.artifacts = (struct artifact_list){out->artifacts, count};
}

/* --- registrations --- */

static void read_times(const struct members *body, ms now, struct version_new *out)
{
    members_time(body, "create_at", &out->create_at);
    if (out->create_at == WHEN_UNKNOWN)
        out->create_at = now;
    else if (out->create_at > now || out->create_at < 0)
        members_flaw(body, "create_at", "bad-value", "'create_at' is not in the past");
}

int version_draft_read(const struct members *body, ms now, struct version_draft *out,
                       struct fail *why)
{
    static const char *const allowed[] = {
        ADDRESS_MEMBERS, "model_version", "description", "tags",      "artifacts", "approval",
        "job_arn",       "package_arn",   "created_by",  "create_at", NULL};
    struct version_new *version = &out->version;

    if (!buf_room(&out->room, ARTIFACT_MOST * SHA256_DIGITS)) /* so that nothing in it moves */
        return buf_check(&out->room, why);
    members_known(body, allowed);
    members_int(body, "model_version", &(struct members_int){1, INT64_MAX, 0}, &version->number);
    members_text(body, "description", &DESCRIPTION, &version->description);
    members_text(body, "approval", &APPROVAL, &version->approval);
    members_text(body, "job_arn", &ARN, &version->job_arn);
    members_text(body, "package_arn", &ARN, &version->package_arn);
    members_text(body, "created_by", &(struct members_text){.most = ARN_MOST},
                 &version->created_by);
    read_times(body, now, version);
    read_artifacts(body, out);
    if (members_tags(body, "tags", &out->tags) && out->tags.size)
        version->tags = buf_view(&out->tags);
    version->flaws = body->flaws;
    return buf_check(&out->tags, why) || buf_check(&out->room, why) ? -1 : 0;
}

/* --- changes --- */

void version_draft_read_change(const struct members *body, struct version_change *out)
{
    static const char *const allowed[] = {
        ADDRESS_MEMBERS, "model_version",  "description",    "tags",        "artifacts",
        "approval",      "job_arn",        "package_arn",    "created_by",  "create_at",
        "log_group",     "digest",         "source",         "approval_at", "stage",
        "life_cycle",    "package_status", "failure_reason", "changed_at",  NULL};
    struct members tags;

    *out = (struct version_change){.tags = NULL};
    members_known(body, allowed);
    for (size_t i = 0; allowed[i]; i++) {
        struct str name = str_of(allowed[i]);

        if (str_is_text(name, "description") || str_is_text(name, "tags")
            || str_is_text(name, "approval"))
            continue;
        if (members_has(body, allowed[i]) || members_is_null(body, allowed[i]))
            members_flaw(body, allowed[i], "immutable-field",
                         "'%s' of a registered version cannot change", allowed[i]);
    }
    out->edit.sets_description =
        members_has(body, "description") || members_is_null(body, "description");
    out->edit.sets_approval = members_has(body, "approval") || members_is_null(body, "approval");
    out->edit.sets_tags     = members_has(body, "tags") || members_is_null(body, "tags");
    members_text(body, "description", &DESCRIPTION, &out->edit.description);
    members_text(body, "approval", &APPROVAL, &out->edit.approval);
    if (members_object(body, "tags", &tags))
        out->tags = tags.object;
}

int version_draft_tags(struct str stored, const struct doc *patch, struct flaws *flaws,
                       struct buf *out, struct fail *why)
{
    OWN_PTR(doc) before  = stored.data ? doc_parse(stored, why) : NULL;
    OWN_PTR(doc) merged  = NULL;
    OWN_PTR(doc) whole   = doc_object();
    struct members inner = {.object = whole, .flaws = flaws};

    buf_clear(out);
    if (stored.data && !before)
        return -1;
    merged = merge_patch(before, patch, why);
    if (!merged)
        return -1;
    if (!whole)
        return fail_set(why, FAIL_MEMORY, "no memory for tags");
    doc_set(whole, "tags", TAKE(merged));
    (void)members_tags(&inner, "tags", out); /* it is there */
    return buf_check(out, why);
}
