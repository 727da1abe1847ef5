// Tests of base/thread_pool.h.
#include "artemis/base/thread_pool.h"

#include <atomic>

#include <arrow/util/future.h>
#include <arrow/util/thread_pool.h>
#include <gtest/gtest.h>

namespace artemis {
namespace {

TEST(WorkerPool, RunsWhatWasSubmittedBeforeItEnds) {
  std::atomic<int> done = 0;
  {
    const auto pool = WorkerPool::Make(3);
    ASSERT_TRUE(pool.ok()) << pool.status();
    EXPECT_EQ((*pool)->threads(), 3);
    EXPECT_EQ((*pool)->executor()->GetCapacity(), 3);
    for (int i = 0; i < 100; ++i) {
      ASSERT_TRUE((*pool)->executor()->Spawn([&done] { ++done; }).ok());
    }
  }
  EXPECT_EQ(done, 100);
}

TEST(WorkerPool, TakesTheMachinesWidthByDefault) {
  const auto pool = WorkerPool::Make();
  ASSERT_TRUE(pool.ok()) << pool.status();
  EXPECT_GE((*pool)->threads(), 1);
}

TEST(WorkerPool, RefusesOddNumbersOfThreads) {
  EXPECT_TRUE(WorkerPool::Make(-1).status().IsInvalid());
  EXPECT_TRUE(WorkerPool::Make(5'000).status().IsInvalid());
}

}  // namespace
}  // namespace artemis
