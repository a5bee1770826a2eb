# corsgate_builtin_rules(): compiles rules/*.yaml into the layer "rule", with the reader that the program uses for
# a project's own rules.

function(corsgate_builtin_rules)
  file(GLOB rules CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/rules/*.yaml)
  set(reader fact.c load.c condition.c names.c)
  list(TRANSFORM reader PREPEND ${PROJECT_SOURCE_DIR}/src/rule/)
  add_executable(compile_rules ${PROJECT_SOURCE_DIR}/src/rule/compile_rules.c ${reader})
  target_link_libraries(compile_rules PRIVATE corsgate_flags corsgate_syntax corsgate_base)
  set(output ${PROJECT_BINARY_DIR}/generated/builtin_rules.c)
  file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/generated)
  add_custom_command(OUTPUT ${output} COMMAND compile_rules ${output} ${rules} DEPENDS compile_rules ${rules} VERBATIM)
  target_sources(corsgate_rule PRIVATE ${output})
  set_source_files_properties(${output} PROPERTIES COMPILE_OPTIONS -Wno-overlength-strings)
endfunction()
