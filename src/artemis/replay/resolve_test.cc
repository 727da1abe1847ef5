#include "artemis/replay/resolve.h"

#include <filesystem>

#include <gtest/gtest.h>

#include "artemis/base/error.h"
#include "artemis/base/uuid.h"
#include "artemis/catalog/open_catalog.h"
#include "artemis/io/file_system.h"
#include "artemis/table/update.h"

namespace artemis {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kCreated = 1'700'000'000'000;

// A table made of metadata alone: resolution reads nothing else.
class ResolveTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(::testing::TempDir()) / ("resolve-" + RandomUuid());
    CatalogOptions options;
    options.warehouse = folder_.string();
    options.create = true;
    options.clock = &clock_;
    catalog_ = *OpenCatalog(options);
    NewTable table;
    table.location = catalog_->DefaultLocation(name_);
    Field voltage;
    voltage.id = FieldId(1);
    voltage.name = "voltage";
    voltage.type = Type::Of(TypeKind::kDouble);
    table.schema.fields = {voltage};
    table_ = *catalog_->Create(name_, *MakeTableMetadata(table, clock_.Now()), {"create", "ada"});
  }
  void TearDown() override { fs::remove_all(folder_); }

  void Commit(TableMetadata next, const std::string& operation) {
    auto committed = catalog_->Commit(table_, std::move(next), {operation, "ada"});
    ASSERT_TRUE(committed.ok()) << committed.status();
    table_ = *committed;
  }

  void AppendAt(int64_t after_creation_ms, int64_t id) {
    clock_.Set(TimestampMs(kCreated + after_creation_ms));
    Snapshot snapshot;
    snapshot.id = SnapshotId(id);
    snapshot.parent_id = table_.metadata->current_snapshot_id;
    snapshot.sequence_number = SequenceNumber(table_.metadata->last_sequence_number.value + 1);
    snapshot.timestamp = clock_.Now();
    snapshot.manifest_list = "file:///none";
    snapshot.summary["operation"] = "append";
    snapshot.schema_id = table_.metadata->current_schema_id;
    Commit(*AddSnapshot(*table_.metadata, snapshot), "append");
  }

  // What an expiring tool leaves: the snapshot gone, and the log cut after it.
  void Expire(int64_t id) {
    TableMetadata next = *table_.metadata;
    std::erase_if(next.snapshots, [&](const auto& snapshot) { return snapshot.id.value == id; });
    const auto last =
        std::find_if(next.snapshot_log.rbegin(), next.snapshot_log.rend(),
                     [&](const auto& entry) { return entry.snapshot_id.value == id; });
    next.snapshot_log.erase(next.snapshot_log.begin(), last.base());
    Commit(std::move(next), "expire");
  }

  // What PyIceberg leaves: it drops the snapshot's own log entries only, and its children's parent.
  void ExpireAsPyIceberg(int64_t id) {
    TableMetadata next = *table_.metadata;
    std::erase_if(next.snapshots, [&](const auto& snapshot) { return snapshot.id.value == id; });
    std::erase_if(next.snapshot_log,
                  [&](const auto& entry) { return entry.snapshot_id.value == id; });
    for (auto& snapshot : next.snapshots) {
      if (snapshot.parent_id == SnapshotId(id)) snapshot.parent_id.reset();
    }
    Commit(std::move(next), "expire");
  }

  // What iceberg-go leaves: it drops the snapshot and its own log entries, and its children's parent is gone.
  void ExpireAsIcebergGo(int64_t id) {
    TableMetadata next = *table_.metadata;
    std::erase_if(next.snapshots, [&](const auto& snapshot) { return snapshot.id.value == id; });
    std::erase_if(next.snapshot_log,
                  [&](const auto& entry) { return entry.snapshot_id.value == id; });
    Commit(std::move(next), "expire");
  }

  void RollBackAt(int64_t after_creation_ms, int64_t id) {
    clock_.Set(TimestampMs(kCreated + after_creation_ms));
    Commit(*SetMainSnapshot(*table_.metadata, SnapshotId(id), clock_.Now()), "rollback");
  }

  // The same table, of which nothing is known but its metadata.
  void ForgetTimeline() {
    TableMetadata odd = *table_.metadata;
    odd.metadata_log.clear();
    odd.table_uuid = RandomUuid();
    table_.metadata = std::make_shared<const TableMetadata>(odd);
  }

  bool IsExpiredAt(int64_t after_creation_ms) {
    return FindDetail<SnapshotExpired>(At(after_creation_ms).status()) != nullptr;
  }

  // The same table in a new catalog, which knows only what the metadata files say.
  void MoveToNewCatalog() {
    CatalogOptions options;
    options.warehouse = (folder_ / "other").string();
    options.create = true;
    options.clock = &clock_;
    catalog_ = *OpenCatalog(options);
    table_ = *catalog_->Register(name_, table_.metadata_location, {"register", "ada"});
  }

  arrow::Result<PinnedSnapshot> At(int64_t after_creation_ms,
                                   ProjectionMode mode = ProjectionMode::kSnapshotTime) {
    return Resolve(*catalog_, table_, TimestampMs(kCreated + after_creation_ms), mode);
  }
  std::optional<int64_t> IdAt(int64_t after_creation_ms) {
    const auto pin = At(after_creation_ms);
    EXPECT_TRUE(pin.ok()) << pin.status();
    if (!pin.ok() || !pin->view.snapshot_id) return std::nullopt;
    return pin->view.snapshot_id->value;
  }

  fs::path folder_;
  FixedClock clock_{TimestampMs(kCreated)};
  TableName name_{{"sda"}, "t"};
  std::shared_ptr<Catalog> catalog_;
  LoadedTable table_;
};

