# How every source is compiled and every program linked. A precompiled header is shared by many targets and is
# refused where definitions or code options differ, so all of them are set here, for the whole tree.

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "" FORCE)
endif()

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1 -DNDEBUG")
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin")
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/lib")
set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/lib")

add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -pthread)
if(ARTEMIS_WERROR)
  add_compile_options(-Werror)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  add_compile_options(-fdiagnostics-color=auto)
else()
  # Only the fuzz targets are built with clang, which does not know every attribute of GCC's.
  add_compile_options(-Wno-ignored-attributes)
endif()

include_directories("${PROJECT_SOURCE_DIR}/src" "${PROJECT_BINARY_DIR}/generated" "${PROJECT_SOURCE_DIR}/cmake")

if(ARTEMIS_SANITIZE)
  add_compile_options(-fsanitize=${ARTEMIS_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer -O1)
  add_link_options(-fsanitize=${ARTEMIS_SANITIZE})
  # Arrow and DuckDB are used as they were built; a container overflow seen across that border is no fact.
  add_compile_definitions(ARTEMIS_SANITIZED=1)
endif()

add_link_options(-pthread -Wl,--as-needed)
find_program(ARTEMIS_MOLD mold)
if(ARTEMIS_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

# The cache holds precompiled headers only with these options, and serves other clones only with a base folder.
find_program(ARTEMIS_CCACHE ccache)
if(ARTEMIS_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env "CCACHE_BASEDIR=${PROJECT_SOURCE_DIR}" CCACHE_NOHASHDIR=1
      "CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime" ${ARTEMIS_CCACHE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_compile_options(-fpch-preprocess)
  endif()
endif()
