// Manifests: round trips, inheritance, what is decoded on demand, and what is refused.
#include "artemis/table/manifest_avro.h"

#include <gtest/gtest.h>

#include "artemis/avro/container_reader.h"
#include "artemis/avro/container_writer.h"
#include "artemis/base/error.h"
#include "artemis/schema/schema_json.h"
#include "artemis/table/sample_table.h"

namespace artemis {
namespace {

WriteManifestOptions SampleOptions() {
  WriteManifestOptions options;
  options.snapshot_id = SnapshotId(77);
  return options;
}

WrittenManifest Written(const std::vector<ManifestEntry>& entries,
                        const WriteManifestOptions& options = SampleOptions()) {
  auto written = WriteManifest("m.avro", SampleSchema(), SampleSpec(), entries, options);
  EXPECT_TRUE(written.ok()) << written.status();
  return written.ok() ? *written : WrittenManifest();
}

// The row as a list would hold it once snapshot 77 was committed with sequence number 9.
ManifestFile Committed(ManifestFile file) {
  file.sequence_number = SequenceNumber(9);
  if (file.min_sequence_number == kUnassignedSequenceNumber) {
    file.min_sequence_number = SequenceNumber(9);
  }
  return file;
}

std::vector<ManifestEntry> SampleEntries() {
  return {SampleEntry(EntryStatus::kAdded, SampleFile("f/a.parquet", "apollo-7", -3)),
          SampleEntry(EntryStatus::kExisting, SampleFile("f/b.parquet", "apollo-8", 20000), 4),
          SampleEntry(EntryStatus::kDeleted, SampleFile("f/c.parquet", "apollo-9", 5), 3)};
}

TEST(WriteManifest, ReadsBackEqualButForWhatIsInherited) {
  const std::vector<ManifestEntry> entries = SampleEntries();
  const WrittenManifest written = Written(entries);
  const auto manifest = ReadManifest(written.bytes, Committed(written.file));
  ASSERT_TRUE(manifest.ok()) << manifest.status();
  std::vector<ManifestEntry> expected = entries;
  expected[0].data_sequence_number = expected[0].file_sequence_number = SequenceNumber(9);
  EXPECT_EQ(manifest->entries, expected);
  EXPECT_EQ(manifest->header.schema, SampleSchema());
  EXPECT_EQ(manifest->header.spec, SampleSpec());
  EXPECT_EQ(manifest->header.format_version, 2);
  EXPECT_EQ(manifest->header.content, ManifestContent::kData);
}

TEST(WriteManifest, FillsTheRowForTheList) {
  const ManifestFile file = Written(SampleEntries()).file;
  EXPECT_EQ(file.path, "m.avro");
  EXPECT_EQ(file.length_bytes, static_cast<int64_t>(Written(SampleEntries()).bytes.size()));
  EXPECT_EQ(file.added_snapshot_id, SnapshotId(77));
  EXPECT_EQ(file.sequence_number, kUnassignedSequenceNumber);
  EXPECT_EQ(file.min_sequence_number, SequenceNumber(4)) << "3 is of a deleted file";
  EXPECT_EQ(file.added_files, 1);
  EXPECT_EQ(file.existing_files, 1);
  EXPECT_EQ(file.deleted_files, 1);
  EXPECT_EQ(file.added_rows, 100);
  ASSERT_EQ(file.partitions.size(), 2u);
  EXPECT_EQ(file.partitions[0].lower_bound, "apollo-7");
  EXPECT_EQ(file.partitions[0].upper_bound, "apollo-9");
  EXPECT_FALSE(file.partitions[0].contains_null);
  // Appendix D: a date is four bytes, little-endian.
  EXPECT_EQ(file.partitions[1].lower_bound, std::string("\xfd\xff\xff\xff", 4));
  EXPECT_EQ(file.partitions[1].upper_bound, std::string("\x20\x4e\x00\x00", 4));
}

TEST(WriteManifest, GivesAddedEntriesTheSnapshotOfTheCommit) {
  ManifestEntry entry = SampleEntries()[0];
  entry.snapshot_id = SnapshotId();
  const WrittenManifest written = Written({entry});
  EXPECT_EQ(ReadManifest(written.bytes, Committed(written.file))->entries[0].snapshot_id,
            SnapshotId(77));
}

TEST(WriteManifest, KeepsTheSequenceNumbersOfARewriteWhenAsked) {
  ManifestEntry entry = SampleEntry(EntryStatus::kAdded, SampleFile("a", "x", 1), 6);
  WriteManifestOptions options = SampleOptions();
  const WrittenManifest inherited = Written({entry}, options);
  EXPECT_EQ(inherited.file.min_sequence_number, kUnassignedSequenceNumber);
  EXPECT_EQ(
      ReadManifest(inherited.bytes, Committed(inherited.file))->entries[0].data_sequence_number,
      SequenceNumber(9));
  options.keep_added_sequence_numbers = true;
  const WrittenManifest kept = Written({entry}, options);
  EXPECT_EQ(kept.file.min_sequence_number, SequenceNumber(6));
  const ManifestEntry read = ReadManifest(kept.bytes, Committed(kept.file))->entries[0];
  EXPECT_EQ(read.data_sequence_number, SequenceNumber(6));
  EXPECT_EQ(read.file_sequence_number, SequenceNumber(9));
}

TEST(WriteManifest, HoldsDeleteFiles) {
  DataFile positions = SampleFile("f/p.parquet", "apollo-7", 1);
  positions.content = FileContent::kPositionDeletes;
  positions.referenced_data_file = "f/a.parquet";
  DataFile equality = SampleFile("f/e.parquet", "apollo-7", 1);
  equality.content = FileContent::kEqualityDeletes;
  equality.equality_ids = {FieldId(1), FieldId(3)};
  WriteManifestOptions options = SampleOptions();
  options.content = ManifestContent::kDeletes;
  const WrittenManifest written = Written(
      {SampleEntry(EntryStatus::kAdded, positions), SampleEntry(EntryStatus::kAdded, equality)},
      options);
  EXPECT_EQ(written.file.content, ManifestContent::kDeletes);
  const auto manifest = ReadManifest(written.bytes, Committed(written.file));
  ASSERT_TRUE(manifest.ok()) << manifest.status();
  EXPECT_EQ(manifest->header.content, ManifestContent::kDeletes);
  EXPECT_EQ(manifest->entries[0].file, positions);
  EXPECT_EQ(manifest->entries[1].file, equality);
}

TEST(WriteManifest, HoldsDeletionVectorsInV3) {
  DataFile vector = SampleFile("f/d.puffin", "apollo-7", 1);
  vector.content = FileContent::kPositionDeletes;
  vector.format = "PUFFIN";
  vector.referenced_data_file = "f/a.parquet";
  vector.content_offset = 4;
  vector.content_size_bytes = 44;
  WriteManifestOptions options = SampleOptions();
  options.format_version = 3;
  options.content = ManifestContent::kDeletes;
  const WrittenManifest written = Written({SampleEntry(EntryStatus::kAdded, vector)}, options);
  EXPECT_EQ(ReadManifest(written.bytes, Committed(written.file))->entries[0].file, vector);
}

TEST(WriteManifest, RefusesWhatDoesNotFit) {
  WriteManifestOptions options = SampleOptions();
  const auto write = [&options](const DataFile& file) {
    return WriteManifest("m.avro", SampleSchema(), SampleSpec(),
                         {SampleEntry(EntryStatus::kAdded, file)}, options)
        .status();
  };
  DataFile file = SampleFile("a", "x", 1);
  file.partition.pop_back();
  EXPECT_TRUE(write(file).IsInvalid());
  file = SampleFile("a", "x", 1);
  file.partition[1] = LiteralValue(int64_t{1});
  EXPECT_NE(write(file).message().find("ts_day"), std::string::npos);
  file = SampleFile("a", "x", 1);
  file.content = FileContent::kPositionDeletes;
  EXPECT_TRUE(write(file).IsInvalid());
  options.format_version = 1;
  EXPECT_TRUE(write(SampleFile("a", "x", 1)).IsInvalid());
}

TEST(ReadManifest, DecodesMetricsOnlyOfAskedFields) {
  const WrittenManifest written = Written(SampleEntries());
  const ManifestFile file = Committed(written.file);
  ReadManifestOptions options;
  options.metrics_for = std::vector<FieldId>{};
  EXPECT_TRUE(ReadManifest(written.bytes, file, options)->entries[0].file.metrics.empty());
  options.metrics_for = std::vector<FieldId>{FieldId(3), FieldId(99)};
  const Manifest some = ReadManifest(written.bytes, file, options).ValueOrDie();
  ASSERT_EQ(some.entries[0].file.metrics.size(), 1u);
  EXPECT_EQ(some.entries[0].file.metrics[0], SampleEntries()[0].file.metrics[1]);
  EXPECT_EQ(some.entries[2].file.path, "f/c.parquet");
}

TEST(ReadManifest, LeavesOutDeletedEntriesWhenAsked) {
  const WrittenManifest written = Written(SampleEntries());
  ReadManifestOptions options;
  options.live_only = true;
  const Manifest manifest =
      ReadManifest(written.bytes, Committed(written.file), options).ValueOrDie();
  ASSERT_EQ(manifest.entries.size(), 2u);
  EXPECT_EQ(manifest.entries[1].file.path, "f/b.parquet");
}

TEST(ReadManifest, InheritsRowIdsInOrder) {
  std::vector<ManifestEntry> entries = SampleEntries();
  entries.push_back(SampleEntry(EntryStatus::kAdded, SampleFile("f/d.parquet", "x", 1)));
  entries[1].file.first_row_id = 5;
  WriteManifestOptions options = SampleOptions();
  options.format_version = 3;
  const WrittenManifest written = Written(entries, options);
  ManifestFile file = Committed(written.file);
  file.first_row_id = 1000;
  const Manifest manifest = ReadManifest(written.bytes, file).ValueOrDie();
  EXPECT_EQ(manifest.entries[0].file.first_row_id, 1000);
  EXPECT_EQ(manifest.entries[1].file.first_row_id, 5);
  EXPECT_FALSE(manifest.entries[2].file.first_row_id.has_value());
  EXPECT_EQ(manifest.entries[3].file.first_row_id, 1100);
}

TEST(ReadManifest, WidensPartitionValuesToTheAskedSchema) {
  Schema schema = SampleSchema();
  schema.fields.push_back(SampleField(4, "orbit", Type::Of(TypeKind::kInt)));
  PartitionSpec spec;
  spec.fields = {{FieldId(4), FieldId(1000), "orbit", Transform()}};
  DataFile data = SampleFile("a", "x", 1);
  data.partition = {LiteralValue(int32_t{7})};
  const WrittenManifest written =
      WriteManifest("m.avro", schema, spec, {SampleEntry(EntryStatus::kAdded, data)},
                    SampleOptions())
          .ValueOrDie();
  const ManifestFile file = Committed(written.file);
  EXPECT_EQ(ReadManifest(written.bytes, file)->entries[0].file.partition[0],
            LiteralValue(int32_t{7}));
  Schema widened = schema;
  widened.fields.back().type = Type::Of(TypeKind::kLong);
  ReadManifestOptions options;
  options.partition_schema = &widened;
  EXPECT_EQ(ReadManifest(written.bytes, file, options)->entries[0].file.partition[0],
            LiteralValue(int64_t{7}));
  widened.fields.pop_back();  // the column is gone: the manifest's own schema decides
  EXPECT_EQ(ReadManifest(written.bytes, file, options)->entries[0].file.partition[0],
            LiteralValue(int32_t{7}));
}

// A v1 manifest with the fields in another order, none of v2's, and one that nobody knows.
std::string V1Manifest(int64_t status) {
  const std::string schema = R"({"type":"record","name":"manifest_entry","fields":[
      {"name":"extra","type":["null",{"type":"map","values":"string"}],"field-id":9000},
      {"name":"data_file","field-id":2,"type":{"type":"record","name":"r2","fields":[
        {"name":"record_count","type":"long","field-id":103},
        {"name":"block_size_in_bytes","type":"long","field-id":105},
        {"name":"path","type":"string","field-id":100},
        {"name":"file_format","type":"string","field-id":101},
        {"name":"file_size_in_bytes","type":"long","field-id":104},
        {"name":"partition","field-id":102,"type":{"type":"record","name":"r102","fields":[
          {"name":"day","type":["null","int"],"field-id":1001}]}}]}},
      {"name":"status","type":"int","field-id":0},
      {"name":"snapshot_id","type":"long","field-id":1}]})";
  AvroWriter writer(schema, {{"schema", SchemaToJson(SampleSchema())},
                             {"partition-spec", PartitionFieldsToJson(SampleSpec().fields)}});
  AvroEncoder record;
  record.PutBranch(1);
  AvroEncoder pairs;
  pairs.PutBytes("k");
  pairs.PutBytes("v");
  record.PutBlock(1, pairs.bytes());
  record.PutLong(50);
  record.PutLong(1 << 20);
  record.PutBytes("old.parquet");
  record.PutBytes("parquet");
  record.PutLong(123);
  record.PutBranch(1);
  record.PutLong(-1);
  record.PutLong(status);
  record.PutLong(42);
  EXPECT_TRUE(writer.Append(record.bytes()).ok());
  return writer.Finish().ValueOrDie();
}

