#include "verbs/term.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"

enum { REPLACED = 0xfffd, ASCII_END = 0x80, BMP_END = 0x10000, SURROGATES = 0xd800 };

struct span {
    uint32_t first, last;
};

/* Invisible, or able to move what stands around it. */
static const struct span unseen[] = {
    {0x00, 0x1f},     {0x7f, 0x9f},        {0xad, 0xad},     {0x61c, 0x61c},   {0x115f, 0x1160},
    {0x180b, 0x180f}, {0x200b, 0x200f},    {0x2028, 0x202e}, {0x2060, 0x206f}, {0x3164, 0x3164},
    {0xfe00, 0xfe0f}, {0xfeff, 0xfeff},    {0xffa0, 0xffa0}, {0xfff0, 0xfffb}, {0xe0000, 0xe0fff},
    {0xe000, 0xf8ff}, {0xf0000, 0x10ffff},
};

/* Drawn two columns wide: East Asian scripts and pictographs. */
static const struct span wide[] = {
    {0x1100, 0x115f},   {0x2e80, 0x303e},   {0x3041, 0xa4cf},   {0xac00, 0xd7a3},
    {0xf900, 0xfaff},   {0xfe30, 0xfe6f},   {0xff00, 0xff60},   {0xffe0, 0xffe6},
    {0x1f300, 0x1f64f}, {0x1f680, 0x1f6ff}, {0x1f900, 0x1faff}, {0x20000, 0x3fffd},
};

/* Drawn over the character before: they take no column. */
static const struct span over[] = {
    {0x300, 0x36f},   {0x483, 0x489},   {0x591, 0x5bd},   {0x610, 0x61a},   {0x64b, 0x65f},
    {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff}, {0x20d0, 0x20ff}, {0xfe20, 0xfe2f},
};

static bool is_within(uint32_t c, const struct span *spans, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (c >= spans[i].first && c <= spans[i].last)
            return true;
    return false;
}
#define IS_WITHIN(c, spans) is_within((c), (spans), sizeof(spans) / sizeof *(spans))

/* How many bytes the character at the start of `text` has; 0: its first byte belongs to none. */
static size_t character(struct str text, uint32_t *out)
{
    unsigned char first = (unsigned char)text.data[0];
    size_t        size  = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    uint32_t      value = size == 1 ? first : first & (0x7fu >> size);

    if (text.size < size || !str_is_utf8(str_part(text, 0, size)))
        return 0;
    for (size_t i = 1; i < size; i++)
        value = value << 6 | ((unsigned char)text.data[i] & 0x3fu);
    *out = value;
    return size;
}

static void write_out(struct buf *out, uint32_t c)
{
    if (c < 0x100)
        buf_format(out, "\\x%02x", (unsigned)c);
    else if (c < BMP_END)
        buf_format(out, "\\u%04x", (unsigned)c);
    else
        buf_format(out, "\\U%08x", (unsigned)c);
}

static void inert(struct buf *out, struct str text, bool keeps_lines)
{
    while (text.size) {
        uint32_t c    = 0;
        size_t   size = character(text, &c);

        if (size == 0)
            buf_format(out, "\\x%02x", (unsigned)(unsigned char)text.data[0]);
        else if (c == '\n' && keeps_lines)
            buf_char(out, '\n');
        else if (IS_WITHIN(c, unseen))
            write_out(out, c);
        else
            buf_add(out, text.data, size);
        text = str_part(text, size ? size : 1, text.size);
    }
}

void term_inert(struct buf *out, struct str text)
{
    inert(out, text, false);
}

void term_inert_lines(struct buf *out, struct str text)
{
    inert(out, text, true);
}

void term_inert_json(struct buf *out, struct str json)
{
    while (json.size) {
        uint32_t c    = REPLACED;
        size_t   size = character(json, &c);

        if (size && (c < 0x7f || !IS_WITHIN(c, unseen))) { /* JSON has no bare control characters */
            buf_add(out, json.data, size);
        } else if (c < BMP_END) {
            buf_format(out, "\\u%04x", (unsigned)c);
        } else {
            buf_format(out, "\\u%04x\\u%04x", (unsigned)(SURROGATES + ((c - BMP_END) >> 10)),
                       (unsigned)(SURROGATES + 0x400 + ((c - BMP_END) & 0x3ff)));
        }
        json = str_part(json, size ? size : 1, json.size);
    }
}

size_t term_width(struct str text)
{
    size_t width = 0;

    while (text.size) {
        uint32_t c    = 0;
        size_t   size = character(text, &c);

        width += size && IS_WITHIN(c, over) ? 0 : size && IS_WITHIN(c, wide) ? 2 : 1;
        text = str_part(text, size ? size : 1, text.size);
    }
    return width;
}

enum term_colour term_of_status(struct str status)
{
    static const struct {
        const char      *status;
        enum term_colour colour;
    } colours[] = {
        {"Failed", TERM_RED},         {"CreateFailed", TERM_RED},
        {"OutOfService", TERM_RED},   {"UpdateFailed", TERM_RED},
        {"DeleteFailed", TERM_RED},   {"UpdateRollbackFailed", TERM_RED},
        {"Completed", TERM_GREEN},    {"Succeeded", TERM_GREEN},
        {"InService", TERM_GREEN},    {"Created", TERM_GREEN},
        {"InProgress", TERM_BLUE},    {"Executing", TERM_BLUE},
        {"Creating", TERM_BLUE},      {"Updating", TERM_BLUE},
        {"Stopping", TERM_YELLOW},    {"Stopped", TERM_YELLOW},
        {"RollingBack", TERM_YELLOW}, {"Deleted", TERM_DIM},
        {"Deleting", TERM_DIM},       {"failed", TERM_RED},
        {"timeout", TERM_RED},        {"succeeded", TERM_GREEN},
        {"active", TERM_GREEN},       {"pending", TERM_BLUE},
        {"rolled_back", TERM_YELLOW}, {"retired", TERM_DIM},
    };

    for (size_t i = 0; i < sizeof colours / sizeof *colours; i++)
        if (str_is_text(status, colours[i].status))
            return colours[i].colour;
    return TERM_PLAIN;
}

bool term_has_colour(FILE *file)
{
    const char *refused = getenv("NO_COLOR");
    const char *kind    = getenv("TERM");

    return (!refused || !*refused) && (!kind || strcmp(kind, "dumb") != 0) && isatty(fileno(file));
}

void term_paint(struct buf *out, enum term_colour colour)
{
    switch (colour) {
    case TERM_PLAIN: buf_text(out, "\033[0m"); break;
    case TERM_RED: buf_text(out, "\033[31m"); break;
    case TERM_GREEN: buf_text(out, "\033[32m"); break;
    case TERM_YELLOW: buf_text(out, "\033[33m"); break;
    case TERM_BLUE: buf_text(out, "\033[36m"); break;
    case TERM_DIM: buf_text(out, "\033[2m"); break;
    case TERM_BOLD: buf_text(out, "\033[1m"); break;
    }
}
