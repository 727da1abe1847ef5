// Entries of the delete files that are written, and what is refused. Rows read through them: read/written_deletes_test.cc.
#include "artemis/write/delete_files.h"

#include <filesystem>

#include <gtest/gtest.h>

#include "artemis/io/fault_plan.h"
#include "artemis/io/faulty_file_system.h"
#include "artemis/io/file_system.h"
#include "artemis/io/location.h"
#include "artemis/io/test_folder.h"
#include "artemis/schema/metadata_columns.h"
#include "artemis/table/deletion_vector.h"
#include "artemis/table/puffin.h"

namespace artemis {
namespace {

Field MissionColumn() {
  Field field;
  field.id = FieldId(1);
  field.name = "mission";
  field.type = Type::Of(TypeKind::kString);
  return field;
}

class DeleteFilesTest : public ::testing::Test {
 protected:
  TableMetadata Metadata(int32_t format_version) {
    NewTable table;
    table.location = FileUri(folder_.path());
    table.schema.fields = {MissionColumn()};
    table.spec.fields = {{FieldId(1), FieldId(1000), "mission", Transform()}};
    table.format_version = format_version;
    return MakeTableMetadata(table, TimestampMs(1)).ValueOrDie();
  }

  PositionDeletes Deletes(const std::string& name, const std::string& mission,
                          std::vector<int64_t> positions) {
    PositionDeletes deletes;
    deletes.data_file.path = FileUri(folder_.path()) + "/data/" + name + ".parquet";
    deletes.data_file.partition = {LiteralValue(mission)};
    deletes.data_file.record_count = 100;
    deletes.positions = std::move(positions);
    return deletes;
  }

  int64_t FilesOnDisk() {
    int64_t count = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_.path())) {
      count += entry.is_regular_file() ? 1 : 0;
    }
    return count;
  }

  TestFolder folder_;
};

TEST_F(DeleteFilesTest, WritesOnePositionFileForEachPartitionInV2) {
  const auto written = WriteDeletes(Metadata(2), LocalFileSystem(),
                                    {Deletes("b", "apollo", {0, 99}), Deletes("a", "apollo", {5}),
                                     Deletes("c", "gemini", {7, 8}), Deletes("d", "gemini", {})});
  ASSERT_TRUE(written.ok()) << written.status();
  ASSERT_EQ(written->size(), 2u);
  const DataFile& apollo = (*written)[0];
  EXPECT_EQ(apollo.content, FileContent::kPositionDeletes);
  EXPECT_EQ(apollo.format, "PARQUET");
  EXPECT_EQ(apollo.partition, (PartitionTuple{LiteralValue(std::string("apollo"))}));
  EXPECT_EQ(apollo.record_count, 3);
  EXPECT_EQ(apollo.file_size_bytes, *LocalFileSystem().FileSize(apollo.path));
  EXPECT_FALSE(apollo.referenced_data_file.has_value());
  EXPECT_FALSE(apollo.sort_order_id.has_value());
  EXPECT_FALSE(apollo.content_offset.has_value());
  EXPECT_NE(apollo.path.find("/data/mission=apollo/"), std::string::npos) << apollo.path;
  // Exact bounds, however long the path is.
  const ColumnMetrics* paths = FindMetrics(apollo.metrics, kDeletedPathColumn);
  ASSERT_NE(paths, nullptr);
  EXPECT_EQ(paths->lower_bound, FileUri(folder_.path()) + "/data/a.parquet");
  EXPECT_EQ(paths->upper_bound, FileUri(folder_.path()) + "/data/b.parquet");
  const ColumnMetrics* positions = FindMetrics(apollo.metrics, kDeletedPositionColumn);
  ASSERT_NE(positions, nullptr);
  EXPECT_EQ(positions->lower_bound, std::string(8, '\0'));
  EXPECT_EQ((*written)[1].referenced_data_file, FileUri(folder_.path()) + "/data/c.parquet");
}

