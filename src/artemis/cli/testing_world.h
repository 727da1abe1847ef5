// The world of artemis-testing: the same programs with a clock, files and barriers that a test
// decides on, by environment variables.
//
//   ARTEMIS_TEST_NOW      what "now" is: RFC 3339 or milliseconds since 1970
//   ARTEMIS_TEST_STEP_MS  each look at the clock moves it on by this much (default 0)
//   ARTEMIS_TEST_FAULT    file system calls that go wrong (io/fault_plan.h)
//   ARTEMIS_TEST_BARRIER  points at which processes wait for each other (io/file_barriers.h)
//   ARTEMIS_TEST_KILL     a point at which the process ends by SIGKILL: before_swap, after_swap
//   ARTEMIS_TEST_CATALOG_FAULT  catalog calls that go wrong (catalog/catalog_fault_plan.h)
#pragma once

#include <memory>

#include <arrow/result.h>

#include "artemis/cli/program_context.h"

namespace artemis {

// Owns what its context points to.
class TestingWorld {
 public:
  // Invalid: a variable that cannot be understood, by name.
  static arrow::Result<std::unique_ptr<TestingWorld>> FromEnvironment();
  ~TestingWorld();

  ProgramContext context() const;

 private:
  struct Parts;
  explicit TestingWorld(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace artemis
