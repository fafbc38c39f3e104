#include "store/inferences/inference_list.h"

#include "base/fail.h"
#include "base/mem.h"
#include "store/inferences/guide.h"
#include "store/inferences/inference_filter.h"
#include "store/inferences/lanes.h"
#include "store/page.h"
#include "wire/db.h"

#include <stdlib.h>

enum { GLANCE = 256 }; /* rows of a lane that are looked at before the sums are asked */

void inference_keys_release(struct inference_keys *keys)
{
    mem_free(TAKE(keys->items));
    keys->count = keys->room = 0;
}

/* --- the best so far: a heap whose root is the worst of them --- */

struct walk {
    struct db                       *db;
    const struct inference_question *question;
    struct inference_filter          filter; /* of one model: model_id is set on the way */
    struct inference_keys           *best;
    struct lanes                    *lanes;
    bool                             by_elapse;
};

static int64_t rank_of(const struct walk *walk, const struct inference_key *key)
{
    return walk->by_elapse ? key->elapse_ms : key->start;
}

/* Stands `a` behind `b` in the list? */
static bool is_behind(const struct walk *walk, const struct inference_key *a,
                      const struct inference_key *b)
{
    int64_t left = rank_of(walk, a), right = rank_of(walk, b);

    return left != right ? left < right : a->uid < b->uid;
}

static bool is_full(const struct walk *walk)
{
    return walk->best->count == walk->best->room;
}

static void swap(struct inference_key *a, struct inference_key *b)
{
    struct inference_key kept = *a;

    *a = *b;
    *b = kept;
}

static void sift_up(struct walk *walk, size_t at)
{
    struct inference_key *items = walk->best->items;

    for (; at > 0 && is_behind(walk, &items[at], &items[(at - 1) / 2]); at = (at - 1) / 2)
        swap(&items[at], &items[(at - 1) / 2]);
}

static void sift_down(struct walk *walk, size_t count)
{
    struct inference_key *items = walk->best->items;
    size_t                at    = 0, next;

    while ((next = 2 * at + 1) < count) {
        if (next + 1 < count && is_behind(walk, &items[next + 1], &items[next]))
            next++;
        if (!is_behind(walk, &items[next], &items[at]))
            return;
        swap(&items[at], &items[next]);
        at = next;
    }
}

static void offer(struct walk *walk, const struct inference_key *key)
{
    struct inference_keys *best = walk->best;

    if (!is_full(walk)) {
        best->items[best->count++] = *key;
        sift_up(walk, best->count - 1);
    } else if (is_behind(walk, &best->items[0], key)) {
        best->items[0] = *key;
        sift_down(walk, best->count);
    }
}

/* From the heap to the order of the list: the worst goes to the end, and so on. */
static void sort(struct walk *walk)
{
    for (size_t left = walk->best->count; left > 1; left--) {
        swap(&walk->best->items[0], &walk->best->items[left - 1]);
        sift_down(walk, left - 1);
    }
}

/* --- reading a stretch of a lane --- */

#define KEYS " t.start_ms, t.uid, t.elapse_ms, t.series_id, t.server_id, t.status_id"

static void add_conditions(struct sql *sql, struct walk *walk, int64_t model_id)
{
    walk->filter.model_id = model_id;
    if (inference_filter_splits(&walk->filter))
        inference_filter_series_of(sql, &walk->filter);
    inference_filter_rows(sql, &walk->filter);
    sql_add(sql, " AND t.elapse_ms >= :min AND t.elapse_ms <= :max");
    sql_int(sql, ":min", walk->filter.min_elapse_ms < 0 ? 0 : walk->filter.min_elapse_ms);
    sql_int(sql, ":max", walk->filter.max_elapse_ms < 0 ? INT64_MAX : walk->filter.max_elapse_ms);
}

static struct inference_key read_key(struct stmt *at, const struct lane *lane)
{
    return (struct inference_key){
        .model_id  = lane->model_id,
        .lane      = lane->lane,
        .start     = col_int(at, 0),
        .uid       = col_int(at, 1),
        .elapse_ms = col_int(at, 2),
        .series_id = col_int(at, 3),
        .server_id = col_int(at, 4),
        .status_id = col_int(at, 5),
    };
}

/* The rows of a lane in [from, to) that stand behind where it is; all are looked at, the newest
 * first and `most` of them, and column 6 says whether one matches. */
