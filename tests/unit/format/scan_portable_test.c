/* The cases of scan_test.c on the code for processors without SSE2. */
#define SCAN_PORTABLE
#include "format/scan.c"

#include "scan_test.c"
