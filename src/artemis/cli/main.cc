// The programs that need neither DuckDB nor Flight: the machine's clock and files, and no barriers.
#include "artemis/base/clock.h"
#include "artemis/cli/run.h"
#include "artemis/io/barrier.h"
#include "artemis/io/file_system.h"

int main(int argc, char** argv) {
  return artemis::Run(argc, argv,
                      {&artemis::SystemClock(), &artemis::LocalFileSystem(), &artemis::NoBarriers(),
                       nullptr, nullptr});
}
