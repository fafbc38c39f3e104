/* collectors/emf/way_file.c: what is told as taken is on disk. */
#include "check.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "emf/ways.h"

static int lines_with_room, syncs;

/* These stand before the C library's own: a disk that has room for so many lines. */
ssize_t writev(int fd, const struct iovec *parts, int count)
{
    if (lines_with_room-- > 0)
        return syscall(SYS_writev, fd, parts, count);
    errno = ENOSPC;
    return -1;
}

int fdatasync(int fd)
{
    syncs++;
    return (int)syscall(SYS_fdatasync, fd);
}

static void lines_before_a_full_disk_are_synced(void **state)
{
    char                path[]   = "/tmp/smon-way-file-XXXXXX";
    struct output_event events[] = {{.line = STR("{\"first\":1}")}, {.line = STR("{\"next\":2}")}};
    struct fail         why      = FAIL_OK;
    int                 fd       = mkstemp(path);

    (void)state;
    assert_true(fd >= 0);
    close(fd);
    lines_with_room = 1;
    assert_int_equal(way_file(path, events, 2, &why), -1);
    unlink(path);
    assert_int_equal(events[0].result, OUTPUT_TAKEN);
    assert_int_equal(events[1].result, OUTPUT_WAITS);
    assert_non_null(strstr(why.text, "No space left"));
    assert_int_equal(syncs, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_before_a_full_disk_are_synced),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
