/* A disk that takes a millisecond to sync, like a network volume: preloaded before the service.
 *
 *     cc -shared -fPIC -o slow_sync.so slow_sync.c -ldl
 *     LD_PRELOAD=./slow_sync.so smon serve ... */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>
#include <unistd.h>

typedef int sync_call(int fd);

static int slowly(const char *name, int fd)
{
    const struct timespec millisecond = {0, 1000000};
    sync_call            *call;

    /* The one way to turn dlsym's pointer into a function that ISO C lets pass. */
    *(void **)&call = dlsym(RTLD_NEXT, name);
    nanosleep(&millisecond, NULL);
    return call(fd);
}

int fsync(int fd)
{
    return slowly("fsync", fd);
}

int fdatasync(int fd)
{
    return slowly("fdatasync", fd);
}
