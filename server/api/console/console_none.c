/* A program built without the console: there is nothing to embed, and / says so. */
#include "api/console/console_files.h"

const struct console_file console_files[1]   = {{"", "", "", NULL, 0, 0}};
const size_t              console_file_count = 0;
