#include "artemis/replay/row_counts.h"

#include <gtest/gtest.h>

namespace artemis {
namespace {

TEST(RowCounts, KeepsACountForEachHashWhileItGrows) {
  RowCounts counts;
  for (uint64_t i = 0; i < 10'000; ++i) counts.Add({i, i * i}, 1, {i, 0});
  for (uint64_t i = 0; i < 10'000; i += 2) counts.Add({i, i * i}, -3, {0, 7});
  EXPECT_EQ(counts.size(), 10'000u);
  for (uint64_t i = 0; i < 10'000; ++i) {
    const auto* entry = counts.Find({i, i * i});
    ASSERT_NE(entry, nullptr);
    EXPECT_EQ(entry->count, i % 2 == 0 ? -2 : 1);
    EXPECT_EQ(entry->key, (RowHash{i, 0}));
  }
  EXPECT_EQ(counts.Find({5, 24}), nullptr);
}

TEST(RowCounts, TellsHashesApartThatShareAWord) {
  RowCounts counts;
  counts.Add({1, 1}, 1);
  EXPECT_EQ(counts.Find({1, 2}), nullptr);
  EXPECT_EQ(counts.Find({2, 1}), nullptr);
}

}  // namespace
}  // namespace artemis
