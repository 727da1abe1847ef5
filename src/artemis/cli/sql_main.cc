// All programs, with DuckDB and Flight: artemis-sql, artemis-flight, and what `artemis` hands over.
#include "artemis/base/clock.h"
#include "artemis/cli/run.h"
#include "artemis/cli/sql_parts.h"
#include "artemis/io/barrier.h"
#include "artemis/io/file_system.h"

int main(int argc, char** argv) {
  return artemis::Run(argc, argv,
                      {&artemis::SystemClock(), &artemis::LocalFileSystem(), &artemis::NoBarriers(),
                       nullptr, &artemis::LinkedSqlParts()});
}
