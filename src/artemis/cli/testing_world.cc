// A world that tests decide on.
#include "artemis/cli/testing_world.h"

#include <signal.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

#include "artemis/base/clock.h"
#include "artemis/base/error.h"
#include "artemis/base/time_text.h"
#include "artemis/catalog/catalog_fault_plan.h"
#include "artemis/io/barrier.h"
#include "artemis/io/faulty_file_system.h"
#include "artemis/io/file_barriers.h"

namespace artemis {

namespace {

std::string Variable(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

// Moves on at each look.
class SteppingClock : public Clock {
 public:
  SteppingClock(TimestampMs start, int64_t step_ms) : clock_(start), step_ms_(step_ms) {}
  TimestampMs Now() const override {
    clock_.AdvanceMs(step_ms_);
    return clock_.Now();
  }

 private:
  mutable FixedClock clock_;
  const int64_t step_ms_;
};

// Ends the process at one point; others are passed on.
class KillingBarriers : public Barriers {
 public:
  KillingBarriers(std::string point, Barriers& inner) : point_(std::move(point)), inner_(inner) {}
  arrow::Status Reach(std::string_view point) override {
    ARROW_RETURN_NOT_OK(inner_.Reach(point));
    if (point == point_) ::kill(::getpid(), SIGKILL);
    return arrow::Status::OK();
  }

 private:
  const std::string point_;
  Barriers& inner_;
};

arrow::Result<std::unique_ptr<Clock>> TestClock() {
  const std::string now = Variable("ARTEMIS_TEST_NOW");
  const std::string step = Variable("ARTEMIS_TEST_STEP_MS");
  if (now.empty()) return std::unique_ptr<Clock>();
  int64_t step_ms = 0;
  const auto parsed = std::from_chars(step.data(), step.data() + step.size(), step_ms);
  if (!step.empty() && (parsed.ec != std::errc() || parsed.ptr != step.data() + step.size())) {
    return arrow::Status::Invalid("ARTEMIS_TEST_STEP_MS '", step, "' is no number");
  }
  // A test may well stand in the future.
  ParseTimeOptions options;
  options.now = TimestampMs(INT64_MAX / 2);
  const auto start = ParseTime(now, options);
  if (!start.ok()) return WithContext(start.status(), "ARTEMIS_TEST_NOW");
  return std::make_unique<SteppingClock>(*start, step_ms);
}

}  // namespace

struct TestingWorld::Parts {
  std::unique_ptr<Clock> clock;
  std::unique_ptr<FaultyFileSystem> files;
  std::unique_ptr<Barriers> barriers;
  std::unique_ptr<Barriers> killing;
  CatalogFaultPlan catalog_faults;
};

arrow::Result<std::unique_ptr<TestingWorld>> TestingWorld::FromEnvironment() {
  auto parts = std::make_unique<Parts>();
  ARROW_ASSIGN_OR_RAISE(parts->clock, TestClock());
  auto plan = ParseFaultPlan(Variable("ARTEMIS_TEST_FAULT"));
  if (!plan.ok()) return WithContext(plan.status(), "ARTEMIS_TEST_FAULT");
  parts->files = std::make_unique<FaultyFileSystem>(LocalFileSystem(), *std::move(plan));
  auto barriers = ParseFileBarriers(Variable("ARTEMIS_TEST_BARRIER"));
  if (!barriers.ok()) return WithContext(barriers.status(), "ARTEMIS_TEST_BARRIER");
  parts->barriers = *std::move(barriers);
  const std::string kill_point = Variable("ARTEMIS_TEST_KILL");
  parts->killing = std::make_unique<KillingBarriers>(kill_point, *parts->barriers);
  auto catalog_faults = ParseCatalogFaultPlan(Variable("ARTEMIS_TEST_CATALOG_FAULT"));
  if (!catalog_faults.ok()) {
    return WithContext(catalog_faults.status(), "ARTEMIS_TEST_CATALOG_FAULT");
  }
  parts->catalog_faults = *std::move(catalog_faults);
  return std::unique_ptr<TestingWorld>(new TestingWorld(std::move(parts)));
}

TestingWorld::TestingWorld(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
TestingWorld::~TestingWorld() = default;

ProgramContext TestingWorld::context() const {
  const Clock* clock = parts_->clock != nullptr ? parts_->clock.get() : &SystemClock();
  return {clock, parts_->files.get(), parts_->killing.get(),
          parts_->catalog_faults.empty() ? nullptr : &parts_->catalog_faults, nullptr};
}

}  // namespace artemis
