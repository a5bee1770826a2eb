# corsgate_package(): `cpack` in a build folder writes the Debian package of this system (docs/packages.md). With
# SOURCE_DATE_EPOCH in the environment the same sources give the same bytes.

function(corsgate_package)
  set(CPACK_GENERATOR DEB)
  set(CPACK_PACKAGE_NAME corsgate)
  set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
  set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
  set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
  set(CPACK_STRIP_FILES ON)
  set(CPACK_PACKAGE_CONTACT "the corsgate developers <corsgate@packages.invalid>"
    CACHE STRING "name and address of who maintains the packages built here")
  set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "semantic diff and linter for CORS configuration")
  set(CPACK_DEBIAN_PACKAGE_DESCRIPTION "Says, before a change is merged, which websites gain or lose access to the
APIs that a CORS configuration serves: it reads configurations of web
servers, Kubernetes ingresses, API gateways and CDNs in two versions, works
out for every endpoint which web origins may do what, and reports the
difference with a witness.
.
It judges git revisions, the index or folders, holds risky changes until a
reviewer has approved them, checks single configurations, simulates requests
and explains CORS failures that a browser recorded.")
  set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
  set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
  set(CPACK_DEBIAN_PACKAGE_SECTION devel)
  set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
  set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
  set(CPACK_DEBIAN_PACKAGE_SUGGESTS git)
  set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
  set(CPACK_PRE_BUILD_SCRIPTS ${PROJECT_SOURCE_DIR}/src/packaging/debian/stage.cmake)
  set(CPACK_POST_BUILD_SCRIPTS ${PROJECT_SOURCE_DIR}/src/packaging/debian/finish.cmake)
  set(CPACK_CORSGATE_SOURCE_DIR ${PROJECT_SOURCE_DIR})
  set(CPACK_VERBATIM_VARIABLES ON)
  include(CPack)
endfunction()
