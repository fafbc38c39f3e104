#include "store/models/trace.h"

#include "base/fail.h"
#include "base/mem.h"
#include "format/kind.h"
#include "store/batch.h"
#include "store/lineage.h"
#include "wire/db.h"

_Static_assert(LINEAGE_ARTIFACT == 2 && LINEAGE_PACKAGE == 3 && LINEAGE_VERSION == 4,
               "the queries below spell these numbers");
_Static_assert(LINEAGE_MODEL == 6 && LINEAGE_ENDPOINT_CONFIG == 7,
               "the queries below spell these numbers");
_Static_assert(KIND_ENDPOINT_CONFIG == 21, "the queries below spell this number");
_Static_assert(LINEAGE_PACKAGED == 2 && LINEAGE_MODELLED == 6 && LINEAGE_CONFIGURED == 7,
               "the queries below spell these numbers");

/* The sources of the models of one configuration's variant, by key; then the versions that came of
 * a source, or of a package made of it. Sources are artifacts and packages: a container image is
 * shared by models that have nothing else in common. */
static const char VERSIONS[] =
    "WITH source AS (SELECT DISTINCT s.key, s.type FROM lineage_node c"
    "  JOIN lineage_edge k ON k.to_id = c.id AND k.type = 7"
    "   AND (:variant = '' OR k.detail = :variant OR k.detail = '')"
    "  JOIN lineage_edge m ON m.to_id = k.from_id AND m.type = 6"
    "  JOIN lineage_node s ON s.id = m.from_id AND s.type IN (2, 3)"
    "  WHERE c.type = 7 AND c.account = :account AND (c.key = :key OR c.resource_id IN"
    "   (SELECT r.id FROM resource r WHERE r.account = :account AND r.region_id = :region"
    "   AND r.kind = 21 AND r.name = :config))),"
    " made AS (SELECT n.id FROM source s JOIN lineage_node n ON n.key = s.key AND n.type = s.type"
    "  UNION SELECT q.id FROM source s JOIN lineage_node n ON n.key = s.key AND n.type = s.type"
    "  JOIN lineage_edge p ON p.from_id = n.id AND p.type = 2"
    "  JOIN lineage_node h ON h.id = p.to_id"
    "  JOIN lineage_node q ON q.key = h.key AND q.type = h.type)"
    " SELECT DISTINCT v.model_id, v.key FROM made a JOIN lineage_edge e ON e.from_id = a.id"
    " JOIN lineage_node v ON v.id = e.to_id AND v.type = 4"
    " ORDER BY v.model_id, v.key LIMIT 16";

static int read_versions(struct stmt *find, struct trace_version *out, struct fail *why)
{
    int got, count = 0;

    while ((got = stmt_step(find, why)) == 1 && count < TRACE_MOST_VERSIONS) {
        struct trace_version version = {.model_id = col_int(find, 0)};

        if (version.model_id > 0
            && str_to_i64(str_after_last(col_text(find, 1), '/'), 1, INT64_MAX, &version.number)
                   == 0)
            out[count++] = version;
    }
    stmt_done(find);
    return got < 0 ? -1 : count;
}

int trace_versions(struct batch *batch, const struct trace_config *config,
                   struct trace_version out[TRACE_MOST_VERSIONS], struct fail *why)
{
    struct stmt *find = db_prepare(batch->db, VERSIONS, why);

    if (!find)
        return -1;
    stmt_int(find, ":account", config->account);
    stmt_int(find, ":region", config->region_id);
    stmt_text(find, ":config", config->config);
    stmt_text(find, ":key", config->key.data ? config->key : STR(""));
    stmt_text(find, ":variant", config->variant.data ? config->variant : STR(""));
    return read_versions(find, out, why);
}

void trace_places_release(struct trace_places *places)
{
    mem_free(places->items);
    *places = TRACE_PLACES_EMPTY;
}

static int push(struct trace_places *places, struct trace_place place, struct fail *why)
{
    if (places->count == places->room) {
        size_t              room = places->room ? 2 * places->room : 16;
        struct trace_place *more = mem_grow(places->items, room, sizeof *more);

        if (!more)
            return fail_set(why, FAIL_MEMORY, "no memory for a list of endpoints");
        places->items = more;
        places->room  = room;
    }
    places->items[places->count++] = place;
    return 0;
}

static int read_places(struct stmt *find, struct trace_places *out, struct fail *why)
{
    int got;

    while ((got = stmt_step(find, why)) == 1)
        if (push(out, (struct trace_place){col_int(find, 0), col_int(find, 1)}, why)) {
            got = -1;
            break;
        }
    stmt_done(find);
    return got;
}

