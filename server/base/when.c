#include "base/when.h"

#include "base/fail.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static const double SECONDS_BELOW = 1e11;            /* a number smaller than this is in seconds */
static const ms     LATEST_MS     = 253402300799999; /* the last of the year 9999 */
static const ms     EARLIEST_MS   = -62167219200000; /* the first of the year 0 */

static const _Atomic int64_t *shift; /* set once before any thread starts */

static ms clock_ms(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (ms)now.tv_sec * MS_SECOND + now.tv_nsec / 1000000
           + (shift ? atomic_load_explicit(shift, memory_order_relaxed) : 0);
}

ms when_now(void)
{
    return clock_ms(CLOCK_REALTIME);
}

ms when_monotonic(void)
{
    return clock_ms(CLOCK_MONOTONIC);
}

int when_use_file(const char *path, struct fail *why)
{
    int   fd = open(path, O_RDONLY | O_CLOEXEC);
    void *map;

    if (fd < 0)
        return fail_set(why, FAIL_INPUT, "clock file %s: %s", path, strerror(errno));
    map = mmap(NULL, sizeof(int64_t), PROT_READ, MAP_SHARED, fd, 0);
    close(fd);
    if (map == MAP_FAILED)
        return fail_set(why, FAIL_INPUT, "clock file %s: %s", path, strerror(errno));
    shift = map;
    return 0;
}

int when_is_movable(void)
{
    return shift != NULL;
}

/* Days since 1970 of a civil date, and back; proleptic Gregorian, years from March. */
static int64_t days_of(int64_t year, int month, int day)
{
    int64_t era, of_era, of_year;

    year -= month <= 2;
    era     = (year >= 0 ? year : year - 399) / 400;
    of_era  = year - era * 400;
    of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static void date_of(int64_t days, int64_t *year, int *month, int *day)
{
    int64_t era, of_era, of_year, years, month_from_march;

    days += 719468;
    era              = (days >= 0 ? days : days - 146096) / 146097;
    of_era           = days - era * 146097;
    years            = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    of_year          = of_era - (365 * years + years / 4 - years / 100);
    month_from_march = (5 * of_year + 2) / 153;
    *day             = (int)(of_year - (153 * month_from_march + 2) / 5 + 1);
    *month           = (int)(month_from_march < 10 ? month_from_march + 3 : month_from_march - 9);
    *year            = years + era * 400 + (*month <= 2);
}

/* `width` digits of a number that has no more, at *out, which moves on; then one mark. */
static void put(char **out, int64_t number, int width, char mark)
{
    for (int i = width - 1; i >= 0; i--, number /= 10)
        (*out)[i] = (char)('0' + number % 10);
    (*out)[width] = mark;
    *out += width + 1;
}

void when_render(ms when, char out[WHEN_ROOM])
{
    ms      within = when < EARLIEST_MS ? EARLIEST_MS : when > LATEST_MS ? LATEST_MS : when;
    int64_t days   = within / MS_DAY - (within % MS_DAY < 0);
    int64_t rest   = within - days * MS_DAY;
    int64_t year;
    int     month, day;

    date_of(days, &year, &month, &day);
    put(&out, year, 4, '-');
    put(&out, month, 2, '-');
    put(&out, day, 2, 'T');
    put(&out, rest / MS_HOUR, 2, ':');
    put(&out, rest / MS_MINUTE % 60, 2, ':');
    put(&out, rest / MS_SECOND % 60, 2, '.');
    put(&out, rest % MS_SECOND, 3, 'Z');
    *out = '\0';
}

int when_of_number(double number, ms *out)
{
    double value = fabs(number) < SECONDS_BELOW ? number * MS_SECOND : number;

    if (!isfinite(value) || value < 0 || value > (double)LATEST_MS)
        return -1;
    *out = (ms)llround(value);
    return 0;
}

/* Reads exactly `n` digits at *at. */
static int digits(struct str text, size_t *at, int n, int *out)
{
    int value = 0;

    for (int i = 0; i < n; i++, (*at)++) {
        if (*at >= text.size || text.data[*at] < '0' || text.data[*at] > '9')
            return -1;
        value = value * 10 + (text.data[*at] - '0');
    }
    *out = value;
    return 0;
}

static int one_of(struct str text, size_t *at, const char *choices)
{
    if (*at >= text.size || !strchr(choices, text.data[*at]))
        return -1;
    (*at)++;
    return 0;
}

static int days_in(int year, int month)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int              is_leap   = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return month == 2 && is_leap ? 29 : lengths[month - 1];
}

