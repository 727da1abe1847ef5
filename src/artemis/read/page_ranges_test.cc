// Reading by the page index gives the rows, positions and deletes that reading everything gives.
#include <gtest/gtest.h>

#include "artemis/read/rows_fixture.h"

namespace artemis {
namespace {

class PagedReadTest : public ::testing::Test {
 protected:
  // One file of 200 rows, n = 0, 10, 20, …, in row groups of 50 and pages of 10.
  PagedReadTest() {
    const auto schema =
        arrow::schema({ArrowField(1, "n", arrow::int64()), ArrowField(2, "name", arrow::utf8())});
    std::string rows;
    for (int row = 0; row < 200; ++row) {
      rows += (rows.empty() ? "[" : ", ") + ("{\"n\": " + std::to_string(row * 10)) +
              ", \"name\": \"row " + std::to_string(row) + "\"}";
    }
    ForeignFileOptions options;
    options.row_group_rows = 50;
    options.page_rows = 10;
    file_ = WriteForeign(table_, schema, rows + "]", options);
    table_.Commit({file_});
  }

  static TestTableOptions NamedNumbers() {
    TestTableOptions options;
    options.fields = {MakeField(1, "n", TypeKind::kLong), MakeField(2, "name", TypeKind::kString)};
    return options;
  }
  static Predicate From(int64_t first, int64_t end) {
    return Joined(PredicateOp::kAnd,
                  {Leaf(PredicateOp::kGe, "n", {first}), Leaf(PredicateOp::kLt, "n", {end})});
  }
  static ReadOptions WithPositions() {
    ReadOptions options = InOrder();
    options.positions = true;
    return options;
  }

  TestTable table_{NamedNumbers()};
  DataFile file_;
};

TEST_F(PagedReadTest, GivesRowsWithTheirPositions) {
  // 470 to 520 lie in the last page of the first row group and the first page of the second.
  EXPECT_EQ(
      ReadRows(table_, From(475, 521), WithPositions()),
      (Rows{"480|row 48|48", "490|row 49|49", "500|row 50|50", "510|row 51|51", "520|row 52|52"}));
}

TEST_F(PagedReadTest, LeavesOutDeletedRowsByTheirPositions) {
  table_.Commit({WritePositionDeletes(
      table_, {{file_.path, 3}, {file_.path, 48}, {file_.path, 51}, {file_.path, 130}})});
  EXPECT_EQ(ReadRows(table_, From(475, 521), WithPositions()),
            (Rows{"490|row 49|49", "500|row 50|50", "520|row 52|52"}));
}

TEST_F(PagedReadTest, GivesTheSameRowsAsReadingEverything) {
  const std::vector<Predicate> predicates = {
      From(0, 5),
      From(1'985, 9'000),
      From(95, 105),
      From(333, 1'444),
      Joined(PredicateOp::kOr, {From(0, 50), From(990, 1'010), From(1'500, 1'501)}),
      Joined(PredicateOp::kAnd,
             {From(300, 900), Leaf(PredicateOp::kStartsWith, "name", {std::string("row 7")})}),
      Joined(PredicateOp::kNot, {From(20, 1'980)})};
  for (const auto& predicate : predicates) {
    const BoundPredicate bound = table_.Bound(predicate);
    PlanOptions whole;
    whole.prune_row_groups = false;
    auto plan = PlanScan(table_.View(), bound, table_.files(), whole).ValueOrDie();
    const Rows expected = RowsOf(ReadPlan(plan, table_.files(), WithPositions()));
    EXPECT_FALSE(expected.empty());
    EXPECT_EQ(ReadRows(table_, predicate, WithPositions()), expected);
    ReadOptions small = WithPositions();
    small.batch_rows = 7;
    EXPECT_EQ(ReadRows(table_, predicate, small), expected);
    ReadOptions parallel = WithPositions();
    parallel.threads = 2;
    EXPECT_EQ(Sorted(ReadRows(table_, predicate, parallel)), Sorted(expected));
  }
}

TEST_F(PagedReadTest, DecodesOnlyPagesThatMayMatch) {
  const auto plan =
      PlanScan(table_.View(), table_.Bound(From(475, 521)), table_.files()).ValueOrDie();
  int64_t rows = 0;
  for (const auto& ranges : plan.tasks.at(0).row_ranges) {
    for (const auto& range : ranges) rows += range.count;
  }
  // Two pages of ten rows, of a file of two hundred.
  EXPECT_EQ(rows, 20);
}

}  // namespace
}  // namespace artemis
