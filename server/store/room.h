/* room.h -- room on the disk of an SQLite store, and a reserve for when there is none.
 *
 * Removing rows is written to the log first, so on a full disk even retention could not make room.
 * Therefore a file, `reserve`, lies in the data directory. When a commit finds the disk full the
 * reserve is removed and the log is moved into the database file: the log never holds more than
 * the reserve can take in. From then on the store is short: only work that makes room is done.
 *
 * It ends by itself when the reserve can be made again and as much is left beside it, or when
 * enough is unused within the database file; then the reserve is smaller, the room tight, and the
 * store is short again before the file would have to grow.
 *
 * Belongs to the writer's thread. On PostgreSQL, whose disk is not ours, a room is NULL, and every
 * function takes that for a room without end. */
#ifndef SMON_STORE_ROOM_H
#define SMON_STORE_ROOM_H

#include "base/own.h"

#include <stdbool.h>
#include <stddef.h>

struct fail;
struct room;
struct store;

int  room_new(struct store *store, struct room **out, struct fail *why);
void room_free(struct room *room); /* the reserve stays */
OWN_PTR_TYPE(room)

bool room_is_short(const struct room *room);

/* How many pages the log may hold, at most `usual`; how many bytes of posts one transaction. */
int    room_log_pages(const struct room *room, int usual);
size_t room_group_bytes(const struct room *room);

/* Whether the last transaction failed for want of room. */
bool room_was_full(const struct room *room);

/* It did: spends the reserve and empties the log. As room_look. */
int room_spend(struct room *room, struct fail *why);

/* Between transactions: 0 there is room; -1 it is short, and *why says what is wanted (FAIL_BUSY).
 * Costs nothing while there is plenty. */
int room_look(struct room *room, struct fail *why);

#endif
