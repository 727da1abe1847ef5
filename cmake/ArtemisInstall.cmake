# `make install`: programs in bin/, our static libraries and the shared ones we bring in lib/artemis/, our headers under
# include/artemis/, Arrow's under include/artemis/deps/, and the package that find_package(Artemis) finds in
# lib/cmake/Artemis/. docs/library.md says how it is used, tests/install tries it.
include(CMakePackageConfigHelpers)

# What is for programs of others: cli/, shell/ and what they print with are our own, serve/ shows Flight's types.
set(_installed_libraries)
get_property(_folders GLOBAL PROPERTY ARTEMIS_FOLDERS)
foreach(_folder IN LISTS _folders)
  if(NOT _folder MATCHES "^(output|shell|cli|cli_sql|serve)$")
    list(APPEND _installed_libraries artemis_${_folder})
  endif()
endforeach()

foreach(_library IN LISTS _installed_libraries)
  target_include_directories(${_library} INTERFACE "$<INSTALL_INTERFACE:include>")
  target_compile_features(${_library} INTERFACE cxx_std_20)
endforeach()
install(TARGETS ${_installed_libraries} EXPORT ArtemisTargets ARCHIVE DESTINATION lib/artemis)
install(EXPORT ArtemisTargets NAMESPACE Artemis:: DESTINATION lib/cmake/Artemis)

add_custom_target(artemis_installed DEPENDS ${_installed_libraries})
if(TARGET artemis)
  add_dependencies(artemis_installed artemis artemis-sql)
  # An older installation has a link of this name, which would be written through.
  install(CODE "file(REMOVE \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/bin/artemis-sql\")")
  install(TARGETS artemis artemis-sql RUNTIME DESTINATION bin)
  foreach(_program IN ITEMS artemis artemis-sql)
    get_target_property(_aliases ${_program} ARTEMIS_ALIASES)
    foreach(_alias IN LISTS _aliases)
      install(CODE "
        execute_process(COMMAND \${CMAKE_COMMAND} -E create_symlink ${_program}
          \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/bin/${_alias}\" COMMAND_ERROR_IS_FATAL ANY)")
    endforeach()
  endforeach()
endif()

# The libraries find each other by their own $ORIGIN.
set(_arrow_files)
foreach(_name IN ITEMS arrow arrow_compute arrow_acero arrow_dataset arrow_flight parquet)
  file(GLOB _files "${ARTEMIS_ARROW_LIBRARY_DIR}/lib${_name}.so*")
  list(APPEND _arrow_files ${_files})
endforeach()
install(PROGRAMS ${_arrow_files} "${ARTEMIS_DUCKDB_LIBRARY}" DESTINATION lib/artemis)

install(CODE "
  set(source \"${PROJECT_SOURCE_DIR}/src/artemis\")
  set(generated \"${PROJECT_BINARY_DIR}/generated/artemis\")
  set(destination \"\${CMAKE_INSTALL_PREFIX}/include/artemis\")
  include(\"${PROJECT_SOURCE_DIR}/cmake/InstallHeaders.cmake\")")
install(DIRECTORY "${ARTEMIS_ARROW_INCLUDE_DIR}/arrow" "${ARTEMIS_ARROW_INCLUDE_DIR}/parquet"
  DESTINATION include/artemis/deps
  PATTERN "flight" EXCLUDE PATTERN "python" EXCLUDE PATTERN "testing" EXCLUDE)

foreach(_name IN ITEMS arrow arrow_compute acero dataset flight parquet)
  get_target_property(_location Artemis::${_name} IMPORTED_LOCATION)
  get_filename_component(_file "${_location}" NAME)
  get_target_property(_links Artemis::${_name} INTERFACE_LINK_LIBRARIES)
  if(NOT _links)
    set(_links)
  endif()
  string(APPEND ARTEMIS_CONFIG_SHARED "artemis_shared_library(${_name} \"${_file}\" \"${_links}\")\n")
endforeach()
get_filename_component(_file "${ARTEMIS_DUCKDB_LIBRARY}" NAME)
string(APPEND ARTEMIS_CONFIG_SHARED "artemis_shared_library(duckdb \"${_file}\" \"\")\n")
get_property(_system GLOBAL PROPERTY ARTEMIS_SYSTEM_LIBRARIES)
list(FILTER _system EXCLUDE REGEX "^(gtest|gtest_main|gmock|benchmark|jemalloc|edit)=")
foreach(_pair IN LISTS _system)
  string(REPLACE "=" " " _pair "${_pair}")
  string(APPEND ARTEMIS_CONFIG_SYSTEM "artemis_system_library(${_pair})\n")
endforeach()
list(TRANSFORM _installed_libraries PREPEND "Artemis::" OUTPUT_VARIABLE ARTEMIS_CONFIG_TARGETS)
list(REMOVE_ITEM ARTEMIS_CONFIG_TARGETS Artemis::artemis_sql)
configure_package_config_file("${PROJECT_SOURCE_DIR}/cmake/ArtemisConfig.cmake.in"
  "${PROJECT_BINARY_DIR}/generated/ArtemisConfig.cmake" INSTALL_DESTINATION lib/cmake/Artemis)
write_basic_package_version_file("${PROJECT_BINARY_DIR}/generated/ArtemisConfigVersion.cmake"
  COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/generated/ArtemisConfig.cmake"
  "${PROJECT_BINARY_DIR}/generated/ArtemisConfigVersion.cmake" DESTINATION lib/cmake/Artemis)

install(FILES LICENSE NOTICE docs/flight-deployment.md packaging/artemis-flight.service DESTINATION share/doc/artemis)
file(GLOB _arrow_texts "${ARTEMIS_ARROW_LIBRARY_DIR}/LICENSE.txt" "${ARTEMIS_ARROW_LIBRARY_DIR}/NOTICE.txt")
install(FILES ${_arrow_texts} DESTINATION share/doc/artemis/arrow)
