// The upgrade of tables whose snapshots embed their manifests, as version 1 allowed it.
#include "artemis/commit/upgrade.h"

#include "artemis/base/error.h"
#include "artemis/catalog/open_catalog.h"
#include "artemis/commit/commit.h"
#include "artemis/commit/commit_fixture.h"
#include "artemis/io/faulty_file_system.h"
#include "artemis/io/file_system.h"
#include "artemis/table/manifest_avro.h"
#include "artemis/table/update.h"

namespace artemis {
namespace {

using Names = std::set<std::string>;

// Two snapshots: the first embeds the manifest of "a", the second those of "a" and "b".
class UpgradeTest : public CommitTest {
 protected:
  UpgradeTest() : CommitTest(1) {}

  void SetUp() override {
    CommitTest::SetUp();
    const std::string a = WriteOldManifest("a"), b = WriteOldManifest("b");
    TableMetadata metadata = *Metadata();
    AddOldSnapshot(1, {a}, &metadata);
    AddOldSnapshot(2, {a, b}, &metadata);
    const auto committed = real_->Commit(*real_->Load(name_), metadata, {"test", "ada"});
    ASSERT_TRUE(committed.ok()) << committed.status();
  }

  std::string WriteOldManifest(const std::string& name) {
    ManifestEntry entry;
    entry.file = File(name);
    WriteManifestOptions options;
    options.snapshot_id = SnapshotId(1);
    const std::string path = Metadata()->location + "/metadata/" + name + ".avro";
    const auto written = WriteManifest(path, Metadata()->CurrentSchema(), Metadata()->DefaultSpec(),
                                       {entry}, options);
    EXPECT_TRUE(written.ok()) << written.status();
    EXPECT_TRUE(real_->files().WriteNew(path, written->bytes).ok());
    return path;
  }

  static void AddOldSnapshot(int64_t id, std::vector<std::string> manifests,
                             TableMetadata* metadata) {
    Snapshot snapshot;
    snapshot.id = SnapshotId(id);
    if (id > 1) snapshot.parent_id = SnapshotId(id - 1);
    snapshot.timestamp = NextSnapshotTime(*metadata, TimestampMs(0));
    snapshot.embedded_manifests = std::move(manifests);
    *metadata = AddSnapshot(*metadata, snapshot).ValueOrDie();
  }

  // Lists on disk, and those that snapshots name.
  std::pair<size_t, size_t> Lists() const {
    size_t on_disk = 0, named = 0;
    for (const auto& name : FilesOnDisk()) on_disk += name.starts_with("snap-") ? 1 : 0;
    for (const auto& snapshot : Metadata()->snapshots)
      named += snapshot.manifest_list.empty() ? 0 : 1;
    return {on_disk, named};
  }
};

using ListCounts = std::pair<size_t, size_t>;

TEST_F(UpgradeTest, GivesSnapshotsThatEmbedTheirManifestsAList) {
  const auto upgraded = UpgradeTable(*real_, name_, 2, options_);
  ASSERT_TRUE(upgraded.ok()) << upgraded.status();
  EXPECT_EQ(Metadata()->format_version, 2);
  EXPECT_EQ(Lists(), ListCounts(2, 2));
  EXPECT_EQ(LiveNames(SnapshotId(1)), Names({"a"}));
  EXPECT_EQ(LiveNames(SnapshotId(2)), Names({"a", "b"}));
  // Files of version 1 have sequence number 0 (specification, "Sequence Number Inheritance").
  for (const auto& entry : Entries()) EXPECT_EQ(entry.data_sequence_number, SequenceNumber(0));
  Append("c");
  EXPECT_EQ(LiveNames(), Names({"a", "b", "c"}));
  EXPECT_EQ(Current().sequence_number, SequenceNumber(1));
}

TEST_F(UpgradeTest, GoesStraightToVersion3) {
  ASSERT_TRUE(UpgradeTable(*real_, name_, 3, options_).ok());
  EXPECT_EQ(LiveNames(), Names({"a", "b"}));
  Append("c");
  EXPECT_EQ(LiveNames(), Names({"a", "b", "c"}));
}

TEST_F(UpgradeTest, ChangesNothingWhereTheVersionIsThereOrLower) {
  ASSERT_TRUE(UpgradeTable(*real_, name_, 2, options_).ok());
  const auto before = real_->Load(name_)->metadata_location;
  EXPECT_TRUE(UpgradeTable(*real_, name_, 2, options_).ok());
  EXPECT_TRUE(UpgradeTable(*real_, name_, 1, options_).status().IsInvalid());
  EXPECT_TRUE(UpgradeTable(*real_, name_, 4, options_).status().IsInvalid());
  EXPECT_EQ(real_->Load(name_)->metadata_location, before);
  EXPECT_EQ(Lists(), ListCounts(2, 2));
}

// C3
TEST_F(UpgradeTest, WritesItsListsAnewForTheNewestMetadata) {
  catalog_->before_swap = [&] {
    if (catalog_->swaps > 1) return;
    const auto base = *real_->Load(name_);
    const auto other = SetProperties(*base.metadata, {{"by", "others"}});
    EXPECT_TRUE(real_->Commit(base, other, {"alter", "bob"}).ok());
  };
  const auto upgraded = UpgradeTable(*catalog_, name_, 2, options_);
  ASSERT_TRUE(upgraded.ok()) << upgraded.status();
  EXPECT_EQ(upgraded->attempts, 2);
  EXPECT_EQ(Metadata()->properties.at("by"), "others");
  EXPECT_EQ(Lists(), ListCounts(2, 2));
}

// C5
TEST_F(UpgradeTest, KeepsItsListsWhereTheOutcomeIsUnknown) {
  catalog_->lose_reply = true;
  EXPECT_TRUE(IsUnknown(UpgradeTable(*catalog_, name_, 2, options_).status()));
  EXPECT_EQ(Metadata()->format_version, 2);
  EXPECT_EQ(Lists(), ListCounts(2, 2));
}

TEST_F(UpgradeTest, LeavesNothingBehindWhereAManifestIsMissing) {
  TableMetadata metadata = *Metadata();
  AddOldSnapshot(3, {Metadata()->location + "/metadata/gone.avro"}, &metadata);
  ASSERT_TRUE(real_->Commit(*real_->Load(name_), metadata, {"test", "ada"}).ok());
  const auto status = UpgradeTable(*real_, name_, 2, options_).status();
  EXPECT_NE(status.message().find("gone.avro"), std::string::npos) << status;
  EXPECT_EQ(Metadata()->format_version, 1);
  EXPECT_EQ(Lists(), ListCounts(0, 0));
}

}  // namespace
}  // namespace artemis
