// Tests of base/clock.h.
#include "artemis/base/clock.h"

#include <gtest/gtest.h>

namespace artemis {
namespace {

TEST(FixedClock, StandsWhereItWasSet) {
  FixedClock clock(TimestampMs(5));
  EXPECT_EQ(clock.Now(), TimestampMs(5));
  EXPECT_EQ(clock.Now(), TimestampMs(5));
  clock.AdvanceMs(7);
  EXPECT_EQ(clock.Now(), TimestampMs(12));
  clock.Set(TimestampMs(-3));
  EXPECT_EQ(clock.Now(), TimestampMs(-3));
}

TEST(SystemClock, IsPastTheYear2024) {
  EXPECT_GT(SystemClock().Now(), TimestampMs(1'704'067'200'000));
}

}  // namespace
}  // namespace artemis
