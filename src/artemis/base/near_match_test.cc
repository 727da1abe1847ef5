// Tests of base/near_match.h.
#include "artemis/base/near_match.h"

#include <gtest/gtest.h>

namespace artemis {
namespace {

const std::vector<std::string> kColumns = {"mission_id", "payload_id", "ts", "Temperature"};

TEST(NearMatch, PrefersANameThatDiffersByCaseOnly) {
  EXPECT_EQ(NearMatch("temperature", kColumns), "Temperature");
  EXPECT_EQ(NearMatch("TS", kColumns), "ts");
}

TEST(NearMatch, FindsUpToTwoEdits) {
  EXPECT_EQ(NearMatch("mission", kColumns), std::nullopt);
  EXPECT_EQ(NearMatch("misson_id", kColumns), "mission_id");
  EXPECT_EQ(NearMatch("mission_di", kColumns), "mission_id");
  EXPECT_EQ(NearMatch("payloads_id", kColumns), "payload_id");
}

TEST(NearMatch, AllowsShortNamesOneEdit) {
  EXPECT_EQ(NearMatch("tz", kColumns), "ts");
  EXPECT_EQ(NearMatch("abc", kColumns), std::nullopt);
  EXPECT_EQ(NearMatch("x", {"y"}), std::nullopt);
  EXPECT_EQ(NearMatch("", {"a"}), std::nullopt);
}

TEST(DidYouMean, IsEmptyWithoutANearName) {
  EXPECT_EQ(DidYouMean("misson_id", kColumns), " (did you mean 'mission_id'?)");
  EXPECT_EQ(DidYouMean("humidity", kColumns), "");
}

}  // namespace
}  // namespace artemis
