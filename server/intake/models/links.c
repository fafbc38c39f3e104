#include "intake/models/links.h"

#include "base/fail.h"
#include "format/kind.h"
#include "store/batch.h"
#include "store/news.h"

#include <stdio.h>

/* How often a text may be unescaped: for edges, for a version, and for where that stands. */
enum { LINKS_READINGS = 3 };

uint32_t links_at(const struct links *links, uint32_t object, const char *member)
{
    return object == SCAN_NONE ? SCAN_NONE : scan_member(&links->scan, object, member);
}

struct str links_text(struct links *links, uint32_t object, const char *member)
{
    uint32_t   at   = links_at(links, object, member);
    struct str text = STR_NONE;

    if (at == SCAN_NONE || scan_type(&links->scan, at) != SCAN_TEXT)
        return STR_NONE;
    if (scan_text(&links->scan, at, &links->room, &text))
        links->has_no_memory = true;
    return text.size ? text : STR_NONE;
}

struct links_list links_list(const struct links *links, uint32_t object, const char *member)
{
    uint32_t at = links_at(links, object, member);
    bool     is = at != SCAN_NONE && scan_type(&links->scan, at) == SCAN_ARRAY;

    return (struct links_list){.scan = &links->scan, .list = is ? at : SCAN_NONE};
}

bool links_next(struct links_list *list)
{
    if (list->list == SCAN_NONE || list->seen == LINKS_MOST_ITEMS)
        return false;
    list->at = list->seen++ ? scan_next(list->scan, list->list, list->at)
                            : scan_first(list->scan, list->list);
    return list->at != SCAN_NONE;
}

/* --- keys --- */

/* What ARNs call it, and what it is in lineage. */
static const struct arn_kind {
    enum kind         kind;
    const char       *name;
    enum lineage_type type;
} KINDS[] = {
    {KIND_TRAINING, "training-job", LINEAGE_JOB},
    {KIND_PROCESSING, "processing-job", LINEAGE_JOB},
    {KIND_TRANSFORM, "transform-job", LINEAGE_JOB},
    {KIND_TUNING, "hyper-parameter-tuning-job", LINEAGE_JOB},
    {KIND_MODEL_PACKAGE, "model-package", LINEAGE_PACKAGE},
    {KIND_MODEL, "model", LINEAGE_MODEL},
    {KIND_ENDPOINT_CONFIG, "endpoint-config", LINEAGE_ENDPOINT_CONFIG},
    {KIND_ENDPOINT, "endpoint", LINEAGE_ENDPOINT},
};
enum { KIND_ROWS = sizeof KINDS / sizeof KINDS[0] };

static void lower(struct str text, struct arn *out)
{
    out->text = STR_NONE;
    if (!text.size || text.size > sizeof out->room)
        return;
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];

        out->room[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
    }
    out->text = str_from(out->room, text.size);
}

static const char *partition_of(struct str region)
{
    static const struct {
        struct str  start;
        const char *partition;
    } partitions[] = {
        {STR("cn-"), "aws-cn"},
        {STR("us-gov-"), "aws-us-gov"},
        {STR("us-isob-"), "aws-iso-b"},
        {STR("us-iso-"), "aws-iso"},
    };

    for (size_t i = 0; i < sizeof partitions / sizeof partitions[0]; i++)
        if (str_starts(region, partitions[i].start))
            return partitions[i].partition;
    return "aws";
}

enum lineage_type links_type(struct str arn)
{
    struct str rest = arn, piece = STR_NONE, kind;

    for (int i = 0; i < 6 && rest.data; i++) /* the sixth piece is the resource */
        if (!str_cut(&rest, ':', &piece))
            return LINEAGE_JOB;
    (void)str_cut(&piece, '/', &kind); /* without a slash it is no kind, and a job */
    for (size_t i = 0; i < KIND_ROWS; i++)
        if (str_is_text(kind, KINDS[i].name))
            return KINDS[i].type;
    return LINEAGE_JOB;
}

void links_arn_of(const struct links *links, const char *kind, struct str name, struct arn *out)
{
    const struct news *news = links->news;
    char               text[LINEAGE_KEY_MOST];
    int                size;

    out->text = STR_NONE;
    if (!name.size)
        return;
    size = snprintf(text, sizeof text, "arn:%s:sagemaker:%.*s:%012lld:%s/%.*s",
                    partition_of(news->region), STR_ARG(news->region), (long long)news->account,
                    kind, STR_ARG(name));
    if (size > 0 && (size_t)size < sizeof text)
        lower(str_from(text, (size_t)size), out);
}

void links_arn(const struct links *links, const char *kind, struct str said, struct arn *out)
{
    if (str_starts(said, STR("arn:")))
        lower(said, out);
    else
        links_arn_of(links, kind, said, out);
}

/* --- the event --- */

/* The ARN of the event is believed when it is one of this name: CloudTrail's may be of something
 * else. Kinds that are not in the table have no other. */
static void read_self(struct links *links)
{
    const struct news *news = links->news;
    const size_t       size = news->name.size;
    bool               fits = news->arn.size > size;

    links->self.type = LINEAGE_JOB;
    for (size_t i = 0; i < KIND_ROWS; i++)
        if (KINDS[i].kind == news->kind) {
            links_arn_of(links, KINDS[i].name, news->name, &links->arn);
            links->self.type = KINDS[i].type;
        }
    if (str_starts(news->arn, STR("arn:")) && fits
        && str_is_nocase(str_part(news->arn, news->arn.size - size, size), news->name))
        lower(news->arn, &links->arn);
    links->self.key  = links->arn.text;
    links->self.name = news->name;
}

int links_read(struct links *links, struct batch *batch, const struct news *news,
               int64_t resource_id, struct fail *why)
{
    links->batch = batch;
    links->news  = news;
    links->room  = BUF_UP_TO(LINKS_READINGS * news->body.size + 1);
    if (!buf_room(&links->room, LINKS_READINGS * news->body.size + 1))
        return buf_check(&links->room, why);
    if (scan_read(&links->scan, news->body, why))
        return -1;
    links->detail = scan_type(&links->scan, 0) == SCAN_OBJECT
                        ? scan_member(&links->scan, 0, "detail")
                        : SCAN_NONE;
    read_self(links);
    links->self.resource_id = resource_id;
    return 0;
}

void links_release(struct links *links)
{
    scan_release(&links->scan);
    buf_release(&links->room);
}

static bool can_be(struct str key)
{
    return key.size && key.size <= LINEAGE_KEY_MOST;
}

int links_from_node(struct links *links, struct lineage_node *from, enum lineage_edge edge,
                    struct str detail, struct fail *why)
{
    if (!can_be(from->key) || !can_be(links->self.key))
        return 0;
    return lineage_link(links->batch, links->news->account, from, edge, detail, &links->self, why);
}

int links_from(struct links *links, enum lineage_type type, struct str key, enum lineage_edge edge,
               struct str detail, struct fail *why)
{
    struct lineage_node from = {.type = type, .key = key};

    return links_from_node(links, &from, edge, detail, why);
}

int links_to(struct links *links, enum lineage_edge edge, struct str detail, enum lineage_type type,
             struct str key, struct fail *why)
{
    struct lineage_node to = {.type = type, .key = key};

    if (!can_be(key) || !can_be(links->self.key))
        return 0;
    return lineage_link(links->batch, links->news->account, &links->self, edge, detail, &to, why);
}
