// Row lineage through deletes and updates of a v3 table, in both modes.
#include "artemis/rewrite/moved_rows.h"

#include <gtest/gtest.h>

#include "artemis/read/catalog_fixture.h"
#include "artemis/read/rows_fixture.h"
#include "artemis/schema/metadata_columns.h"

namespace artemis {
namespace {

class MovedRowsTest : public ::testing::TestWithParam<RewriteMode> {
 protected:
  MovedRowsTest() {
    options_.mode = GetParam();
    options_.threads = 1;
    const auto files = table_.Write(R"([{"n": 10}, {"n": 11}, {"n": 12}, {"n": 13}])");
    const auto added = AppendFiles(table_.catalog(), table_.name(), files);
    EXPECT_TRUE(added.ok()) << added.status();
  }

  static TestTableOptions Numbers() {
    TestTableOptions options;
    options.fields = {MakeField(1, "n", TypeKind::kLong)};
    options.format_version = 3;
    return options;
  }
  // "n|row id|sequence number of the last change", by n.
  Rows Lineage() {
    ReadOptions read = InOrder();
    read.columns = {FieldId(1), kRowIdColumn, kLastUpdatedColumn};
    return Sorted(ReadRows(table_, read));
  }
  RewriteResult SetTo(int64_t old_n, int64_t new_n) {
    auto result = UpdateWhere(table_.catalog(), table_.name(), Leaf(PredicateOp::kEq, "n", {old_n}),
                              SetColumns({{"n", arrow::MakeScalar(new_n)}}), options_);
    EXPECT_TRUE(result.ok()) << result.status();
    return result.ok() ? *result : RewriteResult();
  }

  CatalogTable table_{Numbers()};
  RewriteOptions options_;
};

INSTANTIATE_TEST_SUITE_P(Modes, MovedRowsTest,
                         ::testing::Values(RewriteMode::kCopyOnWrite, RewriteMode::kMergeOnRead),
                         [](const auto& each) {
                           return each.param == RewriteMode::kCopyOnWrite ? "CopyOnWrite"
                                                                          : "MergeOnRead";
                         });

TEST_P(MovedRowsTest, RowsThatStayKeepTheirLineage) {
  ASSERT_EQ(Lineage(), (Rows{"10|0|1", "11|1|1", "12|2|1", "13|3|1"}));
  const auto result = DeleteWhere(table_.catalog(), table_.name(),
                                  Leaf(PredicateOp::kEq, "n", {int64_t{11}}), options_);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(Lineage(), (Rows{"10|0|1", "12|2|1", "13|3|1"}));
}

TEST_P(MovedRowsTest, UpdatedRowsKeepTheirIdAndGetANewSequenceNumber) {
  SetTo(12, 20);
  EXPECT_EQ(Lineage(), (Rows{"10|0|1", "11|1|1", "13|3|1", "20|2|2"}));
  SetTo(20, 30);
  SetTo(10, 40);
  EXPECT_EQ(Lineage(), (Rows{"11|1|1", "13|3|1", "30|2|3", "40|0|4"}));
}

TEST_P(MovedRowsTest, LineageIsNoColumnOfTheTable) {
  SetTo(12, 20);
  EXPECT_EQ(Sorted(ReadRows(table_)), (Rows{"10", "11", "13", "20"}));
  EXPECT_EQ(table_.metadata()->CurrentSchema().fields.size(), 1u);
  for (const auto& entry : *ListFiles(table_.View(), table_.files())) {
    for (const auto& column : entry.file.metrics) EXPECT_EQ(column.field_id, FieldId(1));
  }
}

}  // namespace
}  // namespace artemis
