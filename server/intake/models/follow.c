#include "intake/models/follow.h"

#include "base/fail.h"
#include "base/own.h"
#include "intake/models/endpoint.h"
#include "intake/models/links.h"
#include "intake/models/package.h"
#include "store/news.h"
#include "store/resource.h"

/* What is looked at, and when. Other kinds cost one comparison each. */
static const struct {
    enum kind kind;
    bool      at_end;                                   /* only the event that ends it */
    int (*read)(struct links *links, struct fail *why); /* NULL: it is only to be known */
} FOLLOWED[] = {
    {KIND_TRAINING, true, links_training},
    {KIND_PROCESSING, true, links_processing},
    {KIND_TRANSFORM, true, links_transform},
    {KIND_TUNING, true, NULL},
    {KIND_PIPELINE_EXECUTION, true, NULL},
    {KIND_PIPELINE_STEP, true, links_step},
    {KIND_MODEL_PACKAGE, false, links_package},
    {KIND_MODEL, false, links_model},
    {KIND_ENDPOINT_CONFIG, false, links_endpoint_config},
    {KIND_ENDPOINT, false, links_endpoint},
};
enum { FOLLOWED_COUNT = sizeof FOLLOWED / sizeof FOLLOWED[0] };

/* A step is no node: it is an edge from its execution. */
static bool is_node(const struct links *links)
{
    return links->news->kind != KIND_PIPELINE_STEP && links->self.key.size
           && links->self.key.size <= LINEAGE_KEY_MOST;
}

static int read_links(struct batch *batch, const struct news *news, const struct resource *row,
                      int (*read)(struct links *links, struct fail *why), struct fail *why)
{
    OWN(links) links = LINKS_EMPTY;

    if (links_read(&links, batch, news, row->id, why)
        || (is_node(&links) && lineage_know(batch, news->account, &links.self, why))
        || (read && read(&links, why))
        || (news->kind == KIND_MODEL_PACKAGE && package_follow(&links, row, why)))
        return -1;
    return links.has_no_memory ? fail_set(why, FAIL_MEMORY, "no memory for an event's texts") : 0;
}

int models_follow(struct batch *batch, const struct news *news, const struct resource *row,
                  struct fail *why)
{
    for (size_t i = 0; i < FOLLOWED_COUNT; i++)
        if (FOLLOWED[i].kind == news->kind && (!FOLLOWED[i].at_end || news->is_terminal))
            return read_links(batch, news, row, FOLLOWED[i].read, why)
                           || deployments_follow(batch, news, row, why)
                       ? fail_in(why, "following %.*s", STR_ARG(news->name))
                       : 0;
    return 0;
}
