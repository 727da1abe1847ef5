// Facts of the gross difference: what each commit between two moments changed.
#include <filesystem>

#include <gtest/gtest.h>

#include "artemis/io/location.h"
#include "artemis/replay/diff_fixture.h"
#include "artemis/write/delete_files.h"

namespace artemis {
namespace {

class GrossDiffTest : public DiffTest {
 protected:
  using DiffTest::DiffTest;

  // Each commit of the feed.
  std::vector<SnapshotId> CommitsOf(const ReplayTarget& from, const ReplayTarget& to) {
    const auto diff = OpenGross(from, to);
    EXPECT_TRUE(diff.ok()) << diff.status();
    std::vector<SnapshotId> commits;
    if (diff.ok()) {
      for (const auto& commit : diff->commits) commits.push_back(commit.snapshot_id);
    }
    return commits;
  }
};

TEST_F(GrossDiffTest, ListsWhatEachCommitDidInTheirOrder) {
  const auto start = Append(R"([{"id": 1, "v": "a"}])");
  const auto file = File(R"([{"id": 2, "v": "b"}, {"id": 3, "v": "c"}])");
  const auto first = Append({file});
  const auto second = Replace({file}, {File(R"([{"id": 3, "v": "C"}, {"id": 2, "v": "b"}])")});
  const auto third = Append(R"([{"id": 3, "v": "c"}])");
  EXPECT_EQ(Feed(start, third),
            (Rows{"insert|0|2|b", "insert|0|3|c", "delete|1|3|c", "insert|1|3|C", "insert|2|3|c"}));
  EXPECT_EQ(CommitsOf(start, third), (std::vector{first, second, third}));
  // Net, the row 3|c never left.
  EXPECT_EQ(Sorted(Feed(start, third, DiffKind::kNet)),
            (Rows{"insert|0|2|b", "insert|0|3|C", "insert|0|3|c"}));
}

TEST_F(GrossDiffTest, NamesTheCommitOfEachRow) {
  const auto start = Append(R"([{"id": 1, "v": "a"}])");
  const auto first = Append(R"([{"id": 2, "v": "b"}])");
  const auto second = Append(R"([{"id": 3, "v": "c"}])");
  const auto diff = OpenGross(start, second).ValueOrDie();
  EXPECT_EQ(diff.kind, DiffKind::kGross);
  EXPECT_EQ(diff.instead_because, "");
  EXPECT_EQ(RowsOf(diff.changes), (Rows{"insert|0|" + ToString(first) + "|2|b",
                                        "insert|1|" + ToString(second) + "|3|c"}));
}

TEST_F(GrossDiffTest, AddsWhatOneAppendAddedAndRemovesNothing) {
  const auto start = Append(R"([{"id": 1, "v": "a"}])");
  const auto end = Append(R"([{"id": 2, "v": "b"}, {"id": 3, "v": "c"}])");
  const auto diff = OpenGross(start, end).ValueOrDie();
  EXPECT_EQ(Sorted(RowsOf(diff.added)), (Rows{"2|b", "3|c"}));
  EXPECT_EQ(RowsOf(diff.removed), Rows{});
  EXPECT_EQ(diff.files_added, 1);
  EXPECT_EQ(diff.files_unchanged, 1);
}

TEST_F(GrossDiffTest, ShowsARowThatCameAndWentTwice) {
  const auto start = Append(R"([{"id": 1, "v": "a"}])");
  const auto file = File(R"([{"id": 2, "v": "b"}])");
  Append({file});
  const auto end = Replace({file}, {});
  EXPECT_EQ(Feed(start, end), (Rows{"insert|0|2|b", "delete|1|2|b"}));
  EXPECT_EQ(Feed(start, end, DiffKind::kNet), Rows{});
}

TEST_F(GrossDiffTest, DoesNotSeeACompaction) {
  const auto a = File(R"([{"id": 1, "v": "a"}, {"id": 2, "v": "b"}])");
  const auto b = File(R"([{"id": 3, "v": "c"}])");
  const auto start = Append({a, b});
  const auto first = Append(R"([{"id": 4, "v": "d"}])");
  const auto whole = File(R"([{"id": 1, "v": "a"}, {"id": 2, "v": "b"}, {"id": 3, "v": "c"}])");
  const auto compacted = Compact({a, b}, {whole});
  const auto second = Append(R"([{"id": 5, "v": "e"}])");
  // Its files need not even be there.
  for (const auto& file : {a, b, whole}) DeleteFile(file);
  EXPECT_EQ(Feed(start, second), (Rows{"insert|0|4|d", "insert|1|5|e"}));
  EXPECT_EQ(CommitsOf(start, second), (std::vector{first, second}));
  EXPECT_EQ(Feed(first, compacted), Rows{});
}

TEST_F(GrossDiffTest, DeletesWhatWasWrittenBeforeACompactionAndRemovedAfterIt) {
  const auto a = File(R"([{"id": 1, "v": "a"}])");
  const auto b = File(R"([{"id": 2, "v": "b"}])");
  const auto start = Append({a, b});
  const auto whole = File(R"([{"id": 1, "v": "a"}, {"id": 2, "v": "b"}])");
  Compact({a, b}, {whole});
  const auto end = Replace({whole}, {File(R"([{"id": 2, "v": "b"}])")});
  EXPECT_EQ(Feed(start, end), Rows{"delete|0|1|a"});
}

TEST_F(GrossDiffTest, DoesNotCountEntriesThatManifestsCarryOn) {
  const auto start = Append(R"([{"id": 1, "v": "a"}])");
  for (int i = 2; i < 6; ++i) {
    table_.clock().AdvanceMs(1000);
    CommitOptions merge;
    merge.manifest_min_count_to_merge = 2;
    const auto rows = R"([{"id": )" + std::to_string(i) + R"(, "v": "x"}])";
    ASSERT_TRUE(AppendFiles(table_.catalog(), table_.name(), {File(rows)}, merge).ok());
  }
  EXPECT_EQ(Feed(start, std::monostate()),
            (Rows{"insert|0|2|x", "insert|1|3|x", "insert|2|4|x", "insert|3|5|x"}));
  EXPECT_EQ(OpenGross(start, std::monostate())->files_added, 4);
}

TEST_F(GrossDiffTest, TurnsDeleteFilesOfEveryKindIntoDeletes) {
  const auto file = File(
      R"([{"id": 1, "v": "a"}, {"id": 2, "v": "b"}, {"id": 3, "v": "c"}, {"id": 4, "v": "d"}])");
  const auto start = Append({file, File(R"([{"id": 2, "v": "B"}])")});
  const auto by_position = table_.Commit({WritePositionDeletes(table_, {{file.path, 3}})});
  const auto by_value = table_.Commit({EqualityDeletesOfIds(R"([{"id": 2}, {"id": 4}])")});
  EXPECT_EQ(Feed(start, by_position), Rows{"delete|0|4|d"});
  // The row 4|d is gone already.
  EXPECT_EQ(Sorted(Feed(by_position, by_value)), (Rows{"delete|0|2|B", "delete|0|2|b"}));
  EXPECT_EQ(Sorted(Feed(start, by_value)), (Rows{"delete|0|4|d", "delete|1|2|B", "delete|1|2|b"}));
  EXPECT_EQ(OpenGross(start, by_value)->files_touched, 3);
}

TEST_F(GrossDiffTest, UpdatesByEqualityDeleteAndAppendInOneCommit) {
  const auto start = Append(R"([{"id": 1, "v": "a"}, {"id": 2, "v": "b"}])");
  RowDeltaChange change;
  change.added_deletes = {EqualityDeletesOfIds(R"([{"id": 1}, {"id": 2}])")};
  change.added_data = {File(R"([{"id": 1, "v": "A"}, {"id": 2, "v": "b"}])")};
  table_.clock().AdvanceMs(1000);
  ASSERT_TRUE(RowDelta(table_.catalog(), table_.name(), change).ok());
  // The second was written anew as it was.
  EXPECT_EQ(Feed(start, std::monostate()), (Rows{"delete|0|1|a", "insert|0|1|A"}));
}

TEST_F(GrossDiffTest, OpensNoFileThatNoCommitChanged) {
  const auto old_file = File(R"([{"id": 1, "v": "a"}])");
  const auto kept = File(R"([{"id": 2, "v": "b"}, {"id": 3, "v": "c"}])");
  const auto start = Append({old_file, kept});
  const auto added = File(R"([{"id": 4, "v": "d"}])");
  Append({added});
  const auto end = table_.Commit({WritePositionDeletes(table_, {{kept.path, 0}})});
  table_.files().Forget();
  EXPECT_EQ(Feed(start, end), (Rows{"insert|0|4|d", "delete|1|2|b"}));
  const auto read = table_.files().ReadPaths();
  EXPECT_FALSE(read.contains(old_file.path));
  EXPECT_TRUE(read.contains(kept.path));
  EXPECT_TRUE(read.contains(added.path));
}

TEST_F(GrossDiffTest, GoesFromTheEmptyTableToAnEndGivenInAnyWay) {
  const auto first = Append(R"([{"id": 1, "v": "a"}])");
  const auto second = Append(R"([{"id": 2, "v": "b"}])");
  RefChange tag;
  tag.name = "audit";
  tag.kind = SnapshotRef::Kind::kTag;
  tag.snapshot_id = second;
  ASSERT_TRUE(SetRef(table_.catalog(), table_.name(), tag).ok());
  const TimestampMs before(table_.TimeOf(first).value - 500);
  const Rows all = {"insert|0|1|a", "insert|1|2|b"};
  for (const ReplayTarget& to : std::vector<ReplayTarget>{second, table_.TimeOf(second),
                                                          std::string("audit"), std::monostate()}) {
    EXPECT_EQ(Feed(before, to), all);
    EXPECT_EQ(Feed(first, to), Rows{"insert|0|2|b"});
    EXPECT_EQ(Feed(second, to), Rows{});
  }
  EXPECT_TRUE(OpenGross(std::string("audit"), first).status().IsInvalid());
}

TEST_F(GrossDiffTest, IsNetAndSaysWhyWhereOneEndDoesNotLeadToTheOther) {
  const auto root = Append(R"([{"id": 1, "v": "a"}])");
  const auto left = Append(R"([{"id": 2, "v": "b"}])");
  RollBackTo(root);
  const auto right = Append(R"([{"id": 3, "v": "c"}])");
  const auto diff = OpenGross(left, right).ValueOrDie();
  EXPECT_EQ(diff.kind, DiffKind::kNet);
  EXPECT_EQ(diff.instead_because, "they lie on different lines of snapshots");
  EXPECT_EQ(Feed(left, right), (Rows{"delete|0|2|b", "insert|0|3|c"}));
  // What was rolled back is in no chain.
  EXPECT_EQ(Feed(root, right), Rows{"insert|0|3|c"});
}

TEST_F(GrossDiffTest, IsNetWhereACommitBetweenTheEndsWasExpired) {
  const auto first = Append(R"([{"id": 1, "v": "a"}])");
  const auto second = Append(R"([{"id": 2, "v": "b"}])");
  const auto third = Append(R"([{"id": 3, "v": "c"}])");
  Expire(second);
  const auto diff = OpenGross(first, third).ValueOrDie();
  EXPECT_EQ(diff.kind, DiffKind::kNet);
  EXPECT_EQ(diff.instead_because, "snapshot " + ToString(second) + " between them was expired");
  EXPECT_EQ(Sorted(RowsOf(diff.added)), (Rows{"2|b", "3|c"}));
}

TEST_F(GrossDiffTest, FollowsSchemaAndSpecThroughTheCommits) {
  const auto start = Append(R"([{"id": 1, "v": "a"}])");
  const auto file = File(R"([{"id": 2, "v": "b"}])");
  Append({file});
  table_.SetFields({MakeField(1, "id", TypeKind::kLong), MakeField(2, "w", TypeKind::kString),
                    MakeField(3, "x", TypeKind::kLong)});
  table_.SetSpec("id");
  const auto end = Replace({file}, {File(R"([{"id": 2, "w": "b", "x": 7}])")});
  EXPECT_EQ(Feed(start, end), (Rows{"insert|0|2|b|null", "delete|1|2|b|null", "insert|1|2|b|7"}));
  EXPECT_EQ(Feed(start, end, DiffKind::kGross, DiffProjection::kOld), Rows{"insert|0|2|b"});
  const auto changes = OpenGross(start, end)->schema_changes;
  ASSERT_EQ(changes.size(), 2u);
  EXPECT_EQ(changes[0].Sentence(), "column v string was renamed: w string");
  EXPECT_EQ(changes[1].Sentence(), "column x long was added");
}

TEST_F(GrossDiffTest, KeepsToTheFilterAndTheLimit) {
  const auto start = Append(R"([{"id": 1, "v": "in"}])");
  Append(R"([{"id": 2, "v": "in"}, {"id": 3, "v": "out"}])");
  const auto end = Append(R"([{"id": 4, "v": "in"}])");
  options_.where = Leaf(PredicateOp::kEq, "v", {std::string("in")});
  EXPECT_EQ(Feed(start, end), (Rows{"insert|0|2|in", "insert|1|4|in"}));
  options_.read.limit = 1;
  EXPECT_EQ(RowsOf(OpenGross(start, end)->added).size(), 1u);
  EXPECT_EQ(RowsOf(OpenGross(start, end)->changes).size(), 1u);
}

TEST_F(GrossDiffTest, PairsRowsOfOneIdentifierInEachCommit) {
  Identify({FieldId(1)});
  table_.Change([](TableMetadata& metadata) {
    Schema schema = metadata.CurrentSchema();
    schema.fields[0].required = true;
    metadata = SetCurrentSchema(metadata, schema, metadata.last_column_id).ValueOrDie();
  });
  const auto file = File(R"([{"id": 1, "v": "a"}, {"id": 2, "v": "b"}, {"id": 3, "v": "c"}])");
  const auto start = Append({file});
  const auto next = File(R"([{"id": 4, "v": "d"}, {"id": 2, "v": "B"}, {"id": 1, "v": "a"}])");
  const auto middle = Replace({file}, {next});
  const auto end = Replace({next}, {File(R"([{"id": 2, "v": "β"}, {"id": 1, "v": "a"}])")});
  EXPECT_EQ(Feed(start, middle), (Rows{"delete|0|3|c", "update_preimage|0|2|b",
                                       "update_postimage|0|2|B", "insert|0|4|d"}));
  EXPECT_EQ(Feed(middle, end),
            (Rows{"delete|0|4|d", "update_preimage|0|2|B", "update_postimage|0|2|β"}));
  EXPECT_EQ(Feed(start, end, DiffKind::kNet),
            (Rows{"delete|0|3|c", "update_preimage|0|2|b", "update_postimage|0|2|β"}));
}

class VectorDiffTest : public GrossDiffTest {
 protected:
  VectorDiffTest()
      : GrossDiffTest({MakeField(1, "id", TypeKind::kLong), MakeField(2, "v", TypeKind::kString)},
                      3) {}

