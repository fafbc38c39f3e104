/* The same on the code for processors without SSE2. */
#define SCAN_PORTABLE
#include "format/scan.c"

#include "../fuzz/scan.c"