TEST(ReadManifest, ReadsV1ByFieldId) {
  ManifestFile file;
  file.path = "m.avro";
  file.spec_id = SpecId(6);
  const auto manifest = ReadManifest(V1Manifest(0), file);
  ASSERT_TRUE(manifest.ok()) << manifest.status();
  EXPECT_EQ(manifest->header.format_version, 1);
  EXPECT_EQ(manifest->header.spec.id, SpecId(6));
  ASSERT_EQ(manifest->entries.size(), 1u);
  const ManifestEntry& entry = manifest->entries[0];
  EXPECT_EQ(entry.status, EntryStatus::kExisting);
  EXPECT_EQ(entry.snapshot_id, SnapshotId(42));
  EXPECT_EQ(entry.data_sequence_number, SequenceNumber(0));
  EXPECT_EQ(entry.file.path, "old.parquet");
  EXPECT_EQ(entry.file.format, "PARQUET");
  EXPECT_EQ(entry.file.record_count, 50);
  EXPECT_EQ(entry.file.spec_id, SpecId(6));
  // Partition values are found by id: mission_id (1000) is not in the file, the day (1001) is -1.
  EXPECT_EQ(entry.file.partition, (PartitionTuple{std::nullopt, LiteralValue(int32_t{-1})}));
}