TEST_F(ResolveTest, TakesTheLastCommitAtOrBeforeTheTime) {
  AppendAt(1000, 11);
  AppendAt(2000, 12);
  EXPECT_EQ(IdAt(1000), 11);
  EXPECT_EQ(IdAt(1999), 11);
  EXPECT_EQ(IdAt(2000), 12);
  EXPECT_EQ(IdAt(999'999), 12);
}

TEST_F(ResolveTest, GivesAnEmptyTableBetweenCreationAndFirstCommit) {
  AppendAt(1000, 11);
  const auto pin = At(500);
  ASSERT_TRUE(pin.ok()) << pin.status();
  EXPECT_FALSE(pin->view.snapshot_id.has_value());
  EXPECT_EQ(pin->view.schema->fields.at(0).name, "voltage");
}

TEST_F(ResolveTest, NamesTheCreationTimeWhenTheTableDidNotExistYet) {
  AppendAt(1000, 11);
  const auto pin = At(-1);
  const auto* detail = FindDetail<NoSuchTable>(pin.status());
  ASSERT_NE(detail, nullptr) << pin.status();
  EXPECT_EQ(detail->created_at, TimestampMs(kCreated));
}

TEST_F(ResolveTest, NamesTheOldestTimeWhenHistoryWasCut) {
  AppendAt(1000, 11);
  AppendAt(2000, 12);
  clock_.Set(TimestampMs(kCreated + 3000));
  Expire(11);
  const auto pin = At(1500);
  const auto* detail = FindDetail<SnapshotExpired>(pin.status());
  ASSERT_NE(detail, nullptr) << pin.status();
  EXPECT_EQ(detail->oldest_available, TimestampMs(kCreated + 2000));
  EXPECT_EQ(IdAt(2000), 12);
  const auto by_id = Resolve(*catalog_, table_, SnapshotId(11));
  EXPECT_NE(FindDetail<SnapshotExpired>(by_id.status()), nullptr) << by_id.status();
}

TEST_F(ResolveTest, UsesTheTimelineWhereTheLogWasCutAndTheSnapshotWasKept) {
  AppendAt(1000, 11);
  AppendAt(2000, 12);
  AppendAt(3000, 13);
  clock_.Set(TimestampMs(kCreated + 4000));
  Expire(12);
  // The log now begins at 13, but snapshot 11 is still in the table and our timeline knows when it was current.
  EXPECT_EQ(IdAt(1500), 11);
  EXPECT_NE(FindDetail<SnapshotExpired>(At(2500).status()), nullptr);
}

TEST_F(ResolveTest, AsksOldMetadataWhenTheCutLogLooksWhole) {
  AppendAt(1000, 11);
  AppendAt(2000, 12);
  clock_.Set(TimestampMs(kCreated + 3000));
  ExpireAsPyIceberg(11);
  MoveToNewCatalog();
  const auto pin = At(1500);
  const auto* detail = FindDetail<SnapshotExpired>(pin.status());
  ASSERT_NE(detail, nullptr) << pin.status();
  EXPECT_EQ(detail->oldest_available, TimestampMs(kCreated + 2000));
  EXPECT_EQ(At(500)->view.snapshot_id, std::nullopt);
  EXPECT_EQ(IdAt(2000), 12);
}

TEST_F(ResolveTest, RefusesATimeWhoseEntryIsMissingInTheMiddleOfTheLog) {
  AppendAt(1000, 11);
  AppendAt(2000, 12);
  AppendAt(3000, 13);
  clock_.Set(TimestampMs(kCreated + 4000));
  ExpireAsPyIceberg(12);
  MoveToNewCatalog();
  EXPECT_EQ(IdAt(1999), 11);
  EXPECT_NE(FindDetail<SnapshotExpired>(At(2000).status()), nullptr);
  EXPECT_NE(FindDetail<SnapshotExpired>(At(2999).status()), nullptr);
  EXPECT_EQ(IdAt(3000), 13);
}

TEST_F(ResolveTest, RefusesATimeWhoseChildrenNameAParentThatIsGone) {
  AppendAt(1000, 11);
  AppendAt(2000, 12);
  AppendAt(3000, 13);
  clock_.Set(TimestampMs(kCreated + 4000));
  ExpireAsIcebergGo(12);
  MoveToNewCatalog();
  EXPECT_EQ(IdAt(1999), 11);
  EXPECT_TRUE(IsExpiredAt(2000));
  EXPECT_TRUE(IsExpiredAt(2999));
  EXPECT_EQ(IdAt(3000), 13);
  ForgetTimeline();
  EXPECT_TRUE(IsExpiredAt(2000));
  EXPECT_EQ(IdAt(3000), 13);
}

// What was rolled back and then expired stood between two entries that are both there.
TEST_F(ResolveTest, RefusesATimeWhoseSnapshotWasRolledBackAndThenExpired) {
  for (const bool moved : {false, true}) {
    SCOPED_TRACE(moved);
    TearDown();
    clock_.Set(TimestampMs(kCreated));
    SetUp();
    for (const int64_t id : {11, 12, 13, 14}) AppendAt(1000 * (id - 10), id);
    RollBackAt(5000, 11);
    clock_.Set(TimestampMs(kCreated + 6000));
    ExpireAsPyIceberg(13);
    ExpireAsPyIceberg(14);
    if (moved) MoveToNewCatalog();
    EXPECT_EQ(IdAt(2999), 12);
    EXPECT_TRUE(IsExpiredAt(3000));
    EXPECT_TRUE(IsExpiredAt(4999));
    EXPECT_EQ(IdAt(5000), 11);
  }
}

TEST_F(ResolveTest, RefusesATimeBetweenTwoEntriesOfOneSnapshot) {
  AppendAt(1000, 11);
  AppendAt(2000, 12);
  RollBackAt(3000, 11);
  clock_.Set(TimestampMs(kCreated + 4000));
  ExpireAsPyIceberg(12);
  ForgetTimeline();
  EXPECT_TRUE(IsExpiredAt(2500));
  EXPECT_EQ(IdAt(3000), 11);
}

// A parent that was never current itself, as in a transaction of two commits, is no sign of a gap.
TEST_F(ResolveTest, ATransactionsOwnSnapshotIsNoGap) {
  AppendAt(1000, 11);
  AppendAt(2000, 12);
  AppendAt(3000, 13);
  TableMetadata odd = *table_.metadata;
  odd.snapshot_log.erase(odd.snapshot_log.begin() + 1);
  table_.metadata = std::make_shared<const TableMetadata>(odd);
  ForgetTimeline();
  EXPECT_EQ(IdAt(2500), 11);
}

// The time it names has to resolve.
TEST_F(ResolveTest, NamesAsOldestNoTimeThatItRefuses) {
  AppendAt(1000, 11);
  AppendAt(2000, 12);
  AppendAt(3000, 13);
  clock_.Set(TimestampMs(kCreated + 4000));
  ExpireAsPyIceberg(12);
  ForgetTimeline();
  const auto pin = At(1000);
  const auto* detail = FindDetail<SnapshotExpired>(pin.status());
  ASSERT_NE(detail, nullptr) << pin.status();
  EXPECT_EQ(detail->oldest_available, TimestampMs(kCreated + 3000));
  EXPECT_EQ(IdAt(3000), 13);
}

TEST_F(ResolveTest, RefusesATimeThatOnlyLostMetadataCouldTell) {
  AppendAt(1000, 11);
  AppendAt(2000, 12);
  const std::string first_commit = table_.metadata->metadata_log.back().metadata_file;
  clock_.Set(TimestampMs(kCreated + 3000));
  ExpireAsPyIceberg(11);
  MoveToNewCatalog();
  ASSERT_TRUE(LocalFileSystem().Delete(first_commit).ok());
  EXPECT_NE(FindDetail<SnapshotExpired>(At(1500).status()), nullptr);
}

TEST_F(ResolveTest, FollowsRollbacksByTheLogAndNotBySnapshotTimes) {
  AppendAt(1000, 11);
  AppendAt(2000, 12);
  clock_.Set(TimestampMs(kCreated + 3000));
  Commit(*SetMainSnapshot(*table_.metadata, SnapshotId(11), clock_.Now()), "rollback");
  EXPECT_EQ(IdAt(2500), 12);
  EXPECT_EQ(IdAt(3500), 11);
}

TEST_F(ResolveTest, AcceptsALogThatIsOutOfOrderAndTakesTheLastOfEqualTimes) {
  AppendAt(1000, 11);
  AppendAt(2000, 12);
  TableMetadata odd = *table_.metadata;
  odd.snapshot_log = {{TimestampMs(kCreated + 2000), SnapshotId(12)},
                      {TimestampMs(kCreated + 1000), SnapshotId(11)}};
  table_.metadata = std::make_shared<const TableMetadata>(odd);
  EXPECT_EQ(IdAt(2500), 12);
  EXPECT_EQ(IdAt(1500), 11);
  odd.snapshot_log = {{TimestampMs(kCreated + 1000), SnapshotId(11)},
                      {TimestampMs(kCreated + 1000), SnapshotId(12)}};
  table_.metadata = std::make_shared<const TableMetadata>(odd);
  EXPECT_EQ(IdAt(1000), 12);
}

TEST_F(ResolveTest, SaysSoWhenThereIsNoSnapshotLog) {
  AppendAt(1000, 11);
  TableMetadata odd = *table_.metadata;
  odd.snapshot_log.clear();
  odd.has_snapshot_log = false;
  table_.metadata = std::make_shared<const TableMetadata>(odd);
  const auto pin = At(1500);
  EXPECT_TRUE(pin.status().IsInvalid());
  EXPECT_NE(pin.status().message().find("snapshot-log"), std::string::npos) << pin.status();
}

TEST_F(ResolveTest, ReadsTheSchemaOfTheSnapshotOrTodays) {
  AppendAt(1000, 11);
  Schema renamed = table_.metadata->CurrentSchema();
  renamed.fields[0].name = "panel_voltage";
  clock_.Set(TimestampMs(kCreated + 2000));
  Commit(*SetCurrentSchema(*table_.metadata, renamed, table_.metadata->last_column_id), "alter");
  EXPECT_EQ(At(5000)->view.schema->fields[0].name, "voltage");
  EXPECT_EQ(At(5000, ProjectionMode::kCurrent)->view.schema->fields[0].name, "panel_voltage");
  EXPECT_EQ(Resolve(*catalog_, table_, ReplayTarget())->view.schema->fields[0].name,
            "panel_voltage");
}

TEST_F(ResolveTest, TellsUnknownSnapshotsAndRefs) {
  AppendAt(1000, 11);
  EXPECT_NE(FindDetail<NoSuchSnapshot>(Resolve(*catalog_, table_, SnapshotId(99)).status()),
            nullptr);
  const auto ref = Resolve(*catalog_, table_, std::string("nightly"));
  EXPECT_NE(FindDetail<NoSuchSnapshot>(ref.status()), nullptr);
  EXPECT_NE(ref.status().message().find("main"), std::string::npos) << ref.status();
  EXPECT_EQ(Resolve(*catalog_, table_, std::string("main"))->view.snapshot_id, SnapshotId(11));
}

}  // namespace
}  // namespace artemis
