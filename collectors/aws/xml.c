#include "aws/xml.h"

#include <string.h>

#include "base/buf.h"
#include "base/fail.h"

enum piece_kind {
    PIECE_END,
    PIECE_TEXT,
    PIECE_DATA,
    PIECE_OPEN,
    PIECE_CLOSE,
    PIECE_EMPTY,
    PIECE_BAD
};

/* One piece of markup or text at the beginning of a range. */
struct piece {
    enum piece_kind kind;
    struct str      name; /* of a tag */
    struct str      text; /* of PIECE_TEXT and PIECE_DATA */
    struct str      rest; /* behind it */
};

static struct str from(struct str range, size_t at)
{
    return (struct str){range.data + at, range.size - at};
}

/* Where `what` begins in the range; SIZE_MAX: nowhere. */
static size_t find(struct str range, struct str what)
{
    const char *at = range.size ? memmem(range.data, range.size, what.data, what.size) : NULL;

    return at ? (size_t)(at - range.data) : SIZE_MAX;
}

/* Something that ends with `end`, its inside `skip` bytes from the beginning. */
static struct piece delimited(struct str range, size_t skip, struct str end)
{
    size_t size = find(from(range, skip), end);

    if (size == SIZE_MAX)
        return (struct piece){.kind = PIECE_BAD};
    return (struct piece){.kind = PIECE_DATA,
                          .text = str_part(range, skip, size),
                          .rest = from(range, skip + size + end.size)};
}

/* Where a tag's '>' is; one inside quotes does not count. */
static size_t tag_end(struct str range)
{
    char quote = '\0';

    for (size_t i = 0; i < range.size; i++) {
        char c = range.data[i];

        if (quote)
            quote = c == quote ? '\0' : quote;
        else if (c == '"' || c == '\'')
            quote = c;
        else if (c == '>')
            return i;
    }
    return SIZE_MAX;
}

static struct piece tag(struct str range)
{
    size_t       end   = tag_end(range);
    struct piece piece = {.kind = PIECE_BAD};
    struct str   inside;
    size_t       name = 0;

    if (end == SIZE_MAX)
        return piece;
    inside     = str_part(range, 1, end - 1);
    piece.rest = from(range, end + 1);
    piece.kind = PIECE_OPEN;
    if (str_starts(inside, STR("/"))) {
        piece.kind = PIECE_CLOSE;
        inside     = from(inside, 1);
    } else if (str_ends(inside, STR("/"))) {
        piece.kind = PIECE_EMPTY;
        inside     = str_part(inside, 0, inside.size - 1);
    }
    while (name < inside.size && !strchr(" \t\r\n", inside.data[name]))
        name++;
    piece.name = str_part(inside, 0, name);
    if (name == 0)
        piece.kind = PIECE_BAD;
    return piece;
}

static struct piece take(struct str range)
{
    size_t       less;
    struct piece piece;

    if (range.size == 0)
        return (struct piece){.kind = PIECE_END};
    less = range.data[0] == '<' ? 0 : find(range, STR("<"));
    if (less)
        return (struct piece){.kind = PIECE_TEXT,
                              .text = str_part(range, 0, less),
                              .rest = less == SIZE_MAX ? str_part(range, range.size, 0)
                                                       : from(range, less)};
    if (str_starts(range, STR("<![CDATA[")))
        return delimited(range, STR("<![CDATA[").size, STR("]]>"));
    if (str_starts(range, STR("<!--")))
        piece = delimited(range, STR("<!--").size, STR("-->"));
    else if (str_starts(range, STR("<?")))
        piece = delimited(range, STR("<?").size, STR("?>"));
    else if (str_starts(range, STR("<!")))
        return (struct piece){.kind = PIECE_BAD};
    else
        return tag(range);
    piece.text = str_part(range, 0, 0);
    return piece;
}

/* *rest stands behind an opening tag of this name: moves it behind the closing one. */
static bool skip(struct str *rest, struct str name, struct str *inside)
{
    struct str at    = *rest;
    size_t     depth = 0;

    for (;;) {
        struct piece piece = take(at);

        if (piece.kind == PIECE_END || piece.kind == PIECE_BAD)
            return false;
        if (piece.kind == PIECE_CLOSE && depth == 0) {
            if (!str_is(piece.name, name))
                return false;
            *inside = str_from(rest->data, (size_t)(at.data - rest->data));
            *rest   = piece.rest;
            return true;
        }
        depth += piece.kind == PIECE_OPEN;
        depth -= piece.kind == PIECE_CLOSE;
        at = piece.rest;
    }
}

