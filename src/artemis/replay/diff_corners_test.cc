// Diffs where other writers, other specs and other schemas came between the ends.
#include <gtest/gtest.h>

#include "artemis/replay/diff_fixture.h"
#include "artemis/schema/arrow_schema.h"
#include "artemis/write/delete_files.h"

namespace artemis {
namespace {

class DiffCornersTest : public DiffTest {
 protected:
  using DiffTest::DiffTest;

  SnapshotId Delta(const RowDeltaChange& change) {
    table_.clock().AdvanceMs(1000);
    const auto result = RowDelta(table_.catalog(), table_.name(), change);
    EXPECT_TRUE(result.ok()) << result.status();
    return *result->snapshot_id;
  }
  // What rewrite_position_delete_files does: operation "replace".
  SnapshotId RewriteDeletes(const std::vector<DataFile>& removed,
                            const std::vector<DataFile>& added) {
    table_.clock().AdvanceMs(1000);
    RewriteFilesChange change;
    change.removed_deletes = removed;
    change.added_deletes = added;
    change.validate_from = table_.metadata()->current_snapshot_id;
    const auto result = RewriteFiles(table_.catalog(), table_.name(), change);
    EXPECT_TRUE(result.ok()) << result.status();
    return *result->snapshot_id;
  }
  DataFile EqualityDeletesOfTexts(const std::string& rows_json) {
    return WriteEqualityDeletes(table_, arrow::schema({ArrowField(2, "v", arrow::utf8())}),
                                rows_json);
  }
  // A delete file of another spec or partition than the writer of the fixture gives it.
  static DataFile Of(DataFile deletes, const DataFile& data) {
    deletes.spec_id = data.spec_id;
    deletes.partition = data.partition;
    return deletes;
  }
};

TEST_F(DiffCornersTest, IsEmptyWherePositionDeletesWereWrittenAnew) {
  const auto file = File(R"([{"id": 1, "v": "a"}, {"id": 2, "v": "b"}, {"id": 3, "v": "c"}])");
  const auto start = Append({file});
  const auto one = WritePositionDeletes(table_, {{file.path, 0}});
  const auto two = WritePositionDeletes(table_, {{file.path, 2}});
  const auto deleted = table_.Commit({one, two});
  const auto rewritten =
      RewriteDeletes({one, two}, {WritePositionDeletes(table_, {{file.path, 0}, {file.path, 2}})});
  EXPECT_EQ(Feed(deleted, rewritten), Rows{});
  EXPECT_EQ(Feed(deleted, rewritten, DiffKind::kNet), Rows{});
  EXPECT_EQ(Diff(deleted, rewritten).files_touched, 1);
  EXPECT_EQ(Sorted(Feed(start, rewritten)), (Rows{"delete|0|1|a", "delete|0|3|c"}));
}

TEST_F(DiffCornersTest, GivesWhatRewrittenPositionDeletesAddToThoseBefore) {
  const auto file = File(R"([{"id": 1, "v": "a"}, {"id": 2, "v": "b"}, {"id": 3, "v": "c"}])");
  Append({file});
  const auto one = WritePositionDeletes(table_, {{file.path, 0}});
  const auto deleted = table_.Commit({one});
  RowDeltaChange change;
  change.added_deletes = {WritePositionDeletes(table_, {{file.path, 0}, {file.path, 1}})};
  change.removed_deletes = {one};
  const auto more = Delta(change);
  EXPECT_EQ(Feed(deleted, more), Rows{"delete|0|2|b"});
}

TEST_F(DiffCornersTest, DeletesByAColumnThatWasDroppedSince) {
  const auto file = File(R"([{"id": 1, "v": "a"}, {"id": 2, "v": "b"}])");
  const auto start = Append({file});
  const auto deleted = table_.Commit({EqualityDeletesOfTexts(R"([{"v": "b"}])")});
  table_.SetFields({MakeField(1, "id", TypeKind::kLong), MakeField(3, "w", TypeKind::kLong)});
  const auto end = Append(R"([{"id": 3, "w": 7}])");
  EXPECT_EQ(Feed(start, end), (Rows{"delete|0|2|null", "insert|1|3|7"}));
  EXPECT_EQ(Feed(start, end, DiffKind::kNet), (Rows{"delete|0|2|null", "insert|0|3|7"}));
  EXPECT_EQ(Feed(deleted, end, DiffKind::kNet), Rows{"insert|0|3|7"});
  EXPECT_EQ(Feed(start, end, DiffKind::kGross, DiffProjection::kOld),
            (Rows{"delete|0|2|b", "insert|1|3|null"}));
}

TEST_F(DiffCornersTest, DeletesByAColumnWhoseNameIsAnotherColumnsToday) {
  const auto start = Append(R"([{"id": 1, "v": "a"}, {"id": 2, "v": "b"}])");
  const auto deleted = table_.Commit({EqualityDeletesOfTexts(R"([{"v": "b"}])")});
  table_.SetFields({MakeField(1, "id", TypeKind::kLong), MakeField(3, "v", TypeKind::kString)});
  const auto end = Append(R"([{"id": 3, "v": "b"}])");
  EXPECT_EQ(Feed(start, end), (Rows{"delete|0|2|null", "insert|1|3|b"}));
  EXPECT_EQ(Diff(deleted, end).removed, Rows{});
}

// Equality deletes of an unpartitioned spec apply in every partition of every spec (specification, "Scan Planning").
TEST_F(DiffCornersTest, DeletesInPartitionsOfALaterSpecByOnesOfNone) {
  const auto plain = File(R"([{"id": 1, "v": "a"}])");
  Append({plain});
  table_.SetSpec("v");
  const auto split = table_.Write(R"([{"id": 1, "v": "x"}, {"id": 2, "v": "y"}])");
  ASSERT_EQ(split.size(), 2u);
  const auto start = Append(split);
  const auto deleted = table_.Commit({Of(EqualityDeletesOfIds(R"([{"id": 1}])"), plain)});
  EXPECT_EQ(Sorted(Feed(start, deleted)), (Rows{"delete|0|1|a", "delete|0|1|x"}));
  // It may apply to the third file as well; that no row of it goes is seen when it is read.
  EXPECT_EQ(Diff(start, deleted).files_touched, 3);
  const auto end = Append(R"([{"id": 1, "v": "x"}])");
  // The row that came again is no net difference.
  EXPECT_EQ(Diff(start, end).removed, Rows{"1|a"});
  EXPECT_EQ(Diff(start, end).added, Rows{});
}

TEST_F(DiffCornersTest, IsEmptyWhereFilesMovedToAnotherSpec) {
  const auto file = File(R"([{"id": 1, "v": "a"}, {"id": 2, "v": "b"}])");
  const auto start = Append({file});
  table_.SetSpec("v");
  const auto compacted = Compact({file}, table_.Write(R"([{"id": 1, "v": "a"},
                                                          {"id": 2, "v": "b"}])"));
  EXPECT_EQ(Feed(start, compacted), Rows{});
  EXPECT_EQ(Feed(start, compacted, DiffKind::kNet), Rows{});
  options_.where = Leaf(PredicateOp::kEq, "v", {std::string("a")});
  EXPECT_EQ(Feed(start, compacted, DiffKind::kNet), Rows{});
}

TEST_F(DiffCornersTest, ComparesBranches) {
  const auto root = Append(R"([{"id": 1, "v": "a"}])");
  RefChange branch;
  branch.name = "trial";
  branch.snapshot_id = root;
  ASSERT_TRUE(SetRef(table_.catalog(), table_.name(), branch).ok());
  const auto on_main = Append(R"([{"id": 2, "v": "main"}])");
  table_.clock().AdvanceMs(1000);
  CommitOptions trial;
  trial.branch = "trial";
  ASSERT_TRUE(
      AppendFiles(table_.catalog(), table_.name(), {File(R"([{"id": 3, "v": "trial"}])")}, trial)
          .ok());
  const std::string main = "main", other = "trial";
  EXPECT_EQ(Diff(main, other).added, Rows{"3|trial"});
  EXPECT_EQ(Diff(main, other).removed, Rows{"2|main"});
  EXPECT_EQ(Diff(other, main).added, Rows{"2|main"});
  EXPECT_EQ(Diff(other, on_main).removed, Rows{"3|trial"});
  EXPECT_EQ(Feed(root, other), Rows{"insert|0|3|trial"});
  const auto gross = OpenGross(other, main).ValueOrDie();
  EXPECT_EQ(gross.kind, DiffKind::kNet);
  EXPECT_NE(gross.instead_because, "");
}

// Two rows with the identifier 1 before, three after: one stays as it is, one pair, and one more.
TEST_F(DiffCornersTest, PairsAsManyAsBothEndsHaveOfAnIdentifierThatIsThereTwice) {
  table_.Change([](TableMetadata& metadata) {
    Schema schema = metadata.CurrentSchema();
    schema.fields[0].required = true;
    schema.identifier_field_ids = {FieldId(1)};
    metadata = SetCurrentSchema(metadata, schema, metadata.last_column_id).ValueOrDie();
  });
  const auto before = File(R"([{"id": 1, "v": "stays"}, {"id": 1, "v": "old"},
                               {"id": 2, "v": "gone"}])");
  const auto start = Append({before});
  const auto end = Replace({before}, {File(R"([{"id": 1, "v": "new"}, {"id": 1, "v": "stays"}])"),
                                      File(R"([{"id": 1, "v": "new"}, {"id": 2, "v": "x"}])")});
  EXPECT_EQ(Sorted(Feed(start, end, DiffKind::kNet)),
            (Rows{"insert|0|1|new", "update_postimage|0|1|new", "update_postimage|0|2|x",
                  "update_preimage|0|1|old", "update_preimage|0|2|gone"}));
}

// The partition's source column becomes wider and gets another name; partition tuples of both types are one partition.
class WidenedSourceTest : public DiffCornersTest {
 protected:
  WidenedSourceTest()
      : DiffCornersTest(
            {MakeField(1, "id", TypeKind::kInt), MakeField(2, "v", TypeKind::kString)}) {
    table_.SetSpec("id");
  }
  void Widen() {
    table_.SetFields(
        {MakeField(1, "number", TypeKind::kLong), MakeField(2, "v", TypeKind::kString)});
  }
};

TEST_F(WidenedSourceTest, FindsFilesAndDeletesOfBothTypes) {
  const auto old_file = File(R"([{"id": 7, "v": "a"}, {"id": 7, "v": "b"}])");
  const auto start = Append({old_file, File(R"([{"id": 8, "v": "c"}])")});
  Widen();
  const auto wide = Append(R"([{"number": 7, "v": "d"}])");
  auto deletes = EqualityDeletesOfTexts(R"([{"v": "b"}, {"v": "d"}, {"v": "c"}])");
  const auto written = File(R"([{"number": 7, "v": "x"}])");
  // Of partition 7 as a long: "c" lies in another one and stays.
  const auto deleted = table_.Commit({Of(deletes, written)});
  EXPECT_EQ(Sorted(Feed(wide, deleted)), (Rows{"delete|0|7|b", "delete|0|7|d"}));
  EXPECT_EQ(Feed(start, deleted, DiffKind::kNet), Rows{"delete|0|7|b"});
  options_.where = Leaf(PredicateOp::kEq, "number", {int64_t{7}});
  EXPECT_EQ(Sorted(Feed(start, deleted)), (Rows{"delete|1|7|b", "delete|1|7|d", "insert|0|7|d"}));
  options_.where = Leaf(PredicateOp::kEq, "number", {int64_t{8}});
  EXPECT_EQ(Feed(start, deleted), Rows{});
}

TEST_F(WidenedSourceTest, CancelsRowsThatWereWrittenAnewInTheWiderType) {
  const auto old_file = File(R"([{"id": 7, "v": "a"}, {"id": 7, "v": "b"}])");
  const auto start = Append({old_file});
  Widen();
  const auto end = Replace({old_file}, {File(R"([{"number": 7, "v": "a"}])")});
  for (const auto kind : {DiffKind::kGross, DiffKind::kNet}) {
    EXPECT_EQ(Feed(start, end, kind), Rows{"delete|0|7|b"});
    // The newer end's tuples are wider than the columns that are read.
    EXPECT_EQ(Feed(start, end, kind, DiffProjection::kOld), Rows{"delete|0|7|b"});
    EXPECT_EQ(Feed(start, end, kind, DiffProjection::kBoth), Rows{"delete|0|7|b|null|null"});
  }
}

// The end whose columns are asked for lies on an older line than the other.
TEST_F(WidenedSourceTest, ReadsWiderFilesUnderTheColumnsOfABranchThatWasLeft) {
  const auto root = Append(R"([{"id": 7, "v": "a"}])");
  const auto left = Append(R"([{"id": 8, "v": "b"}])");
  RollBackTo(root);
  Widen();
  const auto wide = Append(R"([{"number": 9, "v": "c"}])");
  EXPECT_EQ(Diff(wide, left).removed, Rows{"9|c"});
  EXPECT_EQ(Diff(wide, left).added, Rows{"8|b"});
}

TEST_F(WidenedSourceTest, FiltersByTheOlderColumns) {
  const auto start = Append(R"([{"id": 7, "v": "a"}])");
  Widen();
  const auto end = Append(R"([{"number": 7, "v": "b"}, {"number": 7, "v": "c"}])");
  options_.where = Leaf(PredicateOp::kEq, "id", {int64_t{7}});
  EXPECT_EQ(Sorted(Feed(start, end, DiffKind::kNet, DiffProjection::kOld)),
            (Rows{"insert|0|7|b", "insert|0|7|c"}));
  options_.where = Leaf(PredicateOp::kEq, "id", {int64_t{8}});
  EXPECT_EQ(Feed(start, end, DiffKind::kNet, DiffProjection::kOld), Rows{});
}

// Neither end has the type that a commit between them wrote.
class WidenedAndDroppedTest : public DiffCornersTest {
 protected:
  WidenedAndDroppedTest()
      : DiffCornersTest(
            {MakeField(1, "id", TypeKind::kLong), MakeField(2, "v", TypeKind::kFloat)}) {
    start_ = Append(R"([{"id": 1, "v": 0.5}])");
    table_.SetFields({MakeField(1, "id", TypeKind::kLong), MakeField(2, "v", TypeKind::kDouble)});
    Append(R"([{"id": 2, "v": 2.5}])");
    table_.SetFields({MakeField(1, "id", TypeKind::kLong)});
    end_ = Append(R"([{"id": 3}])");
  }

