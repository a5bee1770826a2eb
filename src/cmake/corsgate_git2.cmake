# corsgate_git2(): the target corsgate_git2, which the layer "source" links: libgit2 without its transports where the
# archive of the library takes that (src/packaging/git2/offline.c says why), else the shared library.
set(CORSGATE_GIT2 "auto" CACHE STRING "auto, or shared: libgit2 as the system has it, with its transports")

function(corsgate_git2)
  set(PKG_CONFIG_ARGN "") # what its transports need is not needed
  pkg_check_modules(GIT2 REQUIRED IMPORTED_TARGET libgit2)
  add_library(corsgate_git2 INTERFACE)
  set(works FALSE)
  if(CORSGATE_GIT2 STREQUAL "auto" AND GIT2_VERSION VERSION_GREATER_EQUAL 1.5 AND GIT2_VERSION VERSION_LESS 1.10)
    find_library(GIT2_ARCHIVE libgit2.a HINTS ${GIT2_LIBDIR})
    mark_as_advanced(GIT2_ARCHIVE)
    set(others "")
    # What the rest of it may need, by how it was built; archives first, they bring only what is used.
    foreach(name IN ITEMS mbedcrypto http_parser llhttp)
      find_library(GIT2_NEEDS_${name} NAMES lib${name}.a ${name})
      mark_as_advanced(GIT2_NEEDS_${name})
      if(GIT2_NEEDS_${name})
        list(APPEND others ${GIT2_NEEDS_${name}})
      endif()
    endforeach()
    list(APPEND others PkgConfig::PCRE2 z Threads::Threads)
    if(GIT2_ARCHIVE)
      set(folder ${PROJECT_BINARY_DIR}/git2-probe)
      try_run(CORSGATE_GIT2_RUN CORSGATE_GIT2_LINKS ${folder}
        SOURCES ${PROJECT_SOURCE_DIR}/src/packaging/git2/probe.c ${PROJECT_SOURCE_DIR}/src/packaging/git2/offline.c
        CMAKE_FLAGS "-DINCLUDE_DIRECTORIES=${GIT2_INCLUDE_DIRS}"
        LINK_LIBRARIES ${GIT2_ARCHIVE} ${others}
        ARGS ${folder}/repository)
      if(CORSGATE_GIT2_LINKS AND CORSGATE_GIT2_RUN EQUAL 0)
        set(works TRUE)
      endif()
    endif()
  endif()
  if(works)
    message(STATUS "libgit2 ${GIT2_VERSION}: its archive, without the transports")
    add_library(corsgate_offline STATIC ${PROJECT_SOURCE_DIR}/src/packaging/git2/offline.c)
    set_target_properties(corsgate_offline PROPERTIES INTERPROCEDURAL_OPTIMIZATION OFF)
    target_include_directories(corsgate_git2 SYSTEM INTERFACE ${GIT2_INCLUDE_DIRS})
    # Nothing before the archive asks for offline.c.
    target_link_libraries(corsgate_git2 INTERFACE -Wl,-u,git_transport_new corsgate_offline ${GIT2_ARCHIVE} ${others})
  elseif(CORSGATE_STATIC)
    message(FATAL_ERROR "a static program needs libgit2's archive, of a version from 1.5 to 1.9, with what it was built with")
  else()
    message(STATUS "libgit2 ${GIT2_VERSION}: the shared library")
    target_link_libraries(corsgate_git2 INTERFACE PkgConfig::GIT2)
  endif()
endfunction()
