#include "store/room.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fail.h"
#include "base/mem.h"
#include "store/store.h"
#include "wire/db.h"

#define RESERVE_NAME "reserve"

enum {
    LEAST_RESERVE = 4 << 20,
    MOST_RESERVE  = 40 << 20, /* takes in the longest log the writer lets grow */
    DISK_SHARE    = 64,       /* of the whole disk, between these */
    PAGE_BYTES    = 4096,
    NOTHING_LEFT  = 64 * 1024,
    MOST_PATH     = 4096
};

struct room {
    struct store *store;
    char         *path;    /* of the reserve */
    int64_t       wanted;  /* bytes it should have */
    int64_t       reserve; /* bytes it has */
    bool          is_short;
};

/* ---- looking ---- */

/* Bytes anybody may still take; INT64_MAX when the disk does not say. */
static int64_t free_bytes(const struct room *room)
{
    struct statvfs disk;

    if (statvfs(store_data_dir(room->store), &disk))
        return INT64_MAX;
    return (int64_t)disk.f_bavail * (int64_t)disk.f_frsize;
}

static int64_t wanted_bytes(const char *dir)
{
    struct statvfs disk;
    int64_t        share;

    if (statvfs(dir, &disk))
        return LEAST_RESERVE;
    share = (int64_t)disk.f_blocks * (int64_t)disk.f_frsize / DISK_SHARE;
    if (share < LEAST_RESERVE)
        return LEAST_RESERVE;
    return share < MOST_RESERVE ? share : MOST_RESERVE;
}

/* Bytes of the database file that hold nothing; 0 when it cannot be told. */
static int64_t spare_bytes(const struct room *room)
{
    struct fail ignored = FAIL_OK;
    struct stat file;
    int64_t     used;

    if (stat(store_url(room->store), &file)
        || db_size(store_writer_db(room->store), &used, &ignored) || used > file.st_size)
        return 0;
    return file.st_size - used;
}

bool room_was_full(const struct room *room)
{
    const struct db *db = room ? store_writer_db(room->store) : NULL;

    /* SQLite calls it an I/O error where it happens to its index of the log. */
    return db && (db_is_full(db) || (db_is_lost(db) && free_bytes(room) < NOTHING_LEFT));
}

/* ---- the reserve ---- */

static void remove_reserve(struct room *room)
{
    (void)unlink(room->path); /* there may be none */
    room->reserve = 0;
}

/* False: it cannot be had; then there is none. */
static bool make_reserve(struct room *room, int64_t bytes)
{
    int  file = open(room->path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    bool is_made;

    if (file < 0)
        return false;
    is_made = posix_fallocate(file, 0, bytes) == 0 && ftruncate(file, bytes) == 0;
    (void)close(file); /* nothing was written */
    if (!is_made)
        remove_reserve(room);
    else
        room->reserve = bytes;
    return is_made;
}

static bool is_tight(const struct room *room)
{
    return room->reserve < room->wanted;
}

/* ---- deciding ---- */

static int say_short(const struct room *room, int64_t left, struct fail *why)
{
    return fail_set(
        why, FAIL_BUSY,
        "the disk is full: %lld KiB are left, %lld KiB are wanted; posts are taken again"
        " as soon as there is room",
        (long long)(left / 1024), (long long)(2 * room->wanted / 1024));
}

static int decide(struct room *room, struct fail *why)
{
    int64_t wanted = room->wanted, left = free_bytes(room), spare;

    if (left >= 2 * wanted - room->reserve && make_reserve(room, wanted)) {
        room->is_short = false;
        return 0;
    }
    spare = spare_bytes(room);
    if (room->is_short && spare >= wanted / 2 && left >= wanted / 2
        && make_reserve(room, left / 2)) {
        room->is_short = false;
        return 0;
    }
    if (!room->is_short && spare < wanted / 4 && left < wanted / 2) {
        remove_reserve(room);
        room->is_short = true;
        left           = free_bytes(room);
    }
    return room->is_short ? say_short(room, left, why) : 0;
}

int room_look(struct room *room, struct fail *why)
{
    struct fail ignored = FAIL_OK; /* what is left says it all */

    if (!room || (!room->is_short && !is_tight(room)))
        return 0;
    if (room->is_short && db_is_lost(store_writer_db(room->store))
        && store_reopen(room->store, why))
        return -1;
    if (room->is_short)
        (void)db_empty_log(store_writer_db(room->store), &ignored);
    return decide(room, why);
}

int room_spend(struct room *room, struct fail *why)
{
    remove_reserve(room);
    room->is_short = true;
    return room_look(room, why);
}

bool room_is_short(const struct room *room)
{
    return room && room->is_short;
}

int room_log_pages(const struct room *room, int usual)
{
    int64_t pages;

    if (!room)
        return usual;
    pages = (is_tight(room) ? room->wanted / 8 : room->wanted / 5 * 4) / PAGE_BYTES;
    return pages < usual ? (int)pages : usual;
}

size_t room_group_bytes(const struct room *room)
{
    if (!room)
        return SIZE_MAX;
    return (size_t)(is_tight(room) ? room->wanted / 16 : room->wanted / 4);
}

/* ---- life ---- */

static int find_reserve(struct room *room, struct fail *why)
{
    OWN(buf) path = BUF_UP_TO(MOST_PATH);
    struct stat file;

    buf_format(&path, "%s/" RESERVE_NAME, store_data_dir(room->store));
    (void)buf_c(&path);
    if (buf_check(&path, why))
        return -1;
    room->path = buf_take(&path).data;
    if (stat(room->path, &file) == 0)
        room->reserve = (int64_t)file.st_blocks * 512;
    return 0;
}

int room_new(struct store *store, struct room **out, struct fail *why)
{
    OWN_PTR(room) room = NULL;

    *out = NULL;
    if (db_engine(store_writer_db(store)) != DB_SQLITE)
        return 0;
    room = mem_new(sizeof *room);
    if (!room)
        return fail_set(why, FAIL_MEMORY, "no memory for the store's room");
    room->store  = store;
    room->wanted = wanted_bytes(store_data_dir(store));
    if (find_reserve(room, why))
        return -1;
    if (is_tight(room) && free_bytes(room) >= 2 * room->wanted - room->reserve)
        (void)make_reserve(room, room->wanted); /* the first look tells whether that is bad */
    *out = TAKE(room);
    return 0;
}

void room_free(struct room *room)
{
    if (!room)
        return;
    mem_free(room->path);
    mem_free(room);
}
