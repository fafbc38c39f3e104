/* lineage_json.h -- a graph of lineage as JSON: its nodes with where each is shown, and its edges.
 */
#ifndef SMON_API_MODELS_LINEAGE_JSON_H
#define SMON_API_MODELS_LINEAGE_JSON_H

struct ask;
struct fail;
struct lineage_graph;
struct lineage_walk;

/* Writes {"root":..,"nodes":[..],"edges":[..],..} as the answer. An empty graph has no root. */
int lineage_json(struct ask *ask, const struct lineage_walk *walk,
                 const struct lineage_graph *graph, struct fail *why);

#endif
