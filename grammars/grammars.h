#pragma once
// grammars: the languages of this folder, for ts_parser_set_language.

#include <tree_sitter/api.h>

const TSLanguage *tree_sitter_json(void);
const TSLanguage *tree_sitter_nginx(void);
