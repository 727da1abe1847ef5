// The programs for tests: artemis-testing table append … in the world of testing_world.h.
#include <cstdio>

#include "artemis/cli/exit_code.h"
#include "artemis/cli/run.h"
#include "artemis/cli/testing_world.h"

int main(int argc, char** argv) {
  const auto world = artemis::TestingWorld::FromEnvironment();
  if (!world.ok()) {
    std::fprintf(stderr, "artemis-testing: %s\n", world.status().message().c_str());
    return artemis::kExitUsage;
  }
  return artemis::Run(argc, argv, (*world)->context());
}
