// Facts of the third pass, on files with several row groups.
#include "artemis/scan/row_group_pass.h"

#include <filesystem>

#include <arrow/type.h>
#include <gtest/gtest.h>

#include "artemis/base/error.h"
#include "artemis/io/location.h"
#include "artemis/scan/parquet_fixture.h"

namespace artemis {
namespace {

using Groups = std::optional<std::vector<int>>;

TestTableOptions Numbers() {
  TestTableOptions options;
  options.fields = {MakeField(1, "n", TypeKind::kLong), MakeField(2, "volts", TypeKind::kDouble)};
  return options;
}

Predicate Between(int64_t from, int64_t to) {
  return Joined(PredicateOp::kAnd,
                {Leaf(PredicateOp::kGe, "n", {from}), Leaf(PredicateOp::kLt, "n", {to})});
}

// {"n": first}, …, {"n": last} as a JSON array.
std::string Counting(int first, int last) {
  std::string json;
  for (int n = first; n <= last; ++n)
    json += (json.empty() ? "[" : ", ") + ("{\"n\": " + std::to_string(n)) + "}";
  return json + "]";
}

class RowGroupPassTest : public ::testing::Test {
 protected:
  static std::shared_ptr<arrow::Schema> OnlyNumbers() {
    return arrow::schema({ArrowField(1, "n", arrow::int64())});
  }

  // Commits one file with ten rows a row group.
  DataFile AddFile(const std::shared_ptr<arrow::Schema>& schema, const std::string& rows,
                   FileMetrics metrics = {}) {
    ForeignFileOptions options;
    options.row_group_rows = 10;
    DataFile file = WriteForeign(table_, schema, rows, options);
    file.metrics = std::move(metrics);
    table_.Commit({file});
    table_.files().Forget();
    return file;
  }

  arrow::Result<ScanPlan> TryPlan(const Predicate& predicate, const PlanOptions& options = {}) {
    return PlanScan(table_.View(), table_.Bound(predicate), table_.files(), options);
  }
  ScanPlan PlanFor(const Predicate& predicate, const PlanOptions& options = {}) {
    auto plan = TryPlan(predicate, options);
    EXPECT_TRUE(plan.ok()) << plan.status();
    return plan.ok() ? *plan : ScanPlan();
  }
  // The row groups of the only task.
  Groups KeptGroups(const Predicate& predicate) {
    const auto plan = PlanFor(predicate);
    EXPECT_EQ(plan.tasks.size(), 1u);
    return plan.tasks.empty() ? Groups() : plan.tasks[0].row_groups;
  }

