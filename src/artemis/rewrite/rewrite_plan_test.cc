// Facts of what a delete does to each file.
#include "artemis/rewrite/rewrite_plan.h"

#include <gtest/gtest.h>

#include "artemis/read/rows_fixture.h"

namespace artemis {
namespace {

class RewritePlanTest : public ::testing::Test {
 protected:
  static TestTableOptions Numbers() {
    TestTableOptions options;
    options.fields = {MakeField(1, "n", TypeKind::kLong),
                      MakeField(2, "p", Type::Struct({MakeField(3, "x", TypeKind::kLong)}))};
    return options;
  }
  LoadedTable Loaded() { return {{{"sda"}, "t"}, "", table_.metadata()}; }
  RewritePlan PlanFor(const Predicate& predicate) {
    RewritePlanOptions options;
    options.snapshot_id = table_.metadata()->current_snapshot_id;
    options.merge_on_read = merge_on_read_;
    auto plan = PlanRewrite(Loaded(), table_.Bound(predicate), table_.files(), options);
    EXPECT_TRUE(plan.ok()) << plan.status();
    return plan.ok() ? *plan : RewritePlan();
  }
  Rows Kept(const RewritePlan& plan) {
    return Sorted(RowsOf(ReadKeptRows(plan, table_.files(), 2)));
  }

  TestTable table_{Numbers()};
  bool merge_on_read_ = false;
};

TEST_F(RewritePlanTest, RemovesRewritesOrLeavesEachFile) {
  const auto all = table_.Write(R"([{"n": 10, "p": {"x": 1}}, {"n": 11, "p": null}])");
  const auto some =
      table_.Write(R"([{"n": 9, "p": {"x": 2}}, {"n": 12, "p": {"x": null}}, {"n": null}])");
  const auto none = table_.Write(R"([{"n": 1, "p": {"x": 3}}])");
  table_.Commit({all.at(0), some.at(0), none.at(0)});
  const auto plan = PlanFor(Leaf(PredicateOp::kGe, "n", {int64_t{10}}));
  ASSERT_EQ(plan.removed.size(), 2u);
  EXPECT_EQ(plan.removed[0].path, all[0].path);
  EXPECT_EQ(plan.removed[1].path, some[0].path);
  ASSERT_EQ(plan.to_rewrite.size(), 1u);
  EXPECT_EQ(plan.to_rewrite[0].file.path, some[0].path);
  EXPECT_EQ(plan.rows_deleted, 3);
  EXPECT_EQ(Kept(plan), (Rows{"9|{2}", "null|null"}));
}

TEST_F(RewritePlanTest, CarriesTheWholeEntryOfAFileThatLeaves) {
  const auto file = table_.Write(R"([{"n": 10, "p": {"x": 1}}, {"n": 11, "p": null}])").at(0);
  table_.Commit({file});
  const auto plan = PlanFor(Leaf(PredicateOp::kEq, "n", {int64_t{10}}));
  ASSERT_EQ(plan.removed.size(), 1u);
  EXPECT_EQ(plan.removed[0], file);
}

TEST_F(RewritePlanTest, CountsFieldsOfStructs) {
  table_.Append(R"([{"n": 1, "p": {"x": 1}}, {"n": 2, "p": {"x": null}}, {"n": 3, "p": null}])");
  const auto plan = PlanFor(Leaf(PredicateOp::kIsNull, "p.x"));
  EXPECT_EQ(plan.rows_deleted, 2);
  EXPECT_EQ(Kept(plan), Rows{"1|{1}"});
}

TEST_F(RewritePlanTest, RemovesAFileWholeWhenAllThatIsLeftOfItMatches) {
  const auto file = table_.Write(R"([{"n": 1}, {"n": 5}, {"n": 6}])").at(0);
  table_.Commit({file});
  table_.Commit({WritePositionDeletes(table_, {{file.path, 0}})});
  const auto plan = PlanFor(Leaf(PredicateOp::kGe, "n", {int64_t{5}}));
  EXPECT_EQ(plan.removed.size(), 1u);
  EXPECT_TRUE(plan.to_rewrite.empty());
  EXPECT_EQ(plan.rows_deleted, 2);
  EXPECT_TRUE(PlanFor(Leaf(PredicateOp::kEq, "n", {int64_t{1}})).removed.empty());
}

TEST_F(RewritePlanTest, FindsThePositionsToMarkUnderMergeOnRead) {
  merge_on_read_ = true;
  const auto all = table_.Write(R"([{"n": 10, "p": {"x": 1}}, {"n": 11, "p": null}])");
  const auto some = table_.Write(R"([{"n": 12}, {"n": 9}, {"n": null}, {"n": 13}])");
  table_.Commit({all.at(0), some.at(0)});
  const auto plan = PlanFor(Leaf(PredicateOp::kGe, "n", {int64_t{10}}));
  ASSERT_EQ(plan.removed.size(), 1u);
  EXPECT_EQ(plan.removed[0].path, all[0].path);
  EXPECT_TRUE(plan.to_rewrite.empty());
  ASSERT_EQ(plan.to_mark.size(), 1u);
  EXPECT_EQ(plan.to_mark[0].data_file.path, some[0].path);
  EXPECT_EQ(plan.to_mark[0].positions, (std::vector<int64_t>{0, 3}));
  EXPECT_EQ(plan.rows_deleted, 4);
  EXPECT_EQ(Sorted(RowsOf(ReadMatchingRows(plan, table_.files(), 2))),
            (Rows{"10|{1}", "11|null", "12|null", "13|null"}));
}

}  // namespace
}  // namespace artemis
