// Manifest lists: round trips, sequence numbers, v1 lists of different writers.
#include <gtest/gtest.h>

#include "artemis/avro/container_writer.h"
#include "artemis/base/error.h"
#include "artemis/table/manifest_avro.h"

namespace artemis {
namespace {

ManifestFile SampleManifestFile(const std::string& path, int64_t snapshot_id) {
  ManifestFile file;
  file.path = path;
  file.length_bytes = 7000;
  file.spec_id = SpecId(2);
  file.sequence_number = SequenceNumber(3);
  file.min_sequence_number = SequenceNumber(2);
  file.added_snapshot_id = SnapshotId(snapshot_id);
  file.added_files = 1;
  file.existing_files = 2;
  file.deleted_files = 3;
  file.added_rows = 10;
  file.existing_rows = 20;
  file.deleted_rows = 30;
  PartitionFieldSummary known;
  known.contains_null = false;
  known.contains_nan = true;
  known.lower_bound = std::string("\x01\x00\x00\x00", 4);
  known.upper_bound = std::string("\x09\x00\x00\x00", 4);
  PartitionFieldSummary unknown;
  file.partitions = {known, unknown};
  return file;
}

arrow::Result<std::string> WriteList(const std::vector<ManifestFile>& files,
                                     int32_t format_version = 2) {
  return WriteManifestList(files, format_version, SnapshotId(50), SnapshotId(49),
                           SequenceNumber(9));
}

TEST(WriteManifestList, ReadsBackEqual) {
  ManifestFile deletes = SampleManifestFile("b.avro", 41);
  deletes.content = ManifestContent::kDeletes;
  deletes.key_metadata = "key";
  deletes.partitions.clear();
  const std::vector<ManifestFile> files = {SampleManifestFile("a.avro", 40), deletes};
  const auto read = ReadManifestList(WriteList(files).ValueOrDie(), "list.avro");
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(*read, files);
}

TEST(WriteManifestList, GivesNewManifestsTheirSequenceNumbers) {
  ManifestFile fresh = SampleManifestFile("new.avro", 50);
  fresh.sequence_number = fresh.min_sequence_number = kUnassignedSequenceNumber;
  ManifestFile merged = SampleManifestFile("merged.avro", 50);
  merged.sequence_number = kUnassignedSequenceNumber;
  const std::vector<ManifestFile> files = {fresh, merged, SampleManifestFile("old.avro", 40)};
  const auto read = ReadManifestList(WriteList(files).ValueOrDie(), "list.avro").ValueOrDie();
  EXPECT_EQ(read[0].sequence_number, SequenceNumber(9));
  EXPECT_EQ(read[0].min_sequence_number, SequenceNumber(9));
  EXPECT_EQ(read[1].sequence_number, SequenceNumber(9));
  EXPECT_EQ(read[1].min_sequence_number, SequenceNumber(2));
  EXPECT_EQ(read[2].sequence_number, SequenceNumber(3));
}

TEST(WriteManifestList, RefusesManifestsItCannotDescribe) {
  ManifestFile orphan = SampleManifestFile("o.avro", 40);
  orphan.sequence_number = kUnassignedSequenceNumber;
  EXPECT_TRUE(WriteList({orphan}).status().IsInvalid());
  ManifestFile uncounted = SampleManifestFile("u.avro", 40);
  uncounted.existing_rows.reset();
  EXPECT_TRUE(WriteList({uncounted}).status().IsInvalid());
  EXPECT_TRUE(WriteList({}, 1).status().IsInvalid());
}

TEST(AssignFirstRowIds, CountsLiveRowsOfDataManifests) {
  std::vector<ManifestFile> files(4, SampleManifestFile("m.avro", 50));
  files[1].content = ManifestContent::kDeletes;
  files[2].first_row_id = 7;
  EXPECT_EQ(AssignFirstRowIds(100, &files), 160);
  EXPECT_EQ(files[0].first_row_id, 100);
  EXPECT_FALSE(files[1].first_row_id.has_value());
  EXPECT_EQ(files[2].first_row_id, 7);
  EXPECT_EQ(files[3].first_row_id, 130);
  const auto read = ReadManifestList(WriteList(files, 3).ValueOrDie(), "l.avro").ValueOrDie();
  EXPECT_EQ(read[3].first_row_id, 130);
}

// A v1 list, whose counts have other names with each writer but the same ids.
std::string V1List(const std::string& count_name, int64_t spec_id = 0) {
  const std::string schema = R"({"type":"record","name":"manifest_file","fields":[
      {"name":"manifest_path","type":"string","field-id":500},
      {"name":"manifest_length","type":"long","field-id":501},
      {"name":"partition_spec_id","type":"int","field-id":502},
      {"name":"added_snapshot_id","type":["null","long"],"default":null,"field-id":503},
      {"name":")" + count_name +
                             R"(","type":["null","int"],"default":null,"field-id":504},
      {"name":"partitions","type":["null",{"type":"array","element-id":508,"items":
        {"type":"record","name":"r508","fields":[
          {"name":"contains_null","type":"boolean","field-id":509},
          {"name":"lower_bound","type":["null","bytes"],"field-id":510},
          {"name":"upper_bound","type":["null","bytes"],"field-id":511}]}}],"field-id":507}]})";
  AvroWriter writer(schema, {});
  AvroEncoder row;
  row.PutBytes("old.avro");
  row.PutLong(100);
  row.PutLong(spec_id);
  row.PutBranch(1);
  row.PutLong(12);
  row.PutBranch(1);
  row.PutLong(4);
  row.PutBranch(1);
  row.PutLong(1);
  row.PutBoolean(false);
  row.PutBranch(1);
  row.PutBytes("a");
  row.PutBranch(0);
  row.PutLong(0);
  EXPECT_TRUE(writer.Append(row.bytes()).ok());
  return writer.Finish().ValueOrDie();
}

