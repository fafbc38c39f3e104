/* process.h -- what the kernel says about this process, for /metrics. */
#ifndef SMON_API_PROCESS_H
#define SMON_API_PROCESS_H

struct process_figures {
    double resident_bytes, cpu_seconds;
    double open_files, most_files;
};

/* What cannot be read is 0. */
void process_figures(struct process_figures *out);

#endif
