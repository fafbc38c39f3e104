/* The first half reads an event, traffic_fold.c works out what facts mean.
 *
 * A fact keeps variants as [{"variant":"AllTraffic","weight":1,"count":3,"of":3}]: what the event
 * says of now, else of what is desired. Members that it does not say are left out. */
#include "intake/models/traffic.h"

#include "base/buf.h"
#include "base/fail.h"
#include "format/compose.h"
#include "intake/models/links.h"
#include "store/news.h"

enum { LIST_ROOM = 4096 }; /* for both lists: names of members, brackets, numbers */

static void write_number(struct links *links, uint32_t variant, const char *now,
                         const char *desired, const char *name, struct compose *out)
{
    uint32_t at = links_at(links, variant, now);
    double   number;

    if (at == SCAN_NONE || scan_number(&links->scan, at, &number))
        at = links_at(links, variant, desired);
    if (at != SCAN_NONE && scan_number(&links->scan, at, &number) == 0)
        compose_real(out, name, number);
}

/* The newest phase among the variants, and when it began. */
struct phase {
    struct str name;
    ms         began;
};

static void read_phase(struct links *links, uint32_t variant, struct phase *newest)
{
    struct links_list list = links_list(links, variant, "VariantStatus");

    while (links_next(&list)) {
        struct phase phase = {.name = links_text(links, list.at, "Status")};

        if (scan_time(&links->scan, links_at(links, list.at, "StartTime"), &phase.began))
            phase.began = WHEN_UNKNOWN;
        if (phase.name.size && phase.began >= newest->began)
            *newest = phase;
    }
}

/* Adds the variants as JSON to `room`; no data when there are none. */
static struct str read_variants(struct links *links, uint32_t object, struct buf *room,
                                struct phase *newest)
{
    struct links_list list  = links_list(links, object, "ProductionVariants");
    size_t            start = room->size, count = 0;
    struct compose    out = compose_into(room);

    compose_open(&out, NULL, '[');
    while (count < TRAFFIC_MOST_VARIANTS && links_next(&list)) {
        compose_open(&out, NULL, '{');
        compose_text(&out, "variant", links_text(links, list.at, "VariantName"));
        write_number(links, list.at, "CurrentWeight", "DesiredWeight", "weight", &out);
        write_number(links, list.at, "CurrentInstanceCount", "CurrentInstanceCount", "count", &out);
        write_number(links, list.at, "DesiredInstanceCount", "DesiredInstanceCount", "of", &out);
        compose_close(&out, '}');
        read_phase(links, list.at, newest);
        count++;
    }
    compose_close(&out, ']');
    return count ? str_part(buf_view(room), start, room->size - start) : STR_NONE;
}

int traffic_read(struct links *links, struct buf *room, struct endpoint_fact *out, struct fail *why)
{
    const struct news *news = links->news;
    uint32_t           next = links_at(links, links->detail, "PendingDeploymentSummary");
    struct phase       own = {STR_NONE, WHEN_UNKNOWN}, pending = own;

    if (news->status.size == 0)
        return 0;
    *out = (struct endpoint_fact){
        .account     = news->account,
        .at          = news->version,
        .stamp       = news->time,
        .weight      = news->weight,
        .status      = news->status,
        .why         = news->failure_reason,
        .config      = links_text(links, links->detail, "EndpointConfigName"),
        .next_config = links_text(links, next, "EndpointConfigName"),
    };
    /* Room for both lists at once: the first must not move while the second is written. */
    if (!buf_room(room, 2 * news->body.size + LIST_ROOM))
        return buf_check(room, why);
    out->variants   = read_variants(links, links->detail, room, &own);
    out->next       = read_variants(links, next, room, &pending);
    out->next_phase = pending.name;
    /* While one deployment goes on, only its phases tell what came later. */
    out->at = own.began > out->at ? own.began : out->at;
    out->at = pending.began > out->at ? pending.began : out->at;
    return buf_check(room, why) ? -1 : 1;
}
