/* links.h -- from the detail of an event to edges of lineage: what the readers of the kinds share.
 *
 * A text that is absent, null, "" or of another type is STR_NONE, and an edge one of whose ends is
 * not known is not made. */
#ifndef SMON_INTAKE_MODELS_LINKS_H
#define SMON_INTAKE_MODELS_LINKS_H

#include "base/buf.h"
#include "format/scan.h"
#include "store/lineage.h"

#include <stdbool.h>

struct batch;
struct fail;
struct news;

/* An ARN as a key. One that is too long for a key counts as unknown. */
struct arn {
    char       room[LINEAGE_KEY_MOST];
    struct str text; /* within room, in lower case; no data: not known */
};

struct links {
    struct batch       *batch;
    const struct news  *news;
    struct scan         scan;   /* of the event */
    uint32_t            detail; /* SCAN_NONE: it has none */
    struct buf          room;   /* unescaped texts; does not move */
    struct arn          arn;    /* what the event is about ... */
    struct lineage_node self;   /* ... as a node */
    bool                has_no_memory;
};
#define LINKS_EMPTY ((struct links){.scan = SCAN_EMPTY, .room = BUF_UP_TO(0)})
/* FAIL_INPUT: the body is no JSON. */
int  links_read(struct links *links, struct batch *batch, const struct news *news,
                int64_t resource_id, struct fail *why);
void links_release(struct links *links);

/* `object` SCAN_NONE has no members. */
uint32_t   links_at(const struct links *links, uint32_t object, const char *member);
struct str links_text(struct links *links, uint32_t object, const char *member);
/* The items of a list, at most LINKS_MOST_ITEMS of them; none when it is no list:
 *     struct links_list list = links_list(links, object, "Containers");
 *     while (links_next(&list))
 *         use(list.at); */
enum { LINKS_MOST_ITEMS = 64 };
struct links_list {
    const struct scan *scan;
    uint32_t           list, at;
    int                seen;
};
bool              links_next(struct links_list *list); /* list->at is the next item */
struct links_list links_list(const struct links *links, uint32_t object, const char *member);

/* What the resource of an ARN is: "arn:..:model-package/..". Jobs and all else: LINEAGE_JOB. */
enum lineage_type links_type(struct str arn);
/* "arn:aws:sagemaker:<region>:<account>:<kind>/<name>" of the event's account and region. */
void links_arn_of(const struct links *links, const char *kind, struct str name, struct arn *out);
/* What is an ARN already, or else a name of this kind. */
void links_arn(const struct links *links, const char *kind, struct str said, struct arn *out);

/* self -> to, or from -> self. */
int links_from(struct links *links, enum lineage_type type, struct str key, enum lineage_edge edge,
               struct str detail, struct fail *why);
int links_to(struct links *links, enum lineage_edge edge, struct str detail, enum lineage_type type,
             struct str key, struct fail *why);
/* links_from with the name by which the other is to be shown. */
int links_from_node(struct links *links, struct lineage_node *from, enum lineage_edge edge,
                    struct str detail, struct fail *why);

/* --- one for each kind: links_jobs.c, links_serving.c --- */

int links_training(struct links *links, struct fail *why);
int links_processing(struct links *links, struct fail *why);
int links_transform(struct links *links, struct fail *why);
int links_step(struct links *links, struct fail *why); /* self is the execution */
int links_package(struct links *links, struct fail *why);
int links_model(struct links *links, struct fail *why);
int links_endpoint_config(struct links *links, struct fail *why);
int links_endpoint(struct links *links, struct fail *why);

#endif
