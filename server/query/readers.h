/* readers.h -- the threads that read: each with a read-only connection and words of its own.
 *
 * Readings wait in a bounded queue; when it is full the asker is told so at once. A connection that
 * is lost is opened again before the next reading. */
#ifndef SMON_QUERY_READERS_H
#define SMON_QUERY_READERS_H

#include "base/own.h"
#include "base/when.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct db;
struct fail;
struct readers;
struct store;
struct words;

struct reader {
    struct db    *db; /* NULL: could not be opened, and `why` says why */
    struct words *words;
    struct fail  *why;
};

struct reading {
    struct reading *next; /* the readers' own */
    /* Runs on a reader's thread, exactly once; the statements it starts end at `deadline`. */
    void (*run)(struct reading *reading, struct reader *reader);
    ms deadline; /* monotonic */
};

enum { READERS_MOST_WAITING = 512 };

int readers_start(struct store *store, int threads, struct readers **out, struct fail *why);
/* Runs what waits, then stops. */
void readers_free(struct readers *readers);
OWN_PTR_TYPE(readers)

/* False: too many wait, or it is stopping; `run` is not called. */
bool readers_submit(struct readers *readers, struct reading *reading);

struct readers_figures {
    uint64_t runs, refused, reopened;
    size_t   waiting;
};
void readers_figures(struct readers *readers, struct readers_figures *out);

/* The same connection care for a thread outside the pool. Both ends of a reader's life. */
int  reader_open(struct reader *reader, struct store *store, struct fail *why);
void reader_release(struct reader *reader);
/* Opens it again when it is not there or lost; db stays NULL when that fails. */
void reader_mend(struct reader *reader, struct store *store);

#endif
