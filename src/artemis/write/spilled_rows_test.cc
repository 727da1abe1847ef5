// Facts of rows that are put aside on disk and sorted there, and of small pieces put together.
#include "artemis/write/spilled_rows.h"

#include <arrow/api.h>
#include <gtest/gtest.h>

#include "artemis/layout/sorted_rows.h"
#include "artemis/layout/spill_fixture.h"
#include "artemis/write/row_pieces.h"

namespace artemis {
namespace {

class SpilledRowsTest : public SpillTest {
 protected:
  static std::vector<int64_t> ColumnValues(const RecordBatches& batches, int column) {
    std::vector<int64_t> values;
    for (const auto& batch : batches) {
      const auto& array = static_cast<const arrow::Int64Array&>(*batch->column(column));
      values.insert(values.end(), array.raw_values(), array.raw_values() + array.length());
    }
    return values;
  }
};

// 40,000 rows of about 40 bytes: with 2 KiB to sort in there are hundreds of runs, which are merged in two steps.
TEST_F(SpilledRowsTest, SortsInAnyMemoryWhatSortingAtOnceGives) {
  const auto order = ParseSortOrder("c0 desc, c1 nulls last, c2", NumberSchema()).ValueOrDie();
  const auto ordering = RowOrdering::ByColumns(NumberSchema(), order);
  const auto at_once =
      SortedRows::Make({Numbers(0, 40'000)}, ordering).ValueOrDie().GatherAll(1 << 20).ValueOrDie();
  for (const int64_t memory_bytes : {int64_t{2} << 10, int64_t{100} << 10, int64_t{1} << 30}) {
    const auto file = Open();
    SpilledRows spilled(file.get(), memory_bytes, arrow::default_memory_pool());
    const auto all = Numbers(0, 40'000);
    for (int64_t first = 0; first < 40'000; first += 3'333) {
      ASSERT_TRUE(spilled.Add({all->Slice(first, 3'333)}).ok());
    }
    EXPECT_EQ(spilled.rows(), 40'000);
    RecordBatches sorted;
    ASSERT_TRUE(spilled
                    .TakeSorted(ordering,
                                [&](const auto& batch) {
                                  sorted.push_back(batch);
                                  return arrow::Status::OK();
                                })
                    .ok());
    EXPECT_EQ(ColumnValues(sorted, 2), ColumnValues(at_once, 2)) << memory_bytes;
  }
}

TEST_F(SpilledRowsTest, VisitsRowsAsTheyCame) {
  const auto file = Open();
  SpilledRows spilled(file.get(), 1 << 20, arrow::default_memory_pool());
  ASSERT_TRUE(spilled.Add({}).ok());
  ASSERT_TRUE(spilled.Add({Numbers(0, 5000), Numbers(5000, 1)}).ok());
  RecordBatches seen;
  ASSERT_TRUE(spilled
                  .Visit([&](const auto& batch) {
                    seen.push_back(batch);
                    return arrow::Status::OK();
                  })
                  .ok());
  const auto rows = ColumnValues(seen, 2);
  ASSERT_EQ(rows.size(), 5001u);
  for (size_t i = 0; i < rows.size(); ++i) EXPECT_EQ(rows[i], static_cast<int64_t>(i));
}

TEST_F(SpilledRowsTest, PutsSmallPiecesTogetherInTheirOrder) {
  RowPieces pieces;
  const auto all = Numbers(0, 2'000);
  int64_t most_bytes = 0;
  for (int64_t row = 0; row < 2'000; ++row) {
    ASSERT_TRUE(pieces.Add(all->Slice(row, 1)).ok());
    most_bytes = std::max(most_bytes, pieces.bytes());
  }
  // Each alone takes some hundred bytes for an array of each column.
  EXPECT_LT(most_bytes, 2'000 * 3 * 100);
  const auto rows = pieces.Take();
  EXPECT_LT(rows.size(), 50u);
  EXPECT_EQ(ColumnValues(rows, 2), ColumnValues({all}, 2));
  EXPECT_EQ(pieces.bytes(), 0);
  EXPECT_TRUE(pieces.Take().empty());
}

}  // namespace
}  // namespace artemis
