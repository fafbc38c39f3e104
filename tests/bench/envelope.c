/* How long one event takes to be read: the scan alone, envelope_read with memory that is kept, and
 * with memory of its own each time, as in the service. Run: bench_envelope FILE... */
#include "base/buf.h"
#include "base/fail.h"
#include "base/own.h"
#include "format/scan.h"
#include "intake/envelope.h"

#include <stdio.h>
#include <time.h>

enum { TURNS = 2000, ROUNDS = 150, MOST_EVENT = 1 << 20 };

struct bench {
    struct str     text;
    struct scan    scan;
    struct reading reading;
    struct fail    why;
    int64_t        sum; /* so that nothing is left out by the compiler */
};

static double now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static int take(void *ctx, const struct news *news, struct str raw, const struct fail *why)
{
    (void)raw;
    *(int64_t *)ctx += news->version + (why != NULL);
    return 0;
}

/* The best of many short rounds: on a busy machine the others tell about the machine. */
static double best_us(void (*deed)(struct bench *), struct bench *bench)
{
    double best = 1e9;

    for (int round = 0; round < ROUNDS; round++) {
        double start = now_us(), each;

        for (int i = 0; i < TURNS; i++)
            deed(bench);
        each = (now_us() - start) / TURNS;
        best = each < best ? each : best;
    }
    return best;
}

static void scan_once(struct bench *bench)
{
    bench->sum += scan_read(&bench->scan, bench->text, &bench->why);
}

static void read_once(struct bench *bench)
{
    bench->sum += envelope_read(&bench->reading, bench->text, 0, take, &bench->sum, &bench->why);
}

static void read_fresh(struct bench *bench)
{
    OWN(reading) reading = READING_EMPTY;

    bench->sum += envelope_read(&reading, bench->text, 0, take, &bench->sum, &bench->why);
}

static int measure(const char *path)
{
    OWN(buf) text      = BUF_UP_TO(MOST_EVENT);
    struct bench bench = {.reading = READING_EMPTY, .scan = SCAN_EMPTY, .why = FAIL_OK};
    FILE        *file  = fopen(path, "rb");
    char         piece[4096];
    size_t       got;
    double       scan_us;

    if (!file)
        return 1;
    while ((got = fread(piece, 1, sizeof piece, file)) > 0)
        buf_add(&text, piece, got);
    fclose(file);
    bench.text = buf_view(&text);
    scan_us    = best_us(scan_once, &bench);
    printf("%6zu bytes  scan %.3f us (%.0f MB/s, %u tokens)  envelope %.3f us  with fresh memory "
           "%.3f us"
           "  %s\n",
           text.size, scan_us, (double)text.size / scan_us, bench.scan.count,
           best_us(read_once, &bench), best_us(read_fresh, &bench), path);
    scan_release(&bench.scan);
    reading_release(&bench.reading);
    return bench.why.kind != FAIL_NONE;
}

int main(int argc, char **argv)
{
    int failed = argc < 2;

    for (int i = 1; i < argc; i++)
        failed |= measure(argv[i]);
    return failed;
}
