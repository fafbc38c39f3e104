/* web_floor.c -- what one request costs inside web, and nothing else.
 *
 *     web_floor now       serve answers "ok" at once
 *     web_floor groups    another thread answers all that wait, as the store's writer does
 *
 * Prints its port; then load it (wrk -t1 -c64 -d4s) and press Enter: prints requests, CPU
 * microseconds per request, and how large the groups were. */
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/lock.h"
#include "wire/web.h"

enum { MOST_WAITING = 4096, MOST_BODY = 1 << 20 };

static struct {
    struct lock         lock; /* guards what follows */
    struct bell         bell;
    struct web_request *waiting[MOST_WAITING];
    int                 count;
    bool                is_over;
} writer;

static atomic_ullong answered, groups;

static void ok(struct web_request *request)
{
    struct web_reply reply = WEB_REPLY(200);

    reply.type        = "text/plain";
    reply.static_body = STR("ok");
    web_reply(request, &reply);
    atomic_fetch_add_explicit(&answered, 1, memory_order_relaxed);
}

static size_t admit(struct web_request *request, void *ctx)
{
    (void)request;
    (void)ctx;
    return MOST_BODY;
}

static void serve_now(struct web_request *request, void *ctx)
{
    (void)ctx;
    ok(request);
}

static void serve_later(struct web_request *request, void *ctx)
{
    (void)ctx;
    lock_take(&writer.lock);
    writer.waiting[writer.count++] = request;
    if (writer.count == 1)
        bell_ring(&writer.bell);
    lock_drop(&writer.lock);
}

static void refuse(int status, const char *detail, const char *id, struct buf *body, void *ctx)
{
    (void)id;
    (void)ctx;
    buf_format(body, "%d %s\n", status, detail);
}

static void *write_groups(void *arg)
{
    static struct web_request *group[MOST_WAITING];
    int                        count;

    (void)arg;
    for (;;) {
        lock_take(&writer.lock);
        while (writer.count == 0 && !writer.is_over)
            (void)bell_wait(&writer.bell, &writer.lock, WHEN_UNKNOWN);
        count = writer.count;
        memcpy(group, writer.waiting, (size_t)count * sizeof group[0]);
        writer.count = 0;
        lock_drop(&writer.lock);
        if (count == 0)
            return NULL;
        usleep(200); /* a commit on a good disk */
        for (int i = 0; i < count; i++)
            ok(group[i]);
        atomic_fetch_add(&groups, 1);
    }
}

static double cpu_us(void)
{
    struct rusage used;

    getrusage(RUSAGE_SELF, &used);
    return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1e6
           + (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
}

int main(int argc, char **argv)
{
    bool                in_groups = argc > 1 && strcmp(argv[1], "groups") == 0;
    struct web_handlers handlers  = {
         .admit = admit, .serve = in_groups ? serve_later : serve_now, .refuse = refuse};
    struct web_options options = {.address = "127.0.0.1"};
    struct fail        why     = FAIL_OK;
    OWN_PTR(web) web           = NULL;
    pthread_t thread;
    double    before;

    lock_init(&writer.lock);
    bell_init(&writer.bell);
    if (web_open(&options, &handlers, &web, &why)) {
        fprintf(stderr, "%s\n", why.text);
        return 1;
    }
    pthread_create(&thread, NULL, write_groups, NULL);
    before = cpu_us();
    printf("%d\n", web_port(web));
    fflush(stdout);
    (void)getchar();
    printf("%llu requests, %.2f us CPU each", atomic_load(&answered),
           (cpu_us() - before) / (double)(atomic_load(&answered) + 1));
    if (in_groups)
        printf(", %.1f in a group",
               (double)atomic_load(&answered) / (double)(atomic_load(&groups) + 1));
    printf("\n");
    lock_take(&writer.lock);
    writer.is_over = true;
    bell_ring_all(&writer.bell);
    lock_drop(&writer.lock);
    pthread_join(thread, NULL);
    return 0;
}
