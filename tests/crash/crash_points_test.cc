// Every call that an operation makes to the file system and to the catalog goes wrong in turn: it fails, its reply is lost, it comes
// late, or the process ends right before or right after it (a child process, killed by SIGKILL). Afterwards every table opens, every file it
// names is there, a user sees the state before the operation or the one after it, and the operation can be done (again).
//
// Each call is tried with one of these, which one by ARTEMIS_TEST_SEED; with ARTEMIS_TEST_FULL=1 with all of them. With ARTEMIS_TEST_POSTGRES
// (tests/support/with_postgres.py), a sample of the calls runs on that server.
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <iostream>
#include <random>

#include <gtest/gtest.h>

#include "artemis/base/error.h"
#include "artemis/catalog/faulty_catalog.h"
#include "artemis/io/faulty_file_system.h"
#include "crash_operations.h"

namespace artemis {
namespace {

constexpr int64_t kDelayMs = 2;
// Only every so many calls on a server, whose state is made anew for each.
constexpr int64_t kServerStep = 15;

enum class Side { kFiles, kCatalog };

// One call of one operation, and what becomes of it.
struct CrashPoint {
  Side side;
  int64_t call;
  int action;  // of FaultAction or CatalogFaultAction
};

constexpr FaultAction kFileActions[] = {FaultAction::kFail, FaultAction::kLose, FaultAction::kKill,
                                        FaultAction::kKillAfter, FaultAction::kDelay};
constexpr CatalogFaultAction kCatalogActions[] = {
    CatalogFaultAction::kFail, CatalogFaultAction::kLose,      CatalogFaultAction::kLoseRequest,
    CatalogFaultAction::kKill, CatalogFaultAction::kKillAfter, CatalogFaultAction::kDelay};

// A catalog over the world in which one call goes wrong, and how many calls there were.
class FaultyWorld {
 public:
  explicit FaultyWorld(const CrashWorld& world) : files_(LocalFileSystem()), world_(world) {}

  arrow::Status Run(const CrashOperation& operation, const CrashPoint& point) {
    ARROW_ASSIGN_OR_RAISE(auto real, world_.Open(&files_));
    CatalogFaultPlan plan;
    if (point.side == Side::kCatalog) {
      CatalogFault fault;
      fault.number = point.call;
      fault.action = kCatalogActions[point.action];
      fault.delay_ms = kDelayMs;
      plan.faults = {fault};
    }
    catalog_ = std::make_unique<FaultyCatalog>(std::move(real), plan);
    Fault fault;
    fault.any_operation = true;
    fault.call = point.call;
    fault.delay_ms = kDelayMs;
    if (point.side == Side::kFiles) fault.action = kFileActions[point.action];
    files_.Reset(point.side == Side::kFiles ? FaultPlan{fault} : FaultPlan{});
    return operation.run(*catalog_, world_);
  }

  int64_t Calls(Side side) const {
    if (side == Side::kFiles) return files_.total_calls();
    int64_t calls = 0;
    for (int i = 0; i < kCatalogCallCount; ++i) {
      calls += catalog_->calls(static_cast<CatalogCall>(i));
    }
    return calls;
  }

 private:
  FaultyFileSystem files_;
  const CrashWorld& world_;
  std::unique_ptr<FaultyCatalog> catalog_;
};

bool IsKill(const CrashPoint& point) {
  if (point.side == Side::kFiles) {
    const auto action = kFileActions[point.action];
    return action == FaultAction::kKill || action == FaultAction::kKillAfter;
  }
  const auto action = kCatalogActions[point.action];
  return action == CatalogFaultAction::kKill || action == CatalogFaultAction::kKillAfter;
}

// What the operation came to: its status, or nothing where the process ended.
struct Outcome {
  bool was_reached = false;
  std::optional<arrow::Status> status;
};

Outcome RunInChild(const CrashWorld& world, const CrashOperation& operation,
                   const CrashPoint& point) {
  const pid_t child = ::fork();
  if (child == 0) {
    FaultyWorld faulty(world);
    (void)faulty.Run(operation, point);
    ::_exit(0);
  }
  int ended = 0;
  EXPECT_EQ(::waitpid(child, &ended, 0), child);
  return {WIFSIGNALED(ended) && WTERMSIG(ended) == SIGKILL, std::nullopt};
}

Outcome RunHere(const CrashWorld& world, const CrashOperation& operation, const CrashPoint& point) {
  FaultyWorld faulty(world);
  auto status = faulty.Run(operation, point);
  return {faulty.Calls(point.side) >= point.call, std::move(status)};
}

// The states before and after an operation that nothing disturbs, and its calls.
struct DryRun {
  std::string before, after;
  int64_t calls[2] = {0, 0};
};

class CrashPoints : public ::testing::Test {
 protected:
  void Sweep(const CrashKind& kind, int64_t step, int64_t points_min);

