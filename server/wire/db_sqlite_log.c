#include "wire/db_sqlite_log.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/mem.h"

/* SQLite's own file system takes less than 128 KiB at once: of 128 KiB it would write nothing. */
enum { GATHERED_BYTES = 124 * 1024, ALIGNMENT = 16 };

/* What SQLite holds for a file; SQLite's own follows at once. */
struct log {
    sqlite3_file  base;
    sqlite3_file *real;
    char         *gathered; /* NULL: no memory, so everything is written as it comes */
    int           size;     /* gathered, not yet written */
    int64_t       at;       /* where it belongs in the file */
};

static sqlite3_vfs *usual;

static struct log *log_of(sqlite3_file *file)
{
    return (struct log *)file;
}

/* What cannot be written is forgotten: the commit it belongs to fails. */
static int write_out(struct log *log)
{
    int size = log->size;

    log->size = 0;
    return size ? log->real->pMethods->xWrite(log->real, log->gathered, size, log->at) : SQLITE_OK;
}

static int log_write(sqlite3_file *file, const void *data, int size, sqlite3_int64 at)
{
    struct log *log = log_of(file);

    if (log->size && (at != log->at + log->size || size > GATHERED_BYTES - log->size)) {
        int code = write_out(log);

        if (code != SQLITE_OK)
            return code;
    }
    if (!log->gathered || size > GATHERED_BYTES)
        return log->real->pMethods->xWrite(log->real, data, size, at);
    if (!log->size)
        log->at = at;
    memcpy(log->gathered + log->size, data, (size_t)size);
    log->size += size;
    return SQLITE_OK;
}

static int log_read(sqlite3_file *file, void *out, int size, sqlite3_int64 at)
{
    struct log *log  = log_of(file);
    int         code = write_out(log);

    return code == SQLITE_OK ? log->real->pMethods->xRead(log->real, out, size, at) : code;
}

static int log_sync(sqlite3_file *file, int flags)
{
    struct log *log  = log_of(file);
    int         code = write_out(log);

    return code == SQLITE_OK ? log->real->pMethods->xSync(log->real, flags) : code;
}

static int log_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    struct log *log  = log_of(file);
    int         code = write_out(log);

    return code == SQLITE_OK ? log->real->pMethods->xTruncate(log->real, size) : code;
}

static int log_size(sqlite3_file *file, sqlite3_int64 *out)
{
    struct log *log  = log_of(file);
    int         code = write_out(log);

    return code == SQLITE_OK ? log->real->pMethods->xFileSize(log->real, out) : code;
}

/* What is still gathered belongs to no commit. */
static int log_close(sqlite3_file *file)
{
    struct log *log = log_of(file);

    mem_free(log->gathered);
    return log->real->pMethods->xClose(log->real);
}

static int log_lock(sqlite3_file *file, int level)
{
    return log_of(file)->real->pMethods->xLock(log_of(file)->real, level);
}

static int log_unlock(sqlite3_file *file, int level)
{
    return log_of(file)->real->pMethods->xUnlock(log_of(file)->real, level);
}

static int log_is_reserved(sqlite3_file *file, int *out)
{
    return log_of(file)->real->pMethods->xCheckReservedLock(log_of(file)->real, out);
}

static int log_control(sqlite3_file *file, int what, void *value)
{
    return log_of(file)->real->pMethods->xFileControl(log_of(file)->real, what, value);
}

static int log_sector(sqlite3_file *file)
{
    return log_of(file)->real->pMethods->xSectorSize(log_of(file)->real);
}

static int log_traits(sqlite3_file *file)
{
    return log_of(file)->real->pMethods->xDeviceCharacteristics(log_of(file)->real);
}

static const sqlite3_io_methods methods = {
    .iVersion               = 1,
    .xClose                 = log_close,
    .xRead                  = log_read,
    .xWrite                 = log_write,
    .xTruncate              = log_truncate,
    .xSync                  = log_sync,
    .xFileSize              = log_size,
    .xLock                  = log_lock,
    .xUnlock                = log_unlock,
    .xCheckReservedLock     = log_is_reserved,
    .xFileControl           = log_control,
    .xSectorSize            = log_sector,
    .xDeviceCharacteristics = log_traits,
};

static size_t head_size(void)
{
    return (sizeof(struct log) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

/* Everything but a log is SQLite's own from here on. */
static int open_file(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
                     int *out_flags)
{
    struct log *log = log_of(file);
    int         code;

    (void)vfs;
    if (!(flags & SQLITE_OPEN_WAL))
        return usual->xOpen(usual, name, file, flags, out_flags);
    *log = (struct log){.real = (sqlite3_file *)((char *)file + head_size())};
    code = usual->xOpen(usual, name, log->real, flags, out_flags);
    if (!log->real->pMethods)
        return code; /* SQLite closes only what has methods */
    log->base.pMethods = &methods;
    if (code == SQLITE_OK)
        log->gathered = mem_raw(GATHERED_BYTES);
    return code;
}

const char *sqlite_log_file_system(void)
{
    static sqlite3_vfs vfs;

    usual = sqlite3_vfs_find(NULL);
    if (!usual)
        return NULL;
    vfs          = *usual;
    vfs.pNext    = NULL;
    vfs.zName    = "gathering-log";
    vfs.szOsFile = usual->szOsFile + (int)head_size();
    vfs.xOpen    = open_file;
    return sqlite3_vfs_register(&vfs, 0) == SQLITE_OK ? vfs.zName : NULL;
}
