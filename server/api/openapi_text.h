/* openapi_text.h -- server/api/openapi.json as bytes; the definitions are written by CMake. */
#ifndef SMON_API_OPENAPI_TEXT_H
#define SMON_API_OPENAPI_TEXT_H

#include "base/str.h"

#include <stddef.h>

extern const unsigned char openapi_json[];
extern const size_t        openapi_json_size;

struct str openapi_text(void);

#endif
