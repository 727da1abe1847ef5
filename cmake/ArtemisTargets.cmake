# The functions that declare targets. Every file is named in a list; a pattern never is.
#
#   artemis_library(<folder> SOURCES <cc>... [DEPS <folder>...] [LINK <library>...] [PCH light|arrow|duckdb|flight|none])
#   artemis_test(<folder> SOURCES <cc>... [DEPS <folder>...] [LINK ...] [PCH light|arrow|none] [LABELS unit]
#                [TIMEOUT <seconds>] [NEEDS_PROGRAMS])
#   artemis_program(<name> SOURCES <cc>... [DEPS ...] [LINK ...] [PCH ...] [ALIASES <name>...])
#   artemis_command_test(<name> COMMAND <command>... [LABELS ...] [TIMEOUT <seconds>])
#   artemis_benchmark(<name> SOURCES <cc>... [DEPS ...] [LINK ...] [PCH ...])
#   artemis_fuzz(<name> SOURCES <cc>... [DEPS ...] [LINK ...])
#
# DEPS are folders of src/artemis, which must have been declared before: the order of src/artemis/CMakeLists.txt is
# that of the ranks. LINK is a name of ArtemisDependencies.cmake (zstd for Artemis::zstd) or any other target.

include(GoogleTest)

# One precompiled header each, shared by all targets that name it; the tests' are compiled at -O0 as tests are.
function(_artemis_pch name header)
  set(source "${PROJECT_BINARY_DIR}/pch/${name}.cc")
  if(NOT EXISTS "${source}")
    file(WRITE "${source}" "// Exists to have a target for the precompiled header.\n")
  endif()
  add_library(artemis_pch_${name} OBJECT EXCLUDE_FROM_ALL "${source}")
  target_link_libraries(artemis_pch_${name} PRIVATE Artemis::arrow Artemis::duckdb)
  target_compile_options(artemis_pch_${name} PRIVATE ${ARGN})
  target_precompile_headers(artemis_pch_${name} PRIVATE "<${header}>")
endfunction()

_artemis_pch(light pch/light.h)
_artemis_pch(arrow pch/arrow.h)
_artemis_pch(duckdb pch/duckdb.h)
_artemis_pch(flight pch/flight.h)
if(ARTEMIS_TESTS)
  _artemis_pch(test_light pch/test.h -O0)
  _artemis_pch(test_arrow pch/test_arrow.h -O0)
endif()

function(_artemis_use_pch target name)
  if(NOT name OR name STREQUAL "none")
    return()
  endif()
  if(NOT TARGET artemis_pch_${name})
    message(FATAL_ERROR "${target}: there is no precompiled header '${name}'")
  endif()
  target_precompile_headers(${target} REUSE_FROM artemis_pch_${name})
endfunction()

function(_artemis_link target scope)
  foreach(name IN LISTS ARGN)
    if(TARGET Artemis::${name})
      target_link_libraries(${target} ${scope} Artemis::${name})
    elseif(TARGET ${name})
      target_link_libraries(${target} ${scope} ${name})
    else()
      message(FATAL_ERROR "${target}: '${name}' in LINK is no library of cmake/ArtemisDependencies.cmake")
    endif()
  endforeach()
endfunction()

function(_artemis_deps target scope)
  foreach(folder IN LISTS ARGN)
    if(NOT TARGET artemis_${folder})
      message(FATAL_ERROR "${target}: the folder '${folder}' in DEPS is not declared before this one")
    endif()
    target_link_libraries(${target} ${scope} artemis_${folder})
  endforeach()
endfunction()

function(_artemis_no_other_arguments target)
  if(arg_UNPARSED_ARGUMENTS OR arg_KEYWORDS_MISSING_VALUES)
    # An empty SOURCES or DEPS is a folder that has none.
    if(arg_UNPARSED_ARGUMENTS)
      message(FATAL_ERROR "${target}: not understood: ${arg_UNPARSED_ARGUMENTS}")
    endif()
  endif()
