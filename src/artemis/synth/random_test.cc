// Tests of the generators' random numbers.

#include "artemis/synth/random.h"

#include <gtest/gtest.h>

namespace artemis {
namespace {

TEST(SynthRandom, FollowsThePublishedSequenceOfSplitMix64) {
  SynthRandom random(1234567);
  for (uint64_t expected : {6457827717110365317u, 3203168211198807973u, 9817491932198370423u,
                            4593380528125082431u, 16408922859458223821u}) {
    EXPECT_EQ(random.Next(), expected);
  }
}

TEST(SynthRandom, StaysWithinItsBoundsAndReachesThem) {
  SynthRandom random(1);
  bool low = false;
  bool high = false;
  for (int i = 0; i < 1000; ++i) {
    const int64_t value = random.Between(-2, 3);
    ASSERT_GE(value, -2);
    ASSERT_LE(value, 3);
    low |= value == -2;
    high |= value == 3;
  }
  EXPECT_TRUE(low);
  EXPECT_TRUE(high);
}

TEST(SynthHash, DependsOnEveryArgument) {
  const uint64_t base = SynthHash(1, 2, 3, 4);
  EXPECT_EQ(base, SynthHash(1, 2, 3, 4));
  EXPECT_NE(base, SynthHash(2, 2, 3, 4));
  EXPECT_NE(base, SynthHash(1, 3, 3, 4));
  EXPECT_NE(base, SynthHash(1, 2, 4, 4));
  EXPECT_NE(base, SynthHash(1, 2, 3, 5));
  EXPECT_NE(base, SynthHash(1, 3, 2, 4));
}

}  // namespace
}  // namespace artemis
