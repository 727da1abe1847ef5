// Histories that others wrote: out of order, with holes, with changes that nobody knows.
#include "artemis/timetravel/snapshot_history.h"

#include <algorithm>

#include "artemis/timetravel/timetravel_fixture.h"

namespace artemis {
namespace {

class SnapshotHistoryTest : public TimeTravelTest {
 protected:
  void SetUp() override {
    TimeTravelTest::SetUp();
    table_.emplace(MakeTable());
    for (int i = 0; i < 3; ++i) {
      ids_[i] = AppendAt(*table_, Noon((i + 1) * kMinuteMs), R"({"volts": 1})");
    }
  }
  // The history of the table with other metadata.
  std::vector<CurrentInterval> With(const std::function<void(TableMetadata&)>& change) {
    LoadedTable table = table_->Load().ValueOrDie();
    auto metadata = std::make_shared<TableMetadata>(*table.metadata);
    change(*metadata);
    table.metadata = metadata;
    return SnapshotHistory(table_->catalog(), table).ValueOrDie();
  }
  static TimestampMs At(int minute) { return Noon(minute * kMinuteMs); }

  std::optional<Table> table_;
  SnapshotId ids_[3];
};

// Clocks differ by up to a minute: the log is legal in any order, and is read as times are resolved.
TEST_F(SnapshotHistoryTest, ALogOutOfOrderIsPutInOrder) {
  const auto found = With([](TableMetadata& metadata) {
    std::swap(metadata.snapshot_log[0], metadata.snapshot_log[1]);
  });
  const std::vector<CurrentInterval> expected = {{ids_[0], At(1), At(2), false, false},
                                                 {ids_[1], At(2), At(3), false, false},
                                                 {ids_[2], At(3), std::nullopt, false, false}};
  EXPECT_EQ(found, expected);
}

TEST_F(SnapshotHistoryTest, OfEqualTimesTheLastCounts) {
  const auto found = With([&](TableMetadata& metadata) {
    metadata.snapshot_log[1].timestamp = At(1);
    metadata.snapshots[1].timestamp = At(1);
  });
  const std::vector<CurrentInterval> expected = {{ids_[0], At(1), At(1), false, false},
                                                 {ids_[1], At(1), At(3), false, false},
                                                 {ids_[2], At(3), std::nullopt, false, false}};
  EXPECT_EQ(found, expected);
}

// PyIceberg takes the expired snapshot's entry out of the middle of the log, and the parent of the next.
TEST_F(SnapshotHistoryTest, AHoleInTheLogIsFilledFromTheCatalogsHistory) {
  const auto found = With([&](TableMetadata& metadata) {
    metadata.snapshot_log.erase(metadata.snapshot_log.begin() + 1);
    metadata.snapshots[2].parent_id.reset();
    metadata.snapshots.erase(metadata.snapshots.begin() + 1);
  });
  const std::vector<CurrentInterval> expected = {{ids_[0], At(1), At(2), false, false},
                                                 {ids_[1], At(2), At(3), false, true},
                                                 {ids_[2], At(3), std::nullopt, false, false}};
  EXPECT_EQ(found, expected);
}

// iceberg-go leaves the parent's name in the next one.
TEST_F(SnapshotHistoryTest, AHoleBeforeAChildOfWhatIsGoneIsFilled) {
  const auto found = With([&](TableMetadata& metadata) {
    metadata.snapshot_log.erase(metadata.snapshot_log.begin() + 1);
    metadata.snapshots.erase(metadata.snapshots.begin() + 1);
  });
  const std::vector<CurrentInterval> expected = {{ids_[0], At(1), At(2), false, false},
                                                 {ids_[1], At(2), At(3), false, true},
                                                 {ids_[2], At(3), std::nullopt, false, false}};
  EXPECT_EQ(found, expected);
}

TEST_F(SnapshotHistoryTest, WhatWasRolledBackAndThenExpiredIsFilledIn) {
  clock_.Set(At(4));
  ASSERT_TRUE(table_->RollbackTo(ids_[0]).ok());
  const auto found = With([&](TableMetadata& metadata) {
    metadata.snapshot_log.erase(metadata.snapshot_log.begin() + 2);
    metadata.snapshots.erase(metadata.snapshots.begin() + 2);
  });
  const std::vector<CurrentInterval> expected = {{ids_[0], At(1), At(2), false, false},
                                                 {ids_[1], At(2), At(3), false, false},
                                                 {ids_[2], At(3), At(4), false, true},
                                                 {ids_[0], At(4), std::nullopt, true, false}};
  EXPECT_EQ(found, expected);
}

TEST_F(SnapshotHistoryTest, ASnapshotThatIsGoneButStillInTheLogIsExpired) {
  const auto found =
      With([](TableMetadata& metadata) { metadata.snapshots.erase(metadata.snapshots.begin()); });
  ASSERT_EQ(found.size(), 3u);
  EXPECT_TRUE(found[0].is_expired);
  EXPECT_FALSE(found[1].is_expired);
}

TEST_F(SnapshotHistoryTest, ARollbackAcrossACutLogIsOneByItsLineage) {
  clock_.Set(At(4));
  ASSERT_TRUE(table_->RollbackTo(ids_[1]).ok());
  const auto found = With([](TableMetadata& metadata) {
    metadata.snapshot_log.erase(metadata.snapshot_log.begin(), metadata.snapshot_log.begin() + 2);
  });
  ASSERT_EQ(found.size(), 4u);
  EXPECT_EQ(found[3].snapshot_id, ids_[1]);
  EXPECT_TRUE(found[3].is_rollback);
}

}  // namespace
}  // namespace artemis
