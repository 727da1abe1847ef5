// Facts of the rules within table metadata.
#include "artemis/check/metadata_rules.h"

#include <gtest/gtest.h>

#include "artemis/table/update.h"

namespace artemis {
namespace {

Snapshot SnapshotAt(int64_t id, int64_t sequence_number, int64_t time_ms,
                    std::optional<int64_t> parent = {}) {
  Snapshot snapshot;
  snapshot.id = SnapshotId(id);
  snapshot.sequence_number = SequenceNumber(sequence_number);
  snapshot.timestamp = TimestampMs(time_ms);
  snapshot.manifest_list = "file:///t/metadata/snap-" + std::to_string(id) + ".avro";
  snapshot.schema_id = SchemaId(0);
  if (parent) snapshot.parent_id = SnapshotId(*parent);
  return snapshot;
}

// Two snapshots, the second current.
TableMetadata SoundMetadata() {
  NewTable table;
  table.location = "file:///t";
  table.schema.fields = {Field{FieldId(1), "n", false, Type::Of(TypeKind::kLong), {}, {}, {}}};
  auto metadata = MakeTableMetadata(table, TimestampMs(1'000'000)).ValueOrDie();
  metadata = AddSnapshot(metadata, SnapshotAt(11, 1, 2'000'000)).ValueOrDie();
  return AddSnapshot(metadata, SnapshotAt(12, 2, 3'000'000, 11)).ValueOrDie();
}

Problems ProblemsOf(const TableMetadata& metadata) {
  Problems problems;
  CheckMetadata(metadata, &problems);
  return problems;
}

// The one problem of metadata that `change` has damaged.
Problem OnlyProblem(const std::function<void(TableMetadata&)>& change) {
  auto metadata = SoundMetadata();
  change(metadata);
  const auto problems = ProblemsOf(metadata);
  EXPECT_EQ(problems.size(), 1U) << ::testing::PrintToString(problems.size());
  return problems.empty() ? Problem() : problems.front();
}

TEST(CheckMetadata, FindsNothingInSoundMetadata) {
  EXPECT_EQ(ProblemsOf(SoundMetadata()), Problems());
}

TEST(CheckMetadata, LetsAParentBeExpired) {
  auto metadata = SoundMetadata();
  metadata = RemoveSnapshots(metadata, {SnapshotId(11)}).ValueOrDie();
  EXPECT_EQ(ProblemsOf(metadata), Problems());
}

TEST(CheckMetadata, NamesARefWhoseSnapshotIsNotThere) {
  const auto problem = OnlyProblem([](TableMetadata& metadata) {
    metadata.refs["audit"] = SnapshotRef{SnapshotId(99), SnapshotRef::Kind::kTag, {}, {}, {}};
  });
  EXPECT_EQ(problem.rule, "reference");
  EXPECT_EQ(problem.where, "ref audit");
  EXPECT_NE(problem.what.find("99"), std::string::npos);
}

TEST(CheckMetadata, HoldsMainToTheCurrentSnapshot) {
  const auto problem = OnlyProblem(
      [](TableMetadata& metadata) { metadata.refs["main"].snapshot_id = SnapshotId(11); });
  EXPECT_EQ(problem.rule, "reference");
  EXPECT_EQ(problem.where, "ref main");
}

TEST(CheckMetadata, HoldsTheSnapshotLogToTheCurrentSnapshot) {
  const auto problem =
      OnlyProblem([](TableMetadata& metadata) { metadata.snapshot_log.pop_back(); });
  EXPECT_EQ(problem.rule, "reference");
  EXPECT_EQ(problem.where, "snapshot-log");
}

TEST(CheckMetadata, HoldsSequenceNumbersBelowTheLast) {
  const auto problem = OnlyProblem(
      [](TableMetadata& metadata) { metadata.last_sequence_number = SequenceNumber(1); });
  EXPECT_EQ(problem.rule, "sequence");
  EXPECT_EQ(problem.where, "snapshot 12");
}

TEST(CheckMetadata, HoldsAChildToBeNewerThanItsParent) {
  auto problem = OnlyProblem(
      [](TableMetadata& metadata) { metadata.snapshots[1].sequence_number = SequenceNumber(1); });
  EXPECT_EQ(problem.rule, "sequence");
  EXPECT_EQ(problem.where, "snapshot 12");
  // A minute is let through: clocks of writers differ.
  auto metadata = SoundMetadata();
  metadata.snapshots[1].timestamp = TimestampMs(2'000'000 - 60'000);
  EXPECT_EQ(ProblemsOf(metadata), Problems());
  problem = OnlyProblem(
      [](TableMetadata& next) { next.snapshots[1].timestamp = TimestampMs(2'000'000 - 60'001); });
  EXPECT_EQ(problem.rule, "sequence");
}

TEST(CheckMetadata, NamesASchemaThatASnapshotNeedsAndIsNotThere) {
  const auto problem =
      OnlyProblem([](TableMetadata& metadata) { metadata.snapshots[0].schema_id = SchemaId(7); });
  EXPECT_EQ(problem.rule, "metadata");
  EXPECT_EQ(problem.where, "snapshot 11");
}

TEST(CheckMetadata, HoldsFieldIdsToLastColumnId) {
  const auto problem =
      OnlyProblem([](TableMetadata& metadata) { metadata.last_column_id = FieldId(0); });
  EXPECT_EQ(problem.rule, "metadata");
  EXPECT_EQ(problem.where, "schema 0");
}

TEST(CheckMetadata, HoldsLogsToTheOrderOfTime) {
  auto problem = OnlyProblem(
      [](TableMetadata& metadata) { metadata.snapshot_log[0].timestamp = TimestampMs(9'000'000); });
  EXPECT_EQ(problem.where, "snapshot-log");
  problem = OnlyProblem([](TableMetadata& metadata) {
    metadata.metadata_log = {{TimestampMs(2'000'000), "a"}, {TimestampMs(1'000'000), "b"}};
  });
  EXPECT_EQ(problem.where, "metadata-log");
}

TEST(CheckMetadata, NamesASourceThatTheCurrentSchemaLacks) {
  const auto problem = OnlyProblem([](TableMetadata& metadata) {
    metadata.partition_specs[0].fields = {
        PartitionField{FieldId(5), FieldId(999), "gone", Transform{}}};
  });
  EXPECT_EQ(problem.rule, "metadata");
  EXPECT_EQ(problem.where, "partition spec 0");
  EXPECT_NE(problem.what.find("gone"), std::string::npos);
}

}  // namespace
}  // namespace artemis
