# Run by cpack on the staged files, before they are packed: what Debian's policy wants of a package and `cmake --install`
# does not do: compressed manuals and changelogs, the copyright file; and one date for all files.
set(root ${CPACK_TEMPORARY_INSTALL_DIRECTORY}/usr)
set(documents ${root}/share/doc/corsgate)
set(packaging ${CPACK_CORSGATE_SOURCE_DIR}/src/packaging/debian)

set(epoch "$ENV{SOURCE_DATE_EPOCH}")
if("${epoch}" STREQUAL "")
  execute_process(COMMAND date +%s OUTPUT_VARIABLE epoch OUTPUT_STRIP_TRAILING_WHITESPACE)
endif()

function(run)
  execute_process(COMMAND ${ARGN} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

execute_process(COMMAND env LC_ALL=C date -u -R -d @${epoch} OUTPUT_VARIABLE date OUTPUT_STRIP_TRAILING_WHITESPACE)
set(version ${CPACK_PACKAGE_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE})
set(maintainer ${CPACK_PACKAGE_CONTACT})
configure_file(${packaging}/changelog.in ${documents}/changelog.Debian @ONLY)
configure_file(${packaging}/copyright ${documents}/copyright COPYONLY)
file(REMOVE ${documents}/LICENSE) # the copyright file holds it
file(RENAME ${documents}/CHANGELOG.md ${documents}/changelog)
file(GLOB manuals ${root}/share/man/man*/*)
run(gzip -9n ${documents}/changelog ${documents}/changelog.Debian ${manuals})
# zsh looks elsewhere in Debian.
file(MAKE_DIRECTORY ${root}/share/zsh/vendor-completions)
file(RENAME ${root}/share/zsh/site-functions/_corsgate ${root}/share/zsh/vendor-completions/_corsgate)
file(REMOVE_RECURSE ${root}/share/zsh/site-functions)
run(chmod -R u=rwX,go=rX ${CPACK_TEMPORARY_INSTALL_DIRECTORY})
run(find ${CPACK_TEMPORARY_INSTALL_DIRECTORY} -exec touch -h -d @${epoch} {} +)
