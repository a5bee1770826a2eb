// What tree-sitter alone needs for the files that it is given: the measure of the nginx reader.
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <tree_sitter/api.h>

const TSLanguage *tree_sitter_nginx(void);

static bool parse(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return false;
    bool good = fseek(file, 0, SEEK_END) == 0;
    long size = good ? ftell(file) : -1;
    char *text = size >= 0 ? malloc((size_t)size + 1) : NULL;
    good =
        text && fseek(file, 0, SEEK_SET) == 0 && fread(text, 1, (size_t)size, file) == (size_t)size;
    fclose(file);
    if (good) {
        TSParser *parser = ts_parser_new();
        good = ts_parser_set_language(parser, tree_sitter_nginx());
        TSTree *tree = ts_parser_parse_string(parser, NULL, text, (uint32_t)size);
        good = good && tree && !ts_node_has_error(ts_tree_root_node(tree));
        ts_tree_delete(tree);
        ts_parser_delete(parser);
    }
    free(text);
    return good;
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (!parse(argv[i])) {
            fprintf(stderr, "parse: %s does not parse\n", argv[i]);
            return 1;
        }
    return 0;
}
