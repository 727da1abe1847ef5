// Facts of the net difference between two moments of a table.
#include <filesystem>

#include <gtest/gtest.h>

#include "artemis/base/error.h"
#include "artemis/io/location.h"
#include "artemis/replay/diff_fixture.h"
#include "artemis/schema/arrow_schema.h"

namespace artemis {
namespace {

TEST_F(DiffTest, GivesWhatAppendsAdded) {
  const auto first = Append(R"([{"id": 1, "v": "a"}])");
  Append(R"([{"id": 2, "v": "b"}])");
  const auto last = Append(R"([{"id": 3, "v": "a"}, {"id": 1, "v": "a"}])");
  const auto diff = Diff(first, last);
  EXPECT_EQ(diff.added, (Rows{"1|a", "2|b", "3|a"}));
  EXPECT_EQ(diff.removed, Rows{});
  EXPECT_EQ(diff.files_added, 2);
  EXPECT_EQ(diff.files_removed, 0);
  EXPECT_EQ(diff.files_unchanged, 1);
}

TEST_F(DiffTest, OpensNoFileThatBothEndsHold) {
  const auto gone = File(R"([{"id": 1, "v": "a"}])");
  const auto cut = File(R"([{"id": 2, "v": "b"}])");
  // Several row groups: with a filter, planning would look at its footer.
  ForeignFileOptions small_groups;
  small_groups.row_group_rows = 1;
  const auto grouped = WriteForeign(table_, ToArrowSchema(table_.metadata()->CurrentSchema()),
                                    R"([{"id": 3, "v": "c"}, {"id": 4, "v": "d"}])", small_groups);
  const auto replaced = File(R"([{"id": 5, "v": "e"}, {"id": 6, "v": "f"}])");
  const auto first = Append({gone, cut, grouped, replaced});
  const auto second = Replace({replaced}, {File(R"([{"id": 5, "v": "e"}, {"id": 7, "v": "g"}])")});
  DeleteFile(gone);
  DeleteFile(grouped);
  std::filesystem::resize_file(LocalPath(cut.path), 20);
  table_.files().Forget();
  for (const bool filtered : {false, true}) {
    if (filtered) options_.where = Leaf(PredicateOp::kGe, "id", {int64_t{1}});
    const auto diff = Diff(first, second);
    EXPECT_EQ(diff.added, Rows{"7|g"});
    EXPECT_EQ(diff.removed, Rows{"6|f"});
    EXPECT_EQ(diff.files_unchanged, 3);
    for (const auto& file : {gone, cut, grouped})
      EXPECT_FALSE(table_.files().ReadPaths().contains(file.path));
  }
}

TEST_F(DiffTest, CancelsRowsThatWereCarriedOver) {
  const auto old_file = File(R"([{"id": 1, "v": "a"}, {"id": 2, "v": "b"}, {"id": 3, "v": "c"}])");
  const auto first = Append({old_file});
  // Row 2 is deleted, row 3 updated, row 4 new; row 1 stays, at another place.
  const auto second = Replace(
      {old_file}, {File(R"([{"id": 4, "v": "d"}, {"id": 3, "v": "C"}, {"id": 1, "v": "a"}])")});
  const auto diff = Diff(first, second);
  EXPECT_EQ(diff.added, (Rows{"3|C", "4|d"}));
  EXPECT_EQ(diff.removed, (Rows{"2|b", "3|c"}));
  EXPECT_EQ(diff.files_added, 1);
  EXPECT_EQ(diff.files_removed, 1);
  EXPECT_EQ(diff.files_unchanged, 0);
}

TEST_F(DiffTest, CountsDuplicatesAsMultisets) {
  const auto old_file = File(
      R"([{"id": 1, "v": "a"}, {"id": 1, "v": "a"}, {"id": 1, "v": "a"}, {"id": 2, "v": "b"}])");
  const auto first = Append({old_file});
  const auto second = Replace(
      {old_file}, {File(R"([{"id": 2, "v": "b"}, {"id": 1, "v": "a"}, {"id": 2, "v": "b"}])"),
                   File(R"([{"id": 2, "v": "b"}])")});
  const auto diff = Diff(first, second);
  EXPECT_EQ(diff.added, (Rows{"2|b", "2|b"}));
  EXPECT_EQ(diff.removed, (Rows{"1|a", "1|a"}));
}

TEST_F(DiffTest, CountsAFileThatIsThereTwiceTwice) {
  const auto file = File(R"([{"id": 1, "v": "a"}])");
  const auto first = Append({file});
  const auto second = Append({file});
  const auto diff = Diff(first, second);
  EXPECT_EQ(diff.added, Rows{"1|a"});
  EXPECT_EQ(diff.removed, Rows{});
}

TEST_F(DiffTest, IsEmptyAfterACompaction) {
  const auto a = File(R"([{"id": 1, "v": "a"}, {"id": 2, "v": null}])");
  const auto b = File(R"([{"id": 3, "v": "c"}, {"id": 1, "v": "a"}])");
  const auto first = Append({a, b});
  const auto second = Replace({a, b}, {File(R"([{"id": 1, "v": "a"}, {"id": 1, "v": "a"},
                                               {"id": 2, "v": null}, {"id": 3, "v": "c"}])")});
  const auto diff = Diff(first, second);
  EXPECT_EQ(diff.added, Rows{});
  EXPECT_EQ(diff.removed, Rows{});
  EXPECT_EQ(diff.files_removed, 2);
}

TEST_F(DiffTest, GivesWhatADeleteRemoved) {
  const auto a = File(R"([{"id": 1, "v": "a"}, {"id": 2, "v": "b"}])");
  const auto first = Append({a, File(R"([{"id": 3, "v": "c"}])")});
  const auto second = Replace({a}, {});
  const auto diff = Diff(first, second);
  EXPECT_EQ(diff.added, Rows{});
  EXPECT_EQ(diff.removed, (Rows{"1|a", "2|b"}));
}

TEST_F(DiffTest, TurnsDeleteFilesIntoRemovedRows) {
  const auto a = File(R"([{"id": 1, "v": "a"}, {"id": 2, "v": "b"}, {"id": 3, "v": "c"}])");
  const auto first = Append({a, File(R"([{"id": 4, "v": "d"}])")});
  const auto second = table_.Commit({WritePositionDeletes(table_, {{a.path, 1}})});
  const auto third = table_.Commit({WriteEqualityDeletes(
      table_, arrow::schema({ArrowField(1, "id", arrow::int64())}), R"([{"id": 3}])")});
  EXPECT_EQ(Diff(first, second).removed, Rows{"2|b"});
  EXPECT_EQ(Diff(first, second).added, Rows{});
  EXPECT_EQ(Diff(second, third).removed, Rows{"3|c"});
  EXPECT_EQ(Diff(first, third).removed, (Rows{"2|b", "3|c"}));
}

TEST_F(DiffTest, IsEmptyBetweenAMomentAndItself) {
  const auto first = Append(R"([{"id": 1, "v": "a"}])");
  const TimestampMs at = table_.TimeOf(first);
  for (const auto& [from, to] : std::vector<std::pair<ReplayTarget, ReplayTarget>>{
           {first, first},
           {at, TimestampMs(at.value + 500)},
           {TimestampMs(at.value + 500), at},
           {std::monostate(), first},
           {TimestampMs(at.value - 900), TimestampMs(at.value - 800)}}) {
    const auto diff = Diff(from, to);
    EXPECT_EQ(diff.added, Rows{});
    EXPECT_EQ(diff.removed, Rows{});
    EXPECT_EQ(diff.files_added + diff.files_removed, 0);
  }
}

TEST_F(DiffTest, RefusesEndsThatAreExchanged) {
  const auto first = Append(R"([{"id": 1, "v": "a"}])");
  const auto second = Append(R"([{"id": 2, "v": "b"}])");
  const TimestampMs before(table_.TimeOf(first).value - 500);
  for (const auto& [from, to] : std::vector<std::pair<ReplayTarget, ReplayTarget>>{
           {second, first},
           {table_.TimeOf(second), table_.TimeOf(first)},
           {std::monostate(), first},
           {second, table_.TimeOf(first)},
           {first, before}}) {
    const auto status = Open(from, to).status();
    EXPECT_TRUE(status.IsInvalid()) << status;
  }
}

TEST_F(DiffTest, BeginsWithNothingBeforeTheFirstCommit) {
  const auto first = Append(R"([{"id": 1, "v": "a"}])");
  const auto diff = Diff(TimestampMs(table_.TimeOf(first).value - 500), std::monostate());
  EXPECT_EQ(diff.added, Rows{"1|a"});
  EXPECT_EQ(diff.removed, Rows{});
}

TEST_F(DiffTest, GivesWhatARollbackTookBack) {
  const auto first = Append(R"([{"id": 1, "v": "a"}])");
  const auto second = Append(R"([{"id": 2, "v": "b"}])");
  const TimestampMs before_rollback = table_.TimeOf(second);
  RollBackTo(first);
  const TimestampMs after_rollback = table_.clock().Now();
  const std::vector<ReplayTarget> later = {after_rollback, std::monostate()};
  for (const auto& to : later) {
    const auto diff = Diff(before_rollback, to);
    EXPECT_EQ(diff.added, Rows{});
    EXPECT_EQ(diff.removed, Rows{"2|b"});
  }
  EXPECT_TRUE(Open(after_rollback, before_rollback).status().IsInvalid());
  // As snapshots, the second is newer than the first whatever is current.
  EXPECT_TRUE(Open(second, first).status().IsInvalid());
  EXPECT_EQ(Diff(first, second).added, Rows{"2|b"});
}

TEST_F(DiffTest, ComparesEndsOfDifferentLineages) {
  const auto root = Append(R"([{"id": 1, "v": "a"}])");
  const auto left = Append(R"([{"id": 2, "v": "b"}])");
  RollBackTo(root);
  const auto right = Append(R"([{"id": 3, "v": "c"}])");
  const auto diff = Diff(left, right);
  EXPECT_EQ(diff.added, Rows{"3|c"});
  EXPECT_EQ(diff.removed, Rows{"2|b"});
  EXPECT_EQ(diff.files_unchanged, 1);
  EXPECT_EQ(Diff(right, left).added, Rows{"2|b"});
}

TEST_F(DiffTest, ProjectsBothEndsToTheAskedSchema) {
  const auto old_file = File(R"([{"id": 1, "v": "a"}, {"id": 2, "v": "b"}])");
  const auto first = Append({old_file});
  table_.SetFields({MakeField(1, "id", TypeKind::kLong), MakeField(2, "w", TypeKind::kString),
                    MakeField(3, "x", TypeKind::kLong)});
  // Row 1 is carried over with the new column null; row 2 gets a value.
  const auto second = Replace(
      {old_file}, {File(R"([{"id": 1, "w": "a", "x": null}, {"id": 2, "w": "b", "x": 9}])")});
  table_.SetFields({MakeField(3, "x", TypeKind::kLong), MakeField(2, "z", TypeKind::kString),
                    MakeField(1, "id", TypeKind::kLong)});
  const struct {
    DiffProjection projection;
    std::vector<std::string> names;
    Rows added, removed;
  } cases[] = {{DiffProjection::kOld, {"id", "v"}, {}, {}},
               {DiffProjection::kNew, {"id", "w", "x"}, {"2|b|9"}, {"2|b|null"}},
               {DiffProjection::kCurrent, {"x", "z", "id"}, {"9|b|2"}, {"null|b|2"}}};
  for (const auto& each : cases) {
    const auto diff = Open(first, second, each.projection);
    ASSERT_TRUE(diff.ok()) << diff.status();
    EXPECT_EQ(diff->added->schema()->field_names(), each.names);
    EXPECT_EQ(diff->removed->schema()->field_names(), each.names);
    EXPECT_EQ(RowsOf(diff->added), each.added);
    EXPECT_EQ(RowsOf(diff->removed), each.removed);
  }
}

TEST_F(DiffTest, CancelsRowsAcrossAWidenedColumn) {
  table_.SetFields({MakeField(5, "k", TypeKind::kInt), MakeField(6, "f", TypeKind::kFloat)});
  const auto old_file = File(R"([{"k": 1, "f": 0.5}, {"k": 2, "f": null}])");
  const auto first = Append({old_file});
  table_.SetFields({MakeField(5, "k", TypeKind::kLong), MakeField(6, "f", TypeKind::kDouble)});
  const auto second = Replace({old_file}, {File(R"([{"k": 2, "f": null}, {"k": 1, "f": 0.5},
                                                   {"k": 3, "f": 1}])")});
  const auto diff = Diff(first, second);
  EXPECT_EQ(diff.added, Rows{"3|1"});
  EXPECT_EQ(diff.removed, Rows{});
  auto narrow = Open(first, second, DiffProjection::kOld).ValueOrDie();
  EXPECT_TRUE(narrow.added->schema()->field(0)->type()->Equals(arrow::int32()));
  EXPECT_TRUE(narrow.added->schema()->field(1)->type()->Equals(arrow::float32()));
  EXPECT_EQ(RowsOf(narrow.added), Rows{"3|1"});
  EXPECT_EQ(RowsOf(narrow.removed), Rows{});
  // A value that the old type cannot hold.
  const auto third = Append(R"([{"k": 3000000000, "f": 1}])");
  narrow = Open(first, third, DiffProjection::kOld).ValueOrDie();
  const auto status = TryRows(narrow.added).status();
  EXPECT_FALSE(status.ok());
  EXPECT_NE(status.message().find("column k"), std::string::npos) << status;
}

TEST_F(DiffTest, ComparesWithinTheFilter) {
  const auto old_file =
      File(R"([{"id": 1, "v": "in"}, {"id": 2, "v": "in"}, {"id": 3, "v": "out"}])");
  const auto first = Append({old_file});
  // Row 1 leaves the filter, row 3 enters it, row 4 never was in it.
  const auto second = Replace({old_file}, {File(R"([{"id": 1, "v": "out"}, {"id": 2, "v": "in"},
                                                   {"id": 3, "v": "in"}, {"id": 4, "v": "out"}])")});
  options_.where = Leaf(PredicateOp::kEq, "v", {std::string("in")});
  const auto diff = Diff(first, second);
  EXPECT_EQ(diff.added, Rows{"3|in"});
  EXPECT_EQ(diff.removed, Rows{"1|in"});
}

TEST_F(DiffTest, ComparesWholeRowsWhateverColumnsAreAskedFor) {
  const auto old_file = File(R"([{"id": 1, "v": "a"}, {"id": 2, "v": "b"}])");
  const auto first = Append({old_file});
  const auto second = Replace({old_file}, {File(R"([{"id": 1, "v": "A"}, {"id": 2, "v": "b"}])")});
  options_.columns = {"id"};
  EXPECT_EQ(Diff(first, second).added, Rows{"1"});
  EXPECT_EQ(Diff(first, second).removed, Rows{"1"});
  options_.columns = {"v", "id"};
  EXPECT_EQ(Diff(first, second).added, Rows{"A|1"});
  const auto third = Append(R"([{"id": 3, "v": "c"}])");
  EXPECT_EQ(Diff(second, third).added, Rows{"c|3"});
  options_.columns = {"vv"};
  EXPECT_TRUE(Open(first, second).status().IsInvalid());
}

TEST_F(DiffTest, HoldsALimitForEachStream) {
  const auto old_file = File(R"([{"id": 1, "v": "a"}, {"id": 2, "v": "b"}, {"id": 3, "v": "c"}])");
  const auto first = Append({old_file});
  const auto second = Replace({old_file}, {File(R"([{"id": 4, "v": "d"}, {"id": 5, "v": "e"},
                                                   {"id": 1, "v": "a"}])")});
  const auto third = Append(R"([{"id": 6, "v": "f"}, {"id": 7, "v": "g"}])");
  for (const int64_t limit : {0, 1, 2, 5}) {
    options_.read.limit = limit;
    const size_t expected = static_cast<size_t>(std::min<int64_t>(limit, 2));
    EXPECT_EQ(Diff(first, second).added.size(), expected);
    EXPECT_EQ(Diff(first, second).removed.size(), expected);
    EXPECT_EQ(Diff(second, third).added.size(), expected);
  }
}

TEST_F(DiffTest, GivesTheSameRowsInWhateverOrderTheStreamsAreRead) {
  std::string old_rows = "[", new_rows = "[";
  for (int i = 0; i < 200; ++i) {
    const std::string row = R"({"id": )" + std::to_string(i) + R"(, "v": "x"})";
    if (i < 150) old_rows += (i > 0 ? ", " : "") + row;
    if (i >= 50) new_rows += (i > 50 ? ", " : "") + row;
  }
  const auto old_file = File(old_rows + "]");
  const auto first = Append({old_file});
  const auto second = Replace({old_file}, {File(new_rows + "]")});
  for (const int threads : {1, 3}) {
    options_.read.threads = threads;
    options_.read.batch_rows = 7;
    auto diff = Open(first, second).ValueOrDie();
    const auto removed = RowsOf(diff.removed);
    EXPECT_EQ(removed.size(), 50u);
    EXPECT_EQ(RowsOf(diff.added).size(), 50u);
    // In turns.
    diff = Open(first, second).ValueOrDie();
    Rows added;
    std::shared_ptr<arrow::RecordBatch> plus, minus;
    do {
      ASSERT_TRUE(diff.added->ReadNext(&plus).ok());
      ASSERT_TRUE(diff.removed->ReadNext(&minus).ok());
      if (plus != nullptr)
        for (auto& row : RowsOf(*plus)) added.push_back(row);
    } while (plus != nullptr || minus != nullptr);
    EXPECT_EQ(added.size(), 50u);
    EXPECT_TRUE(std::find(added.begin(), added.end(), "150|x") != added.end());
    EXPECT_TRUE(std::find(removed.begin(), removed.end(), "49|x") != removed.end());
  }
}

TEST_F(DiffTest, TellsAnExpiredEndFromAMissingFile) {
  const auto old_file = File(R"([{"id": 1, "v": "a"}])");
  const auto first = Append({old_file});
  const auto second = Replace({old_file}, {File(R"([{"id": 2, "v": "b"}])")});
  const auto missing = Open(first, second).ValueOrDie();
  const auto expired = Open(first, second).ValueOrDie();
  const auto expired_too = Open(first, second).ValueOrDie();
  DeleteFile(old_file);
  const auto corrupt = TryRows(missing.removed).status();
  EXPECT_NE(FindDetail<CorruptFile>(corrupt), nullptr) << corrupt;
  EXPECT_NE(corrupt.message().find(LocalPath(old_file.path)), std::string::npos) << corrupt;
  Expire(first);
  for (const auto& stream : {expired.removed, expired_too.added}) {
    const auto status = TryRows(stream).status();
    const auto* detail = FindDetail<SnapshotExpired>(status);
    ASSERT_NE(detail, nullptr) << status;
    EXPECT_NE(detail->requested.find(ToString(first)), std::string::npos) << status;
    EXPECT_EQ(detail->oldest_available, table_.TimeOf(second));
  }
}

TEST_F(DiffTest, TellsWhichEndHasExpiredWhenOnlyOneIsRead) {
  const auto old_file = File(R"([{"id": 1, "v": "a"}])");
  const auto first = Append({old_file, File(R"([{"id": 2, "v": "b"}])")});
  const auto second = Replace({old_file}, {});
  const auto diff = Open(first, second).ValueOrDie();
  DeleteFile(old_file);
  Expire(first);
  const auto status = TryRows(diff.removed).status();
  const auto* detail = FindDetail<SnapshotExpired>(status);
  ASSERT_NE(detail, nullptr) << status;
  EXPECT_NE(detail->requested.find(ToString(first)), std::string::npos) << status;
}

// Values of all kinds that a copy-on-write carries over cancel, and those that differ in one place do not.
class NestedDiffTest : public DiffTest {
 protected:
  NestedDiffTest()
      : DiffTest({MakeField(1, "d", TypeKind::kDouble),
                  MakeField(2, "p",
                            Type::Struct({MakeField(3, "x", Type::Decimal(9, 2)),
                                          MakeField(4, "b", TypeKind::kBoolean)})),
                  MakeField(5, "l", Type::List(FieldId(6), Type::Of(TypeKind::kInt), false)),
                  MakeField(7, "m",
                            Type::Map(FieldId(8), Type::Of(TypeKind::kString), FieldId(9),
                                      Type::Of(TypeKind::kDate), false))}) {}
};

TEST_F(NestedDiffTest, CancelsNullsNaNsAndNestedValues) {
  const std::string stay =
      R"({"d": NaN, "p": {"x": "1.50", "b": true}, "l": [1, null], "m": [["k", 1]]},
         {"d": null, "p": null, "l": null, "m": null},
         {"d": 0.25, "p": {"x": null, "b": false}, "l": [], "m": []})";
  const auto old_file = File("[" + stay +
                             R"(, {"d": 1, "p": {"x": "1.50", "b": null}, "l": [1, 2], "m": []},
         {"d": 2, "p": null, "l": [3], "m": [["k", 1]]}])");
  const auto first = Append({old_file});
  const auto second =
      Replace({old_file},
              {File("[" + stay + R"(, {"d": 1, "p": {"x": "1.51", "b": null}, "l": [1, 2], "m": []},
         {"d": 2, "p": null, "l": [3], "m": [["k", null]]}])")});
  const auto diff = Diff(first, second);
  EXPECT_EQ(diff.added, (Rows{"1|{1.51, null}|[1, 2]|{}", "2|null|[3]|{k: null}"}));
  EXPECT_EQ(diff.removed, (Rows{"1|{1.50, null}|[1, 2]|{}", "2|null|[3]|{k: 1970-01-02}"}));
}

}  // namespace
}  // namespace artemis
