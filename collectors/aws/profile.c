#include "aws/profile.h"

#include <stdlib.h>
#include <string.h>

#include "aws/textfile.h"
#include "base/buf.h"
#include "base/fail.h"
#include "base/mem.h"

enum { MOST_FILE_BYTES = 1 << 20, MOST_ENTRIES = 1 << 16, FIRST_ENTRIES = 32 };

enum section_kind { SECTION_PROFILE, SECTION_SERVICES, SECTION_OTHER };

/* One `key = value`, or (key empty) the mere existence of its section. */
struct entry {
    enum profile_file file;
    enum section_kind kind;
    struct str        section, parent, key, value; /* parent: the key whose block this stands in */
};

struct profiles {
    struct buf    text[2]; /* by enum profile_file; entries point into them */
    struct entry *entries;
    size_t        count, room;
};

void profiles_free(struct profiles *profiles)
{
    if (!profiles)
        return;
    for (int i = 0; i < 2; i++) {
        if (profiles->text[i].data)
            explicit_bzero(profiles->text[i].data, profiles->text[i].size);
        buf_release(&profiles->text[i]);
    }
    mem_free(profiles->entries);
    mem_free(profiles);
}

static int add_entry(struct profiles *profiles, const struct entry *entry, struct fail *why)
{
    if (profiles->count == profiles->room) {
        size_t        room  = profiles->room ? profiles->room * 2 : FIRST_ENTRIES;
        struct entry *grown = room > MOST_ENTRIES
                                  ? NULL
                                  : mem_grow(profiles->entries, room, sizeof *profiles->entries);

        if (!grown)
            return fail_set(why, FAIL_MEMORY, "no room for more than %zu settings",
                            profiles->count);
        profiles->entries = grown;
        profiles->room    = room;
    }
    profiles->entries[profiles->count++] = *entry;
    return 0;
}

/* --- reading ---------------------------------------------------------------------------------- */

static struct str unquote(struct str text)
{
    if (text.size >= 2 && text.data[0] == text.data[text.size - 1]
        && (text.data[0] == '"' || text.data[0] == '\''))
        return str_part(text, 1, text.size - 2);
    return text;
}

/* "[profile a]", without the brackets. */
static void read_section(struct str text, struct entry *entry)
{
    struct str rest = str_trim(text), word;
    bool       has_name;

    entry->parent = entry->key = entry->value = STR_NONE;
    entry->kind                               = SECTION_PROFILE;
    entry->section                            = unquote(rest);
    if (entry->file == PROFILE_CREDENTIALS || str_is(rest, STR("default")))
        return;
    (void)str_cut(&rest, ' ', &word); /* there is always a first word */
    has_name       = str_trim(rest).size > 0;
    entry->section = unquote(str_trim(rest));
    if (str_is(word, STR("services")) && has_name)
        entry->kind = SECTION_SERVICES;
    else if (!str_is(word, STR("profile")) || !has_name)
        entry->kind = SECTION_OTHER;
}

static size_t indent_of(struct str line)
{
    size_t indent = 0;

    while (indent < line.size && (line.data[indent] == ' ' || line.data[indent] == '\t'))
        indent++;
    return indent;
}

/* Where reading stands: the section and key before this line, and how deep that key was set in. */
struct reader {
    struct entry entry;
    size_t       indent;
};

static int read_line(struct profiles *profiles, struct str line, struct reader *reader,
                     struct fail *why)
{
    struct entry *entry     = &reader->entry;
    size_t        indent    = indent_of(line);
    bool          is_nested = entry->key.data && indent > reader->indent;
    struct str    text      = str_trim(line), key;

    if (text.size == 0 || text.data[0] == '#' || text.data[0] == ';')
        return 0;
    if (text.data[0] == '[' && !is_nested) {
        struct str name;

        text = str_part(text, 1, text.size);
        (void)str_cut(&text, ']', &name);
        read_section(name, entry);
        return add_entry(profiles, entry, why);
    }
    (void)str_cut(&text, '=', &key);
    if (!text.data)
        return 0; /* no '=': the second line of a value we do not use */
    if (!is_nested)
        entry->parent = STR_NONE;
    entry->key   = str_trim(key);
    entry->value = str_trim(text);
    if (add_entry(profiles, entry, why))
        return -1;
    if (!is_nested) {
        entry->parent  = entry->key;
        reader->indent = indent;
    }
    return 0;
}

static int read_all(struct profiles *profiles, enum profile_file file, struct fail *why)
{
    struct str    rest   = buf_view(&profiles->text[file]), line;
    struct reader reader = {.entry = {.file = file, .kind = SECTION_OTHER}};

    while (str_cut(&rest, '\n', &line))
        if (read_line(profiles, line, &reader, why))
            return -1;
    return 0;
}

