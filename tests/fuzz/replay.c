/* replay.c -- runs a fuzz target over its corpus without a fuzzer: replay DIRECTORY...
 *
 * Every file is given whole, and (up to a size) cut off behind every byte. Each input lies at the
 * end of memory of its own, so that the sanitizers see one byte too many. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_INPUT = 1 << 20, MOST_CUT = 4096 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void give(const char *data, size_t size)
{
    uint8_t *input = malloc(size ? size : 1);

    if (!input)
        abort();
    if (size)
        memcpy(input, data, size);
    (void)LLVMFuzzerTestOneInput(input, size); /* it aborts when it is not content */
    free(input);
}

static int replay_file(const char *path)
{
    static char data[MOST_INPUT];
    FILE       *file = fopen(path, "rb");
    size_t      size;

    if (!file)
        return 0;
    size = fread(data, 1, sizeof data, file);
    fclose(file);
    give(data, size);
    for (size_t cut = 0; cut < size && size <= MOST_CUT; cut++)
        give(data, cut);
    return 1;
}

static int replay_folder(const char *folder)
{
    char           path[1024];
    DIR           *listing = opendir(folder);
    struct dirent *entry;
    int            count = 0;

    if (!listing)
        return 0;
    while ((entry = readdir(listing)))
        if (entry->d_name[0] != '.'
            && snprintf(path, sizeof path, "%s/%s", folder, entry->d_name) < (int)sizeof path)
            count += replay_file(path);
    closedir(listing);
    printf("%s: %d files\n", folder, count);
    return count;
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (!replay_folder(argv[i]))
            return fprintf(stderr, "%s: no corpus\n", argv[i]), 1;
    return argc < 2;
}
