// What happens to each item, and to failures.
#include "artemis/base/parallel_for.h"

#include <atomic>
#include <set>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace artemis {
namespace {

TEST(ParallelFor, WorksOnEachItemOnce) {
  std::vector<std::atomic<int>> calls(1000);
  const auto status = ParallelFor(calls.size(), 4, [&](size_t i) {
    ++calls[i];
    return arrow::Status::OK();
  });
  EXPECT_TRUE(status.ok());
  for (const auto& count : calls) EXPECT_EQ(count, 1);
}

TEST(ParallelFor, GivesTheFailureOfTheFirstItem) {
  const auto status = ParallelFor(64, 4, [&](size_t i) {
    if (i == 0) std::this_thread::sleep_for(std::chrono::milliseconds(20));
    return i % 2 == 0 ? arrow::Status::IOError("item ", i) : arrow::Status::OK();
  });
  EXPECT_EQ(status.message(), "item 0");
}

TEST(ParallelFor, BeginsNothingAfterAFailure) {
  int calls = 0;
  const auto status = ParallelFor(1000, 1, [&](size_t i) {
    ++calls;
    return i == 3 ? arrow::Status::Invalid("no") : arrow::Status::OK();
  });
  EXPECT_FALSE(status.ok());
  EXPECT_EQ(calls, 4);
}

TEST(ParallelFor, OneThreadIsTheCallers) {
  std::set<std::thread::id> threads;
  EXPECT_TRUE(ParallelFor(8, 1, [&](size_t) {
                threads.insert(std::this_thread::get_id());
                return arrow::Status::OK();
              }).ok());
  EXPECT_EQ(threads, std::set<std::thread::id>{std::this_thread::get_id()});
}

TEST(ParallelFor, TakesNoItems) {
  EXPECT_TRUE(ParallelFor(0, 4, [](size_t) { return arrow::Status::Invalid("never"); }).ok());
}

}  // namespace
}  // namespace artemis
