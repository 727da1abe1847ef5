// Facts of the encode pool.
#include "artemis/write/encode_pool.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace artemis {
namespace {

TEST(EncodePool, RunsAStrandsJobsInOrder) {
  auto pool = EncodePool::Make(4).ValueOrDie();
  std::vector<EncodePool::Strand> strands(8);
  std::vector<std::vector<int>> ran(strands.size());
  for (int job = 0; job < 100; ++job) {
    for (size_t s = 0; s < strands.size(); ++s) {
      ASSERT_TRUE(pool->Submit(&strands[s], 1,
                               [&ran, s, job] {
                                 ran[s].push_back(job);
                                 return arrow::Status::OK();
                               })
                      .ok());
    }
  }
  ASSERT_TRUE(pool->Drain().ok());
  for (const auto& jobs : ran) {
    ASSERT_EQ(jobs.size(), 100u);
    EXPECT_TRUE(std::is_sorted(jobs.begin(), jobs.end()));
  }
}

TEST(EncodePool, GivesTheFirstFailureAndRunsNothingAfterIt) {
  auto pool = EncodePool::Make(1).ValueOrDie();
  EncodePool::Strand strand;
  std::atomic<int> ran = 0;
  const arrow::Status first = pool->Submit(&strand, 1, [&] {
    ++ran;
    return arrow::Status::IOError("disk");
  });
  ASSERT_TRUE(first.ok());
  // Taken or refused, it must not run.
  const arrow::Status second = pool->Submit(&strand, 1, [&] {
    ++ran;
    return arrow::Status::OK();
  });
  static_cast<void>(second);
  EXPECT_EQ(pool->Drain().message(), "disk");
  EXPECT_EQ(ran, 1);
  EXPECT_EQ(pool->Submit(&strand, 1, [] { return arrow::Status::OK(); }).message(), "disk");
}

TEST(EncodePool, WaitsUntilFewEnoughBytesAreInFlight) {
  auto pool = EncodePool::Make(2).ValueOrDie();
  std::vector<EncodePool::Strand> strands(4);
  std::atomic<int> done = 0;
  for (auto& strand : strands) {
    ASSERT_TRUE(pool->Submit(&strand, 100,
                             [&] {
                               ++done;
                               return arrow::Status::OK();
                             })
                    .ok());
  }
  ASSERT_TRUE(pool->WaitBelow(100).ok());
  EXPECT_GE(done, 3);
  ASSERT_TRUE(pool->WaitBelow(0).ok());
  EXPECT_EQ(done, 4);
}

TEST(EncodePool, DropsWhatWaitsWhenStopped) {
  auto pool = EncodePool::Make(1).ValueOrDie();
  EncodePool::Strand strand;
  std::mutex gate;
  std::atomic<int> ran = 0;
  gate.lock();
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(pool->Submit(&strand, 1,
                             [&] {
                               ++ran;
                               std::lock_guard hold(gate);
                               return arrow::Status::OK();
                             })
                    .ok());
  }
  while (ran == 0) {
  }
  std::thread stopper([&] { pool->Stop(); });
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  gate.unlock();
  stopper.join();
  EXPECT_LT(ran, 10);
}

}  // namespace
}  // namespace artemis
