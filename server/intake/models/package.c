#include "intake/models/package.h"

#include "base/fail.h"
#include "base/own.h"
#include "format/compose.h"
#include "format/namespace.h"
#include "intake/models/endpoint.h"
#include "intake/models/links.h"
#include "store/batch.h"
#include "store/models/model.h"
#include "store/models/version.h"
#include "store/news.h"
#include "store/resource.h"

#include <stdio.h>

enum {
    MOST_CONTAINERS = 16, /* of a pipeline; each has at most two artifacts, and there is a source */
    NAME_ROOM       = 32,
    DESCRIPTION_MOST = 4096,
    TAGS_MOST        = 50,
    TAG_KEY_ROOM     = 129,
    DIGEST_DIGITS    = 64
};

static const char DEFAULT_NAMESPACE[] = "/sagemaker";

struct reading {
    struct links          *links;
    struct version_package package;
    struct str             group;
    struct artifact        artifacts[2 * MOST_CONTAINERS + 1];
    char                   names[2 * MOST_CONTAINERS + 1][NAME_ROOM];
    struct buf             tags, path;
};

static void reading_release(struct reading *reading)
{
    buf_release(&reading->tags);
    buf_release(&reading->path);
}

/* --- contents --- */

/* What is too long for a row is passed over: the event itself is kept whole. */
static void add_artifact(struct reading *reading, const char *name, const struct artifact *artifact)
{
    struct artifact_list *list = &reading->package.artifacts;

    if (!artifact->uri.size || artifact->uri.size > ARTIFACT_URI_MOST
        || list->count == sizeof reading->artifacts / sizeof reading->artifacts[0])
        return;
    (void)snprintf(reading->names[list->count], NAME_ROOM, "%s", name); /* ours, and short */
    reading->artifacts[list->count]      = *artifact;
    reading->artifacts[list->count].name = str_of(reading->names[list->count]);
    list->count++;
}

/* "sha256:9b71d2..." */
static struct str digest_of(struct str said)
{
    struct str algorithm;

    if (!str_cut(&said, ':', &algorithm) || !str_is_text(algorithm, "sha256")
        || said.size != DIGEST_DIGITS)
        return STR_NONE;
    return said;
}

static struct str data_uri(struct links *links, uint32_t container)
{
    struct str said   = links_text(links, container, "ModelDataUrl");
    uint32_t   source = links_at(links, container, "ModelDataSource");

    return said.data ? said : links_text(links, links_at(links, source, "S3DataSource"), "S3Uri");
}

static void read_container(struct reading *reading, uint32_t at, int number)
{
    struct links   *links = reading->links;
    char            name[NAME_ROOM];
    struct artifact model = {.uri        = data_uri(links, at),
                             .kind       = ARTIFACT_FILE,
                             .size_bytes = -1,
                             .etag       = links_text(links, at, "ModelDataETag")};
    struct artifact image = {.uri        = links_text(links, at, "Image"),
                             .kind       = ARTIFACT_CONTAINER_IMAGE,
                             .size_bytes = -1,
                             .sha256     = digest_of(links_text(links, at, "ImageDigest"))};

    if (str_ends(model.uri, STR("/")))
        model.kind = ARTIFACT_FILE_COLLECTION;
    (void)snprintf(name, sizeof name, number > 1 ? "model-%d" : "model", number);
    add_artifact(reading, name, &model);
    (void)snprintf(name, sizeof name, number > 1 ? "image-%d" : "image", number);
    add_artifact(reading, name, &image);
}

static void read_artifacts(struct reading *reading)
{
    struct links     *links  = reading->links;
    uint32_t          spec   = links_at(links, links->detail, "InferenceSpecification");
    struct links_list list   = links_list(links, spec, "Containers");
    struct artifact   source = {.uri        = links_text(links, links->detail, "SourceUri"),
                                .kind       = ARTIFACT_FILE,
                                .size_bytes = -1};

    for (int number = 1; number <= MOST_CONTAINERS && links_next(&list); number++)
        read_container(reading, list.at, number);
    add_artifact(reading, "source", &source);
}

/* CustomerMetadataProperties, as tags are searched for. */
static void read_tags(struct reading *reading)
{
    struct links      *links = reading->links;
    const struct scan *scan  = &links->scan;
    uint32_t           all   = links_at(links, links->detail, "CustomerMetadataProperties");
    struct compose     json  = compose_into(&reading->tags);
    char               key[TAG_KEY_ROOM];
    int                count = 0;

    if (all == SCAN_NONE || scan_type(scan, all) != SCAN_OBJECT)
        return;
    compose_open(&json, NULL, '{');
    for (uint32_t at = scan_first(scan, all); at && count < TAGS_MOST;) {
        struct str name = STR_NONE, value = STR_NONE;
        uint32_t   held = scan_next(scan, all, at);

        if (scan_text(scan, at, &links->room, &name) == 0
            && scan_text(scan, held, &links->room, &value) == 0
            && str_to_c(name, key, sizeof key) == 0) {
            compose_text(&json, key, value.data ? value : STR(""));
            count++;
        }
        at = scan_next(scan, all, held);
    }
    compose_close(&json, '}');
    if (count && !reading->tags.broken)
        reading->package.tags = buf_view(&reading->tags);
}

