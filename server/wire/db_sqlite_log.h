/* db_sqlite_log.h -- the writer's log, written in few large pieces.
 *
 * SQLite writes a transaction into its write-ahead log page by page, in two calls each: a head of
 * 24 bytes and the page. On our path that was a tenth of what an event costs. The file system named
 * here is SQLite's own; only what the writer appends to its log is gathered, and written when the
 * log is synced, read, or anything else is asked of it.
 *
 * Nothing is less durable: under synchronous=FULL SQLite syncs the log before it shows the commit
 * to readers and to us, and a gathered piece that cannot be written fails that sync, and so the
 * commit. Readers open the file by themselves; they look only at what was synced. */
#ifndef SMON_WIRE_DB_SQLITE_LOG_H
#define SMON_WIRE_DB_SQLITE_LOG_H

#include <sqlite3.h>

/* Starts SQLite: what sqlite3_config sets must be set before. The name to open the writer's
 * connection with; NULL, which is the usual file system, when SQLite has no memory for it. */
const char *sqlite_log_file_system(void);

#endif