static int parse_date(struct str text, size_t *at, int64_t *days)
{
    int year, month, day;

    if (digits(text, at, 4, &year) || one_of(text, at, "-") || digits(text, at, 2, &month)
        || one_of(text, at, "-") || digits(text, at, 2, &day))
        return -1;
    if (month < 1 || month > 12 || day < 1 || day > days_in(year, month))
        return -1;
    *days = days_of(year, month, day);
    return 0;
}

/* hh:mm:ss with an optional fraction, of which milliseconds are kept. Second 60 is the
 * leap second. */
static int parse_clock(struct str text, size_t *at, ms *out)
{
    int hour, minute, second;
    ms  fraction = 0, weight = 100;

    if (digits(text, at, 2, &hour) || one_of(text, at, ":") || digits(text, at, 2, &minute)
        || one_of(text, at, ":") || digits(text, at, 2, &second))
        return -1;
    if (hour > 23 || minute > 59 || second > 60)
        return -1;
    if (one_of(text, at, ".,") == 0) {
        int digit;

        if (digits(text, at, 1, &digit))
            return -1;
        do {
            fraction += digit * weight;
            weight /= 10;
        } while (digits(text, at, 1, &digit) == 0);
    }
    *out = ((ms)hour * 60 + minute) * MS_MINUTE + (ms)second * MS_SECOND + fraction;
    return 0;
}

/* Z, or +hh:mm, +hhmm: milliseconds to subtract. */
static int parse_zone(struct str text, size_t *at, ms *out)
{
    int hour, minute;
    int is_behind;

    if (one_of(text, at, "Zz") == 0) {
        *out = 0;
        return 0;
    }
    is_behind = *at < text.size && text.data[*at] == '-';
    if (one_of(text, at, "+-") || digits(text, at, 2, &hour))
        return -1;
    (void)one_of(text, at, ":"); /* both spellings are in use */
    if (digits(text, at, 2, &minute) || hour > 23 || minute > 59)
        return -1;
    *out = ((ms)hour * 60 + minute) * MS_MINUTE * (is_behind ? -1 : 1);
    return 0;
}

static int parse_rfc3339(struct str text, ms *out)
{
    size_t  at = 0;
    int64_t days;
    ms      clock, zone;

    if (parse_date(text, &at, &days) || one_of(text, &at, "Tt ") || parse_clock(text, &at, &clock)
        || parse_zone(text, &at, &zone) || at != text.size)
        return -1;
    *out = days * MS_DAY + clock - zone;
    return 0;
}

int when_parse(struct str text, ms *out)
{
    double number;

    if (text.size > 10 && text.data[4] == '-')
        return parse_rfc3339(text, out);
    for (size_t i = 0; i < text.size; i++)
        if ((text.data[i] < '0' || text.data[i] > '9') && text.data[i] != '.')
            return -1;
    return str_to_double(text, &number) ? -1 : when_of_number(number, out);
}

int when_parse_span(struct str text, ms *out)
{
    static const struct {
        const char *unit;
        ms          each;
    } units[] = {{"ms", 1},      {"s", MS_SECOND}, {"m", MS_MINUTE},
                 {"h", MS_HOUR}, {"d", MS_DAY},    {"", MS_SECOND}};
    size_t  n = 0;
    int64_t number;

    while (n < text.size && text.data[n] >= '0' && text.data[n] <= '9')
        n++;
    if (str_to_i64(str_part(text, 0, n), 0, 100000000, &number))
        return -1;
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (str_is_text(str_part(text, n, text.size), units[i].unit)) {
            *out = number * units[i].each;
            return 0;
        }
    return -1;
}

ms when_floor(ms when, ms width)
{
    return when - ((when % width) + width) % width;
}

ms when_ceil(ms when, ms width)
{
    return when_floor(when + width - 1, width);
}