/* From configurations to the endpoints of the same account and region whose facts name them. */
#define ENDPOINTS_OF                                                                               \
    " named AS (SELECT DISTINCT r.account, r.region_id, r.name FROM config c"                      \
    "  JOIN resource r ON r.account = c.account AND r.id = c.resource_id AND r.kind = 21)"         \
    " SELECT f.account, f.resource_id FROM named n JOIN endpoint_fact f"                           \
    "  ON f.account = n.account AND f.config = n.name"                                             \
    "  JOIN resource e ON e.account = f.account AND e.id = f.resource_id"                          \
    "  AND e.region_id = n.region_id"                                                              \
    " UNION SELECT f.account, f.resource_id FROM named n JOIN endpoint_fact f"                     \
    "  ON f.account = n.account AND f.next_config = n.name"                                        \
    "  JOIN resource e ON e.account = f.account AND e.id = f.resource_id"                          \
    "  AND e.region_id = n.region_id ORDER BY 1, 2"

static const char OF_VERSION[] =
    "WITH direct AS (SELECT DISTINCT s.key, s.type FROM lineage_node v"
    "  JOIN lineage_edge e ON e.to_id = v.id"
    "  JOIN lineage_node s ON s.id = e.from_id AND s.type IN (2, 3)"
    "  WHERE v.key = :version AND v.type = 4),"
    " source AS (SELECT d.key, d.type FROM direct d"
    "  UNION SELECT a.key, a.type FROM direct d"
    "  JOIN lineage_node p ON p.key = d.key AND p.type = d.type"
    "  JOIN lineage_edge e ON e.to_id = p.id AND e.type = 2"
    "  JOIN lineage_node a ON a.id = e.from_id AND a.type = 2),"
    " config AS (SELECT c.account, c.resource_id FROM source s"
    "  JOIN lineage_node n ON n.key = s.key AND n.type = s.type"
    "  JOIN lineage_edge m ON m.from_id = n.id AND m.type = 6"
    "  JOIN lineage_edge k ON k.from_id = m.to_id AND k.type = 7"
    "  JOIN lineage_node c ON c.id = k.to_id AND c.resource_id > 0)," ENDPOINTS_OF;

int trace_of_version(struct batch *batch, const struct trace_version *version,
                     struct trace_places *out, struct fail *why)
{
    char         room[LINEAGE_KEY_ROOM];
    struct stmt *find = db_prepare(batch->db, OF_VERSION, why);

    if (!find)
        return -1;
    stmt_text(find, ":version", lineage_key_version(version->model_id, version->number, room));
    return read_places(find, out, why);
}

/* A package leads to models directly and through the artifacts it is made of. */
static const char OF_RESOURCE[] =
    "WITH start AS (SELECT DISTINCT n.key, n.type FROM lineage_node n"
    "  WHERE n.resource_id = :resource AND n.account = :account),"
    " source AS (SELECT s.key, s.type FROM start s"
    "  UNION SELECT a.key, a.type FROM start s"
    "  JOIN lineage_node p ON p.key = s.key AND p.type = s.type"
    "  JOIN lineage_edge e ON e.to_id = p.id AND e.type = 2"
    "  JOIN lineage_node a ON a.id = e.from_id AND a.type = 2),"
    " model AS (SELECT n.id FROM start s JOIN lineage_node n ON n.key = s.key AND n.type = s.type"
    "  WHERE n.type = 6"
    "  UNION SELECT m.to_id FROM source s JOIN lineage_node n ON n.key = s.key AND n.type = s.type"
    "  JOIN lineage_edge m ON m.from_id = n.id AND m.type = 6),"
    " config AS (SELECT c.account, c.resource_id FROM model m"
    "  JOIN lineage_edge k ON k.from_id = m.id AND k.type = 7"
    "  JOIN lineage_node c ON c.id = k.to_id AND c.resource_id > 0"
    "  UNION SELECT c.account, c.id FROM resource c WHERE c.account = :account AND c.id = :resource"
    "  AND c.kind = 21)," ENDPOINTS_OF;

int trace_of_resource(struct batch *batch, int64_t account, int64_t resource_id,
                      struct trace_places *out, struct fail *why)
{
    struct stmt *find = db_prepare(batch->db, OF_RESOURCE, why);

    if (!find)
        return -1;
    stmt_int(find, ":account", account);
    stmt_int(find, ":resource", resource_id);
    return read_places(find, out, why);
}
