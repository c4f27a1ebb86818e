# Finds libidn2 through pkg-config and makes the target libidn2::libidn2. As with liburing the static archive is
# preferred; it needs libunistring, which the shared library brings along itself.
find_package(PkgConfig REQUIRED)
pkg_check_modules(PC_LIBIDN2 QUIET libidn2)
find_path(LIBIDN2_INCLUDE_DIR idn2.h HINTS ${PC_LIBIDN2_INCLUDE_DIRS})
find_library(LIBIDN2_LIBRARY NAMES libidn2.a idn2 HINTS ${PC_LIBIDN2_LIBDIR} ${PC_LIBIDN2_LIBRARY_DIRS})
find_library(LIBUNISTRING_LIBRARY NAMES libunistring.a unistring)
mark_as_advanced(LIBIDN2_INCLUDE_DIR LIBIDN2_LIBRARY LIBUNISTRING_LIBRARY)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Libidn2
  REQUIRED_VARS LIBIDN2_LIBRARY LIBIDN2_INCLUDE_DIR LIBUNISTRING_LIBRARY VERSION_VAR PC_LIBIDN2_VERSION)

if(Libidn2_FOUND AND NOT TARGET libidn2::libidn2)
  add_library(libidn2::libidn2 UNKNOWN IMPORTED)
  set_target_properties(libidn2::libidn2 PROPERTIES
    IMPORTED_LOCATION ${LIBIDN2_LIBRARY} INTERFACE_INCLUDE_DIRECTORIES ${LIBIDN2_INCLUDE_DIR}
    INTERFACE_LINK_LIBRARIES ${LIBUNISTRING_LIBRARY})
endif()