  SnapshotId start_, end_;
};

TEST_F(WidenedAndDroppedTest, IsReadUnderEachChoiceOfColumns) {
  EXPECT_EQ(Feed(start_, end_), (Rows{"insert|0|2", "insert|1|3"}));
  EXPECT_EQ(Feed(start_, end_, DiffKind::kGross, DiffProjection::kOld),
            (Rows{"insert|0|2|2.5", "insert|1|3|null"}));
  EXPECT_EQ(Sorted(Feed(start_, end_, DiffKind::kNet, DiffProjection::kOld)),
            (Rows{"insert|0|2|2.5", "insert|0|3|null"}));
  EXPECT_EQ(Feed(start_, end_, DiffKind::kGross, DiffProjection::kBoth),
            (Rows{"insert|0|null|null|2", "insert|1|null|null|3"}));
}

class VectorCornersTest : public DiffCornersTest {
 protected:
  VectorCornersTest()
      : DiffCornersTest({MakeField(1, "id", TypeKind::kLong), MakeField(2, "v", TypeKind::kString)},
                        3) {}

  DataFile Vector(const DataFile& file, std::vector<int64_t> positions) {
    return WriteDeletes(*table_.metadata(), table_.files(), {{file, std::move(positions)}})
        .ValueOrDie()
        .at(0);
  }
};

TEST_F(VectorCornersTest, IsEmptyWhereAVectorWasReplacedByOneOfTheSameRows) {
  const auto file = File(R"([{"id": 1, "v": "a"}, {"id": 2, "v": "b"}])");
  const auto start = Append({file});
  RowDeltaChange first, second;
  first.added_deletes = {Vector(file, {1})};
  const auto deleted = Delta(first);
  second.removed_deletes = first.added_deletes;
  second.added_deletes = {Vector(file, {1})};
  const auto again = Delta(second);
  EXPECT_EQ(Feed(deleted, again), Rows{});
  EXPECT_EQ(Feed(deleted, again, DiffKind::kNet), Rows{});
  EXPECT_EQ(Feed(start, again, DiffKind::kNet), Rows{"delete|0|2|b"});
}

// Equality deletes apply beside the vector: a row that both delete is deleted once.
TEST_F(VectorCornersTest, CountsARowThatAVectorAndAnEqualityDeleteTakeOnce) {
  const auto file = File(R"([{"id": 1, "v": "a"}, {"id": 2, "v": "b"}, {"id": 3, "v": "c"}])");
  const auto start = Append({file});
  RowDeltaChange by_value, by_position;
  by_value.added_deletes = {EqualityDeletesOfIds(R"([{"id": 2}])")};
  const auto first = Delta(by_value);
  by_position.added_deletes = {Vector(file, {1, 2})};
  const auto second = Delta(by_position);
  EXPECT_EQ(Feed(start, second), (Rows{"delete|0|2|b", "delete|1|3|c"}));
  EXPECT_EQ(Feed(first, second, DiffKind::kNet), Rows{"delete|0|3|c"});
  EXPECT_EQ(Sorted(Feed(start, second, DiffKind::kNet)), (Rows{"delete|0|2|b", "delete|0|3|c"}));
}

// The file and its vector leave; its rows that were left come back in another file.
TEST_F(VectorCornersTest, IsEmptyWhereACompactionAppliedAVector) {
  const auto file = File(R"([{"id": 1, "v": "a"}, {"id": 2, "v": "b"}])");
  Append({file});
  RowDeltaChange change;
  change.added_deletes = {Vector(file, {0})};
  const auto deleted = Delta(change);
  const auto compacted = Compact({file}, {File(R"([{"id": 2, "v": "b"}])")});
  EXPECT_EQ(Feed(deleted, compacted), Rows{});
  EXPECT_EQ(Feed(deleted, compacted, DiffKind::kNet), Rows{});
}

}  // namespace
}  // namespace artemis
