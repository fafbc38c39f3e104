/* store.h -- opens the database and brings it to this program's schema.
 *
 * One process holds a data directory: a lock file with its pid keeps a second one out. One
 * connection writes (see writer.h); readers are opened read-only. */
#ifndef SMON_STORE_STORE_H
#define SMON_STORE_STORE_H

#include "base/own.h"
#include "base/when.h"

#include <stdint.h>

struct db;
struct fail;
struct store;

struct store_options {
    const char *data_dir;  /* made when missing, mode 0700 */
    const char *url;       /* NULL: smon.db in data_dir; or postgres://... */
    int         cache_kib; /* of the writer; 0: default */
};

/* Takes the lock, opens the writing connection, migrates. FAIL_CLASH names the pid that holds the
 * directory; FAIL_INPUT a schema that is newer than this program or a migration that was edited. */
int  store_open(const struct store_options *options, struct store **out, struct fail *why);
void store_free(struct store *store);
OWN_PTR_TYPE(store)

const char *store_data_dir(const struct store *store);
const char *store_url(const struct store *store);
int         store_schema_version(const struct store *store);
int         store_migrated(const struct store *store); /* how many migrations this start applied */

/* A new read-only connection, for one thread. */
int store_reader(struct store *store, struct db **out, struct fail *why);

/* The writing connection: for the writer, and for verbs that run without one. */
struct db *store_writer_db(struct store *store);
/* Whether the database file is still the one that was opened. What is written into one that was
 * removed is lost with the process, so nothing may be acknowledged then: FAIL_BUSY, until it is
 * back. On PostgreSQL: 0. */
int store_check_place(const struct store *store, struct fail *why);
/* Closes and opens it again, after db_is_lost. */
int store_reopen(struct store *store, struct fail *why);

#endif
