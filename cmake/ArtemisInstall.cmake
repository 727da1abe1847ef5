# `make install`: programs in bin/, our static libraries in lib/, the shared libraries we bring in lib/artemis/, our
# headers under include/artemis/ and Arrow's under include/artemis/deps/. No installed header needs DuckDB or Flight.
include(GNUInstallDirs)

if(TARGET artemis)
  install(TARGETS artemis RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
  get_target_property(_aliases artemis ARTEMIS_ALIASES)
  foreach(_alias IN LISTS _aliases)
    install(CODE "
      execute_process(COMMAND \${CMAKE_COMMAND} -E create_symlink artemis
        \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_BINDIR}/${_alias}\")")
  endforeach()
endif()

file(GLOB _arrow_libraries "${ARTEMIS_ARROW_LIBRARY_DIR}/libarrow*.so*" "${ARTEMIS_ARROW_LIBRARY_DIR}/libparquet.so*")
install(PROGRAMS ${_arrow_libraries} "${ARTEMIS_DUCKDB_LIBRARY}" DESTINATION "${CMAKE_INSTALL_LIBDIR}/artemis")
install(DIRECTORY "${PROJECT_BINARY_DIR}/lib/" DESTINATION "${CMAKE_INSTALL_LIBDIR}" FILES_MATCHING PATTERN "libartemis_*.a")
install(DIRECTORY "${PROJECT_SOURCE_DIR}/src/artemis" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
  FILES_MATCHING PATTERN "*.h" PATTERN "sql" EXCLUDE PATTERN "serve" EXCLUDE PATTERN "cli" EXCLUDE)
install(FILES "${PROJECT_BINARY_DIR}/generated/artemis/base/version.h"
  DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/artemis/base")
install(DIRECTORY "${ARTEMIS_ARROW_INCLUDE_DIR}/" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/artemis/deps")
