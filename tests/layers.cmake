# The layer order of docs/architecture.md, held against every #include "layer/…" under src/.
# Run as: cmake -DSRC=…/src "-DLAYERS=base;…" -P layers.cmake, LAYERS being the layers in the order in which
# src/CMakeLists.txt declares them.

cmake_minimum_required(VERSION 3.25)

set(order base source fa syntax policy dialect browser diff rule review report cli)
# Pairs that the order would allow and the architecture does not: the first may not include the second.
set(never
  fa:source syntax:fa           # siblings; fa knows nothing but base
  policy:syntax browser:syntax  # the model knows no syntax: they meet in dialect
  browser:dialect               # siblings
  report:syntax)                # reports see findings and changes, never trees
# Libraries whose types stay inside one layer; "grammars.h" declares the generated parsers.
set(private_headers tree_sitter/:syntax grammars.h:syntax yaml.h:syntax jansson.h:syntax libpsl.h:policy git2.h:source)

set(failures "")
set(last -1)
foreach(layer IN LISTS LAYERS)
  list(FIND order "${layer}" at)
  if(at LESS_EQUAL last)
    list(APPEND failures "src/CMakeLists.txt: layer ${layer} is unknown or out of order")
  endif()
  set(last ${at})
endforeach()

set(includes 0)
file(GLOB_RECURSE files RELATIVE ${SRC} ${SRC}/*.c ${SRC}/*.h)
foreach(file IN LISTS files)
  string(REGEX REPLACE "/.*" "" from ${file})
  if(from STREQUAL "packaging")
    continue() # no part of the program: what packages put in a library's place
  endif()
  list(FIND order "${from}" from_at)
  if(from_at LESS 0)
    list(APPEND failures "${file}: lies in no layer")
    continue()
  endif()
  file(STRINGS ${SRC}/${file} lines REGEX "^[ \t]*#[ \t]*include[ \t]")
  foreach(line IN LISTS lines)
    math(EXPR includes "${includes} + 1")
    if(line MATCHES "include[ \t]+\"([a-z_]+)/[^\"]*\"")
      set(to ${CMAKE_MATCH_1})
      list(FIND order "${to}" to_at)
      if(to_at LESS 0 OR to_at GREATER from_at OR "${from}:${to}" IN_LIST never)
        list(APPEND failures "${file}: ${from} may not include ${to}: ${line}")
      endif()
    elseif(line MATCHES "include[ \t]+\"" AND NOT line MATCHES "\"grammars.h\"")
      list(APPEND failures "${file}: an include names its layer, as in \"base/str.h\": ${line}")
    endif()
    foreach(private IN LISTS private_headers)
      string(REPLACE ":" ";" private ${private})
      list(GET private 0 header)
      list(GET private 1 owner)
      string(REGEX MATCH "[<\"]${header}" found "${line}")
      if(found AND NOT from STREQUAL owner)
        list(APPEND failures "${file}: ${header} stays inside ${owner}: ${line}")
      endif()
    endforeach()
  endforeach()
endforeach()

if(includes EQUAL 0)
  message(FATAL_ERROR "no #include found under ${SRC}: the check read nothing")
endif()
if(failures)
  list(JOIN failures "\n" text)
  message(FATAL_ERROR "includes against the layer order:\n${text}")
endif()
message(STATUS "${includes} includes follow the layer order")
