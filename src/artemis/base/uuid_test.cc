// Tests of base/uuid.h.
#include "artemis/base/uuid.h"

#include <set>

#include <gtest/gtest.h>

namespace artemis {
namespace {

TEST(RandomUuid, HasVersionAndVariantAndDoesNotRepeat) {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const std::string text = RandomUuid();
    ASSERT_EQ(text.size(), 36u);
    EXPECT_EQ(text[14], '4');
    EXPECT_NE(std::string("89ab").find(text[19]), std::string::npos) << text;
    seen.insert(text);
  }
  EXPECT_EQ(seen.size(), 1000u);
}

TEST(RandomSnapshotId, IsPositive) {
  for (int i = 0; i < 1000; ++i) EXPECT_GT(RandomSnapshotId().value, 0);
}

}  // namespace
}  // namespace artemis