static struct stmt *prepare_stretch(struct sql *sql, struct walk *walk, const struct lane *lane,
                                    const struct guide_range *range, struct fail *why)
{
    sql_add(sql, "SELECT" KEYS);
    if (lane->is_plain) {
        sql_add(sql, ", 1");
    } else {
        sql_add(sql, ", CASE WHEN 1 = 1");
        add_conditions(sql, walk, lane->model_id);
        sql_add(sql, " THEN 1 ELSE 0 END");
    }
    sql_add(sql,
            " FROM inference t WHERE t.model_id = :walked AND t.lane = :lane"
            " AND t.start_ms >= :from AND t.start_ms < :to AND (t.start_ms, t.uid) < (:at, :id)"
            " ORDER BY t.start_ms DESC, t.uid DESC LIMIT :most");
    sql_int(sql, ":walked", lane->model_id);
    sql_int(sql, ":lane", lane->lane);
    sql_int(sql, ":from", range->from);
    sql_int(sql, ":to", range->to);
    sql_int(sql, ":at", lane->at);
    sql_int(sql, ":id", lane->at_uid);
    return sql_prepare(sql, walk->db, why);
}

/* So old that neither it nor what comes behind it in its lane can be shown? */
static bool is_too_old(const struct walk *walk, const struct inference_key *key)
{
    return is_full(walk) && key->start < walk->best->items[0].start;
}

/* How many rows were looked at; -1. The lane moves on. */
static int64_t read_stretch(struct walk *walk, struct lane *lane, const struct guide_range *range,
                            int64_t most, struct fail *why)
{
    OWN(sql) sql = SQL_EMPTY;
    struct stmt *stretch;
    int64_t      seen = 0;
    int          got;

    sql_int(&sql, ":most", most);
    stretch = prepare_stretch(&sql, walk, lane, range, why);
    if (!stretch)
        return -1;
    for (; (got = stmt_step(stretch, why)) == 1; seen++) {
        const struct inference_key key = read_key(stretch, lane);

        if (is_too_old(walk, &key))
            break;
        if (col_int(stretch, 6))
            offer(walk, &key);
        lane->at     = key.start;
        lane->at_uid = key.uid;
    }
    stmt_done(stretch);
    return got < 0 ? -1 : seen;
}

/* --- the newest --- */

/* What is asked for at most, less what is older than all that was found. */
static struct guide_range range_of(const struct walk *walk)
{
    const struct inference_filter *filter = walk->question->filter;
    struct guide_range             range = {filter->from == WHEN_UNKNOWN ? INT64_MIN : filter->from,
                                filter->to == WHEN_UNKNOWN ? INT64_MAX : filter->to};

    if (is_full(walk) && walk->best->items[0].start > range.from)
        range.from = walk->best->items[0].start;
    return range;
}

/* The top of a lane: all that can be needed of a plain one, a glance at another. */
static int look_at_top(struct walk *walk, struct lane *lane, struct fail *why)
{
    const struct guide_range range = range_of(walk);
    int64_t                  most  = lane->is_plain ? (int64_t)walk->best->room : GLANCE;
    int64_t                  seen  = read_stretch(walk, lane, &range, most, why);

    lane->is_done = lane->is_plain || seen < most;
    return seen < 0 ? -1 : 0;
}

/* Plain lanes first: what they have keeps the others short. */
static int look_at_tops(struct walk *walk, bool is_plain, struct fail *why)
{
    for (size_t i = 0; i < walk->lanes->count; i++)
        if (walk->lanes->items[i].is_plain == is_plain
            && look_at_top(walk, &walk->lanes->items[i], why))
            return -1;
    return 0;
}

/* The lanes of one model that are not through. */
struct rest {
    struct walk *walk;
    struct lane *lanes;
    size_t       count;
};

static int look_at_range(void *ctx, const struct guide_range *range, struct fail *why)
{
    struct rest *rest = ctx;

    for (size_t i = 0; i < rest->count; i++) {
        struct guide_range wanted = range_of(rest->walk);

        wanted.from = wanted.from > range->from ? wanted.from : range->from;
        wanted.to   = range->to;
        if (wanted.from >= wanted.to)
            return 0;
        if (!rest->lanes[i].is_done
            && read_stretch(rest->walk, &rest->lanes[i], &wanted, INT64_MAX, why) < 0)
            return -1;
    }
    return 1;
}

/* From the newest row that was not looked at to the oldest there is. */
static int find_range(struct rest *rest, struct guide_range *out, struct fail *why)
{
    const struct guide_range wanted = range_of(rest->walk);
    ms                       oldest = INT64_MAX, newest = INT64_MIN, at;

    for (size_t i = 0; i < rest->count; i++) {
        struct lane *lane = &rest->lanes[i];
        int          got  = lane->is_done ? 0 : lanes_oldest(rest->walk->db, lane, &at, why);

        if (got < 0)
            return -1;
        if (!got)
            continue;
        oldest = at < oldest ? at : oldest;
        newest = lane->at > newest ? lane->at : newest;
    }
    *out = (struct guide_range){oldest > wanted.from ? oldest : wanted.from,
                                newest < wanted.to ? newest + 1 : wanted.to};
    return 0;
}

