/* process.h -- what every one of our programs does before anything else. */
#ifndef SMON_BASE_PROCESS_H
#define SMON_BASE_PROCESS_H

/* A reader that goes away becomes a failed write and not our end; and where the caller closed
 * standard input, output or errors, /dev/null takes the place, so that no file of ours is written
 * to as if it were one of them. */
void process_setup(void);

#endif
