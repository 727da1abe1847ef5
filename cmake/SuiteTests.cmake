# Registers the suites of a GoogleTest program with ctest: one test each, <prefix>/<Suite>, which runs all cases of the
# suite in one process. Starting a process for each case took longer than most cases do.
#
# ctest includes this before it runs tests, with set before:
#
#   SUITES_PROGRAM      the test program; absent: one test that fails
#   SUITES_PREFIX       the folder
#   SUITES_LIST         a file of the build folder that keeps what was found, until the program changes
#   SUITES_LABELS, SUITES_TIMEOUT, SUITES_COST, SUITES_ENVIRONMENT   properties of every test
if(NOT EXISTS "${SUITES_PROGRAM}")
  add_test("${SUITES_PREFIX}/not_built" "${SUITES_PROGRAM}")
  return()
endif()

if(NOT EXISTS "${SUITES_LIST}" OR "${SUITES_PROGRAM}" IS_NEWER_THAN "${SUITES_LIST}")
  execute_process(
    COMMAND "${SUITES_PROGRAM}" --gtest_list_tests
    OUTPUT_VARIABLE listed
    RESULT_VARIABLE ended
    TIMEOUT 60)
  if(NOT ended EQUAL 0)
    message(FATAL_ERROR "${SUITES_PROGRAM} --gtest_list_tests ended with ${ended}\n${listed}")
  endif()
  # A suite is a line that is not indented: "Suite." or "Suite/0.  # TypeParam = int".
  string(REGEX MATCHALL "(^|\n)[A-Za-z0-9_/]+\\." suites "${listed}")
  list(TRANSFORM suites REPLACE "[\n.]" "")
  list(REMOVE_DUPLICATES suites)
  file(WRITE "${SUITES_LIST}" "${suites}")
endif()

file(READ "${SUITES_LIST}" suites)
if(suites STREQUAL "")
  add_test("${SUITES_PREFIX}/without_tests" "${SUITES_PROGRAM}" --no-such-option)
endif()
foreach(suite IN LISTS suites)
  add_test("${SUITES_PREFIX}/${suite}" "${SUITES_PROGRAM}" "--gtest_filter=${suite}.*")
  set_tests_properties("${SUITES_PREFIX}/${suite}" PROPERTIES
    LABELS "${SUITES_LABELS}" TIMEOUT "${SUITES_TIMEOUT}" COST "${SUITES_COST}" ENVIRONMENT "${SUITES_ENVIRONMENT}")
endforeach()
