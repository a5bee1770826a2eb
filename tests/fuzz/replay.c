// replay: a main for fuzz targets that runs stored inputs, so that any compiler can check a corpus.
// Arguments are files and folders (not searched deeper).

#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool run_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file) {
        perror(path);
        return false;
    }
    uint8_t *data = NULL;
    size_t size = 0, capacity = 0;
    do {
        capacity = capacity ? capacity * 2 : 4096;
        uint8_t *grown = realloc(data, capacity);
        if (!grown)
            abort();
        data = grown;
        size += fread(data + size, 1, capacity - size, file);
    } while (size == capacity);
    bool ok = !ferror(file);
    fclose(file);

    // A block of exactly the input's size, so that the sanitizer sees a read behind its end.
    uint8_t *exact = malloc(size ? size : 1);
    if (!exact)
        abort();
    memcpy(exact, data, size);
    free(data);
    if (ok)
        LLVMFuzzerTestOneInput(exact, size);
    free(exact);
    return ok;
}

static bool run_folder(const char *path, unsigned *count)
{
    DIR *folder = opendir(path);
    if (!folder) {
        perror(path);
        return false;
    }
    bool ok = true;
    for (struct dirent *entry; (entry = readdir(folder));) {
        if (entry->d_name[0] == '.')
            continue;
        char file[4096];
        int len = snprintf(file, sizeof file, "%s/%s", path, entry->d_name);
        if (len < 0 || (size_t)len >= sizeof file)
            abort();
        ok = run_file(file) && ok;
        ++*count;
    }
    closedir(folder);
    return ok;
}

int main(int argc, char **argv)
{
    unsigned count = 0;
    bool ok = true;
    for (int i = 1; i < argc; i++) {
        struct stat status;
        if (stat(argv[i], &status) == 0 && S_ISDIR(status.st_mode)) {
            ok = run_folder(argv[i], &count) && ok;
        } else {
            ok = run_file(argv[i]) && ok;
            count++;
        }
    }
    printf("%u inputs\n", count);
    return ok && count > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
