/* lineage_list.h -- the graph around one node, as people read it: what it came from, and what came
 * of it.
 *
 * Upwards only what led to the node is followed, downwards only what came of it: the other jobs
 * that read the same data are not its lineage. Nodes of one key in several accounts are shown as
 * one. What is out of the asker's scope is not there, nor what only leads through it. */
#ifndef SMON_STORE_LINEAGE_LIST_H
#define SMON_STORE_LINEAGE_LIST_H

#include "base/own.h"
#include "store/lineage.h"

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct db;
struct fail;
struct lineage_texts;
struct scope;
struct words;

enum { LINEAGE_MOST_NODES = 500, LINEAGE_MOST_EDGES = 2000 };

struct lineage_item {
    int64_t           id, account;
    enum lineage_type type;
    struct str        key, name; /* name: never empty */
    int               steps;     /* from where the walk began: -2 two up, 3 three down */
    /* Its row in resource; 0: a stub. */
    int64_t    resource_id, kind;
    struct str region, status, approval; /* no data: not known */
    /* Versions and deployments: whose, and their number (a deployment's: of its row). */
    int64_t    model_id, number;
    struct str model_path;
    int64_t    model_account;
    struct str model_region;
};

struct lineage_tie {
    size_t            from, to; /* items */
    enum lineage_edge type;
    struct str        detail; /* no data: nothing */
};

struct lineage_graph {
    struct lineage_item  *items; /* the first is where the walk began */
    size_t                count;
    struct lineage_tie   *ties;
    size_t                tie_count;
    struct lineage_texts *texts;  /* all its texts */
    bool                  is_cut; /* there is more than `most` nodes or LINEAGE_MOST_EDGES */
};
#define LINEAGE_GRAPH_EMPTY ((struct lineage_graph){NULL, 0, NULL, 0, NULL, false})
void lineage_graph_release(struct lineage_graph *graph);

struct lineage_walk {
    const struct scope *scope;
    bool                up, down;
    int                 depth; /* steps in each direction */
    size_t              most;  /* nodes; up to LINEAGE_MOST_NODES */
};

/* From the node of this key, or by its number. 1: *out is filled, texts and all; 0 there is none
 * within the scope; -1. */
int lineage_list_key(struct db *db, struct words *words, struct str key,
                     const struct lineage_walk *walk, struct lineage_graph *out, struct fail *why);
int lineage_list_id(struct db *db, struct words *words, int64_t id, const struct lineage_walk *walk,
                    struct lineage_graph *out, struct fail *why);

/* What there is to say of a version's or a deployment's item; texts are in `room`. 1, 0 it is not
 * stored (any more), -1. */
struct lineage_version {
    struct str approval;
    bool       is_deleted;
    ms         create_at;
};
int lineage_list_version(struct db *db, const struct lineage_item *item, struct buf *room,
                         struct lineage_version *out, struct fail *why);
struct lineage_deployment {
    int64_t    number, version;
    struct str environment, endpoint, variant; /* no data: it does not say */
    int64_t    state, share; /* of rollout.h, as they are at `now`; 0: not there yet */
    ms         create_at;
};
int lineage_list_deployment(struct db *db, const struct lineage_item *item, ms now,
                            struct buf *room, struct lineage_deployment *out, struct fail *why);

#endif