static int look_at_rest(struct walk *walk, struct lane *lanes, size_t count, struct fail *why)
{
    struct rest        rest = {walk, lanes, count};
    struct guide_range range;

    if (find_range(&rest, &range, why))
        return -1;
    if (range.from >= range.to)
        return 0;
    walk->filter.model_id = lanes->model_id;
    return guide_walk(walk->db, &walk->filter, &range, look_at_range, &rest, why);
}

static int find_newest(struct walk *walk, struct fail *why)
{
    struct lanes *lanes = walk->lanes;

    if (look_at_tops(walk, true, why) || look_at_tops(walk, false, why))
        return -1;
    for (size_t i = 0, next; i < lanes->count; i = next) {
        for (next = i + 1;
             next < lanes->count && lanes->items[next].model_id == lanes->items[i].model_id;)
            next++;
        if (look_at_rest(walk, &lanes->items[i], next - i, why))
            return -1;
    }
    return 0;
}

/* --- the longest --- */

static int read_longest(struct walk *walk, const struct lane *lane, struct fail *why)
{
    OWN(sql) sql                          = SQL_EMPTY;
    const struct inference_filter *filter = walk->question->filter;
    const struct page             *page   = walk->question->page;
    struct stmt                   *list;
    int                            got;

    sql_add(&sql, "SELECT" KEYS " FROM inference t WHERE t.model_id = :walked AND t.lane = :lane"
                  " AND t.start_ms >= :from AND t.start_ms < :to");
    add_conditions(&sql, walk, lane->model_id);
    if (page->goes_on) {
        sql_add(&sql, " AND (t.elapse_ms, t.uid) < (:at, :id)");
        sql_int(&sql, ":at", page->at);
        sql_int(&sql, ":id", page->id);
    }
    sql_add(&sql, " ORDER BY t.elapse_ms DESC, t.uid DESC LIMIT :most");
    sql_int(&sql, ":walked", lane->model_id);
    sql_int(&sql, ":lane", lane->lane);
    sql_int(&sql, ":from", filter->from == WHEN_UNKNOWN ? INT64_MIN : filter->from);
    sql_int(&sql, ":to", filter->to == WHEN_UNKNOWN ? INT64_MAX : filter->to);
    sql_int(&sql, ":most", (int64_t)walk->best->room);
    list = sql_prepare(&sql, walk->db, why);
    if (!list)
        return -1;
    while ((got = stmt_step(list, why)) == 1) {
        const struct inference_key key = read_key(list, lane);

        offer(walk, &key);
    }
    stmt_done(list);
    return got;
}

static int by_length(const void *a, const void *b)
{
    const struct lane *left = a, *right = b;

    return (left->lane / 2 < right->lane / 2) - (left->lane / 2 > right->lane / 2);
}

/* Lanes of one length hold nothing that is as long as anything in the next longer ones. */
static int find_longest(struct walk *walk, struct fail *why)
{
    struct lane *items = walk->lanes->items;

    if (walk->lanes->count)
        qsort(items, walk->lanes->count, sizeof *items, by_length);
    for (size_t i = 0; i < walk->lanes->count; i++) {
        if (is_full(walk) && i && items[i].lane / 2 != items[i - 1].lane / 2)
            return 0;
        if (read_longest(walk, &items[i], why))
            return -1;
    }
    return 0;
}

/* Lanes begin where the page goes on. */
static void go_on(struct lanes *lanes, const struct page *page)
{
    for (size_t i = 0; i < lanes->count && page->goes_on; i++) {
        lanes->items[i].at     = page->at;
        lanes->items[i].at_uid = page->id;
    }
}

/* Nothing has a word that was never heard of. */
static bool is_hopeless(const struct choice *choice)
{
    bool is_hopeless = choice->is_given && !choice->is_not;

    for (size_t i = 0; i < choice->count; i++)
        is_hopeless &= choice->values[i] < 0;
    return is_hopeless;
}

int inference_list(struct db *db, const struct inference_question *question,
                   struct inference_keys *out, struct fail *why)
{
    OWN(lanes) lanes = LANES_EMPTY;
    struct walk walk = {.db        = db,
                        .question  = question,
                        .filter    = *question->filter,
                        .best      = out,
                        .lanes     = &lanes,
                        .by_elapse = question->order == INFERENCE_BY_ELAPSE};
    int         got;

    out->room  = (size_t)question->page->limit + 1;
    out->items = mem_array(out->room, sizeof *out->items);
    if (!out->items)
        return fail_set(why, FAIL_MEMORY, "no memory for a list of transactions");
    if (is_hopeless(&question->filter->servers) || is_hopeless(&question->filter->statuses))
        return 0;
    if (lanes_find(db, question->filter, question->set, &lanes, why))
        return -1;
    if (!walk.by_elapse)
        go_on(&lanes, question->page);
    got = walk.by_elapse ? find_longest(&walk, why) : find_newest(&walk, why);
    if (got)
        return -1;
    sort(&walk);
    return 0;
}