TEST(ReadManifestList, ReadsV1ListsOfAnyWriter) {
  for (const char* name : {"added_data_files_count", "added_files_count"}) {
    const auto files = ReadManifestList(V1List(name), "list.avro");
    ASSERT_TRUE(files.ok()) << files.status();
    ASSERT_EQ(files->size(), 1u);
    const ManifestFile& file = files->front();
    EXPECT_EQ(file.path, "old.avro");
    EXPECT_EQ(file.content, ManifestContent::kData);
    EXPECT_EQ(file.sequence_number, SequenceNumber(0));
    EXPECT_EQ(file.min_sequence_number, SequenceNumber(0));
    EXPECT_EQ(file.added_snapshot_id, SnapshotId(12));
    EXPECT_EQ(file.added_files, 4);
    EXPECT_FALSE(file.added_rows.has_value());
    ASSERT_EQ(file.partitions.size(), 1u);
    EXPECT_FALSE(file.partitions[0].contains_null);
    EXPECT_FALSE(file.partitions[0].contains_nan.has_value());
    EXPECT_EQ(file.partitions[0].lower_bound, "a");
    EXPECT_FALSE(file.partitions[0].upper_bound.has_value());
  }
}

TEST(ReadManifestList, RefusesRowsWithoutAPath) {
  AvroWriter writer(R"({"type":"record","name":"m","fields":[
      {"name":"manifest_path","type":"string"}]})",
                    {});
  AvroEncoder row;
  row.PutBytes("a name is no field id");
  ASSERT_TRUE(writer.Append(row.bytes()).ok());
  const auto files = ReadManifestList(writer.Finish().ValueOrDie(), "list.avro");
  ASSERT_NE(FindDetail<CorruptFile>(files.status()), nullptr) << files.status();
  EXPECT_EQ(FindDetail<CorruptFile>(files.status())->path, "list.avro");
}

TEST(ReadManifestList, NamesAFieldOfTheWrongType) {
  AvroWriter writer(R"({"type":"record","name":"m","fields":[
      {"name":"manifest_path","type":"long","field-id":500}]})",
                    {});
  const auto files = ReadManifestList(writer.Finish().ValueOrDie(), "list.avro");
  ASSERT_NE(FindDetail<CorruptFile>(files.status()), nullptr);
  EXPECT_NE(files.status().message().find("500"), std::string::npos) << files.status();
}

TEST(ReadManifestList, SurvivesEveryCutAndFlippedBit) {
  const std::string list =
      WriteList({SampleManifestFile("a.avro", 40), SampleManifestFile("b.avro", 41)}).ValueOrDie();
  for (size_t i = 0; i < list.size(); ++i) {
    const auto cut = ReadManifestList(std::string_view(list).substr(0, i), "list.avro");
    EXPECT_TRUE(cut.ok() || FindDetail<CorruptFile>(cut.status()) != nullptr) << cut.status();
    for (int bit = 0; bit < 8; ++bit) {
      std::string broken = list;
      broken[i] = static_cast<char>(broken[i] ^ (1 << bit));
      const auto read = ReadManifestList(broken, "list.avro");
      EXPECT_TRUE(read.ok() || !read.status().message().empty());
    }
  }
}

}  // namespace
}  // namespace artemis