TEST(ReadManifest, RefusesAnUnknownStatusAndALostSequenceNumber) {
  ManifestFile file;
  file.path = "m.avro";
  EXPECT_NE(FindDetail<CorruptFile>(ReadManifest(V1Manifest(3), file).status()), nullptr);
  file.sequence_number = SequenceNumber(4);
  const arrow::Status status = ReadManifest(V1Manifest(0), file).status();
  ASSERT_NE(FindDetail<CorruptFile>(status), nullptr);
  EXPECT_NE(status.message().find("sequence number"), std::string::npos) << status;
}

TEST(ReadManifest, ComparesTheNumberOfEntriesWithTheList) {
  const WrittenManifest written = Written(SampleEntries());
  ManifestFile file = Committed(written.file);
  file.existing_files = 10;
  const arrow::Status status = ReadManifest(written.bytes, file).status();
  ASSERT_NE(FindDetail<CorruptFile>(status), nullptr);
  EXPECT_EQ(FindDetail<CorruptFile>(status)->what,
            "manifest entry count differs from its list: expected 12, found 3");
}

TEST(ReadManifestHeader, ReadsTheHeaderAlone) {
  const WrittenManifest written = Written({});
  const auto header = ReadManifestHeader(written.bytes, "m.avro");
  ASSERT_TRUE(header.ok()) << header.status();
  EXPECT_EQ(header->schema, SampleSchema());
  EXPECT_EQ(header->spec, SampleSpec());
}