 private:
  static arrow::Result<std::string> Seen(const CrashWorld& world) {
    ARROW_ASSIGN_OR_RAISE(const auto catalog, world.Open());
    return Describe(*catalog);
  }
  static arrow::Result<DryRun> Dry(CrashWorld& world, const CrashOperation& operation);
  static void Check(const CrashWorld& world, const CrashOperation& operation, const DryRun& dry,
                    const Outcome& outcome, bool is_delay);
  static void CheckRetry(const CrashWorld& world, const CrashOperation& operation,
                         const DryRun& dry, bool was_done);
};

arrow::Result<DryRun> CrashPoints::Dry(CrashWorld& world, const CrashOperation& operation) {
  DryRun dry;
  ARROW_RETURN_NOT_OK(world.Restore());
  ARROW_ASSIGN_OR_RAISE(dry.before, Seen(world));
  FaultyWorld faulty(world);
  ARROW_RETURN_NOT_OK(faulty.Run(operation, {Side::kFiles, -1, 0}));
  for (const Side side : {Side::kFiles, Side::kCatalog}) {
    dry.calls[static_cast<int>(side)] = faulty.Calls(side);
  }
  ARROW_ASSIGN_OR_RAISE(dry.after, Seen(world));
  if (dry.before == dry.after && operation.name != "rewrite files") {
    return arrow::Status::Invalid(operation.name, " changes nothing");
  }
  return dry;
}

void CrashPoints::Check(const CrashWorld& world, const CrashOperation& operation, const DryRun& dry,
                        const Outcome& outcome, bool is_delay) {
  const auto seen = Seen(world);
  ASSERT_TRUE(seen.ok()) << seen.status();
  const bool is_before = *seen == dry.before, is_after = *seen == dry.after;
  ASSERT_TRUE(is_before || is_after) << *seen << "expected\n" << dry.before << "or\n" << dry.after;
  if (outcome.status) {
    const bool is_unknown = FindDetail<CommitUnknown>(*outcome.status) != nullptr;
    const bool is_done = outcome.status->ok();
    EXPECT_TRUE(is_done || !is_delay) << *outcome.status;
    EXPECT_TRUE(is_done ? is_after : is_before || is_unknown) << *outcome.status;
  }
  CheckRetry(world, operation, dry, is_after && dry.before != dry.after);
}

void CrashPoints::CheckRetry(const CrashWorld& world, const CrashOperation& operation,
                             const DryRun& dry, bool was_done) {
  if (was_done && !operation.is_repeatable) return;
  const auto catalog = world.Open();
  ASSERT_TRUE(catalog.ok()) << catalog.status();
  const auto again = operation.run(**catalog, world);
  EXPECT_TRUE(again.ok()) << again;
  const auto seen = Seen(world);
  ASSERT_TRUE(seen.ok()) << seen.status();
  EXPECT_EQ(*seen, dry.after);
}

void CrashPoints::Sweep(const CrashKind& kind, int64_t step, int64_t points_min) {
  const char* given = std::getenv("ARTEMIS_TEST_SEED");
  const uint64_t seed =
      given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
  const bool is_full = std::getenv("ARTEMIS_TEST_FULL") != nullptr && step == 1;
  std::cout << "the same again: ARTEMIS_TEST_SEED=" << seed << std::endl;
  CrashWorld world(kind);
  int64_t calls = 0, points = 0;
  uint64_t turn = seed;
  for (const CrashOperation& operation : CrashOperations()) {
    if (operation.needs_rows && !world.names_are_rows()) continue;
    const auto dry = Dry(world, operation);
    ASSERT_TRUE(dry.ok()) << operation.name << ": " << dry.status();
    for (const Side side : {Side::kFiles, Side::kCatalog}) {
      const uint64_t actions =
          side == Side::kFiles ? std::size(kFileActions) : std::size(kCatalogActions);
      for (int64_t call = 1; call <= dry->calls[static_cast<int>(side)]; ++call) {
        if ((call + static_cast<int64_t>(seed % 1000)) % step != 0) continue;
        ++calls;
        for (uint64_t i = 0; i < (is_full ? actions : 1); ++i) {
          const CrashPoint point{side, call, static_cast<int>(turn++ % actions)};
          SCOPED_TRACE(operation.name +
                       (side == Side::kFiles ? ", file call " : ", catalog call ") +
                       std::to_string(call) + ", action " + std::to_string(point.action));
          ASSERT_TRUE(world.Restore().ok());
          const Outcome outcome = IsKill(point) ? RunInChild(world, operation, point)
                                                : RunHere(world, operation, point);
          EXPECT_TRUE(outcome.was_reached);
          points += outcome.was_reached ? 1 : 0;
          // The last action of both lists.
          Check(world, operation, *dry, outcome, point.action + 1 == static_cast<int>(actions));
          if (HasFatalFailure()) return;
        }
      }
    }
    std::cout << operation.name << ": " << dry->calls[0] << " file calls, " << dry->calls[1]
              << " catalog calls" << std::endl;
  }
  std::cout << calls << " calls, " << points << " points reached" << std::endl;
  EXPECT_GE(calls, points_min);
  EXPECT_GE(points, calls);
}

TEST_F(CrashPoints, LeaveATableOfASqliteCatalogBeforeOrAfterItsChange) {
  Sweep({"sqlite", ""}, 1, 300);
}

TEST_F(CrashPoints, LeaveATableOfAPathCatalogBeforeOrAfterItsChange) {
  Sweep({"path", ""}, 1, 300);
}

TEST_F(CrashPoints, LeaveATableOfAServersCatalogBeforeOrAfterItsChange) {
  const char* server = std::getenv("ARTEMIS_TEST_POSTGRES");
  if (server == nullptr) GTEST_SKIP() << "crash_points_postgres runs this with a server";
  Sweep({"postgresql", server}, kServerStep, 30);
}

}  // namespace
}  // namespace artemis
