// Which refusals are held, and for how long.
#include "artemis/serve/held_refusals.h"

#include <atomic>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace artemis {

namespace {

using std::chrono::milliseconds;
using HoldTime = HeldRefusals::Time;

const HoldTime kHoldBegin = HoldTime() + std::chrono::hours(1);

Token TokenOfRate(double requests_per_s, const std::string& id = "0123456789ab") {
  Token token;
  token.id = id;
  token.budget.requests_per_s = requests_per_s;
  return token;
}

bool Never() { return false; }

int64_t MsOf(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - begin).count();
}

}  // namespace

TEST(HeldRefusals, AreAnsweredAsFastAsTheBudgetIsRefilled) {
  HeldRefusals held({1000, 64, 256});
  const auto token = TokenOfRate(10);
  // The next call would be let in after 40 ms, those after it every 100 ms.
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(held.Enter(token, {40, "requests"}, kHoldBegin),
              kHoldBegin + milliseconds(40 + 100 * i));
  }
  EXPECT_EQ(held.held(), 5);
}

TEST(HeldRefusals, WaitNoLongerThanTheLimit) {
  HeldRefusals held({1000, 64, 256});
  const auto token = TokenOfRate(2);
  EXPECT_EQ(held.Enter(token, {500, "requests"}, kHoldBegin), kHoldBegin + milliseconds(500));
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(held.Enter(token, {500, "requests"}, kHoldBegin), kHoldBegin + milliseconds(1000));
  }
  EXPECT_EQ(held.Enter(token, {60'000, "bytes"}, kHoldBegin), kHoldBegin + milliseconds(1000));
}

TEST(HeldRefusals, OfOneTokenAreBounded) {
  HeldRefusals held({1000, 2, 256});
  const auto token = TokenOfRate(10);
  EXPECT_TRUE(held.Enter(token, {100, "requests"}, kHoldBegin));
  EXPECT_TRUE(held.Enter(token, {100, "requests"}, kHoldBegin));
  EXPECT_FALSE(held.Enter(token, {100, "requests"}, kHoldBegin));
  EXPECT_TRUE(held.Enter(TokenOfRate(10, "bbbbbbbbbbbb"), {100, "requests"}, kHoldBegin));
  held.Leave(token);
  EXPECT_TRUE(held.Enter(token, {100, "requests"}, kHoldBegin));
}

TEST(HeldRefusals, OfAllTokensAreBounded) {
  HeldRefusals held({1000, 64, 2});
  EXPECT_TRUE(held.Enter(TokenOfRate(10, "aaaaaaaaaaaa"), {100, "requests"}, kHoldBegin));
  EXPECT_TRUE(held.Enter(TokenOfRate(10, "bbbbbbbbbbbb"), {100, "requests"}, kHoldBegin));
  EXPECT_FALSE(held.Enter(TokenOfRate(10, "cccccccccccc"), {100, "requests"}, kHoldBegin));
  EXPECT_EQ(held.held(), 2);
}

TEST(HeldRefusals, OfOneTokenDelayNoOther) {
  HeldRefusals held({1000, 64, 256});
  const auto greedy = TokenOfRate(2);
  held.Enter(greedy, {400, "requests"}, kHoldBegin);
  held.Enter(greedy, {400, "requests"}, kHoldBegin);
  EXPECT_EQ(held.Enter(TokenOfRate(2, "bbbbbbbbbbbb"), {30, "requests"}, kHoldBegin),
            kHoldBegin + milliseconds(30));
}

TEST(HeldRefusals, BlockTheirCallUntilTheyAreDue) {
  HeldRefusals held({1000, 64, 256});
  EXPECT_GE(MsOf([&] { held.Hold(TokenOfRate(10), {60, "requests"}, Never); }), 60);
  EXPECT_EQ(held.held(), 0);
}

TEST(HeldRefusals, EndSoonWhenTheirClientIsGone) {
  HeldRefusals held({60'000, 64, 256});
  std::atomic<int> asked = 0;
  const auto gone = [&] { return ++asked > 1; };
  EXPECT_LT(MsOf([&] { held.Hold(TokenOfRate(10), {60'000, "requests"}, gone); }), 30'000);
  EXPECT_EQ(held.held(), 0);
}

TEST(HeldRefusals, AreAllAnsweredWhenTheServerStops) {
  HeldRefusals held({60'000, 64, 256});
  std::vector<std::thread> calls;
  const auto stopping_ms = MsOf([&] {
    for (int i = 0; i < 8; ++i) {
      calls.emplace_back([&] { held.Hold(TokenOfRate(10), {60'000, "requests"}, Never); });
    }
    while (held.held() < 8) std::this_thread::sleep_for(milliseconds(1));
    held.Stop();
    for (auto& call : calls) call.join();
  });
  EXPECT_LT(stopping_ms, 30'000);
  EXPECT_EQ(held.held(), 0);
  EXPECT_LT(MsOf([&] { held.Hold(TokenOfRate(10), {60'000, "requests"}, Never); }), 30'000);
}

}  // namespace artemis
