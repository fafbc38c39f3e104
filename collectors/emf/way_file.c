#include "emf/ways.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/fail.h"

enum { FILE_MODE = 0640 };

static int write_rest(int fd, const char *data, size_t size, struct fail *why)
{
    while (size) {
        ssize_t wrote = write(fd, data, size);

        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote < 0)
            return fail_set(why, FAIL_REMOTE, "write: %s", strerror(errno));
        data += wrote;
        size -= (size_t)wrote;
    }
    return 0;
}

/* A line and its line feed in one call, so that nobody else's line comes between. */
static int write_line(int fd, struct str line, struct fail *why)
{
    static const char feed = '\n';
    union {
        const void *from;
        void       *to;
    } data = {line.data}, end = {&feed}; /* writev takes no const, though it only reads */
    struct iovec parts[2] = {{data.to, line.size}, {end.to, 1}};
    ssize_t      wrote;

    do {
        wrote = writev(fd, parts, 2);
    } while (wrote < 0 && errno == EINTR);
    if (wrote < 0)
        return fail_set(why, FAIL_REMOTE, "write: %s", strerror(errno));
    if ((size_t)wrote <= line.size)
        return write_rest(fd, line.data + wrote, line.size - (size_t)wrote, why)
                       || write_rest(fd, &feed, 1, why)
                   ? -1
                   : 0;
    return 0;
}

int way_lines(int fd, struct output_event *events, size_t count, struct fail *why)
{
    for (size_t i = 0; i < count; i++) {
        if (write_line(fd, events[i].line, why))
            return -1;
        events[i].result = OUTPUT_TAKEN;
    }
    return 0;
}

/* A program that died, or a full disk, may have left half a line: the next must not be glued
 * to it. */
static int mend_end(int fd, struct fail *why)
{
    off_t size = lseek(fd, 0, SEEK_END);
    char  last = '\n';

    if (size <= 0)
        return 0; /* empty, or a pipe */
    if (pread(fd, &last, 1, size - 1) != 1)
        return fail_set(why, FAIL_REMOTE, "read: %s", strerror(errno));
    return last == '\n' ? 0 : write_rest(fd, "\n", 1, why);
}

static int append(int fd, struct output_event *events, size_t count, struct fail *why)
{
    int result = mend_end(fd, why) || way_lines(fd, events, count, why) ? -1 : 0;

    /* Also when a line failed: those before it are told as taken. */
    if (fdatasync(fd) && errno != EINVAL && errno != EROFS) {
        for (size_t i = 0; i < count; i++)
            events[i].result = OUTPUT_WAITS;
        result = fail_set(why, FAIL_REMOTE, "sync: %s", strerror(errno));
    }
    return result;
}

int way_file(const char *path, struct output_event *events, size_t count, struct fail *why)
{
    int fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, FILE_MODE);
    int result;

    if (fd < 0)
        return fail_set(why, FAIL_REMOTE, "open %s: %s", path, strerror(errno));
    result = append(fd, events, count, why);
    if (close(fd) && !result)
        result = fail_set(why, FAIL_REMOTE, "close: %s", strerror(errno));
    return result ? fail_in(why, "%s", path) : 0;
}
