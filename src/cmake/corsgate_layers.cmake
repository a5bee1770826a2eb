# corsgate_layer(NAME USES layer... LINKS target... EXCEPT file...): one folder under src/ is one static library of
# every file in it, except those that are programs of their own.
# The order of the calls is the layer order; tests/layers.cmake reads it from the global property.

add_library(corsgate_flags INTERFACE)
target_include_directories(corsgate_flags INTERFACE ${CMAKE_CURRENT_SOURCE_DIR}/src)
target_compile_definitions(corsgate_flags INTERFACE _GNU_SOURCE)
target_compile_options(corsgate_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes
  -Wcast-qual -Wwrite-strings -Wvla -Wundef -Wswitch-enum)
# The same sources give the same bytes, wherever they lie.
target_compile_options(corsgate_flags INTERFACE
  $<$<CONFIG:Release>:-ffile-prefix-map=${PROJECT_SOURCE_DIR}=.>
  $<$<CONFIG:Release>:-ffile-prefix-map=${PROJECT_BINARY_DIR}=build>)
option(CORSGATE_WERROR "warnings are errors" OFF)
if(CORSGATE_WERROR)
  target_compile_options(corsgate_flags INTERFACE -Werror)
endif()

function(corsgate_layer name)
  cmake_parse_arguments(arg "" "" "USES;LINKS;EXCEPT" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS RELATIVE ${CMAKE_CURRENT_SOURCE_DIR} ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.c)
  list(TRANSFORM arg_EXCEPT PREPEND ${name}/)
  if(arg_EXCEPT)
    list(REMOVE_ITEM sources ${arg_EXCEPT})
  endif()
  add_library(corsgate_${name} STATIC ${sources})
  list(TRANSFORM arg_USES PREPEND corsgate_)
  target_link_libraries(corsgate_${name} PUBLIC corsgate_flags ${arg_USES} PRIVATE ${arg_LINKS})
  set_property(GLOBAL APPEND PROPERTY corsgate_layers ${name})
endfunction()
