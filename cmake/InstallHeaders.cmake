# Installs the headers that others can include: those whose includes, and the includes of those, are the standard
# library's, Arrow's or ours. Headers of tests, of programs, and all that see DuckDB, Flight or a system library stay.
#
# Set before: source (src/artemis), generated (version.h), destination (include/artemis, without
# DESTDIR, which file(INSTALL) puts before it).
cmake_policy(PUSH)
cmake_policy(VERSION 3.25)

file(GLOB_RECURSE _headers RELATIVE "${source}" "${source}/*.h")
list(FILTER _headers EXCLUDE REGEX "^(output|shell|cli|serve)/")

set(_refused)
foreach(_header IN LISTS _headers)
  file(STRINGS "${source}/${_header}" _lines REGEX "^#include ")
  set(_ours_${_header})
  foreach(_line IN LISTS _lines)
    if(_line MATCHES "\"artemis/([^\"]+)\"")
      list(APPEND _ours_${_header} "${CMAKE_MATCH_1}")
    elseif(NOT _line MATCHES "<(arrow|parquet)/[^>]+>" AND NOT _line MATCHES "<[a-z_]+>")
      list(APPEND _refused "${_header}")
    elseif(_line MATCHES "<arrow/flight/")
      list(APPEND _refused "${_header}")
    endif()
  endforeach()
  if(_header MATCHES "(_fixture|_test_support|_test_schema|/sample_table|/test_[a-z_]+)\\.h$")
    list(APPEND _refused "${_header}")
  endif()
endforeach()

# Who includes a refused header is refused.
set(_before -1)
list(LENGTH _refused _count)
while(NOT _count EQUAL _before)
  set(_before ${_count})
  foreach(_header IN LISTS _headers)
    if(_header IN_LIST _refused)
      continue()
    endif()
    foreach(_other IN LISTS _ours_${_header})
      if(_other IN_LIST _refused)
        list(APPEND _refused "${_header}")
        break()
      endif()
    endforeach()
  endforeach()
  list(LENGTH _refused _count)
endwhile()

# Headers of an older installation that are no longer ours would stay and be found.
file(GLOB _old LIST_DIRECTORIES true "$ENV{DESTDIR}${destination}/*")
list(FILTER _old EXCLUDE REGEX "/deps$")
if(_old)
  file(REMOVE_RECURSE ${_old})
endif()
foreach(_header IN LISTS _headers)
  if(NOT _header IN_LIST _refused)
    get_filename_component(_folder "${_header}" DIRECTORY)
    file(INSTALL "${source}/${_header}" DESTINATION "${destination}/${_folder}" MESSAGE_NEVER)
  endif()
endforeach()
file(INSTALL "${generated}/base/version.h" DESTINATION "${destination}/base" MESSAGE_NEVER)

cmake_policy(POP)