endfunction()

# Before anything else of a program: libparquet carries another simdjson and exports it, and the first library that has a name
# is the one that gets it. Ours is called with the layouts of ours.
function(_artemis_first_libraries target)
  target_link_libraries(${target} PRIVATE "${ARTEMIS_simdjson_LIBRARY}")
endfunction()

# DEPS reach whoever uses the folder, with their headers. LINK stays inside: a wall is no wall if its definitions and
# include folders leak.
function(artemis_library folder)
  cmake_parse_arguments(arg "" "PCH" "SOURCES;DEPS;LINK" ${ARGN})
  _artemis_no_other_arguments(artemis_${folder})
  set_property(GLOBAL APPEND PROPERTY ARTEMIS_FOLDERS ${folder})
  if(NOT arg_SOURCES)
    add_library(artemis_${folder} INTERFACE)
    target_link_libraries(artemis_${folder} INTERFACE Artemis::arrow)
    _artemis_deps(artemis_${folder} INTERFACE ${arg_DEPS})
    return()
  endif()
  if(NOT arg_PCH)
    set(arg_PCH light)
  endif()
  add_library(artemis_${folder} STATIC ${arg_SOURCES})
  _artemis_deps(artemis_${folder} PUBLIC ${arg_DEPS})
  target_link_libraries(artemis_${folder} PUBLIC Artemis::arrow)
  _artemis_link(artemis_${folder} PRIVATE ${arg_LINK})
  _artemis_use_pch(artemis_${folder} ${arg_PCH})
  if(ARTEMIS_UNITY)
    set_target_properties(artemis_${folder} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 6)
    # A source that is included is no header, and GCC 12's flow warnings err more often the more it inlines: the
    # developer's build, one source at a time, has them all.
    target_compile_options(
      artemis_${folder}
      PRIVATE -Wno-subobject-linkage -Wno-array-bounds -Wno-stringop-overflow -Wno-stringop-overread -Wno-restrict
              -Wno-maybe-uninitialized)
  endif()
endfunction()

# The environment of every test: where the programs are, and the checkout.
function(_artemis_test_environment out)
  set(${out}
      "ARTEMIS_BIN_DIR=${CMAKE_RUNTIME_OUTPUT_DIRECTORY}" "ARTEMIS_SOURCE_DIR=${PROJECT_SOURCE_DIR}"
      PARENT_SCOPE)
endfunction()

# Makes <folder>_test, linked with the folder of that name if there is one, and registers each of its tests with ctest.
function(artemis_test folder)
  if(NOT ARTEMIS_TESTS)
    return()
  endif()
  cmake_parse_arguments(arg "NEEDS_PROGRAMS" "PCH;TIMEOUT" "SOURCES;DEPS;LINK;LABELS" ${ARGN})
  set(target ${folder}_test)
  _artemis_no_other_arguments(${target})
  if(NOT arg_SOURCES)
    return()
  endif()
  if(NOT arg_PCH)
    set(arg_PCH light)
  endif()
  if(NOT arg_LABELS)
    set(arg_LABELS unit)
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 60)
  endif()

  add_executable(${target} ${arg_SOURCES})
  _artemis_first_libraries(${target})
  target_compile_options(${target} PRIVATE -O0)
  if(TARGET artemis_${folder})
    target_link_libraries(${target} PRIVATE artemis_${folder})
  endif()
  _artemis_deps(${target} PRIVATE ${arg_DEPS})
  _artemis_link(${target} PRIVATE arrow ${arg_LINK} gmock gtest_main gtest)
  if(NOT arg_PCH STREQUAL "none")
    _artemis_use_pch(${target} test_${arg_PCH})
  endif()
  if(arg_NEEDS_PROGRAMS)
    add_dependencies(${target} artemis)
  endif()

  _artemis_test_environment(environment)
  # Listed when ctest starts, not after each link: a build does not wait for it, and a test program that cannot start
  # is a failed test.
  gtest_discover_tests(${target}
    DISCOVERY_MODE PRE_TEST
    DISCOVERY_TIMEOUT 60
    TEST_PREFIX "${folder}/"
    PROPERTIES TIMEOUT ${arg_TIMEOUT} LABELS "${arg_LABELS}" ENVIRONMENT "${environment}")
