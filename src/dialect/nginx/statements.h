#pragma once
// statements: what each nginx directive of interest does to the block that it stands in.

#include "dialect/nginx/config.h"

struct block *block_new(struct nginx_config *config, enum block_kind kind,
                        const struct block *parent, const struct conf *conf);
// Reads one statement into its block; directives that have no bearing on who may do what are passed
// over.
void statement_read(struct nginx_config *config, struct block *block, const struct conf *conf);

// Reads a statement of the rewrite module (set, if, return, break, rewrite) into the block's code.
void rewrite_read(struct nginx_config *config, struct block *block, struct steps *steps,
                  const struct conf *conf);
// Reads map, geo, split_clients.
void computed_read(struct nginx_config *config, const struct conf *conf);
void computed_unknown(struct nginx_config *config, Str name, const char *reason,
                      const struct conf *conf);

// An argument as an expression.
struct template argument(struct nginx_config *config, const struct conf *conf, uint32_t number);
// A regular expression as nginx compiles it.
const struct pattern *nginx_pattern(struct nginx_config *config, Str text, bool caseless,
                                    Span span);

// What a piece of code depends on: its text and the files that it names, as far as they can be
// read, and what is imported for it. Two versions in which that is equal do the same (design.md
// section 4).
uint64_t code_identity(struct nginx_config *config, const struct conf *conf);
// Notes something that is not known, once.
void config_unknown(struct nginx_config *config, Span span, Str reason, uint64_t identity);
// Something came up that makes the server being read more than its text says.
void config_note(struct nginx_config *config, Span span);
void config_remark(struct nginx_config *config, const char *rule, Span span, Str message);

// Whose directive it is, by its name's beginning: proxy_pass, grpc_set_header ...
enum family family_of(const struct conf *conf);
const char *family_name(enum family family); // "proxy_"

// Rows of the table in statements.c whose code stands in pass_statements.c.
void read_pass(struct nginx_config *config, struct block *block, const struct conf *conf);
void read_sent_header(struct nginx_config *config, struct block *block, const struct conf *conf);
void read_param(struct nginx_config *config, struct block *block, const struct conf *conf);
void read_method(struct nginx_config *config, struct block *block, const struct conf *conf);
void read_upstream(struct nginx_config *config, struct block *block, const struct conf *conf);
// Rows of the table in statements.c whose code stands in header_statements.c.
void read_add_header(struct nginx_config *config, struct block *block, const struct conf *conf);
void read_adds_mode(struct nginx_config *config, struct block *block, const struct conf *conf);
void read_more_headers(struct nginx_config *config, struct block *block, const struct conf *conf);
void read_hidden(struct nginx_config *config, struct block *block, const struct conf *conf);
void read_passed(struct nginx_config *config, struct block *block, const struct conf *conf);
void read_header_code(struct nginx_config *config, struct block *block, const struct conf *conf);
// The same for what is reported elsewhere already.
void add_unknown_headers(struct nginx_config *config, struct block *block, const struct conf *conf,
                         Str reason);
// Code or files that are not read may do anything to the headers of this block.
void read_unknown_headers(struct nginx_config *config, struct block *block, const struct conf *conf,
                          const char *what);

// Rows whose code stands in caching.c.
void read_caching(struct nginx_config *config, struct block *block, const struct conf *conf);
