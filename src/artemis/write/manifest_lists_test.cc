// Manifest lists for v1 snapshots that embed their manifests.
#include "artemis/write/manifest_lists.h"

#include <filesystem>

#include <gtest/gtest.h>

#include "artemis/io/fault_plan.h"
#include "artemis/io/faulty_file_system.h"
#include "artemis/io/file_system.h"
#include "artemis/io/location.h"
#include "artemis/io/test_folder.h"
#include "artemis/table/manifest_avro.h"
#include "artemis/table/update.h"

namespace artemis {
namespace {

class ManifestListsTest : public ::testing::Test {
 protected:
  // A manifest of one file of `rows` rows; as v1 writers leave it, it carries no sequence numbers.
  std::string AddManifest(const std::string& name, int64_t rows) {
    ManifestEntry entry;
    entry.file.path = folder_.File(name + ".parquet");
    entry.file.partition = {LiteralValue(int32_t{static_cast<int32_t>(rows)})};
    entry.file.record_count = rows;
    WriteManifestOptions options;
    options.snapshot_id = SnapshotId(1);
    const std::string path = folder_.File(name + ".avro");
    const auto written =
        WriteManifest(path, metadata_.CurrentSchema(), metadata_.DefaultSpec(), {entry}, options);
    EXPECT_TRUE(written.ok()) << written.status();
    EXPECT_TRUE(LocalFileSystem().WriteNew(path, written->bytes).ok());
    return path;
  }

  void AddSnapshotOf(int64_t id, std::vector<std::string> manifests) {
    Snapshot snapshot;
    snapshot.id = SnapshotId(id);
    if (id > 1) snapshot.parent_id = SnapshotId(id - 1);
    snapshot.timestamp = TimestampMs(1000 * id);
    snapshot.embedded_manifests = std::move(manifests);
    metadata_ = AddSnapshot(metadata_, snapshot).ValueOrDie();
  }

  static TableMetadata MetadataOfVersion1() {
    NewTable table;
    table.location = "file:///w/t";
    Field field;
    field.id = FieldId(1);
    field.name = "n";
    field.type = Type::Of(TypeKind::kInt);
    table.schema.fields = {field};
    table.spec.fields = {{FieldId(1), FieldId(1000), "n", Transform()}};
    table.format_version = 1;
    return MakeTableMetadata(table, TimestampMs(1)).ValueOrDie();
  }

  size_t FilesOnDisk() const {
    const std::filesystem::directory_iterator files(folder_.path());
    return static_cast<size_t>(std::distance(begin(files), end(files)));
  }

  TestFolder folder_;
  TableMetadata metadata_ = MetadataOfVersion1();
};

TEST_F(ManifestListsTest, LetAnUpgradeKeepSnapshotsThatEmbedTheirManifests) {
  const std::string a = AddManifest("a", 10), b = AddManifest("b", 20);
  AddSnapshotOf(1, {a});
  AddSnapshotOf(2, {a, b});
  EXPECT_TRUE(UpgradeFormat(metadata_, 2).status().IsInvalid());
  const auto listed = WriteMissingManifestLists(metadata_, LocalFileSystem(), folder_.path());
  ASSERT_TRUE(listed.ok()) << listed.status();
  ASSERT_EQ(listed->written.size(), 2u);
  EXPECT_EQ(listed->metadata.snapshots[1].manifest_list, listed->written[1]);
  EXPECT_TRUE(listed->metadata.snapshots[1].embedded_manifests.empty());
  const auto upgraded = UpgradeFormat(listed->metadata, 2);
  ASSERT_TRUE(upgraded.ok()) << upgraded.status();
  EXPECT_TRUE(Validate(*upgraded).ok());

  const auto bytes = LocalFileSystem().ReadAll(listed->written[1], 1 << 20).ValueOrDie();
  const auto manifests = ReadManifestList(bytes, "list").ValueOrDie();
  ASSERT_EQ(manifests.size(), 2u);
  EXPECT_EQ(manifests[0].path, a);
  EXPECT_EQ(manifests[0].length_bytes, *LocalFileSystem().FileSize(a));
  EXPECT_EQ(manifests[1].added_files, 1);
  EXPECT_EQ(manifests[1].added_rows, 20);
  EXPECT_EQ(manifests[1].deleted_files, 0);
  EXPECT_EQ(manifests[1].sequence_number, SequenceNumber(0));
  EXPECT_EQ(manifests[1].min_sequence_number, SequenceNumber(0));
  EXPECT_EQ(manifests[1].added_snapshot_id, SnapshotId(2));
  ASSERT_EQ(manifests[1].partitions.size(), 1u);
  EXPECT_EQ(manifests[1].partitions[0].lower_bound, std::string("\x14\0\0\0", 4));
}

TEST_F(ManifestListsTest, LeaveSnapshotsThatHaveAListAlone) {
  Snapshot snapshot;
  snapshot.id = SnapshotId(1);
  snapshot.timestamp = TimestampMs(1000);
  snapshot.manifest_list = "file:///w/t/list.avro";
  metadata_ = AddSnapshot(metadata_, snapshot).ValueOrDie();
  const auto listed = WriteMissingManifestLists(metadata_, LocalFileSystem(), folder_.path());
  ASSERT_TRUE(listed.ok()) << listed.status();
  EXPECT_EQ(listed->metadata, metadata_);
  EXPECT_TRUE(listed->written.empty());
}

TEST_F(ManifestListsTest, LeaveNothingBehindWhereOneFails) {
  const std::string a = AddManifest("a", 10);
  AddSnapshotOf(1, {a});
  AddSnapshotOf(2, {a, folder_.File("gone.avro")});
  const size_t before = FilesOnDisk();
  const auto missing = WriteMissingManifestLists(metadata_, LocalFileSystem(), folder_.path());
  EXPECT_TRUE(IsFileNotFound(missing.status())) << missing.status();
  EXPECT_NE(missing.status().message().find("gone.avro"), std::string::npos);
  EXPECT_EQ(FilesOnDisk(), before);
  FaultyFileSystem files(LocalFileSystem(), {Fault{FileOperation::kSyncFolder, false, 1}});
  metadata_.snapshots[1].embedded_manifests = {a};
  EXPECT_FALSE(WriteMissingManifestLists(metadata_, files, folder_.path()).ok());
  EXPECT_EQ(FilesOnDisk(), before);
}

}  // namespace
}  // namespace artemis
