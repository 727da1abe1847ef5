// Changes of snapshots, refs and the snapshot log.
#include <gtest/gtest.h>

#include "artemis/base/error.h"
#include "artemis/table/sample_table.h"
#include "artemis/table/update.h"

namespace artemis {
namespace {

// Snapshots 1, 2, 3 at 2000, 3000, 4000 ms, each current once.
TableMetadata WithThreeSnapshots() {
  TableMetadata metadata = SampleMetadata();
  for (int64_t i = 1; i <= 3; ++i) {
    Snapshot snapshot = SampleSnapshot(i, i, 1000 + 1000 * i);
    if (i > 1) snapshot.parent_id = SnapshotId(i - 1);
    metadata = AddSnapshot(metadata, snapshot).ValueOrDie();
  }
  return metadata;
}

std::vector<int64_t> LoggedIds(const TableMetadata& metadata) {
  std::vector<int64_t> ids;
  for (const auto& entry : metadata.snapshot_log) ids.push_back(entry.snapshot_id.value);
  return ids;
}

TEST(AddSnapshot, MovesMainAndLogsIt) {
  const TableMetadata metadata =
      AddSnapshot(SampleMetadata(), SampleSnapshot(5, 1, 2000)).ValueOrDie();
  EXPECT_EQ(metadata.current_snapshot_id, SnapshotId(5));
  EXPECT_EQ(metadata.refs.at("main").snapshot_id, SnapshotId(5));
  EXPECT_EQ(metadata.snapshot_log,
            (std::vector<SnapshotLogEntry>{{TimestampMs(2000), SnapshotId(5)}}));
  EXPECT_EQ(metadata.last_sequence_number, SequenceNumber(1));
  EXPECT_EQ(metadata.last_updated, TimestampMs(2000));
  EXPECT_TRUE(Validate(metadata).ok());
}

TEST(AddSnapshot, LeavesMainAloneOnAnotherBranchAndWhenStaged) {
  const TableMetadata before = WithThreeSnapshots();
  const TableMetadata branch =
      AddSnapshot(before, SampleSnapshot(9, 4, 5000), "trial").ValueOrDie();
  EXPECT_EQ(branch.current_snapshot_id, SnapshotId(3));
  EXPECT_EQ(branch.snapshot_log, before.snapshot_log);
  EXPECT_EQ(branch.refs.at("trial").snapshot_id, SnapshotId(9));
  const TableMetadata staged = AddSnapshot(before, SampleSnapshot(9, 4, 5000), "").ValueOrDie();
  EXPECT_EQ(staged.refs, before.refs);
  EXPECT_EQ(staged.snapshots.size(), 4u);
  EXPECT_EQ(staged.last_sequence_number, SequenceNumber(4));
}

TEST(AddSnapshot, RefusesWhatBreaksTheHistory) {
  const TableMetadata metadata = WithThreeSnapshots();
  Snapshot orphan = SampleSnapshot(9, 4, 5000);
  orphan.parent_id = SnapshotId(8);
  EXPECT_TRUE(AddSnapshot(metadata, orphan).status().IsInvalid());
  EXPECT_TRUE(AddSnapshot(metadata, SampleSnapshot(3, 4, 5000)).status().IsInvalid());
  EXPECT_TRUE(AddSnapshot(metadata, SampleSnapshot(9, 3, 5000)).status().IsInvalid());
}

TEST(AddSnapshot, ToleratesAMinuteOfClockSkew) {
  TableMetadata metadata = SampleMetadata();
  metadata.last_updated = TimestampMs(100'000);
  EXPECT_TRUE(AddSnapshot(metadata, SampleSnapshot(5, 1, 40'000)).ok());
  EXPECT_TRUE(AddSnapshot(metadata, SampleSnapshot(5, 1, 39'999)).status().IsInvalid());
  EXPECT_EQ(AddSnapshot(metadata, SampleSnapshot(5, 1, 40'000))->last_updated,
            TimestampMs(100'000));
}

TEST(AddSnapshot, DoesNotMoveATag) {
  TableMetadata metadata = WithThreeSnapshots();
  metadata.refs["t"] = {SnapshotId(1), SnapshotRef::Kind::kTag, {}, {}, {}};
  EXPECT_TRUE(AddSnapshot(metadata, SampleSnapshot(9, 4, 5000), "t").status().IsInvalid());
}

TEST(AddSnapshot, CountsRowIdsInV3) {
  TableMetadata metadata = SampleMetadata(3);
  metadata.next_row_id = 100;
  Snapshot snapshot = SampleSnapshot(5, 1, 2000);
  EXPECT_TRUE(AddSnapshot(metadata, snapshot).status().IsInvalid());
  snapshot.added_rows = 20;
  snapshot.first_row_id = 99;
  EXPECT_TRUE(AddSnapshot(metadata, snapshot).status().IsInvalid());
  snapshot.first_row_id = 100;
  EXPECT_EQ(AddSnapshot(metadata, snapshot)->next_row_id, 120);
}

TEST(NextSnapshotTime, IsAfterEverythingTheTableHasSeen) {
  TableMetadata metadata = WithThreeSnapshots();
  EXPECT_EQ(NextSnapshotTime(metadata, TimestampMs(9000)), TimestampMs(9000));
  EXPECT_EQ(NextSnapshotTime(metadata, TimestampMs(4000)), TimestampMs(4001));
  EXPECT_EQ(NextSnapshotTime(metadata, TimestampMs(0)), TimestampMs(4001));
  metadata.last_updated = TimestampMs(7000);
  EXPECT_EQ(NextSnapshotTime(metadata, TimestampMs(0)), TimestampMs(7001));
}

TEST(SetMainSnapshot, LogsARollbackAtItsOwnTime) {
  const TableMetadata metadata =
      SetMainSnapshot(WithThreeSnapshots(), SnapshotId(1), TimestampMs(8000)).ValueOrDie();
  EXPECT_EQ(metadata.current_snapshot_id, SnapshotId(1));
  EXPECT_EQ(metadata.refs.at("main").snapshot_id, SnapshotId(1));
  EXPECT_EQ(LoggedIds(metadata), (std::vector<int64_t>{1, 2, 3, 1}));
  EXPECT_EQ(metadata.snapshot_log.back().timestamp, TimestampMs(8000));
  EXPECT_EQ(metadata.last_updated, TimestampMs(8000));
  EXPECT_TRUE(Validate(metadata).ok());
}

TEST(SetMainSnapshot, ChangesNothingForTheCurrentOne) {
  const TableMetadata before = WithThreeSnapshots();
  EXPECT_EQ(SetMainSnapshot(before, SnapshotId(3), TimestampMs(8000)).ValueOrDie(), before);
}

TEST(SetMainSnapshot, RefusesAnUnknownSnapshot) {
  const arrow::Status status =
      SetMainSnapshot(WithThreeSnapshots(), SnapshotId(4), TimestampMs(8000)).status();
  EXPECT_NE(FindDetail<NoSuchSnapshot>(status), nullptr);
}

TEST(SetRef, SetsTagsAndBranches) {
  SnapshotRef tag{SnapshotId(2), SnapshotRef::Kind::kTag, {}, {}, 5000};
  const TableMetadata metadata = SetRef(WithThreeSnapshots(), "incident", tag).ValueOrDie();
  EXPECT_EQ(metadata.refs.at("incident"), tag);
  EXPECT_EQ(RemoveRef(metadata, "incident")->refs.count("incident"), 0u);
}

TEST(SetRef, RefusesWhatCannotBe) {
  const TableMetadata metadata = WithThreeSnapshots();
  const SnapshotRef branch{SnapshotId(2), SnapshotRef::Kind::kBranch, {}, {}, {}};
  const SnapshotRef tag{SnapshotId(2), SnapshotRef::Kind::kTag, {}, {}, {}};
  const SnapshotRef unknown{SnapshotId(9), SnapshotRef::Kind::kTag, {}, {}, {}};
  const SnapshotRef keeping{SnapshotId(2), SnapshotRef::Kind::kTag, 3, {}, {}};
  EXPECT_TRUE(SetRef(metadata, "main", branch).status().IsInvalid());
  EXPECT_TRUE(SetRef(metadata, "main", tag).status().IsInvalid());
  EXPECT_TRUE(SetRef(metadata, "", tag).status().IsInvalid());
  EXPECT_TRUE(SetRef(metadata, "t", keeping).status().IsInvalid());
  EXPECT_NE(FindDetail<NoSuchSnapshot>(SetRef(metadata, "t", unknown).status()), nullptr);
  const TableMetadata tagged = SetRef(metadata, "t", tag).ValueOrDie();
  EXPECT_TRUE(SetRef(tagged, "t", branch).status().IsInvalid());
}

TEST(SetRef, ChangesTheRetentionOfMain) {
  const SnapshotRef keeping{SnapshotId(3), SnapshotRef::Kind::kBranch, 10, {}, {}};
  const TableMetadata metadata = SetRef(WithThreeSnapshots(), "main", keeping).ValueOrDie();
  EXPECT_EQ(metadata.refs.at("main").min_snapshots_to_keep, 10);
  EXPECT_EQ(LoggedIds(metadata), (std::vector<int64_t>{1, 2, 3}));
}

TEST(RemoveRef, KeepsMainAndNamesAnUnknownRef) {
  EXPECT_TRUE(RemoveRef(WithThreeSnapshots(), "main").status().IsInvalid());
  const arrow::Status status = RemoveRef(WithThreeSnapshots(), "gone").status();
  ASSERT_NE(FindDetail<NoSuchSnapshot>(status), nullptr);
  EXPECT_EQ(FindDetail<NoSuchSnapshot>(status)->asked, "gone");
}

TEST(RemoveSnapshots, CutsTheLogUpToTheLastRemovedEntry) {
  const TableMetadata metadata =
      RemoveSnapshots(WithThreeSnapshots(), {SnapshotId(2), SnapshotId(99)}).ValueOrDie();
  EXPECT_EQ(metadata.snapshots.size(), 2u);
  EXPECT_EQ(LoggedIds(metadata), (std::vector<int64_t>{3}));
  EXPECT_TRUE(Validate(metadata).ok());
}

TEST(RemoveSnapshots, KeepsWhatIsCurrentOrNamed) {
  TableMetadata metadata = WithThreeSnapshots();
  metadata.refs["t"] = {SnapshotId(1), SnapshotRef::Kind::kTag, {}, {}, {}};
  EXPECT_TRUE(RemoveSnapshots(metadata, {SnapshotId(3)}).status().IsInvalid());
  const arrow::Status status = RemoveSnapshots(metadata, {SnapshotId(1)}).status();
  EXPECT_NE(status.message().find("'t'"), std::string::npos) << status;
}

TEST(RemoveSnapshots, DropsTheirStatistics) {
  TableMetadata metadata = WithThreeSnapshots();
  metadata.carried_json = {{"statistics", R"([{"snapshot-id":1},{"snapshot-id":3}])"},
                           {"encryption-keys", "[]"}};
  metadata = RemoveSnapshots(metadata, {SnapshotId(1)}).ValueOrDie();
  EXPECT_EQ(metadata.carried_json.at("statistics"), R"([{"snapshot-id":3}])");
  EXPECT_EQ(metadata.carried_json.at("encryption-keys"), "[]");
}

TEST(SetRef, KeepsRetentionAndRefusesWhatARefCannotHave) {
  const TableMetadata metadata = WithThreeSnapshots();
  SnapshotRef branch;
  branch.snapshot_id = SnapshotId(2);
  branch.min_snapshots_to_keep = 5;
  branch.max_snapshot_age_ms = 1000;
  branch.max_ref_age_ms = 2000;
  EXPECT_EQ(SetRef(metadata, "trial", branch)->refs.at("trial"), branch);
  SnapshotRef zero = branch;
  zero.max_ref_age_ms = 0;
  EXPECT_TRUE(SetRef(metadata, "trial", zero).status().IsInvalid());
  zero = branch;
  zero.min_snapshots_to_keep = -1;
  EXPECT_TRUE(SetRef(metadata, "trial", zero).status().IsInvalid());
  SnapshotRef main = branch;
  main.snapshot_id = SnapshotId(3);
  EXPECT_TRUE(SetRef(metadata, "main", main).status().IsInvalid());
  main.max_ref_age_ms.reset();
  EXPECT_EQ(SetRef(metadata, "main", main)->refs.at("main").min_snapshots_to_keep, 5);
}

}  // namespace
}  // namespace artemis