  TestTable table_{Numbers()};
};

TEST_F(RowGroupPassTest, KeepsTheRowGroupsOfASortedColumnThatMayMatch) {
  const auto file = AddFile(OnlyNumbers(), Counting(0, 99));
  const auto plan = PlanFor(Between(25, 31));
  ASSERT_EQ(plan.tasks.size(), 1u);
  EXPECT_EQ(plan.tasks[0].row_groups, (Groups{{2, 3}}));
  EXPECT_EQ(plan.summary.row_groups_total, 10);
  EXPECT_EQ(plan.summary.row_groups_kept, 2);
  EXPECT_GT(plan.summary.bytes_kept, 0);
  EXPECT_LT(plan.summary.bytes_kept, file.file_size_bytes);
  EXPECT_EQ(KeptGroups(Between(30, 40)), (Groups{{3}}));
}

TEST_F(RowGroupPassTest, DropsAFileNoneOfWhoseRowGroupsMayMatch) {
  std::string rows = Counting(0, 9);
  rows.replace(rows.size() - 1, 1, ", " + Counting(20, 29).substr(1));
  AddFile(OnlyNumbers(), rows);
  PlanOptions options;
  options.explain = true;
  const auto plan = PlanFor(Between(12, 18), options);
  EXPECT_TRUE(plan.tasks.empty());
  EXPECT_EQ(plan.summary.files_kept, 0);
  ASSERT_EQ(plan.decisions.size(), 1u);
  EXPECT_FALSE(plan.decisions[0].kept);
  EXPECT_EQ(plan.decisions[0].reason, "dropped in pass 3: none of its row groups may match");
}

TEST_F(RowGroupPassTest, OpensNoFileWhereThePassCannotHelp) {
  const auto file = AddFile(
      OnlyNumbers(), Counting(0, 99),
      {Metrics(1, Type::Of(TypeKind::kLong), LiteralValue(int64_t{0}), LiteralValue(int64_t{99}))});
  EXPECT_EQ(PlanFor({}).tasks.at(0).row_groups, Groups());
  EXPECT_EQ(PlanFor(Between(0, 100)).tasks.at(0).row_groups, Groups());
  PlanOptions options;
  options.prune_row_groups = false;
  const auto plan = PlanFor(Between(25, 31), options);
  EXPECT_EQ(plan.tasks.at(0).row_groups, Groups());
  EXPECT_EQ(plan.summary.row_groups_total, 10);
  EXPECT_EQ(plan.summary.row_groups_kept, 10);
  EXPECT_FALSE(table_.files().ReadPaths().contains(file.path));
}

TEST_F(RowGroupPassTest, OpensNoFileOfOneRowGroup) {
  const auto file = AddFile(OnlyNumbers(), Counting(0, 9));
  EXPECT_EQ(KeptGroups(Between(2, 3)), Groups());
  EXPECT_FALSE(table_.files().ReadPaths().contains(file.path));
}

TEST_F(RowGroupPassTest, OpensFilesWhoseRowGroupsAreNotTold) {
  ForeignFileOptions options;
  options.row_group_rows = 10;
  DataFile file = WriteForeign(table_, OnlyNumbers(), Counting(0, 29), options);
  file.split_offsets.clear();
  table_.Commit({file});
  EXPECT_EQ(KeptGroups(Between(12, 13)), (Groups{{1}}));
}

TEST_F(RowGroupPassTest, TakesFootersFromTheCache) {
  const auto file = AddFile(OnlyNumbers(), Counting(0, 99));
  FooterCache footers;
  PlanOptions options;
  options.footers = &footers;
  EXPECT_EQ(PlanFor(Between(25, 31), options).tasks.at(0).row_groups, (Groups{{2, 3}}));
  EXPECT_TRUE(table_.files().ReadPaths().contains(file.path));
  table_.files().Forget();
  EXPECT_EQ(PlanFor(Between(45, 46), options).tasks.at(0).row_groups, (Groups{{4}}));
  EXPECT_FALSE(table_.files().ReadPaths().contains(file.path));
}

TEST_F(RowGroupPassTest, KnowsRowGroupsOfNullsAndWithoutThem) {
  std::string rows = Counting(0, 9);
  rows.pop_back();
  for (int i = 0; i < 10; ++i) rows += ", {\"n\": null}";
  rows += ", {\"n\": 20}, {\"n\": null}]";
  AddFile(OnlyNumbers(), rows);
  EXPECT_EQ(KeptGroups(Leaf(PredicateOp::kNotNull, "n")), (Groups{{0, 2}}));
  EXPECT_EQ(KeptGroups(Leaf(PredicateOp::kIsNull, "n")), (Groups{{1, 2}}));
  EXPECT_EQ(KeptGroups(Between(0, 100)), (Groups{{0, 2}}));
}

// Parquet's statistics do not count NaNs: only the manifest entry can say that there are none.
TEST_F(RowGroupPassTest, KeepsRowGroupsThatMayHoldNaNForWhatIsGreater) {
  const auto schema = arrow::schema({ArrowField(2, "volts", arrow::float64())});
  std::string rows = "[";
  for (int i = 0; i < 20; ++i)
    rows += std::string(i > 0 ? ", " : "") + "{\"volts\": " + (i < 10 ? "1" : "9") + "}";
  rows += "]";
  const Predicate over_five = Leaf(PredicateOp::kGt, "volts", {5.0});
  const Predicate under_five = Leaf(PredicateOp::kLt, "volts", {5.0});
  AddFile(schema, rows);
  EXPECT_EQ(KeptGroups(over_five), (Groups{{0, 1}}));
  EXPECT_EQ(KeptGroups(under_five), (Groups{{0}}));
  table_.CommitManifests({});
  AddFile(schema, rows,
          {Metrics(2, Type::Of(TypeKind::kDouble), LiteralValue(1.0), LiteralValue(9.0), 0, 0)});
  EXPECT_EQ(KeptGroups(over_five), (Groups{{1}}));
}

TEST_F(RowGroupPassTest, ReadsStatisticsOfTypesTheColumnWasWidenedFrom) {
  AddFile(arrow::schema({ArrowField(1, "n", arrow::int32())}), Counting(-10, 19));
  EXPECT_EQ(KeptGroups(Between(-5, 1)), (Groups{{0, 1}}));
  table_.CommitManifests({});
  std::string rows = Counting(0, 19);
  for (size_t at = rows.find("\"n\""); at != std::string::npos; at = rows.find("\"n\""))
    rows.replace(at, 3, "\"volts\"");
  AddFile(arrow::schema({ArrowField(2, "volts", arrow::float32())}), rows);
  EXPECT_EQ(KeptGroups(Leaf(PredicateOp::kLt, "volts", {5.0})), (Groups{{0}}));
}

TEST_F(RowGroupPassTest, BelievesNothingOfColumnsItCannotTell) {
  const Groups all = {{0, 1}};
  AddFile(arrow::schema({ArrowField(0, "n", arrow::int64())}), Counting(0, 19));
  EXPECT_EQ(KeptGroups(Between(50, 60)), all);
  table_.CommitManifests({});
  AddFile(arrow::schema({ArrowField(1, "n", arrow::utf8())}),
          R"([{"n":"0"},{"n":"1"},{"n":"2"},{"n":"3"},{"n":"4"},{"n":"5"},)"
          R"({"n":"6"},{"n":"7"},{"n":"8"},{"n":"9"},{"n":"10"}])");
  EXPECT_EQ(KeptGroups(Between(50, 60)), all);
  table_.CommitManifests({});
  AddFile(arrow::schema({ArrowField(7, "n", arrow::int64())}), Counting(0, 19));
  EXPECT_EQ(KeptGroups(Between(50, 60)), all);
}

TEST_F(RowGroupPassTest, FindsColumnsBehindNestedOnes) {
  const auto nested =
      arrow::struct_({ArrowField(8, "a", arrow::int64()),
                      ArrowField(9, "b", arrow::list(ArrowField(10, "element", arrow::int64())))});
  std::string rows = "[";
  for (int i = 0; i < 20; ++i) {
    rows += std::string(i > 0 ? ", " : "") + R"({"s": {"a": 1000, "b": [1000]}, "n": )" +
            std::to_string(i) + "}";
  }
  AddFile(arrow::schema({ArrowField(7, "s", nested), ArrowField(1, "n", arrow::int64())}),
          rows + "]");
  EXPECT_EQ(KeptGroups(Between(12, 15)), (Groups{{1}}));
}

class PagePassTest : public RowGroupPassTest {
 protected:
  // Commits one file with pages of ten rows and row groups of forty: n is 0 to 19 and 80 to 99 in each row group, plus 100 in the next.
  DataFile AddPagedFile(int groups = 2) {
    std::string rows;
    for (int row = 0; row < groups * 40; ++row) {
      const int n = row / 40 * 100 + row % 40 + (row % 40 < 20 ? 0 : 60);
      rows += (rows.empty() ? "[" : ", ") + ("{\"n\": " + std::to_string(n)) + "}";
    }
    ForeignFileOptions options;
    options.row_group_rows = 40;
    options.page_rows = 10;
    DataFile file = WriteForeign(table_, OnlyNumbers(), rows + "]", options);
    table_.Commit({file});
    table_.files().Forget();
    return file;
  }
};

TEST_F(PagePassTest, DropsRowGroupsNoneOfWhosePagesMayMatch) {
  AddPagedFile();
  PlanOptions options;
  options.explain = true;
  const auto plan = PlanFor(Between(40, 60), options);
  EXPECT_TRUE(plan.tasks.empty());
  EXPECT_EQ(plan.summary.row_groups_kept, 0);
  EXPECT_EQ(plan.decisions.at(0).dropped_in_pass, 3);
}

TEST_F(PagePassTest, GivesTheRowsOfThePagesThatMayMatch) {
  AddPagedFile();
  const auto task = PlanFor(Between(85, 115)).tasks.at(0);
  EXPECT_EQ(task.row_groups, (Groups{{0, 1}}));
  // 85 to 99 lie in the third and the fourth page of the first row group, 100 to 114 in the first two of the second.
  EXPECT_EQ(task.row_ranges,
            (std::vector<std::vector<RowRange>>{{RowRange{20, 20}}, {RowRange{0, 20}}}));
}

TEST_F(PagePassTest, SaysNothingOfRowsWhereAllPagesMayMatch) {
  AddPagedFile();
  const auto task = PlanFor(Leaf(PredicateOp::kGe, "n", {int64_t{5}})).tasks.at(0);
  EXPECT_EQ(task.row_groups, (Groups{{0, 1}}));
  EXPECT_TRUE(task.row_ranges.empty());
}

TEST_F(RowGroupPassTest, FindsColumnsOfFilesWithoutIdsByTheNameMapping) {
  AddFile(arrow::schema({ArrowField(0, "n", arrow::int64())}), Counting(0, 99));
  EXPECT_EQ(KeptGroups(Between(25, 31)), (Groups{{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}}));
  const auto map = [&](const std::string& json) {
    table_.Change([&](TableMetadata& metadata) {
      metadata.properties["schema.name-mapping.default"] = json;
    });
  };
  map(R"([{"field-id": 2, "names": ["n"]}])");
  EXPECT_EQ(KeptGroups(Between(25, 31)), (Groups{{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}}));
  map("no mapping");
  EXPECT_EQ(KeptGroups(Between(25, 31)), (Groups{{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}}));
  map(R"([{"field-id": 1, "names": ["n"]}])");
  EXPECT_EQ(KeptGroups(Between(25, 31)), (Groups{{2, 3}}));
}

TEST_F(PagePassTest, KeepsWhatItReadWithTheFooter) {
  const auto file = AddPagedFile();
  FooterCache footers;
  PlanOptions options;
  options.footers = &footers;
  EXPECT_EQ(PlanFor(Between(85, 95), options).tasks.at(0).row_groups, (Groups{{0}}));
  EXPECT_TRUE(table_.files().ReadPaths().contains(file.path));
  table_.files().Forget();
  EXPECT_TRUE(PlanFor(Between(40, 60), options).tasks.empty());
  EXPECT_FALSE(table_.files().ReadPaths().contains(file.path));
}

// A file of one row group with 20,000 rows in pages of a thousand: n is the row's number.
DataFile AddLongFile(TestTable& table, int rows) {
  ForeignFileOptions options;
  options.page_rows = 1000;
  DataFile file = WriteForeign(table, arrow::schema({ArrowField(1, "n", arrow::int64())}),
                               Counting(0, rows - 1), options);
  table.Commit({file});
  table.files().Forget();
  return file;
}

TEST_F(PagePassTest, JudgesALongFileOfOneRowGroupByItsPagesWhereFootersAreKept) {
  AddLongFile(table_, 20'000);
  EXPECT_EQ(KeptGroups(Between(4000, 4010)), Groups()) << "the footer would be read twice";
  FooterCache footers;
  PlanOptions options;
  options.footers = &footers;
  const auto task = PlanFor(Between(4000, 4010), options).tasks.at(0);
  EXPECT_EQ(task.row_groups, (Groups{{0}}));
  EXPECT_EQ(task.row_ranges, (std::vector<std::vector<RowRange>>{{RowRange{4000, 1000}}}));
}

TEST_F(PagePassTest, OpensNoShortFileOfOneRowGroup) {
  const auto file = AddLongFile(table_, 19'999);
  FooterCache footers;
  PlanOptions options;
  options.footers = &footers;
  EXPECT_EQ(PlanFor(Between(4000, 4010), options).tasks.at(0).row_groups, Groups());
  EXPECT_FALSE(table_.files().ReadPaths().contains(file.path));
}

TEST_F(PagePassTest, LeavesAMissingFileOfOneRowGroupToItsReader) {
  const auto file = AddLongFile(table_, 20'000);
  std::filesystem::remove(LocalPath(file.path));
  FooterCache footers;
  PlanOptions options;
  options.footers = &footers;
  EXPECT_EQ(PlanFor(Between(4000, 4010), options).tasks.at(0).row_groups, Groups());
}

TEST_F(PagePassTest, CombinesThePagesOfSeveralColumns) {
  // n ascends, volts descends: no page has both n < 12 and volts < 12.
  std::string rows;
  for (int i = 0; i < 80; ++i) {
    const int n = i % 40;
    rows += (rows.empty() ? "[" : ", ") + ("{\"n\": " + std::to_string(n)) +
            ", \"volts\": " + std::to_string(39 - n) + ".5}";
  }
  ForeignFileOptions options;
  options.row_group_rows = 40;
  options.page_rows = 10;
  DataFile file = WriteForeign(
      table_,
      arrow::schema({ArrowField(1, "n", arrow::int64()), ArrowField(2, "volts", arrow::float64())}),
      rows + "]", options);
  file.metrics = {Metrics(2, Type::Of(TypeKind::kDouble), LiteralValue(0.5), LiteralValue(39.5))};
  table_.Commit({file});
  const auto low = Joined(PredicateOp::kAnd, {Leaf(PredicateOp::kLt, "n", {int64_t{12}}),
                                              Leaf(PredicateOp::kLt, "volts", {12.0})});
  EXPECT_TRUE(PlanFor(low).tasks.empty());
  const auto either = Joined(PredicateOp::kOr, {Leaf(PredicateOp::kLt, "n", {int64_t{5}}),
                                                Leaf(PredicateOp::kLt, "volts", {5.0})});
  const std::vector<RowRange> ends = {{0, 10}, {30, 10}};
  EXPECT_EQ(PlanFor(either).tasks.at(0).row_ranges,
            (std::vector<std::vector<RowRange>>{ends, ends}));
}

TEST_F(RowGroupPassTest, NamesAMissingFileAndATruncatedOne) {
  const auto file = AddFile(OnlyNumbers(), Counting(0, 99));
  std::filesystem::resize_file(LocalPath(file.path), 200);
  const auto cut = TryPlan(Between(25, 31));
  const auto* corrupt = FindDetail<CorruptFile>(cut.status());
  ASSERT_NE(corrupt, nullptr) << cut.status();
  EXPECT_EQ(corrupt->path, file.path);
  ASSERT_TRUE(table_.files().Delete(file.path).ok());
  const auto missing = TryPlan(Between(25, 31));
  EXPECT_TRUE(IsFileNotFound(missing.status())) << missing.status();
  EXPECT_NE(missing.status().message().find(LocalPath(file.path)), std::string::npos);
}

}  // namespace
}  // namespace artemis
