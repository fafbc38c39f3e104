#include "aws/textfile.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fail.h"

int textfile_read(const char *path, struct buf *out, struct fail *why)
{
    char    piece[4096];
    ssize_t got = 0;
    int     fd  = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
        return 0;
    if (fd < 0)
        return fail_set(why, FAIL_INPUT, "%s: %s", path, strerror(errno));
    while (!out->broken && (got = read(fd, piece, sizeof piece)) > 0)
        buf_add(out, piece, (size_t)got);
    close(fd);
    explicit_bzero(piece, sizeof piece);
    if (got < 0)
        return fail_set(why, FAIL_INPUT, "%s: %s", path, strerror(errno));
    if (buf_check(out, why))
        return fail_in(why, "%s", path);
    return 1;
}
