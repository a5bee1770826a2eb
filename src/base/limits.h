#pragma once
// limits: a ceiling for everything that the input controls. Reaching one is CG903, never a crash
// and never a pass.

#include <stddef.h>
#include <stdint.h>

struct limits {
    size_t file_bytes;      // one file
    size_t total_bytes;     // all files of one version
    uint32_t files;         // files of one version, included ones counted each time
    uint32_t nesting;       // blocks, sequences, mappings, groups in one another
    uint32_t include_depth; // files including files
    uint32_t fa_states;     // states of one automaton while it is built
    uint64_t fa_steps;      // transitions that one operation may make
    uint32_t cells;         // cells of one endpoint
    uint32_t endpoints;     // endpoints of one version
    uint32_t headers;       // lines about headers that one answer goes through
    uint32_t redirects;     // internal redirects while interpreting one cell (nginx's own is 10)
};

extern const struct limits limits_default;
