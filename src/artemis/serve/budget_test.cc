// Token buckets and the budgets made of them.
#include "artemis/serve/budget.h"

#include <gtest/gtest.h>

namespace artemis {

namespace {

using std::chrono::milliseconds;
using BudgetTime = TokenBucket::Time;

const BudgetTime kBegin = BudgetTime() + std::chrono::hours(1);

Token TokenWith(const TokenBudget& budget, const std::string& id = "0123456789ab") {
  Token token;
  token.id = id;
  token.budget = budget;
  return token;
}

}  // namespace

TEST(TokenBucket, GivesItsLimitAtOnceAndThenItsRate) {
  TokenBucket bucket(10, 5, kBegin);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(bucket.TakeOrWaitMs(1, kBegin), 0) << i;
  // One in ten a second is there after 100 ms.
  EXPECT_EQ(bucket.TakeOrWaitMs(1, kBegin), 100);
  EXPECT_EQ(bucket.TakeOrWaitMs(1, kBegin + milliseconds(60)), 40);
  EXPECT_EQ(bucket.TakeOrWaitMs(1, kBegin + milliseconds(100)), 0);
  EXPECT_EQ(bucket.TakeOrWaitMs(1, kBegin + milliseconds(100)), 100);
}

TEST(TokenBucket, KeepsNoMoreThanItsLimit) {
  TokenBucket bucket(10, 5, kBegin);
  const auto later = kBegin + std::chrono::hours(1);
  EXPECT_DOUBLE_EQ(bucket.level(later), 5);
}

TEST(TokenBucket, OverdrawnIsEmptyUntilRefilled) {
  TokenBucket bucket(1000, 1000, kBegin);
  bucket.Overdraw(3000, kBegin);
  EXPECT_EQ(bucket.WaitMs(kBegin), 2000);
  EXPECT_EQ(bucket.WaitMs(kBegin + milliseconds(1500)), 500);
  EXPECT_EQ(bucket.WaitMs(kBegin + milliseconds(2500)), 0);
}

TEST(TokenBucket, LetsThroughItsRateWithinTwoPercent) {
  TokenBucket bucket(50, 10, kBegin);
  int taken = 0;
  // Asked 100 times as often as it gives, for 30 s.
  for (int i = 0; i < 30 * 5000; ++i) {
    if (bucket.TakeOrWaitMs(1, kBegin + std::chrono::microseconds(200) * i) == 0) ++taken;
  }
  EXPECT_NEAR(taken, 10 + 30 * 50, 30);
}

TEST(TokenBucket, IsNotDrainedByWhatItRefuses) {
  TokenBucket bucket(10, 1, kBegin);
  EXPECT_EQ(bucket.TakeOrWaitMs(1, kBegin), 0);
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(bucket.TakeOrWaitMs(1, kBegin), 100);
  EXPECT_EQ(bucket.TakeOrWaitMs(1, kBegin + milliseconds(100)), 0);
}

TEST(Budgets, RefuseRequestsOverTheRate) {
  Budgets budgets(100);
  const auto token = TokenWith({1, 2, 8, 0});
  EXPECT_FALSE(budgets.Request(token, kBegin));
  EXPECT_FALSE(budgets.Request(token, kBegin));
  const auto refusal = budgets.Request(token, kBegin);
  EXPECT_TRUE(refusal);
  EXPECT_EQ(refusal.retry_after_ms, 1000);
  EXPECT_STREQ(refusal.what, "requests");
}

TEST(Budgets, OfOneTokenAreNoMatterToAnother) {
  Budgets budgets(100);
  const auto greedy = TokenWith({1, 1, 1, 0}, "aaaaaaaaaaaa");
  const auto other = TokenWith({1, 1, 1, 0}, "bbbbbbbbbbbb");
  EXPECT_FALSE(budgets.Request(greedy, kBegin));
  EXPECT_TRUE(budgets.Request(greedy, kBegin));
  EXPECT_FALSE(budgets.Request(other, kBegin));
}

TEST(Budgets, RefuseRequestsAfterTooManyBytes) {
  Budgets budgets(100);
  const auto token = TokenWith({1000, 1000, 8, 100});
  EXPECT_FALSE(budgets.Request(token, kBegin));
  budgets.Sent(token, 350, kBegin);
  const auto refusal = budgets.Request(token, kBegin);
  EXPECT_EQ(refusal.retry_after_ms, 2500);
  EXPECT_STREQ(refusal.what, "bytes");
  EXPECT_FALSE(budgets.Request(token, kBegin + milliseconds(2600)));
}

TEST(Budgets, HoldASlotForEachStatement) {
  Budgets budgets(100);
  const auto token = TokenWith({10, 10, 2, 0});
  EXPECT_FALSE(budgets.BeginStatement(token));
  EXPECT_FALSE(budgets.BeginStatement(token));
  const auto refusal = budgets.BeginStatement(token);
  EXPECT_TRUE(refusal);
  EXPECT_STREQ(refusal.what, "statements");
  EXPECT_EQ(budgets.running(), 2);
  budgets.EndStatement(token);
  EXPECT_FALSE(budgets.BeginStatement(token));
}

TEST(Budgets, HaveALimitForAllTogether) {
  Budgets budgets(2);
  EXPECT_FALSE(budgets.BeginStatement(TokenWith({1, 1, 8, 0}, "aaaaaaaaaaaa")));
  EXPECT_FALSE(budgets.BeginStatement(TokenWith({1, 1, 8, 0}, "bbbbbbbbbbbb")));
  EXPECT_TRUE(budgets.BeginStatement(TokenWith({1, 1, 8, 0}, "cccccccccccc")));
}

TEST(Budgets, ChangedForATokenCountWhatRuns) {
  Budgets budgets(100);
  auto token = TokenWith({1, 1, 2, 0});
  EXPECT_FALSE(budgets.BeginStatement(token));
  token.budget.statements = 1;
  EXPECT_TRUE(budgets.BeginStatement(token));
  budgets.EndStatement(token);
  EXPECT_FALSE(budgets.BeginStatement(token));
  EXPECT_EQ(budgets.running(), 1);
}

}  // namespace artemis
