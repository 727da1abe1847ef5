// Facts of file sizes.
#include "artemis/layout/file_sizer.h"

#include <gtest/gtest.h>

namespace artemis {
namespace {

TEST(FileSizer, IsFullAtItsTarget) {
  const FileSizer sizer(1000);
  EXPECT_FALSE(sizer.IsFull(999));
  EXPECT_TRUE(sizer.IsFull(1000));
}

TEST(FileSizer, SlicesLargeBatchesToAnEighthOfTheTarget) {
  const FileSizer sizer(8000);
  EXPECT_EQ(sizer.SliceRows(100, 1000), 100);
  EXPECT_EQ(sizer.SliceRows(100, 10'000), 10);
  EXPECT_EQ(sizer.SliceRows(2, 1'000'000), 1);
  EXPECT_EQ(sizer.SliceRows(0, 0), 1);
}

}  // namespace
}  // namespace artemis
