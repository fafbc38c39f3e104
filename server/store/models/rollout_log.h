/* rollout_log.h -- the entries of rollouts, as they are stored (table `rollout`). */
#ifndef SMON_STORE_MODELS_ROLLOUT_LOG_H
#define SMON_STORE_MODELS_ROLLOUT_LOG_H

#include "base/own.h"
#include "base/str.h"
#include "store/models/rollout.h"

struct batch;
struct db;
struct deployment;
struct fail;
struct page;

/* A list of entries that grows. */
struct rollout_log {
    struct rollout_entry *entries;
    size_t                count, room;
};
#define ROLLOUT_LOG_EMPTY ((struct rollout_log){NULL, 0, 0})
void rollout_log_release(struct rollout_log *log);
int  rollout_log_push(struct rollout_log *log, const struct rollout_entry *entry, struct fail *why);

/* Who and why, beside what. Texts without data are "it does not say". */
struct rollout_note {
    struct str          who, why;
    enum rollout_source source;
};

/* Adds one; gives it its id. */
int rollout_log_add(struct batch *batch, struct rollout_entry *entry,
                    const struct rollout_note *note, struct fail *why);
/* Takes away those of events, of one deployment, from this id on. */
int rollout_log_cut(struct batch *batch, int64_t deployment_id, int64_t from_id, struct fail *why);

/* Adds the entries of one deployment to *out, in the order of (at, id). */
int rollout_log_read(struct batch *batch, int64_t deployment_id, struct rollout_log *out,
                     struct fail *why);
/* The same for all registered deployments of its group (rollout.h), itself included. */
int rollout_log_group(struct batch *batch, const struct deployment *member, struct rollout_log *out,
                      struct fail *why);

/* For people: an entry with the state it met. Texts are borrowed. */
struct rollout_item {
    int64_t    id;
    ms         at;
    int64_t    what, share, state;
    int64_t    previous_state, previous_share; /* state 0: there was none */
    struct str who, why;
    int64_t    source;
};
typedef int rollout_visit(void *ctx, const struct rollout_item *item, struct fail *why);
/* In the order of (at, id) or against it; `visit` asks page_takes(page, item->at, item->id). */
int rollout_log_list(struct db *db, int64_t deployment_id, const struct page *page,
                     rollout_visit *visit, void *ctx, struct fail *why);

#endif
