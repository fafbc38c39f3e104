#include "store/inferences/lanes.h"

#include "base/fail.h"
#include "base/mem.h"
#include "store/inferences/inference.h"
#include "store/inferences/inference_filter.h"
#include "wire/db.h"

enum { FIRST_ROOM = 64 };

void lanes_release(struct lanes *lanes)
{
    mem_free(TAKE(lanes->items));
    lanes->count = lanes->room = 0;
}

/* --- which lanes can matter --- */

struct bounds {
    int  least, most; /* lanes */
    bool wants_succeeded, wants_others;
};

static bool has(const struct choice *choice, int64_t value)
{
    for (size_t i = 0; i < choice->count; i++)
        if (choice->values[i] == value)
            return true;
    return false;
}

static struct bounds bounds_of(const struct inference_filter *filter)
{
    const struct choice *statuses = &filter->statuses;
    bool                 names_it = has(statuses, filter->succeeded_id);
    struct bounds        bounds   = {0, INFERENCE_LANES - 1, true, true};

    if (filter->min_elapse_ms >= 0)
        bounds.least = inference_lane(filter->min_elapse_ms, true);
    if (filter->max_elapse_ms >= 0)
        bounds.most = inference_lane(filter->max_elapse_ms, false);
    if (statuses->is_given) {
        bounds.wants_succeeded = names_it != statuses->is_not;
        bounds.wants_others    = statuses->is_not || statuses->count > names_it;
    }
    return bounds;
}

/* Does the filter let everything through that stands in this lane? */
static bool is_plain(const struct inference_filter *filter, int64_t lane)
{
    const struct choice *statuses = &filter->statuses;
    int64_t              least = (INT64_C(1) << (lane / 2)) - 1, most = 2 * least;
    bool                 is_other = lane % 2 != 0;

    /* of those that succeeded there is one status; of the others there are many */
    if (statuses->is_given && is_other
        && !(statuses->is_not && statuses->count == 1 && has(statuses, filter->succeeded_id)))
        return false;
    return (filter->min_elapse_ms < 0 || filter->min_elapse_ms <= least)
           && (filter->max_elapse_ms < 0 || filter->max_elapse_ms >= most)
           && !filter->servers.is_given && !inference_filter_splits(filter);
}

/* --- which are there --- */

static int add(struct lanes *lanes, const struct lane *lane, struct fail *why)
{
    if (lanes->count == lanes->room) {
        size_t room  = lanes->room ? lanes->room * 2 : FIRST_ROOM;
        void  *grown = mem_grow(lanes->items, room, sizeof *lanes->items);

        if (!grown)
            return fail_set(why, FAIL_MEMORY, "no memory for lanes");
        lanes->items = grown;
        lanes->room  = room;
    }
    lanes->items[lanes->count++] = *lane;
    return 0;
}

/* From each lane to the next that is there: one look into the key for each. */
static const char THERE[] =
    "WITH RECURSIVE lanes (lane) AS ("
    "SELECT MIN(i.lane) FROM inference i WHERE i.model_id = :model AND i.lane >= :least"
    " UNION ALL SELECT (SELECT MIN(i.lane) FROM inference i WHERE i.model_id = :model"
    " AND i.lane > lanes.lane) FROM lanes WHERE lanes.lane IS NOT NULL AND lanes.lane < :most)"
    " SELECT lane FROM lanes WHERE lane IS NOT NULL AND lane <= :most";

static int find_of_model(struct db *db, const struct inference_filter *filter, int64_t model_id,
                         struct lanes *out, struct fail *why)
{
    const struct bounds bounds = bounds_of(filter);
    struct stmt        *list   = db_prepare(db, THERE, why);
    int                 got;

    if (!list)
        return -1;
    stmt_int(list, ":model", model_id);
    stmt_int(list, ":least", bounds.least);
    stmt_int(list, ":most", bounds.most);
    while ((got = stmt_step(list, why)) == 1) {
        struct lane lane = {
            .model_id = model_id, .lane = col_int(list, 0), .at = INT64_MAX, .at_uid = INT64_MAX};

        if (!(lane.lane % 2 ? bounds.wants_others : bounds.wants_succeeded))
            continue;
        lane.is_plain = is_plain(filter, lane.lane);
        if (add(out, &lane, why)) {
            got = -1;
            break;
        }
    }
    stmt_done(list);
    return got;
}

int lanes_find(struct db *db, const struct inference_filter *filter,
               const struct inference_set *set, struct lanes *out, struct fail *why)
{
    for (size_t i = 0; i < set->count; i++)
        if ((i == 0 || set->items[i - 1].model_id != set->items[i].model_id)
            && find_of_model(db, filter, set->items[i].model_id, out, why))
            return -1;
    return 0;
}

static const char OLDEST[] = "SELECT start_ms FROM inference"
                             " WHERE model_id = :model AND lane = :lane ORDER BY start_ms LIMIT 1";

int lanes_oldest(struct db *db, const struct lane *lane, ms *out, struct fail *why)
{
    struct stmt *find = db_prepare(db, OLDEST, why);

    if (!find)
        return -1;
    stmt_int(find, ":model", lane->model_id);
    stmt_int(find, ":lane", lane->lane);
    return stmt_number(find, out, why);
}