endfunction()

# A test that is a command: a script, a program with arguments.
function(artemis_command_test name)
  cmake_parse_arguments(arg "" "TIMEOUT" "COMMAND;LABELS" ${ARGN})
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 300)
  endif()
  if(NOT arg_LABELS)
    set(arg_LABELS integration)
  endif()
  _artemis_test_environment(environment)
  add_test(NAME ${name} COMMAND ${arg_COMMAND} WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}")
  set_tests_properties(${name} PROPERTIES
    TIMEOUT ${arg_TIMEOUT} LABELS "${arg_LABELS}" ENVIRONMENT "${environment}")
endfunction()

# Makes a program, with jemalloc as its malloc; ALIASES are links beside it, told apart by argv[0].
function(artemis_program name)
  cmake_parse_arguments(arg "" "PCH" "SOURCES;DEPS;LINK;ALIASES" ${ARGN})
  _artemis_no_other_arguments(${name})
  add_executable(${name} ${arg_SOURCES})
  _artemis_first_libraries(${name})
  _artemis_deps(${name} PRIVATE ${arg_DEPS})
  _artemis_link(${name} PRIVATE arrow ${arg_LINK})
  if(NOT ARTEMIS_SANITIZE)
    target_link_options(${name} PRIVATE -Wl,--no-as-needed "${ARTEMIS_jemalloc_LIBRARY}" -Wl,--as-needed)
  endif()
  _artemis_use_pch(${name} "${arg_PCH}")
  set_target_properties(${name} PROPERTIES INSTALL_RPATH "$ORIGIN/../lib/artemis" ARTEMIS_ALIASES "${arg_ALIASES}")
  # What was a link to another program would be written through.
  add_custom_command(TARGET ${name} PRE_LINK COMMAND ${CMAKE_COMMAND} -E rm -f $<TARGET_FILE:${name}> VERBATIM)
  foreach(alias IN LISTS arg_ALIASES)
    add_custom_command(TARGET ${name} POST_BUILD
      COMMAND ${CMAKE_COMMAND} -E create_symlink ${name} "${CMAKE_RUNTIME_OUTPUT_DIRECTORY}/${alias}" VERBATIM)
  endforeach()
endfunction()

function(artemis_benchmark name)
  if(NOT ARTEMIS_BENCH)
    return()
  endif()
  cmake_parse_arguments(arg "" "PCH" "SOURCES;DEPS;LINK" ${ARGN})
  _artemis_no_other_arguments(${name})
  add_executable(${name} ${arg_SOURCES})
  _artemis_first_libraries(${name})
  _artemis_deps(${name} PRIVATE ${arg_DEPS})
  _artemis_link(${name} PRIVATE arrow benchmark ${arg_LINK})
  target_link_options(${name} PRIVATE -Wl,--no-as-needed "${ARTEMIS_jemalloc_LIBRARY}" -Wl,--as-needed)
  _artemis_use_pch(${name} "${arg_PCH}")
endfunction()

function(artemis_fuzz name)
  if(NOT ARTEMIS_FUZZ)
    return()
  endif()
  cmake_parse_arguments(arg "" "" "SOURCES;DEPS;LINK" ${ARGN})
  _artemis_no_other_arguments(${name})
  add_executable(${name} ${arg_SOURCES})
  _artemis_first_libraries(${name})
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  _artemis_deps(${name} PRIVATE ${arg_DEPS})
  _artemis_link(${name} PRIVATE arrow ${arg_LINK})
endfunction()
