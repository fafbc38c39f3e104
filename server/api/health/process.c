#include "api/health/process.h"

#include "base/str.h"

#include <dirent.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

static double resident(void)
{
    FILE  *file = fopen("/proc/self/statm", "re");
    char   line[128];
    double bytes = 0;

    if (!file)
        return 0;
    if (fgets(line, sizeof line, file)) {
        struct str rest = str_of(line), word;
        int64_t    pages;

        if (str_cut(&rest, ' ', &word) && str_cut(&rest, ' ', &word)
            && str_to_i64(word, 0, INT64_MAX, &pages) == 0)
            bytes = (double)pages * (double)sysconf(_SC_PAGESIZE);
    }
    (void)fclose(file); /* only read */
    return bytes;
}

static double open_files(void)
{
    DIR   *folder = opendir("/proc/self/fd");
    double count  = 0;

    if (!folder)
        return 0;
    for (const struct dirent *entry = readdir(folder); entry; entry = readdir(folder))
        count += entry->d_name[0] != '.';
    (void)closedir(folder); /* only read */
    return count - 1;       /* without the folder itself */
}

static double seconds(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

void process_figures(struct process_figures *out)
{
    struct rusage usage = {0};
    struct rlimit limit = {0};

    *out = (struct process_figures){.resident_bytes = resident(), .open_files = open_files()};
    if (getrusage(RUSAGE_SELF, &usage) == 0)
        out->cpu_seconds = seconds(usage.ru_utime) + seconds(usage.ru_stime);
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
        out->most_files = (double)limit.rlim_cur;
}
