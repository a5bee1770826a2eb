# The kinds of tests. Each is one line in tests/CMakeLists.txt.

pkg_check_modules(CHECK REQUIRED IMPORTED_TARGET check)
option(CORSGATE_FUZZ "build the fuzz targets with libFuzzer (clang) instead of the replayer" OFF)

function(corsgate_test_program name sources layers)
  foreach(layer IN LISTS layers)
    if(NOT TARGET corsgate_${layer})
      message(FATAL_ERROR "${name}: there is no layer \"${layer}\"")
    endif()
  endforeach()
  add_executable(${name} ${sources})
  list(TRANSFORM layers PREPEND corsgate_)
  target_link_libraries(${name} PRIVATE corsgate_flags ${layers})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
endfunction()

# corsgate_test(NAME SOURCES file... LINKS layer...): a program of Check tests (unit or property). SOURCE_DIR is
# tests/, which is also the working directory.
function(corsgate_test name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINKS" ${ARGN})
  corsgate_test_program(${name} "${arg_SOURCES}" "${arg_LINKS}")
  target_link_libraries(${name} PRIVATE PkgConfig::CHECK)
  add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}/tests)
  set_tests_properties(${name} PROPERTIES LABELS unit TIMEOUT 300)
endfunction()

# corsgate_fuzz(NAME SOURCES file... LINKS layer... [CORPUS folder]): a fuzz target fuzz_NAME around
# LLVMFuzzerTestOneInput. Under ctest every file of the corpus (fuzz/corpus_NAME unless given) is run once.
function(corsgate_fuzz name)
  cmake_parse_arguments(arg "" "CORPUS" "SOURCES;LINKS" ${ARGN})
  if(NOT arg_CORPUS)
    set(arg_CORPUS fuzz/corpus_${name})
  endif()
  set(corpus ${PROJECT_SOURCE_DIR}/tests/${arg_CORPUS})
  set(program fuzz_${name})
  if(CORSGATE_FUZZ)
    corsgate_test_program(${program} "${arg_SOURCES}" "${arg_LINKS}")
    target_link_options(${program} PRIVATE -fsanitize=fuzzer)
    add_test(NAME ${program} COMMAND ${program} -runs=0 ${corpus})
  else()
    corsgate_test_program(${program} "${arg_SOURCES};fuzz/replay.c" "${arg_LINKS}")
    add_test(NAME ${program} COMMAND ${program} ${corpus})
  endif()
  set_tests_properties(${program} PROPERTIES LABELS fuzz TIMEOUT 300)
endfunction()

# Every folder tests/golden/CASE that holds a file `cmd` is the test golden_CASE (see tests/golden/run.sh).
function(corsgate_golden_cases)
  file(GLOB cases LIST_DIRECTORIES true CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/golden/*)
  foreach(case IN LISTS cases)
    if(EXISTS ${case}/cmd)
      get_filename_component(name ${case} NAME)
      add_test(NAME golden_${name}
        COMMAND ${PROJECT_SOURCE_DIR}/tests/golden/run.sh $<TARGET_FILE:corsgate> ${case})
      set_tests_properties(golden_${name} PROPERTIES LABELS golden TIMEOUT 120 SKIP_RETURN_CODE 77)
    endif()
  endforeach()
endfunction()

# Every tests/git/NAME.sh but lib.sh is the test git_NAME: repositories that it makes, and what corsgate says of them.
function(corsgate_git_tests)
  file(GLOB scripts CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/git/*.sh)
  list(FILTER scripts EXCLUDE REGEX "/lib\\.sh$")
  foreach(script IN LISTS scripts)
    get_filename_component(name ${script} NAME_WE)
    add_test(NAME git_${name} COMMAND ${script} $<TARGET_FILE:corsgate>)
    set_tests_properties(git_${name} PROPERTIES LABELS golden TIMEOUT 300 SKIP_RETURN_CODE 77)
  endforeach()
endfunction()

# layers, no_globals and headers: the architecture of docs/architecture.md as tests.
function(corsgate_architecture_tests)
  get_property(layers GLOBAL PROPERTY corsgate_layers)
  set(libraries "")
  foreach(layer IN LISTS layers)
    list(APPEND libraries $<TARGET_FILE:corsgate_${layer}>)
  endforeach()
  add_test(NAME layers COMMAND ${CMAKE_COMMAND} -DSRC=${PROJECT_SOURCE_DIR}/src "-DLAYERS=${layers}"
    -P ${PROJECT_SOURCE_DIR}/tests/layers.cmake)
  add_test(NAME no_globals COMMAND ${PROJECT_SOURCE_DIR}/tests/no_globals.sh ${CMAKE_OBJDUMP} ${libraries})
  add_test(NAME headers COMMAND ${PROJECT_SOURCE_DIR}/tests/headers.sh ${CMAKE_C_COMPILER} ${PROJECT_SOURCE_DIR}/src)
  set_tests_properties(layers no_globals headers PROPERTIES LABELS architecture)
endfunction()