TEST_F(DeleteFilesTest, WritesOneVectorForEachDataFileInV3) {
  const auto written = WriteDeletes(Metadata(3), LocalFileSystem(),
                                    {Deletes("b", "apollo", {0, 99}), Deletes("c", "gemini", {7})});
  ASSERT_TRUE(written.ok()) << written.status();
  ASSERT_EQ(written->size(), 2u);
  const auto bytes = LocalFileSystem().ReadAll((*written)[0].path, 1 << 20).ValueOrDie();
  const PuffinFooter footer = ReadPuffinFooter(bytes, "x").ValueOrDie();
  ASSERT_EQ(footer.blobs.size(), 2u);
  const std::vector<std::vector<int64_t>> positions = {{0, 99}, {7}};
  for (size_t i = 0; i < 2; ++i) {
    const DataFile& entry = (*written)[i];
    const PuffinBlob& blob = footer.blobs[i];
    EXPECT_EQ(entry.format, "PUFFIN");
    EXPECT_EQ(entry.content, FileContent::kPositionDeletes);
    EXPECT_EQ(entry.path, (*written)[0].path);
    EXPECT_EQ(entry.file_size_bytes, static_cast<int64_t>(bytes.size()));
    EXPECT_EQ(entry.record_count, static_cast<int64_t>(positions[i].size()));
    EXPECT_EQ(entry.content_offset, blob.offset);
    EXPECT_EQ(entry.content_size_bytes, blob.length_bytes);
    EXPECT_EQ(blob.type, "deletion-vector-v1");
    EXPECT_EQ(blob.snapshot_id, -1);
    EXPECT_EQ(blob.sequence_number, -1);
    EXPECT_FALSE(blob.compression_codec.has_value());
    EXPECT_EQ(blob.properties.at("referenced-data-file"), entry.referenced_data_file);
    EXPECT_EQ(blob.properties.at("cardinality"), std::to_string(positions[i].size()));
    EXPECT_EQ(*DecodeDeletionVector(
                  std::string_view(bytes).substr(static_cast<size_t>(blob.offset),
                                                 static_cast<size_t>(blob.length_bytes)),
                  entry.record_count, "x"),
              positions[i]);
  }
  EXPECT_EQ((*written)[1].partition, (PartitionTuple{LiteralValue(std::string("gemini"))}));
}

TEST_F(DeleteFilesTest, WritesNothingWhereNothingIsDeleted) {
  for (const int32_t version : {2, 3}) {
    EXPECT_TRUE(
        WriteDeletes(Metadata(version), LocalFileSystem(), {Deletes("a", "apollo", {})})->empty());
  }
  EXPECT_EQ(FilesOnDisk(), 0);
}

TEST_F(DeleteFilesTest, LeavesNoFileWhereACallFails) {
  for (const int32_t version : {2, 3}) {
    for (const FileOperation operation :
         {FileOperation::kOpenOutput, FileOperation::kStreamWrite, FileOperation::kStreamClose,
          FileOperation::kSyncFolder}) {
      FaultyFileSystem files(LocalFileSystem(), {Fault{operation, false, 1}});
      const auto written = WriteDeletes(Metadata(version), files,
                                        {Deletes("a", "apollo", {1}), Deletes("b", "gemini", {2})});
      EXPECT_TRUE(written.status().IsIOError()) << written.status();
      EXPECT_EQ(FilesOnDisk(), 0) << version << " " << FileOperationName(operation);
    }
  }
}

TEST_F(DeleteFilesTest, RefusesPositionsThatCannotBe) {
  const std::vector<std::vector<PositionDeletes>> cases = {
      {Deletes("a", "apollo", {-1})},
      {Deletes("a", "apollo", {3, 3})},
      {Deletes("a", "apollo", {3, 2})},
      {Deletes("a", "apollo", {100})},
      {Deletes("a", "apollo", {1}), Deletes("a", "apollo", {2})}};
  for (const auto& deletes : cases) {
    const auto status = WriteDeletes(Metadata(3), LocalFileSystem(), deletes).status();
    EXPECT_TRUE(status.IsInvalid()) << status;
    EXPECT_NE(status.message().find("/data/a.parquet"), std::string::npos) << status;
  }
  PositionDeletes unknown = Deletes("a", "apollo", {1});
  unknown.data_file.spec_id = SpecId(7);
  EXPECT_TRUE(WriteDeletes(Metadata(2), LocalFileSystem(), {unknown}).status().IsInvalid());
  EXPECT_TRUE(WriteDeletes(Metadata(1), LocalFileSystem(), {Deletes("a", "apollo", {1})})
                  .status()
                  .IsInvalid());
}

}  // namespace
}  // namespace artemis