TEST(ReadManifestHeader, NamesTheMemberThatIsWrong) {
  const std::string schema = R"({"type":"record","name":"r","fields":[{"name":"a","type":"int"}]})";
  const std::map<std::string, std::string> good = {
      {"schema", SchemaToJson(SampleSchema())}, {"partition-spec", "[]"}, {"content", "data"}};
  const std::pair<const char*, const char*> wrong[] = {
      {"schema", "{"},          {"schema-id", "x"},        {"partition-spec", "7"},
      {"content", "something"}, {"partition-spec-id", ""}, {"format-version", "2.0"}};
  for (const auto& [key, value] : wrong) {
    auto members = good;
    members[key] = value;
    AvroWriter writer(schema, members);
    const auto header = ReadManifestHeader(writer.Finish().ValueOrDie(), "m.avro");
    EXPECT_NE(FindDetail<CorruptFile>(header.status()), nullptr) << key << header.status();
  }
  AvroWriter empty(schema, {});
  EXPECT_NE(
      FindDetail<CorruptFile>(ReadManifestHeader(empty.Finish().ValueOrDie(), "m.avro").status()),
      nullptr);
}

TEST(ReadManifest, SurvivesEveryCutAndFlippedBit) {
  WriteManifestOptions options = SampleOptions();
  options.codec = AvroCodec::kNull;
  const WrittenManifest written = Written(SampleEntries(), options);
  const ManifestFile file = Committed(written.file);
  ManifestFile uncounted = file;
  uncounted.added_files.reset();
  int refused = 0;
  for (size_t i = 0; i < written.bytes.size(); ++i) {
    const auto cut = ReadManifest(std::string_view(written.bytes).substr(0, i), file);
    ASSERT_NE(FindDetail<CorruptFile>(cut.status()), nullptr) << i << ": " << cut.status();
    for (int flip : {1 << (i % 8), 0xFF}) {
      std::string broken = written.bytes;
      broken[i] = static_cast<char>(broken[i] ^ flip);
      const auto read = ReadManifest(broken, uncounted);
      if (!read.ok()) ++refused;
      EXPECT_TRUE(read.ok() || !read.status().message().empty());
    }
  }
  EXPECT_GT(refused, 0);
  EXPECT_TRUE(ReadManifest(written.bytes, file).ok());
}

