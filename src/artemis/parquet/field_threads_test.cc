// Facts of the threads that encode fields.
#include "artemis/parquet/field_threads.h"

#include <atomic>
#include <chrono>
#include <set>
#include <thread>

#include <gtest/gtest.h>

namespace artemis {
namespace {

TEST(FieldThreads, RunsEveryStageOnceForEachFieldInOrder) {
  for (const int threads : {1, 2, 5}) {
    FieldThreads pool(threads, 4);
    std::vector<std::vector<int>> seen(4);
    for (int stage = 0; stage < 50; ++stage) {
      ASSERT_TRUE(pool.Submit(1,
                              [&seen, stage](int field) {
                                seen[static_cast<size_t>(field)].push_back(stage);
                                return arrow::Status::OK();
                              })
                      .ok());
    }
    ASSERT_TRUE(pool.Drain().ok());
    for (const auto& stages : seen) {
      ASSERT_EQ(stages.size(), 50u);
      for (int stage = 0; stage < 50; ++stage) EXPECT_EQ(stages[static_cast<size_t>(stage)], stage);
    }
  }
}

TEST(FieldThreads, UsesTheCallersThreadAloneWhenThereIsOne) {
  FieldThreads pool(1, 3);
  std::set<std::thread::id> ids;
  ASSERT_TRUE(pool.Submit(1,
                          [&](int) {
                            ids.insert(std::this_thread::get_id());
                            return arrow::Status::OK();
                          })
                  .ok());
  EXPECT_EQ(ids, std::set{std::this_thread::get_id()});
}

// Field 0 waits for field 1 to be a stage ahead, which it can only be if it need not wait for field 0.
TEST(FieldThreads, LetsAFieldRunAheadOfAnother) {
  FieldThreads pool(2, 2);
  std::atomic<int> ahead = 0;
  const auto stage = [&](int field) {
    if (field == 1) {
      ++ahead;
      return arrow::Status::OK();
    }
    while (ahead < 2) std::this_thread::yield();
    return arrow::Status::OK();
  };
  ASSERT_TRUE(pool.Submit(1, stage).ok());
  ASSERT_TRUE(pool.Submit(1, stage).ok());
  EXPECT_TRUE(pool.Drain().ok());
  EXPECT_EQ(ahead, 2);
}

TEST(FieldThreads, HoldsNoMoreThanIsInFlight) {
  FieldThreads pool(2, 3);
  std::atomic<int64_t> held = 0;
  for (int stage = 0; stage < 30; ++stage) {
    ++held;
    const std::shared_ptr<void> batch(nullptr, [&held](void*) { --held; });
    ASSERT_TRUE(pool.Submit(10, [batch](int) { return arrow::Status::OK(); }).ok());
    ASSERT_TRUE(pool.WaitBelow(20).ok());
    // The one in hand, and at most two in flight.
    EXPECT_LE(held, 3);
  }
  ASSERT_TRUE(pool.WaitBelow(0).ok());
  EXPECT_EQ(held, 0);
}

TEST(FieldThreads, StopsAtTheFirstFailureAndKeepsGivingIt) {
  for (const int threads : {1, 3}) {
    FieldThreads pool(threads, 3);
    std::atomic<int> later = 0;
    auto status = pool.Submit(1, [](int field) {
      return field == 1 ? arrow::Status::Invalid("field 1 broke") : arrow::Status::OK();
    });
    if (status.ok()) status = pool.Drain();
    EXPECT_EQ(status.message(), "field 1 broke");
    const auto count = [&later](int) {
      ++later;
      return arrow::Status::OK();
    };
    EXPECT_EQ(pool.Submit(1, count).message(), "field 1 broke");
    EXPECT_EQ(pool.WaitBelow(0).message(), "field 1 broke");
    EXPECT_EQ(pool.Drain().message(), "field 1 broke");
    EXPECT_EQ(later, 0);
  }
}

TEST(FieldThreads, TurnsExceptionsIntoFailures) {
  for (const int threads : {1, 3}) {
    FieldThreads pool(threads, 3);
    auto status = pool.Submit(1, [](int) -> arrow::Status { throw std::bad_alloc(); });
    if (status.ok()) status = pool.Drain();
    EXPECT_TRUE(status.IsOutOfMemory()) << status;
  }
}

TEST(FieldThreads, DropsWhatWaitsWhenItEnds) {
  std::atomic<int> run = 0;
  {
    FieldThreads pool(2, 2);
    for (int stage = 0; stage < 100; ++stage) {
      ASSERT_TRUE(pool.Submit(1,
                              [&run](int) {
                                std::this_thread::sleep_for(std::chrono::milliseconds(1));
                                ++run;
                                return arrow::Status::OK();
                              })
                      .ok());
    }
  }
  EXPECT_LT(run, 200);
}

}  // namespace
}  // namespace artemis
