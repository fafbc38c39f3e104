/* forbid.h -- calls that have no place here, made to fail at compile time. Included before every
 * file (server/flags.cmake). The headers that declare them come first. */
#ifndef SMON_BASE_FORBID_H
#define SMON_BASE_FORBID_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#undef sprintf /* a macro in the fortified headers as Clang reads them */
#undef vsprintf

/* They write without a bound. */
#pragma GCC poison strcpy strcat strncpy strncat strtok sprintf vsprintf

/* They cannot say that they failed, or share what they return between threads. */
#pragma GCC poison atoi atol atoll gmtime localtime

#endif
