// Random histories of a table against a model of it in memory.
//
// ARTEMIS_HISTORIES says how many there are (150), ARTEMIS_TEST_SEED which is the first one; each further one has the next seed. A
// history that fails is printed, and ARTEMIS_TEST_SEED=<its seed> ARTEMIS_HISTORIES=1 makes it again, but for the ids in it.
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <random>

#include <gtest/gtest.h>

#include "artemis/base/uuid.h"
#include "history.h"

namespace artemis {
namespace {

constexpr int kChanges = 50;
// A failing history is long to read: a few are enough.
constexpr int kFailuresMax = 5;

int64_t FromEnvironment(const char* name, int64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoll(text, nullptr, 10);
}

// In memory where the machine has such a place: a history makes some thousand files.
std::filesystem::path HistoryFolder() {
  const std::filesystem::path memory = "/dev/shm";
  std::error_code error;
  const bool has_room = std::filesystem::space(memory, error).available > (64u << 20) && !error;
  const std::filesystem::path base = has_room ? memory : std::filesystem::path(testing::TempDir());
  return base / ("artemis-history-" + RandomUuid());
}

arrow::Status Live(History& history) {
  ARROW_RETURN_NOT_OK(history.Create());
  while (history.done.size() <= kChanges) {
    ARROW_RETURN_NOT_OK(ChangeSomething(history));
    // So that a failure shows soon after its cause.
    if (history.random.OneIn(5)) ARROW_RETURN_NOT_OK(CheckBranch(history, history.SomeBranch()));
  }
  return CheckEverything(history);
}

TEST(RandomHistories, ReplayPlanAndDiffAgreeWithTheModelAtEverySnapshot) {
  const int64_t first =
      FromEnvironment("ARTEMIS_TEST_SEED", std::random_device{}() % 1'000'000'000);
  const int64_t count = FromEnvironment("ARTEMIS_HISTORIES", 150);
  std::cout << count << " histories; the same again: ARTEMIS_TEST_SEED=" << first << std::endl;
  int64_t changes = 0, snapshots = 0;
  int failures = 0;
  for (int64_t seed = first; seed < first + count && failures < kFailuresMax; ++seed) {
    const auto folder = HistoryFolder();
    std::filesystem::create_directories(folder);
    {
      History history(static_cast<uint64_t>(seed), folder.string());
      const arrow::Status status = Live(history);
      std::string lines;
      for (const auto& line : history.done) lines += "\n  " + line;
      EXPECT_TRUE(status.ok()) << "ARTEMIS_TEST_SEED=" << seed << " ARTEMIS_HISTORIES=1\n"
                               << status << lines;
      failures += status.ok() ? 0 : 1;
      changes += static_cast<int64_t>(history.done.size());
      snapshots += static_cast<int64_t>(history.model.states.size());
    }
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
  }
  std::cout << changes << " changes, " << snapshots << " snapshots looked at" << std::endl;
}

}  // namespace
}  // namespace artemis
