/* elastic.h -- a question about inferences as an Elasticsearch (or OpenSearch) search body.
 *
 *     {"size":20,"query":{"bool":{"filter":[{"term":{"type":"inference_transaction"}},
 *      {"terms":{"model_name":["doc_classification"]}},{"range":{"elapse":{"gte":3000}}}]}},
 *      "sort":[{"start_at":{"order":"desc"}}]}
 *
 * Clauses stand in one bool, since two of them side by side under "query" are refused. Members have
 * their canonical names, and texts are taken to be mapped as keywords. */
#ifndef SMON_QUERY_INFERENCES_ELASTIC_H
#define SMON_QUERY_INFERENCES_ELASTIC_H

struct buf;
struct question;

#define ELASTIC_INDEX "inference_transaction"

/* The body, JSON, added to `out`. */
void elastic_render(const struct question *question, struct buf *out);

#endif
