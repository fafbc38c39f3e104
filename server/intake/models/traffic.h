/* traffic.h -- what events say about the traffic of an endpoint: one event to a fact, and all the
 * facts to what happened to each variant of each configuration.
 *
 *     "EndpointConfigName":"c-1","EndpointStatus":"UPDATING","ProductionVariants":[
 *         {"VariantName":"AllTraffic","CurrentWeight":1,"CurrentInstanceCount":3, ..}],
 *     "PendingDeploymentSummary":{"EndpointConfigName":"c-2","ProductionVariants":[
 *         {"VariantName":"AllTraffic","CurrentInstanceCount":1,"DesiredInstanceCount":3,
 *          "VariantStatus":[{"Status":"Baking","StartTime":1635195269181}]}]}
 *
 * While it bakes or its traffic is activated, a pending variant has the share of the traffic for
 * which it already has the instances: 1 of 3 is 33.33 %. The configuration in service has the rest,
 * spread by the weights of its variants.
 *
 * Pure: no SQL, no clock. The fold is fed with facts in their order (endpoint_fact_each), twice, so
 * its moves depend on the set of events alone. */
#ifndef SMON_INTAKE_MODELS_TRAFFIC_H
#define SMON_INTAKE_MODELS_TRAFFIC_H

#include "base/own.h"
#include "format/scan.h"
#include "store/models/endpoint_fact.h"
#include "store/models/rollout.h"

struct buf;
struct fail;
struct links;

/* The fact of an event about an endpoint, but for resource_id and uid. Texts are in the links' room
 * or in `room`. 1: *out. 0: it says nothing about traffic. -1. */
int traffic_read(struct links *links, struct buf *room, struct endpoint_fact *out,
                 struct fail *why);

enum { TRAFFIC_NAME_ROOM = 64, TRAFFIC_WHY_ROOM = 160, TRAFFIC_MOST_VARIANTS = 16 };

/* One variant of one configuration: what becomes a deployment once its version is known. */
struct traffic_unit {
    char config[TRAFFIC_NAME_ROOM];
    char variant[TRAFFIC_NAME_ROOM]; /* "": no fact names those of its configuration */
    struct rollout_stand stand;
    int64_t              wanted; /* its share by the fact at hand; -1: the fact does not say */
};

struct traffic_move {
    size_t            unit;
    ms                at;
    enum rollout_what what;
    int64_t           share;
    char              why[TRAFFIC_WHY_ROOM]; /* empty: nothing to say */
};

struct traffic_fold {
    struct traffic_unit *units;
    size_t               unit_count, unit_room;
    struct traffic_move *moves; /* in the order they happened */
    size_t               move_count, move_room;
    char        stable[TRAFFIC_NAME_ROOM]; /* the configuration in service; "": not known */
    struct scan scan;
};
#define TRAFFIC_FOLD_EMPTY ((struct traffic_fold){.scan = SCAN_EMPTY})
void traffic_fold_release(struct traffic_fold *fold);

/* All facts are met before the first is added: the variants of a configuration never change, so
 * what any of them calls them holds for those that do not name them (while an endpoint is made,
 * none does). */
int traffic_fold_meet(struct traffic_fold *fold, const struct endpoint_fact *fact,
                      struct fail *why);
int traffic_fold_add(struct traffic_fold *fold, const struct endpoint_fact *fact, struct fail *why);

#endif
