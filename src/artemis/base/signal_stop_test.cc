// Signals as stops.
#include "artemis/base/signal_stop.h"

#include <signal.h>

#include <gtest/gtest.h>

namespace artemis {
namespace {

TEST(SignalStop, TurnsASignalIntoAStop) {
  for (const int signal_number : {SIGINT, SIGTERM}) {
    SignalStop signals;
    EXPECT_FALSE(signals.token().IsStopRequested());
    ::raise(signal_number);
    EXPECT_TRUE(signals.token().IsStopRequested());
    EXPECT_TRUE(signals.token().Poll().IsCancelled());
  }
}

TEST(SignalStop, ForgetsAStopWhenItIsArmedAgain) {
  SignalStop signals;
  ::raise(SIGINT);
  const auto before = signals.token();
  signals.Arm();
  EXPECT_FALSE(signals.token().IsStopRequested());
  EXPECT_FALSE(before.IsStopRequested());
  ::raise(SIGINT);
  EXPECT_TRUE(signals.token().IsStopRequested());
}

TEST(SignalStop, OutlivesEverySignalWhenItIsKeptArmed) {
  SignalStop signals;
  signals.KeepArmed();
  for (int i = 0; i < 3; ++i) ::raise(SIGINT);
  EXPECT_TRUE(signals.token().IsStopRequested());
}

TEST(SignalStopDeathTest, LetsTheSecondSignalKill) {
  ::testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_EXIT(
      {
        SignalStop signals;
        ::raise(SIGINT);
        ::raise(SIGINT);
      },
      ::testing::KilledBySignal(SIGINT), "");
}

TEST(SignalStop, GivesTheSignalsBackWhenItEnds) {
  { SignalStop signals; }
  struct sigaction now = {};
  ASSERT_EQ(::sigaction(SIGINT, nullptr, &now), 0);
  EXPECT_EQ(now.sa_handler, SIG_DFL);
  ASSERT_EQ(::sigaction(SIGTERM, nullptr, &now), 0);
  EXPECT_EQ(now.sa_handler, SIG_DFL);
}

}  // namespace
}  // namespace artemis