TEST(WriteManifest, LeavesFirstRowIdsOfAddedAndOfDeleteFilesToInheritance) {
  DataFile data = SampleFile("f/a.parquet", "apollo-7", 1);
  data.first_row_id = 1000;
  WriteManifestOptions options = SampleOptions();
  options.format_version = 3;
  std::vector<ManifestEntry> entries = {SampleEntry(EntryStatus::kAdded, data),
                                        SampleEntry(EntryStatus::kExisting, data, 4),
                                        SampleEntry(EntryStatus::kDeleted, data, 4)};
  const WrittenManifest written = Written(entries, options);
  const Manifest manifest = ReadManifest(written.bytes, Committed(written.file)).ValueOrDie();
  EXPECT_FALSE(manifest.entries[0].file.first_row_id.has_value());
  EXPECT_EQ(manifest.entries[1].file.first_row_id, 1000);
  EXPECT_EQ(manifest.entries[2].file.first_row_id, 1000);

  DataFile deletes = data;
  deletes.content = FileContent::kPositionDeletes;
  options.content = ManifestContent::kDeletes;
  const WrittenManifest of_deletes =
      Written({SampleEntry(EntryStatus::kExisting, deletes, 4)}, options);
  EXPECT_FALSE(ReadManifest(of_deletes.bytes, Committed(of_deletes.file))
                   ->entries[0]
                   .file.first_row_id.has_value());
}

TEST(WriteManifest, RefusesASpecWithAnUnknownTransform) {
  PartitionSpec spec = SampleSpec();
  spec.fields[1].transform = *ParseTransform("zorder(a, b)");
  const auto written = WriteManifest("m.avro", SampleSchema(), spec, {}, SampleOptions());
  EXPECT_TRUE(written.status().IsNotImplemented()) << written.status();
}

// A manifest of one file whose partition field 1001 is an int under an unknown transform.
std::string ManifestWithUnknownTransform() {
  const WrittenManifest written =
      Written({SampleEntry(EntryStatus::kAdded, SampleFile("f/a.parquet", "apollo-7", 5))});
  std::string bytes = written.bytes;
  const std::string known = R"("transform":"day")", unknown = R"("transform":"dxy")";
  bytes.replace(bytes.find(known), known.size(), unknown);
  return bytes;
}

TEST(ReadManifest, GivesResultsOfUnknownTransformsTheTypeTheFileHas) {
  const WrittenManifest written = Written({});
  ManifestFile file = Committed(written.file);
  file.added_files.reset();
  const Manifest manifest = ReadManifest(ManifestWithUnknownTransform(), file).ValueOrDie();
  EXPECT_EQ(manifest.header.spec.fields[1].transform.kind, TransformKind::kUnknown);
  EXPECT_EQ(manifest.entries[0].file.partition[1], LiteralValue(int32_t{5}));
}

TEST(ReadManifest, RefusesWhatIsEncryptedByName) {
  const WrittenManifest written = Written(SampleEntries());
  ManifestFile encrypted = Committed(written.file);
  encrypted.key_metadata = "key";
  arrow::Status status = ReadManifest(written.bytes, encrypted).status();
  EXPECT_TRUE(status.IsNotImplemented());
  EXPECT_NE(status.message().find("m.avro is encrypted"), std::string::npos) << status;

  std::vector<ManifestEntry> entries = SampleEntries();
  entries[2].file.key_metadata = "key";
  const WrittenManifest deleted = Written(entries);
  EXPECT_TRUE(ReadManifest(deleted.bytes, Committed(deleted.file)).ok());
  entries[1].file.key_metadata = "key";
  const WrittenManifest live = Written(entries);
  status = ReadManifest(live.bytes, Committed(live.file)).status();
  EXPECT_TRUE(status.IsNotImplemented());
  EXPECT_NE(status.message().find("f/b.parquet is encrypted"), std::string::npos) << status;
}

}  // namespace
}  // namespace artemis
