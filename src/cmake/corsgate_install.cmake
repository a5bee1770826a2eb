# corsgate_install(): what `cmake --install` puts where: the program, its manuals, completions for three shells, documents
# and examples. The paths are those of GNUInstallDirs below CMAKE_INSTALL_PREFIX.
include(GNUInstallDirs)

# The completions are what the program itself writes, so that they know every option.
function(corsgate_install_completions)
  set(folder ${PROJECT_BINARY_DIR}/completions)
  set(files "")
  foreach(pair IN ITEMS bash:corsgate.bash zsh:_corsgate fish:corsgate.fish)
    string(REPLACE ":" ";" pair ${pair})
    list(GET pair 0 shell)
    list(GET pair 1 name)
    add_custom_command(OUTPUT ${folder}/${name}
      COMMAND ${CMAKE_COMMAND} -E make_directory ${folder}
      COMMAND corsgate completion ${shell} > ${folder}/${name}
      DEPENDS corsgate VERBATIM)
    list(APPEND files ${folder}/${name})
  endforeach()
  add_custom_target(completions ALL DEPENDS ${files})
  install(FILES ${folder}/corsgate.bash RENAME corsgate DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
  install(FILES ${folder}/_corsgate DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
  install(FILES ${folder}/corsgate.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
endfunction()

function(corsgate_install)
  install(TARGETS corsgate RUNTIME)
  corsgate_install_completions()
  install(FILES docs/man/corsgate.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
  install(FILES docs/man/corsgate.yml.5 DESTINATION ${CMAKE_INSTALL_MANDIR}/man5)
  install(FILES README.md CHANGELOG.md LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
  install(DIRECTORY docs examples DESTINATION ${CMAKE_INSTALL_DOCDIR} PATTERN man EXCLUDE)
endfunction()
