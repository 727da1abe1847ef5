// What artemis-testing hands over: the programs for tests with DuckDB and Flight.
#include <cstdio>

#include "artemis/cli/exit_code.h"
#include "artemis/cli/run.h"
#include "artemis/cli/sql_parts.h"
#include "artemis/cli/testing_world.h"

int main(int argc, char** argv) {
  const auto world = artemis::TestingWorld::FromEnvironment();
  if (!world.ok()) {
    std::fprintf(stderr, "artemis-testing: %s\n", world.status().message().c_str());
    return artemis::kExitUsage;
  }
  auto context = (*world)->context();
  context.sql = &artemis::LinkedSqlParts();
  return artemis::Run(argc, argv, context);
}