bool xml_next(struct str *rest, const char *name, struct str *inside)
{
    for (;;) {
        struct piece piece = take(*rest);

        switch (piece.kind) {
        case PIECE_END:
        case PIECE_BAD:
        case PIECE_CLOSE: return false;
        case PIECE_TEXT:
        case PIECE_DATA: *rest = piece.rest; break;
        case PIECE_EMPTY:
            *inside = str_part(piece.name, piece.name.size, 0);
            *rest   = piece.rest;
            if (str_is_text(piece.name, name))
                return true;
            break;
        case PIECE_OPEN:
            *rest = piece.rest;
            if (!skip(rest, piece.name, inside))
                return false;
            if (str_is_text(piece.name, name))
                return true;
            break;
        }
    }
}

struct str xml_at(struct str range, const char *path)
{
    struct str names = str_of(path), name;

    while (str_cut(&names, '/', &name)) {
        char       one[64];
        struct str inside = STR_NONE;

        if (str_to_c(name, one, sizeof one) || !xml_next(&range, one, &inside))
            return STR_NONE;
        range = inside;
    }
    return range.data ? range : STR_NONE;
}

/* --- text ------------------------------------------------------------------------------------- */

static void add_utf8(uint32_t c, struct buf *out)
{
    if (c < 0x80) {
        buf_char(out, (char)c);
    } else if (c < 0x800) {
        buf_char(out, (char)(0xc0 | c >> 6));
        buf_char(out, (char)(0x80 | (c & 0x3f)));
    } else if (c < 0x10000) {
        buf_char(out, (char)(0xe0 | c >> 12));
        buf_char(out, (char)(0x80 | (c >> 6 & 0x3f)));
        buf_char(out, (char)(0x80 | (c & 0x3f)));
    } else {
        buf_char(out, (char)(0xf0 | c >> 18));
        buf_char(out, (char)(0x80 | (c >> 12 & 0x3f)));
        buf_char(out, (char)(0x80 | (c >> 6 & 0x3f)));
        buf_char(out, (char)(0x80 | (c & 0x3f)));
    }
}

/* "#65" or "#x41", without '&' and ';'. */
static int number_of(struct str name, uint32_t *out)
{
    uint32_t base  = str_starts(name, STR("#x")) ? 16 : 10;
    uint32_t value = 0;
    size_t   first = base == 16 ? 2 : 1;

    if (name.size <= first || name.size > 8)
        return -1;
    for (size_t i = first; i < name.size; i++) {
        char c     = name.data[i];
        int  digit = c >= '0' && c <= '9'                 ? c - '0'
                     : base == 16 && c >= 'a' && c <= 'f' ? c - 'a' + 10
                     : base == 16 && c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                          : -1;

        if (digit < 0)
            return -1;
        value = value * base + (uint32_t)digit;
    }
    *out = value;
    return value == 0 || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff) ? -1 : 0;
}

static int add_reference(struct str name, struct buf *out, struct fail *why)
{
    static const struct {
        const char *name;
        char        c;
    } known[] = {{"lt", '<'}, {"gt", '>'}, {"amp", '&'}, {"quot", '"'}, {"apos", '\''}};
    uint32_t number;

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (str_is_text(name, known[i].name)) {
            buf_char(out, known[i].c);
            return 0;
        }
    if (!str_starts(name, STR("#")) || number_of(name, &number))
        return fail_set(why, FAIL_INPUT, "the XML holds a reference that is not known");
    add_utf8(number, out);
    return 0;
}

static int add_text(struct str text, struct buf *out, struct fail *why)
{
    for (;;) {
        size_t amp = find(text, STR("&"));
        size_t end;

        buf_str(out, str_part(text, 0, amp));
        if (amp == SIZE_MAX)
            return 0;
        text = from(text, amp + 1);
        end  = find(text, STR(";"));
        if (end == SIZE_MAX || add_reference(str_part(text, 0, end), out, why))
            return fail_set(why, FAIL_INPUT, "the XML holds a reference that is not known");
        text = from(text, end + 1);
    }
}

int xml_text(struct str inside, struct buf *out, struct fail *why)
{
    while (inside.size) {
        struct piece piece = take(inside);

        if (piece.kind == PIECE_DATA)
            buf_str(out, piece.text);
        else if (piece.kind != PIECE_TEXT)
            return fail_set(why, FAIL_INPUT, "the XML has elements where a text should be");
        else if (add_text(piece.text, out, why))
            return -1;
        inside = piece.rest;
    }
    return buf_check(out, why);
}
