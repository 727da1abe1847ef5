# Finds Arrow C++ and defines Artemis::arrow, ::arrow_compute, ::acero, ::dataset, ::parquet, ::flight and ::s3.
#
# Looks, in this order, at -DARTEMIS_ARROW_ROOT= (a pyarrow package folder, or a prefix with include/ and lib/), at
# .deps/arrow, and at the system's own folders. A pyarrow package has its libraries beside include/ and only under
# their versioned names (libarrow.so.2600), which find_library does not try: they are found by pattern.
#
# Artemis::s3 may be absent in an Arrow built without S3; all others are required.

set(_roots)
if(ARTEMIS_ARROW_ROOT)
  list(APPEND _roots "${ARTEMIS_ARROW_ROOT}")
elseif(EXISTS "${PROJECT_SOURCE_DIR}/.deps/arrow")
  list(APPEND _roots "${PROJECT_SOURCE_DIR}/.deps/arrow")
else()
  list(APPEND _roots /usr/local /usr)
endif()

set(ARTEMIS_ARROW_INCLUDE_DIR)
set(ARTEMIS_ARROW_LIBRARY_DIR)
foreach(_root IN LISTS _roots)
  if(NOT EXISTS "${_root}/include/arrow/api.h")
    continue()
  endif()
  foreach(_dir "${_root}" "${_root}/lib" "${_root}/lib64" "${_root}/lib/${CMAKE_LIBRARY_ARCHITECTURE}")
    file(GLOB _found "${_dir}/libarrow.so" "${_dir}/libarrow.so.*")
    if(_found)
      set(ARTEMIS_ARROW_INCLUDE_DIR "${_root}/include")
      set(ARTEMIS_ARROW_LIBRARY_DIR "${_dir}")
      break()
    endif()
  endforeach()
  if(ARTEMIS_ARROW_LIBRARY_DIR)
    break()
  endif()
endforeach()

if(ARTEMIS_ARROW_INCLUDE_DIR)
  file(STRINGS "${ARTEMIS_ARROW_INCLUDE_DIR}/arrow/util/config.h" _line REGEX "define ARROW_VERSION_STRING ")
  string(REGEX REPLACE ".*\"(.*)\".*" "\\1" ArtemisArrow_VERSION "${_line}")
endif()

function(_artemis_arrow_library name file)
  file(GLOB _found "${ARTEMIS_ARROW_LIBRARY_DIR}/lib${file}.so" "${ARTEMIS_ARROW_LIBRARY_DIR}/lib${file}.so.*")
  if(NOT _found)
    return()
  endif()
  list(GET _found 0 _path)
  add_library(Artemis::${name} SHARED IMPORTED GLOBAL)
  set_target_properties(Artemis::${name} PROPERTIES
    IMPORTED_LOCATION "${_path}"
    INTERFACE_INCLUDE_DIRECTORIES "${ARTEMIS_ARROW_INCLUDE_DIR}"
    INTERFACE_LINK_LIBRARIES "${ARGN}")
endfunction()

if(ARTEMIS_ARROW_LIBRARY_DIR AND NOT TARGET Artemis::arrow)
  _artemis_arrow_library(arrow arrow)
  _artemis_arrow_library(arrow_compute arrow_compute Artemis::arrow)
  _artemis_arrow_library(acero arrow_acero Artemis::arrow_compute)
  _artemis_arrow_library(parquet parquet Artemis::arrow)
  _artemis_arrow_library(dataset arrow_dataset Artemis::acero Artemis::parquet)
  _artemis_arrow_library(flight arrow_flight Artemis::arrow)
  _artemis_arrow_library(s3 arrow_s3 Artemis::arrow)
endif()

set(ArtemisArrow_libraries TRUE)
foreach(_name arrow arrow_compute acero parquet dataset flight)
  if(NOT TARGET Artemis::${_name})
    set(ArtemisArrow_libraries FALSE)
  endif()
endforeach()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(ArtemisArrow
  REQUIRED_VARS ARTEMIS_ARROW_LIBRARY_DIR ARTEMIS_ARROW_INCLUDE_DIR ArtemisArrow_libraries
  VERSION_VAR ArtemisArrow_VERSION
  REASON_FAILURE_MESSAGE "run tools/bootstrap, or give -DARTEMIS_ARROW_ROOT=")