static struct profiles *make(struct fail *why)
{
    struct profiles *profiles = mem_new(sizeof *profiles);

    if (!profiles) {
        (void)fail_set(why, FAIL_MEMORY, "no memory for the AWS profiles"); /* NULL says it */
        return NULL;
    }
    profiles->text[PROFILE_CREDENTIALS] = BUF_UP_TO(MOST_FILE_BYTES);
    profiles->text[PROFILE_CONFIG]      = BUF_UP_TO(MOST_FILE_BYTES);
    return profiles;
}

int profiles_parse(struct str credentials, struct str config, struct profiles **out,
                   struct fail *why)
{
    OWN_PTR(profiles) profiles = make(why);

    if (!profiles)
        return -1;
    buf_str(&profiles->text[PROFILE_CREDENTIALS], credentials);
    buf_str(&profiles->text[PROFILE_CONFIG], config);
    for (int i = 0; i < 2; i++)
        if (buf_check(&profiles->text[i], why) || read_all(profiles, (enum profile_file)i, why))
            return -1;
    *out = TAKE(profiles);
    return 0;
}

static int read_file(struct profiles *profiles, enum profile_file file, struct fail *why)
{
    static const struct {
        const char *variable, *under_home;
    } places[] = {
        [PROFILE_CREDENTIALS] = {"AWS_SHARED_CREDENTIALS_FILE", "/.aws/credentials"},
        [PROFILE_CONFIG]      = {"AWS_CONFIG_FILE", "/.aws/config"},
    };
    const char *named = getenv(places[file].variable);
    const char *home  = getenv("HOME");
    OWN(buf) path     = BUF_UP_TO(4096);

    if (named && *named) {
        if (strncmp(named, "~/", 2) == 0 && home) {
            buf_text(&path, home);
            named++;
        }
        buf_text(&path, named);
    } else if (home) {
        buf_text(&path, home);
        buf_text(&path, places[file].under_home);
    } else {
        return 0;
    }
    (void)buf_c(&path);
    if (buf_check(&path, why) || textfile_read(path.data, &profiles->text[file], why) < 0)
        return -1;
    return read_all(profiles, file, why);
}

int profiles_read(struct profiles **out, struct fail *why)
{
    OWN_PTR(profiles) profiles = make(why);

    if (!profiles || read_file(profiles, PROFILE_CREDENTIALS, why)
        || read_file(profiles, PROFILE_CONFIG, why))
        return -1;
    *out = TAKE(profiles);
    return 0;
}

/* --- looking up ------------------------------------------------------------------------------- */

struct str profiles_chosen(void)
{
    static const char *const variables[] = {"AWS_PROFILE", "AWS_DEFAULT_PROFILE"};

    for (int i = 0; i < 2; i++) {
        const char *name = getenv(variables[i]);

        if (name && *name)
            return str_of(name);
    }
    return STR("default");
}

bool profiles_has(const struct profiles *profiles, struct str profile)
{
    for (size_t i = 0; i < profiles->count; i++)
        if (profiles->entries[i].kind == SECTION_PROFILE
            && str_is(profiles->entries[i].section, profile))
            return true;
    return false;
}

struct str profiles_get_from(const struct profiles *profiles, enum profile_file file,
                             struct str profile, const char *key)
{
    struct str found = STR_NONE; /* the last one said wins */

    for (size_t i = 0; i < profiles->count; i++) {
        const struct entry *entry = &profiles->entries[i];

        if (entry->file == file && entry->kind == SECTION_PROFILE && !entry->parent.data
            && str_is(entry->section, profile) && str_is_nocase(entry->key, str_of(key)))
            found = entry->value;
    }
    return found.size ? found : STR_NONE;
}

struct str profiles_get(const struct profiles *profiles, struct str profile, const char *key)
{
    struct str found = profiles_get_from(profiles, PROFILE_CREDENTIALS, profile, key);

    return found.data ? found : profiles_get_from(profiles, PROFILE_CONFIG, profile, key);
}

struct str profiles_service(const struct profiles *profiles, struct str section, struct str service,
                            const char *key)
{
    for (size_t i = 0; i < profiles->count; i++) {
        const struct entry *entry = &profiles->entries[i];

        if (entry->kind == SECTION_SERVICES && str_is(entry->section, section)
            && str_is_nocase(entry->parent, service) && str_is_nocase(entry->key, str_of(key)))
            return entry->value;
    }
    return STR_NONE;
}