  DataFile Vector(const DataFile& file, std::vector<int64_t> positions) {
    return WriteDeletes(*table_.metadata(), table_.files(), {{file, std::move(positions)}})
        .ValueOrDie()
        .at(0);
  }
  SnapshotId Delta(std::vector<DataFile> added, std::vector<DataFile> removed) {
    table_.clock().AdvanceMs(1000);
    RowDeltaChange change;
    change.added_deletes = std::move(added);
    change.removed_deletes = std::move(removed);
    const auto result = RowDelta(table_.catalog(), table_.name(), change);
    EXPECT_TRUE(result.ok()) << result.status();
    return *result->snapshot_id;
  }
};

TEST_F(VectorDiffTest, GivesWhatADeletionVectorAddsToTheOneItReplaces) {
  const auto file = File(
      R"([{"id": 1, "v": "a"}, {"id": 2, "v": "b"}, {"id": 3, "v": "c"}, {"id": 4, "v": "d"}])");
  const auto start = Append({file});
  const auto first_vector = Vector(file, {0});
  const auto first = Delta({first_vector}, {});
  const auto second = Delta({Vector(file, {0, 2})}, {first_vector});
  EXPECT_EQ(Feed(start, first), Rows{"delete|0|1|a"});
  EXPECT_EQ(Feed(first, second), Rows{"delete|0|3|c"});
  EXPECT_EQ(Feed(start, second), (Rows{"delete|0|1|a", "delete|1|3|c"}));
  EXPECT_EQ(Diff(start, second).removed, (Rows{"1|a", "3|c"}));
  EXPECT_EQ(Diff(start, second).files_touched, 1);
}

TEST_F(VectorDiffTest, GivesBackRowsThatAVectorNoLongerDeletes) {
  const auto file = File(R"([{"id": 1, "v": "a"}, {"id": 2, "v": "b"}, {"id": 3, "v": "c"}])");
  Append({file});
  const auto vector = Vector(file, {0, 1});
  const auto first = Delta({vector}, {});
  const auto second = Delta({Vector(file, {1, 2})}, {vector});
  EXPECT_EQ(Feed(first, second), (Rows{"delete|0|3|c", "insert|0|1|a"}));
}

}  // namespace
}  // namespace artemis
