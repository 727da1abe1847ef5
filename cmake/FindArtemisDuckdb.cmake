# Finds DuckDB with its internal headers and defines Artemis::duckdb.
#
# Looks at -DARTEMIS_DUCKDB_ROOT= (a folder with include/ and lib/libduckdb.so) and at .deps/duckdb. The headers must
# be of the same release as the library; a test of sql/ compares them at run time.

set(_root "${PROJECT_SOURCE_DIR}/.deps/duckdb")
if(ARTEMIS_DUCKDB_ROOT)
  set(_root "${ARTEMIS_DUCKDB_ROOT}")
endif()

set(ARTEMIS_DUCKDB_INCLUDE_DIR)
set(ARTEMIS_DUCKDB_LIBRARY)
if(EXISTS "${_root}/include/duckdb/catalog/catalog.hpp")
  set(ARTEMIS_DUCKDB_INCLUDE_DIR "${_root}/include")
endif()
foreach(_dir lib lib64 .)
  if(EXISTS "${_root}/${_dir}/libduckdb.so")
    set(ARTEMIS_DUCKDB_LIBRARY "${_root}/${_dir}/libduckdb.so")
    break()
  endif()
endforeach()

if(ARTEMIS_DUCKDB_INCLUDE_DIR AND ARTEMIS_DUCKDB_LIBRARY AND NOT TARGET Artemis::duckdb)
  add_library(Artemis::duckdb SHARED IMPORTED GLOBAL)
  set_target_properties(Artemis::duckdb PROPERTIES
    IMPORTED_LOCATION "${ARTEMIS_DUCKDB_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${ARTEMIS_DUCKDB_INCLUDE_DIR}")
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(ArtemisDuckdb
  REQUIRED_VARS ARTEMIS_DUCKDB_LIBRARY ARTEMIS_DUCKDB_INCLUDE_DIR
  REASON_FAILURE_MESSAGE "run tools/bootstrap, or give -DARTEMIS_DUCKDB_ROOT=")
