/* What the facts of an endpoint mean for its variants: the second half of traffic.h. */
#include "intake/models/traffic.h"

#include "base/fail.h"
#include "base/mem.h"

#include <stdio.h>
#include <string.h>

enum { NOT_SAID = -1 };

/* A variant in a fact; numbers below 0: it does not say. */
struct said {
    char   variant[TRAFFIC_NAME_ROOM];
    double weight, count, of;
};

struct said_list {
    struct said items[TRAFFIC_MOST_VARIANTS];
    size_t      count;
};

void traffic_fold_release(struct traffic_fold *fold)
{
    mem_free(fold->units);
    mem_free(fold->moves);
    scan_release(&fold->scan);
    *fold = TRAFFIC_FOLD_EMPTY;
}

/* Names of configurations and variants. */
static bool is_same(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

/* --- units and moves --- */

static bool is_over(const struct traffic_unit *unit)
{
    return unit->stand.state != 0 && rollout_is_end(unit->stand.state);
}

static int add_unit(struct traffic_fold *fold, const char *config, const char *variant,
                    struct fail *why)
{
    struct traffic_unit *unit;

    if (fold->unit_count == fold->unit_room) {
        size_t               room = fold->unit_room ? 2 * fold->unit_room : 8;
        struct traffic_unit *more = mem_grow(fold->units, room, sizeof *more);

        if (!more)
            return fail_set(why, FAIL_MEMORY, "no memory for an endpoint's variants");
        fold->units     = more;
        fold->unit_room = room;
    }
    unit  = &fold->units[fold->unit_count++];
    *unit = (struct traffic_unit){.wanted = NOT_SAID};
    memcpy(unit->config, config, TRAFFIC_NAME_ROOM);
    memcpy(unit->variant, variant, TRAFFIC_NAME_ROOM);
    return 0;
}

/* The fact says that this variant is to have this share. */
static int want(struct traffic_fold *fold, const char *config, const char *variant, int64_t share,
                struct fail *why)
{
    size_t at = 0;

    while (
        at < fold->unit_count
        && !(is_same(fold->units[at].config, config) && is_same(fold->units[at].variant, variant)))
        at++;
    if (at == fold->unit_count && add_unit(fold, config, variant, why))
        return -1;
    fold->units[at].wanted = share;
    return 0;
}

/* "Baking", "InService", "Failed: no capacity": what the fact is about. */
static void write_why(const struct endpoint_fact *fact, char out[TRAFFIC_WHY_ROOM])
{
    enum { COLON = 2 };
    struct str what   = fact->next_phase.size ? fact->next_phase : fact->status;
    struct str reason = str_head(fact->why, TRAFFIC_WHY_ROOM - TRAFFIC_NAME_ROOM - COLON - 1);

    what = str_head(what, TRAFFIC_NAME_ROOM);
    (void)snprintf(out, TRAFFIC_WHY_ROOM, "%.*s%s%.*s", STR_ARG(what), reason.size ? ": " : "",
                   STR_ARG(reason)); /* both together fit */
}

static int move(struct traffic_fold *fold, size_t unit, enum rollout_what what,
                const struct endpoint_fact *fact, struct fail *why)
{
    struct traffic_move *made;

    if (fold->move_count == fold->move_room) {
        size_t               room = fold->move_room ? 2 * fold->move_room : 16;
        struct traffic_move *more = mem_grow(fold->moves, room, sizeof *more);

        if (!more)
            return fail_set(why, FAIL_MEMORY, "no memory for an endpoint's history");
        fold->moves     = more;
        fold->move_room = room;
    }
    made                    = &fold->moves[fold->move_count++];
    fold->units[unit].stand = rollout_after(what, fold->units[unit].wanted);
    *made                   = (struct traffic_move){
                          .unit = unit, .at = fact->at, .what = what, .share = fold->units[unit].stand.share};
    write_why(fact, made->why);
    return 0;
}

/* --- shares --- */

static double number_or(struct traffic_fold *fold, uint32_t item, const char *name)
{
    uint32_t at = scan_member(&fold->scan, item, name);
    double   number;

    return at != SCAN_NONE && scan_number(&fold->scan, at, &number) == 0 && number >= 0 ? number
                                                                                        : NOT_SAID;
}

/* Names longer than SageMaker allows are cut: they tell variants apart all the same. */
static void copy_name(struct str name, char out[TRAFFIC_NAME_ROOM])
{
    struct str head = str_head(name, TRAFFIC_NAME_ROOM - 1);

    memset(out, 0, TRAFFIC_NAME_ROOM);
    if (head.size)
        memcpy(out, head.data, head.size);
}

static int read_list(struct traffic_fold *fold, struct str json, struct said_list *out,
                     struct fail *why)
{
    const struct scan *scan = &fold->scan;

    out->count = 0;
    if (!json.size)
        return 0;
    if (scan_read(&fold->scan, json, why))
        return fail_in(why, "a stored list of variants");
    for (uint32_t at = scan_first(scan, 0); at && out->count < TRAFFIC_MOST_VARIANTS;
         at          = scan_next(scan, 0, at)) {
        struct said *said = &out->items[out->count++];
        uint32_t     name = scan_member(scan, at, "variant");

        *said = (struct said){.weight = number_or(fold, at, "weight"),
                              .count  = number_or(fold, at, "count"),
                              .of     = number_or(fold, at, "of")};
        /* Names of variants have no escapes: letters, digits and '-'. */
        if (name != SCAN_NONE && scan_type(scan, name) == SCAN_TEXT)
            copy_name(str_from(scan->text.data + scan->tokens[name].start, scan->tokens[name].size),
                      said->variant);
    }
    return 0;
}

/* How the variants of a list share what there is: by weight; all alike where none has one. */
static double weight_of(const struct said_list *list, size_t at)
{
    double sum = 0;

    for (size_t i = 0; i < list->count; i++)
        sum += list->items[i].weight > 0 ? list->items[i].weight : 0;
    if (sum <= 0)
        return 1.0 / (double)list->count;
    return list->items[at].weight > 0 ? list->items[at].weight / sum : 0;
}

/* The variants of a list become known, before anything is said of their shares. */
static int meet_all(struct traffic_fold *fold, struct str config, struct str json, struct fail *why)
{
    struct said_list list;
    char             name[TRAFFIC_NAME_ROOM];

    copy_name(config, name);
    if (!*name)
        return 0;
    if (read_list(fold, json, &list, why))
        return -1;
    for (size_t i = 0; i < list.count; i++)
        if (want(fold, name, list.items[i].variant, NOT_SAID, why))
            return -1;
    return 0;
}

int traffic_fold_meet(struct traffic_fold *fold, const struct endpoint_fact *fact, struct fail *why)
{
    return meet_all(fold, fact->config, fact->variants, why)
                   || meet_all(fold, fact->next_config, fact->next, why)
               ? -1
               : 0;
}

/* Without a list, the variants known of this configuration; or one without a name. */
static void fill_list(const struct traffic_fold *fold, const char *config, struct said_list *list)
{
    for (size_t i = 0; i < fold->unit_count && list->count < TRAFFIC_MOST_VARIANTS; i++)
        if (is_same(fold->units[i].config, config)) {
            list->items[list->count] =
                (struct said){.weight = (double)fold->units[i].stand.share, .count = 0, .of = 0};
            memcpy(list->items[list->count++].variant, fold->units[i].variant, TRAFFIC_NAME_ROOM);
        }
    if (list->count == 0)
        list->items[list->count++] = (struct said){.weight = 1, .count = 0, .of = 0};
}

/* `total` over the variants, each `part` (0 to 1) of its own; sums are right to the hundredth. */
static int spread(struct traffic_fold *fold, const char *config, struct str json, int64_t total,
                  struct fail *why)
{
    struct said_list list;
    double           sum  = 0;
    int64_t          gone = 0, until;

    if (!*config || read_list(fold, json, &list, why))
        return *config ? -1 : 0;
    if (list.count == 0)
        fill_list(fold, config, &list);
    for (size_t i = 0; i < list.count; i++) {
        sum += weight_of(&list, i);
        until = (int64_t)(sum * (double)total + 0.5);
        if (want(fold, config, list.items[i].variant, until - gone, why))
            return -1;
        gone = until;
    }
    return 0;
}

static bool has_traffic(struct str phase)
{
    return str_is_text(phase, "Baking") || str_is_text(phase, "ActivatingTraffic");
}

/* Pending variants: what they have is what of their instances is there. Gives the sum. */
static int spread_next(struct traffic_fold *fold, const char *config,
                       const struct endpoint_fact *fact, int64_t *out_sum, struct fail *why)
{
    struct said_list list;

    *out_sum = 0;
    if (read_list(fold, fact->next, &list, why))
        return -1;
    if (list.count == 0)
        fill_list(fold, config, &list);
    for (size_t i = 0; i < list.count; i++) {
        const struct said *said = &list.items[i];
        double             part =
            said->of > 0 && said->count >= 0 && said->count < said->of ? said->count / said->of : 1;
        int64_t share = has_traffic(fact->next_phase)
                            ? (int64_t)(weight_of(&list, i) * part * ROLLOUT_WHOLE + 0.5)
                            : 0;

        if (*out_sum + share > ROLLOUT_WHOLE)
            share = ROLLOUT_WHOLE - *out_sum;
        if (want(fold, config, said->variant, share, why))
            return -1;
        *out_sum += share;
    }
    return 0;
}

/* --- what a fact does --- */

/* Brings units to the shares they are to have. */
static int settle(struct traffic_fold *fold, const struct endpoint_fact *fact, struct fail *why)
{
    for (size_t i = 0; i < fold->unit_count; i++) {
        struct traffic_unit *unit = &fold->units[i];

        if (unit->wanted == NOT_SAID)
            continue;
        if (unit->stand.state == 0 && move(fold, i, ROLLOUT_CREATED, fact, why))
            return -1;
        if (unit->wanted != unit->stand.share
            && move(fold, i, unit->wanted == ROLLOUT_WHOLE ? ROLLOUT_PROMOTED : ROLLOUT_SHIFT, fact,
                    why))
            return -1;
    }
    return 0;
}

/* Ends all units but those of `config` (NULL: all). */
static int end(struct traffic_fold *fold, const char *config, enum rollout_what what,
               const struct endpoint_fact *fact, struct fail *why)
{
    for (size_t i = 0; i < fold->unit_count; i++) {
        struct traffic_unit *unit = &fold->units[i];

        if (unit->stand.state == 0 || is_over(unit) || (config && is_same(unit->config, config)))
            continue;
        unit->wanted = 0;
        if (move(fold, i, what, fact, why))
            return -1;
    }
    return 0;
}

/* One configuration has it all. Coming back to the one that had it before is a rollback. */
static int in_service(struct traffic_fold *fold, const char *config,
                      const struct endpoint_fact *fact, struct fail *why)
{
    enum rollout_what others =
        is_same(fold->stable, config) ? ROLLOUT_ROLLED_BACK : ROLLOUT_RETIRED;

    if (!*config)
        return 0;
    for (size_t i = 0; i < fold->unit_count; i++)
        if (is_same(fold->units[i].config, config))
            fold->units[i].wanted = 0;
    if (spread(fold, config, fact->variants, ROLLOUT_WHOLE, why) || settle(fold, fact, why))
        return -1;
    memcpy(fold->stable, config, TRAFFIC_NAME_ROOM);
    return end(fold, config, others, fact, why);
}

static bool has_pending(const struct traffic_fold *fold, const char *config)
{
    for (size_t i = 0; i < fold->unit_count; i++)
        if (fold->units[i].stand.state && !is_over(&fold->units[i])
            && !is_same(fold->units[i].config, config))
            return true;
    return false;
}

/* Under way from one configuration to the next, or between weights. */
static int updating(struct traffic_fold *fold, const char *config, const struct endpoint_fact *fact,
                    struct fail *why)
{
    char    next[TRAFFIC_NAME_ROOM];
    int64_t taken = 0;

    copy_name(fact->next_config, next);
    if (*next && !is_same(next, config)) {
        if (spread_next(fold, next, fact, &taken, why))
            return -1;
    } else if (*fold->stable && !is_same(fold->stable, config)) {
        return spread(fold, config, fact->variants, 0, why) || settle(fold, fact, why) ? -1 : 0;
    } else if (has_pending(fold, config)) {
        return 0; /* this event does not tell of the pending one, but it is there */
    }
    if (!*fold->stable)
        memcpy(fold->stable, config, TRAFFIC_NAME_ROOM);
    return spread(fold, config, fact->variants, ROLLOUT_WHOLE - taken, why)
                   || settle(fold, fact, why)
               ? -1
               : 0;
}

static int rolling_back(struct traffic_fold *fold, const char *config,
                        const struct endpoint_fact *fact, struct fail *why)
{
    char    next[TRAFFIC_NAME_ROOM];
    int64_t ignored;

    copy_name(fact->next_config, next);
    if (*next && !is_same(next, config)) {
        const struct endpoint_fact quiet = {.next = fact->next}; /* in no phase: without traffic */

        if (spread_next(fold, next, &quiet, &ignored, why) || settle(fold, fact, why))
            return -1;
    }
    if (*config
        && (spread(fold, config, fact->variants, ROLLOUT_WHOLE, why) || settle(fold, fact, why)))
        return -1;
    return *config ? end(fold, config, ROLLOUT_ROLLED_BACK, fact, why) : 0;
}

/* There is a configuration, without traffic yet. */
static int creating(struct traffic_fold *fold, const char *config, const struct endpoint_fact *fact,
                    struct fail *why)
{
    if (spread(fold, config, fact->variants, 0, why))
        return -1;
    return settle(fold, fact, why);
}

static int failed(struct traffic_fold *fold, const char *config, const struct endpoint_fact *fact,
                  struct fail *why)
{
    if (!fold->move_count && creating(fold, config, fact, why))
        return -1;
    return end(fold, NULL, ROLLOUT_FAILED, fact, why);
}

static int over(struct traffic_fold *fold, const char *config, const struct endpoint_fact *fact,
                struct fail *why)
{
    (void)config; /* whichever it was */
    return end(fold, NULL, ROLLOUT_RETIRED, fact, why);
}

static const struct {
    const char *status;
    int (*does)(struct traffic_fold *fold, const char *config, const struct endpoint_fact *fact,
                struct fail *why);
} STATUSES[] = {
    {"Creating", creating},
    {"InService", in_service},
    {"Updating", updating},
    {"SystemUpdating", updating},
    {"RollingBack", rolling_back},
    {"UpdateRollbackFailed", updating},
    {"Failed", failed},
    {"OutOfService", over},
    {"Deleting", over},
    {"Deleted", over},
};

int traffic_fold_add(struct traffic_fold *fold, const struct endpoint_fact *fact, struct fail *why)
{
    char config[TRAFFIC_NAME_ROOM];

    copy_name(fact->config.size ? fact->config : str_of(fold->stable), config);
    for (size_t i = 0; i < fold->unit_count; i++)
        fold->units[i].wanted = NOT_SAID;
    for (size_t i = 0; i < sizeof STATUSES / sizeof STATUSES[0]; i++)
        if (str_is_text(fact->status, STATUSES[i].status))
            return STATUSES[i].does(fold, config, fact, why);
    return 0; /* a status we do not know says nothing about traffic */
}
