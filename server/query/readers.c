#include "query/readers.h"

#include "base/fail.h"
#include "base/lock.h"
#include "base/mem.h"
#include "store/store.h"
#include "store/words.h"
#include "wire/db.h"

#include <pthread.h>

enum { READERS_MOST_THREADS = 64 };

struct readers {
    struct store          *store;
    struct lock            lock; /* guards everything below */
    struct bell            bell; /* something waits, or is_stopping */
    struct reading        *first, *last;
    bool                   is_stopping;
    struct readers_figures figures;

    pthread_t threads[READERS_MOST_THREADS]; /* only the starting thread */
    int       thread_count;
};

int reader_open(struct reader *reader, struct store *store, struct fail *why)
{
    *reader = (struct reader){.db = NULL};
    if (!(reader->why = mem_new(sizeof *reader->why)))
        return fail_set(why, FAIL_MEMORY, "no memory for a reader");
    if (words_new(&reader->words, why)) {
        reader_release(reader);
        return -1;
    }
    reader_mend(reader, store);
    return 0;
}

void reader_release(struct reader *reader)
{
    db_free(reader->db);
    words_free(reader->words);
    mem_free(reader->why);
    *reader = (struct reader){.db = NULL};
}

void reader_mend(struct reader *reader, struct store *store)
{
    if (reader->db && !db_is_lost(reader->db))
        return;
    db_free(TAKE(reader->db));
    if (store_reader(store, &reader->db, reader->why))
        reader->db = NULL;
}

/* NULL: it is over. */
static struct reading *next_reading(struct readers *readers)
{
    struct reading *reading;

    lock_take(&readers->lock);
    while (!readers->first && !readers->is_stopping)
        (void)bell_wait(&readers->bell, &readers->lock, WHEN_UNKNOWN); /* the loop looks again */
    reading = readers->first;
    if (reading) {
        readers->first = reading->next;
        if (!readers->first)
            readers->last = NULL;
        readers->figures.waiting--;
        readers->figures.runs++;
    }
    lock_drop(&readers->lock);
    return reading;
}

static void count_reopened(struct readers *readers)
{
    lock_take(&readers->lock);
    readers->figures.reopened++;
    lock_drop(&readers->lock);
}

static void *run(void *ctx)
{
    struct readers *readers = ctx;
    struct reader   reader;
    struct fail     why = FAIL_OK;
    struct reading *reading;
    bool            is_open = reader_open(&reader, readers->store, &why) == 0;

    if (!is_open)
        reader = (struct reader){.why = &why};
    while ((reading = next_reading(readers))) {
        if (is_open && (!reader.db || db_is_lost(reader.db))) {
            count_reopened(readers);
            reader_mend(&reader, readers->store);
        }
        if (is_open)
            words_trim(reader.words);
        if (reader.db)
            db_deadline(reader.db, reading->deadline);
        reading->run(reading, &reader);
    }
    if (is_open)
        reader_release(&reader);
    return NULL;
}

int readers_start(struct store *store, int threads, struct readers **out, struct fail *why)
{
    OWN_PTR(readers) readers = mem_new(sizeof *readers);

    if (!readers)
        return fail_set(why, FAIL_MEMORY, "no memory for readers");
    readers->store = store;
    lock_init(&readers->lock);
    bell_init(&readers->bell);
    for (int i = 0; i < threads && i < READERS_MOST_THREADS; i++) {
        if (thread_start(&readers->threads[i], "reader", run, readers))
            return fail_set(why, FAIL_BUSY, "cannot start a thread that reads");
        readers->thread_count++;
    }
    *out = TAKE(readers);
    return 0;
}

void readers_free(struct readers *readers)
{
    if (!readers)
        return;
    lock_take(&readers->lock);
    readers->is_stopping = true;
    bell_ring_all(&readers->bell);
    lock_drop(&readers->lock);
    for (int i = 0; i < readers->thread_count; i++)
        (void)pthread_join(readers->threads[i], NULL); /* ours, and joined once */
    bell_release(&readers->bell);
    lock_release(&readers->lock);
    mem_free(readers);
}

bool readers_submit(struct readers *readers, struct reading *reading)
{
    bool is_taken;

    reading->next = NULL;
    lock_take(&readers->lock);
    is_taken = !readers->is_stopping && readers->figures.waiting < READERS_MOST_WAITING;
    if (is_taken) {
        if (readers->last)
            readers->last->next = reading;
        else
            readers->first = reading;
        readers->last = reading;
        readers->figures.waiting++;
        bell_ring(&readers->bell);
    } else {
        readers->figures.refused++;
    }
    lock_drop(&readers->lock);
    return is_taken;
}

void readers_figures(struct readers *readers, struct readers_figures *out)
{
    lock_take(&readers->lock);
    *out = readers->figures;
    lock_drop(&readers->lock);
}