static void read_contents(struct reading *reading)
{
    struct links           *links    = reading->links;
    struct version_package *package  = &reading->package;
    uint32_t                metadata = links_at(links, links->detail, "MetadataProperties");

    package->has_content = links_at(links, links->detail, "ModelPackageStatus") != SCAN_NONE;
    package->content_at  = links->news->version;
    package->artifacts   = (struct artifact_list){reading->artifacts, 0};
    if (!package->has_content)
        return;
    read_artifacts(reading);
    read_tags(reading);
    package->job_arn = links_text(links, metadata, "GeneratedBy");
    package->description =
        str_head(links_text(links, links->detail, "ModelPackageDescription"), DESCRIPTION_MOST);
    if (!package->description.size)
        package->description = STR_NONE;
}

/* --- which version of which model --- */

/* "orchard-churn/31"; -1: it is no numbered package of a group. */
static int read_name(struct reading *reading, const struct resource *row)
{
    struct str number = str_after_last(row->name, '/');

    if (number.size == row->name.size || number.size + 2 > row->name.size
        || str_to_i64(number, 1, INT64_MAX, &reading->package.number))
        return -1;
    reading->group = str_part(row->name, 0, row->name.size - number.size - 1);
    return namespace_check_name(reading->group, &(struct fail){FAIL_NONE, ""});
}

static int put_path(struct buf *path, struct str parent, struct str name)
{
    struct fail wrong = FAIL_OK;

    buf_clear(path);
    buf_str(path, parent);
    buf_char(path, '/');
    buf_str(path, name);
    return path->broken ? -1 : namespace_check(buf_view(path), &wrong);
}

/* Where its people want it, else where packages stand. -1: nowhere that is well formed. */
static int find_path(struct reading *reading)
{
    struct links              *links  = reading->links;
    const struct store_policy *policy = links->batch->policy;
    uint32_t                   said = links_at(links, links->detail, "CustomerMetadataProperties");
    struct str                 parent = links_text(links, said, "namespace");
    struct str                 name   = links_text(links, said, "model_name");
    struct fail                wrong  = FAIL_OK;

    if (parent.data && namespace_check(parent, &wrong) == 0
        && (!name.data || namespace_check_name(name, &wrong) == 0)
        && put_path(&reading->path, parent, name.data ? name : reading->group) == 0)
        return 0;
    return put_path(&reading->path,
                    str_of(policy && policy->packages_namespace ? policy->packages_namespace
                                                                : DEFAULT_NAMESPACE),
                    reading->group);
}

/* The model of a version that is there, or where a new one belongs. 1; 0: there is none to be. */
static int find_model(struct reading *reading, const struct resource *row, int64_t *out,
                      struct fail *why)
{
    struct batch    *batch = reading->links->batch;
    struct model_key key   = {.account = row->account, .region_id = row->region_id};
    int              got   = version_of_package(batch->db, reading->package.arn, out, why);

    if (got || !reading->package.has_content || find_path(reading))
        return got;
    key.path = buf_view(&reading->path);
    return model_make(batch, &key, STR_NONE, out, why) ? -1 : 1;
}

/* --- all of it --- */

static int put(struct reading *reading, int64_t model_id, struct fail *why)
{
    struct batch       *batch = reading->links->batch;
    struct version_mark mark;
    char                room[LINEAGE_KEY_ROOM];
    int                 got = version_take_package(batch, model_id, &reading->package, &mark, why);

    if (got != 1)
        return got;
    if (links_to(reading->links, LINEAGE_REGISTERED, STR_NONE, LINEAGE_VERSION,
                 lineage_key_version(model_id, mark.number, room), why))
        return -1;
    return deployments_of_version(batch, model_id, mark.number, why);
}

static int follow(struct reading *reading, const struct resource *row, struct fail *why)
{
    struct version_package *package = &reading->package;
    int64_t                 model_id;
    int                     got;

    package->arn         = row->arn;
    package->status_id   = row->status_id;
    package->failure     = row->failure_reason;
    package->approval    = row->approval;
    package->approval_at = row->approval.data ? row->approval_at : WHEN_UNKNOWN;
    package->life_cycle  = row->stage;
    package->created_by  = row->created_by;
    package->create_at   = row->created;
    read_contents(reading);
    got = find_model(reading, row, &model_id, why);
    return got == 1 ? put(reading, model_id, why) : got;
}

int package_follow(struct links *links, const struct resource *row, struct fail *why)
{
    struct reading reading = {
        .links = links, .tags = BUF_UP_TO(64 * 1024), .path = BUF_UP_TO(NAMESPACE_MOST + 1)};
    int result = 0;

    if (row->arn.size && read_name(&reading, row) == 0)
        result = follow(&reading, row, why);
    reading_release(&reading);
    return result < 0 ? fail_in(why, "the version of %.*s", STR_ARG(row->name)) : 0;
}
