// Table metadata as JSON: documents of each version put together from the specification's tables, and round trips.
#include "artemis/table/metadata_json.h"

#include <sys/resource.h>

#include <gtest/gtest.h>
#include <libdeflate.h>

#include "artemis/base/error.h"
#include "artemis/table/sample_table.h"
#include "artemis/table/update.h"

namespace artemis {
namespace {

constexpr char kV1[] = R"({
  "format-version": 1,
  "location": "s3://bucket/v1",
  "last-updated-ms": 1602638573874,
  "last-column-id": 3,
  "schema": {"type": "struct", "fields": [
    {"id": 1, "name": "x", "required": true, "type": "long"},
    {"id": 2, "name": "y", "required": true, "type": "long", "doc": "comment"},
    {"id": 3, "name": "z", "required": true, "type": "long"}]},
  "partition-spec": [{"name": "x", "transform": "identity", "source-id": 1}],
  "properties": {"a": "b"},
  "current-snapshot-id": 3051729675574597004,
  "snapshots": [
    {"snapshot-id": 3051729675574597004, "timestamp-ms": 1515100955770,
     "manifests": ["s3://a/m0.avro", "s3://a/m1.avro"]}]
})";

constexpr char kV2[] = R"({
  "format-version": 2,
  "table-uuid": "9c12d441-03fe-4693-9a96-a0705ddf69c1",
  "location": "s3://bucket/v2/",
  "last-sequence-number": 34,
  "last-updated-ms": 1602638573590,
  "last-column-id": 3,
  "current-schema-id": 1,
  "schemas": [
    {"type": "struct", "schema-id": 0, "fields": [
      {"id": 1, "name": "x", "required": true, "type": "long"}]},
    {"type": "struct", "schema-id": 1, "identifier-field-ids": [1, 2], "fields": [
      {"id": 1, "name": "x", "required": true, "type": "long"},
      {"id": 2, "name": "y", "required": true, "type": "long", "doc": "comment"},
      {"id": 3, "name": "z", "required": true, "type": "long"}]}],
  "default-spec-id": 0,
  "partition-specs": [{"spec-id": 0, "fields": [
      {"name": "x", "transform": "identity", "source-id": 1, "field-id": 1000}]}],
  "last-partition-id": 1000,
  "default-sort-order-id": 3,
  "sort-orders": [{"order-id": 3, "fields": [
      {"transform": "identity", "source-id": 2, "direction": "asc", "null-order": "nulls-first"},
      {"transform": "bucket[4]", "source-id": 3, "direction": "desc", "null-order": "nulls-last"}]}],
  "properties": {},
  "current-snapshot-id": 3055729675574597004,
  "snapshots": [
    {"snapshot-id": 3051729675574597004, "timestamp-ms": 1515100955770, "sequence-number": 0,
     "summary": {"operation": "append"}, "manifest-list": "s3://a/b/1.avro"},
    {"snapshot-id": 3055729675574597004, "parent-snapshot-id": 3051729675574597004,
     "timestamp-ms": 1555100955770, "sequence-number": 1,
     "summary": {"operation": "append", "added-files": 4}, "manifest-list": "s3://a/b/2.avro", "schema-id": 1}],
  "snapshot-log": [
    {"snapshot-id": 3051729675574597004, "timestamp-ms": 1515100955770},
    {"snapshot-id": 3055729675574597004, "timestamp-ms": 1555100955770}],
  "metadata-log": [{"metadata-file": "s3://bucket/v2/metadata/1.json", "timestamp-ms": 1515100}],
  "refs": {
    "main": {"snapshot-id": 3055729675574597004, "type": "branch", "min-snapshots-to-keep": 3},
    "audit": {"snapshot-id": 3051729675574597004, "type": "tag", "max-ref-age-ms": 10000000}},
  "statistics": [{"snapshot-id": 3055729675574597004, "statistics-path": "s3://a/b/stats.puffin",
    "file-size-in-bytes": 413, "file-footer-size-in-bytes": 42, "blob-metadata": []}],
  "unknown-member": {"from": "the future"}
})";

constexpr char kV3[] = R"({
  "format-version": 3,
  "table-uuid": "9c12d441-03fe-4693-9a96-a0705ddf69c1",
  "location": "s3://bucket/v3",
  "last-sequence-number": 1,
  "last-updated-ms": 1602638573590,
  "last-column-id": 1,
  "next-row-id": 25,
  "current-schema-id": 0,
  "schemas": [{"type": "struct", "schema-id": 0, "fields": [
      {"id": 1, "name": "t", "required": false, "type": "timestamptz_ns"}]}],
  "default-spec-id": 0,
  "partition-specs": [{"spec-id": 0, "fields": []}],
  "last-partition-id": 999,
  "default-sort-order-id": 0,
  "sort-orders": [{"order-id": 0, "fields": []}],
  "current-snapshot-id": 7,
  "snapshots": [{"snapshot-id": 7, "timestamp-ms": 1602638573590, "sequence-number": 1,
     "summary": {"operation": "append"}, "manifest-list": "s3://a/b/1.avro", "schema-id": 0,
     "first-row-id": 0, "added-rows": 25, "key-id": "k"}],
  "encryption-keys": [{"key-id": "k", "encrypted-key-metadata": "eA=="}]
})";

TableMetadata Read(std::string_view json) {
  auto metadata = TableMetadataFromJson(json, "v.json");
  EXPECT_TRUE(metadata.ok()) << metadata.status();
  return metadata.ok() ? *metadata : TableMetadata();
}

std::string Replaced(std::string text, const std::string& from, const std::string& to) {
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(TableMetadataFromJson, BringsV1IntoTodaysShape) {
  const TableMetadata metadata = Read(kV1);
  EXPECT_EQ(metadata.format_version, 1);
  EXPECT_EQ(metadata.table_uuid, "");
  ASSERT_EQ(metadata.schemas.size(), 1u);
  EXPECT_EQ(metadata.current_schema_id, SchemaId(0));
  EXPECT_EQ(metadata.CurrentSchema().fields[1].doc, "comment");
  ASSERT_EQ(metadata.partition_specs.size(), 1u);
  EXPECT_EQ(metadata.DefaultSpec().id, SpecId(0));
  EXPECT_EQ(metadata.DefaultSpec().fields[0].field_id, FieldId(1000));
  EXPECT_EQ(metadata.last_partition_id, FieldId(1000));
  EXPECT_TRUE(metadata.DefaultSortOrder().fields.empty());
  EXPECT_FALSE(metadata.has_snapshot_log);
  ASSERT_NE(metadata.CurrentSnapshot(), nullptr);
  EXPECT_EQ(metadata.CurrentSnapshot()->sequence_number, SequenceNumber(0));
  EXPECT_EQ(metadata.CurrentSnapshot()->embedded_manifests,
            (std::vector<std::string>{"s3://a/m0.avro", "s3://a/m1.avro"}));
  EXPECT_FALSE(metadata.CurrentSnapshot()->schema_id.has_value());
  EXPECT_EQ(metadata.refs.at("main").snapshot_id, SnapshotId(3051729675574597004));
}

TEST(TableMetadataFromJson, ReadsEveryMemberOfV2) {
  const TableMetadata metadata = Read(kV2);
  EXPECT_EQ(metadata.format_version, 2);
  EXPECT_EQ(metadata.table_uuid, "9c12d441-03fe-4693-9a96-a0705ddf69c1");
  EXPECT_EQ(metadata.location, "s3://bucket/v2");
  EXPECT_EQ(metadata.last_sequence_number, SequenceNumber(34));
  EXPECT_EQ(metadata.last_updated, TimestampMs(1602638573590));
  EXPECT_EQ(metadata.last_column_id, FieldId(3));
  EXPECT_EQ(metadata.current_schema_id, SchemaId(1));
  EXPECT_EQ(metadata.CurrentSchema().identifier_field_ids,
            (std::vector<FieldId>{FieldId(1), FieldId(2)}));
  EXPECT_EQ(metadata.default_sort_order_id, SortOrderId(3));
  EXPECT_EQ(metadata.DefaultSortOrder().fields[1].transform.parameter, 4);
  ASSERT_EQ(metadata.snapshots.size(), 2u);
  EXPECT_EQ(metadata.snapshots[1].parent_id, SnapshotId(3051729675574597004));
  EXPECT_EQ(metadata.snapshots[1].schema_id, SchemaId(1));
  EXPECT_EQ(metadata.snapshots[1].summary.at("added-files"), "4");
  EXPECT_EQ(metadata.snapshots[1].manifest_list, "s3://a/b/2.avro");
  EXPECT_TRUE(metadata.has_snapshot_log);
  EXPECT_EQ(metadata.snapshot_log[0],
            (SnapshotLogEntry{TimestampMs(1515100955770), SnapshotId(3051729675574597004)}));
  EXPECT_EQ(metadata.metadata_log[0].metadata_file, "s3://bucket/v2/metadata/1.json");
  EXPECT_EQ(metadata.refs.at("main").min_snapshots_to_keep, 3);
  EXPECT_EQ(metadata.refs.at("audit").kind, SnapshotRef::Kind::kTag);
  EXPECT_EQ(metadata.refs.at("audit").max_ref_age_ms, 10000000);
  EXPECT_EQ(metadata.carried_json.count("statistics"), 1u);
}

TEST(TableMetadataFromJson, ReadsV3) {
  const TableMetadata metadata = Read(kV3);
  EXPECT_EQ(metadata.next_row_id, 25);
  EXPECT_EQ(metadata.CurrentSchema().fields[0].type.kind, TypeKind::kTimestamptzNs);
  EXPECT_EQ(metadata.CurrentSnapshot()->first_row_id, 0);
  EXPECT_EQ(metadata.CurrentSnapshot()->added_rows, 25);
  EXPECT_EQ(metadata.CurrentSnapshot()->key_id, "k");
  EXPECT_EQ(metadata.carried_json.count("encryption-keys"), 1u);
  EXPECT_EQ(metadata.refs.at("main").snapshot_id, SnapshotId(7));
}

TEST(TableMetadataFromJson, TakesMinusOneAndNullForNoCurrentSnapshot) {
  TableMetadata empty = SampleMetadata();
  const std::string json = TableMetadataToJson(empty);
  ASSERT_NE(json.find("\"current-snapshot-id\":-1"), std::string::npos) << json;
  EXPECT_FALSE(Read(json).current_snapshot_id.has_value());
  EXPECT_FALSE(Read(Replaced(json, "\"current-snapshot-id\":-1", "\"current-snapshot-id\":null"))
                   .current_snapshot_id.has_value());
}

TEST(TableMetadataToJson, ReadsBackEqual) {
  for (const char* json : {kV1, kV2, kV3}) {
    const TableMetadata metadata = Read(json);
    const std::string written = TableMetadataToJson(metadata);
    EXPECT_EQ(Read(written), metadata) << written;
  }
}

TEST(TableMetadataToJson, ReadsBackANewTable) {
  for (int32_t version : {2, 3}) {
    const TableMetadata metadata = SampleMetadata(version);
    EXPECT_EQ(Read(TableMetadataToJson(metadata)), metadata);
  }
}

TEST(TableMetadataToJson, WritesWhatV2ReadersRequire) {
  const std::string json = TableMetadataToJson(Read(kV2));
  for (const char* member :
       {"\"format-version\":2", "\"table-uuid\":", "\"location\":\"s3://bucket/v2\"",
        "\"last-sequence-number\":34", "\"last-updated-ms\":1602638573590", "\"last-column-id\":3",
        "\"schemas\":[", "\"current-schema-id\":1", "\"partition-specs\":[",
        "\"default-spec-id\":0", "\"last-partition-id\":1000", "\"sort-orders\":[",
        "\"default-sort-order-id\":3", "\"properties\":{", "\"refs\":{", "\"snapshot-log\":[",
        "\"metadata-log\":["}) {
    EXPECT_NE(json.find(member), std::string::npos) << member;
  }
}

TEST(TableMetadataToJson, EscapesText) {
  TableMetadata metadata = SampleMetadata();
  metadata.properties = {{"q\"k", "line\nbreak \\ \x01 é"}};
  EXPECT_EQ(Read(TableMetadataToJson(metadata)).properties, metadata.properties);
}

std::string Gzipped(const std::string& text) {
  libdeflate_compressor* compressor = libdeflate_alloc_compressor(6);
  std::string out(libdeflate_gzip_compress_bound(compressor, text.size()), '\0');
  out.resize(
      libdeflate_gzip_compress(compressor, text.data(), text.size(), out.data(), out.size()));
  libdeflate_free_compressor(compressor);
  return out;
}

TEST(TableMetadataFromJson, TakesNoMemoryForWhatAShortFileClaims) {
  std::string zipped = Gzipped(kV2).substr(0, 40);
  zipped += std::string("\xff\xff\xff\x3f", 4);  // raw size: a byte short of 1 GiB
  const auto peak_kib = [] {
    rusage usage = {};
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
  };
  const auto before = peak_kib();
  EXPECT_NE(FindDetail<CorruptFile>(TableMetadataFromJson(zipped, "v.json.gz").status()), nullptr);
  EXPECT_LT(peak_kib() - before, 64 * 1024);
}

TEST(TableMetadataFromJson, ReadsGzipByItsFirstBytes) {
  const std::string zipped = Gzipped(kV2);
  EXPECT_EQ(Read(zipped), Read(kV2));
  for (size_t size : {size_t{2}, size_t{10}, zipped.size() / 2, zipped.size() - 1}) {
    const arrow::Status status =
        TableMetadataFromJson(zipped.substr(0, size), "v.json.gz").status();
    EXPECT_NE(FindDetail<CorruptFile>(status), nullptr) << size << ": " << status;
  }
}

TEST(TableMetadataFromJson, ReadsLongHistoriesInOrderAndNamesTheFirstBrokenSnapshot) {
  TableMetadata metadata = SampleMetadata();
  for (int64_t n = 1; n <= 3500; ++n) {
    metadata.snapshots.push_back(SampleSnapshot(1000 + n, n, 2000 + n));
    metadata.snapshot_log.push_back({TimestampMs(2000 + n), SnapshotId(1000 + n)});
  }
  metadata.current_snapshot_id = SnapshotId(4500);
  metadata.refs["main"].snapshot_id = SnapshotId(4500);
  metadata.last_sequence_number = SequenceNumber(3500);
  metadata.last_updated = TimestampMs(5500);
  std::string json = TableMetadataToJson(metadata);
  EXPECT_EQ(Read(json), metadata);
  for (const char* id : {"4100", "2700"}) {
    const std::string member = std::string("\"snapshot-id\":") + id + ",";
    const size_t found = json.find(member);
    ASSERT_NE(found, std::string::npos);
    json.insert(found, "\"manifests\":[7],");
  }
  const arrow::Status status = TableMetadataFromJson(json, "v.json").status();
  EXPECT_NE(status.message().find("'manifests' of snapshot 2700"), std::string::npos) << status;
}

TEST(TableMetadataFromJson, RefusesNewerVersions) {
  const arrow::Status status = TableMetadataFromJson(R"({"format-version":4})", "v.json").status();
  EXPECT_TRUE(status.IsNotImplemented()) << status;
  EXPECT_NE(status.message().find("4"), std::string::npos);
}

struct CorruptCase {
  const char* names;
  const char* from;
  const char* to;
};

TEST(TableMetadataFromJson, NamesFileAndMemberOfWhatIsWrong) {
  const CorruptCase cases[] = {
      {"location", "\"location\"", "\"locatiom\""},
      {"location", "\"s3://bucket/v2/\"", "7"},
      {"last-sequence-number", "\"last-sequence-number\": 34,", ""},
      {"last-column-id", "\"last-column-id\": 3", "\"last-column-id\": 3000000000"},
      {"schemas", "\"schemas\"", "\"schemes\""},
      {"current-schema-id", "\"current-schema-id\": 1", "\"current-schema-id\": 5"},
      {"partition-specs", "\"partition-specs\"", "\"partition-spex\""},
      {"default-spec-id", "\"default-spec-id\": 0", "\"default-spec-id\": 4"},
      {"timestamp-ms", "\"timestamp-ms\": 1555100955770, \"sequence", "\"sequence"},
      {"refs", "\"refs\": {", "\"refs\": 7, \"others\": {"},
      {"type", "\"type\": \"tag\"", "\"type\": \"twig\""},
      {"audit", "{\"snapshot-id\": 3051729675574597004, \"type\": \"tag\"",
       "{\"snapshot-id\": 1, \"type\": \"tag\""},
      {"properties", "\"properties\": {}", "\"properties\": []"},
      {"snapshot-log", "\"snapshot-log\": [", "\"snapshot-log\": {}, \"b\": ["},
  };
  for (const CorruptCase& c : cases) {
    const arrow::Status status =
        TableMetadataFromJson(Replaced(kV2, c.from, c.to), "v.json").status();
    const auto* corrupt = FindDetail<CorruptFile>(status);
    ASSERT_NE(corrupt, nullptr) << c.names << ": " << status;
    EXPECT_EQ(corrupt->path, "v.json");
    EXPECT_NE(corrupt->what.find(c.names), std::string::npos) << c.names << ": " << corrupt->what;
  }
}

TEST(TableMetadataFromJson, RefusesEveryCutText) {
  const std::string text(kV2);
  for (size_t size = 0; size < text.size(); ++size) {
    const arrow::Status status = TableMetadataFromJson(text.substr(0, size), "v.json").status();
    ASSERT_NE(FindDetail<CorruptFile>(status), nullptr) << size << ": " << status;
  }
}

TEST(TableMetadataFromJson, StopsAtItsLimits) {
  const std::string deep = Replaced(
      kV2, "\"unknown-member\": {",
      "\"unknown-member\": " + std::string(200, '[') + std::string(200, ']') + ", \"other\": {");
  const arrow::Status too_deep = TableMetadataFromJson(deep, "v.json").status();
  EXPECT_NE(FindDetail<LimitExceeded>(too_deep), nullptr) << too_deep;
  EXPECT_NE(too_deep.message().find("v.json"), std::string::npos) << too_deep;

  std::string entries = "\"snapshot-log\": [0";
  for (int64_t i = 0; i < kMetadataItemsMax; ++i) entries += ",0";
  const arrow::Status too_many =
      TableMetadataFromJson(Replaced(kV2, "\"snapshot-log\": [", entries + "], \"others\": ["),
                            "v.json")
          .status();
  EXPECT_NE(FindDetail<LimitExceeded>(too_many), nullptr) << too_many;
  EXPECT_NE(too_many.message().find("snapshot-log"), std::string::npos) << too_many;
}

TEST(TableMetadataFromJson, OpensTablesWithColumnsAndTransformsItDoesNotKnow) {
  const std::string json = Replaced(
      Replaced(kV3, R"({"id": 1, "name": "t", "required": false, "type": "timestamptz_ns"})",
               R"x({"id": 1, "name": "t", "required": false, "type": "variant"},
                   {"id": 2, "name": "g", "required": false, "type": "geography(C, spherical)"})x"),
      R"({"spec-id": 0, "fields": []})",
      R"({"spec-id": 0, "fields": [
            {"name": "z", "transform": "zorder", "source-ids": [1, 2], "field-id": 1000}]})");
  const TableMetadata metadata = Read(json);
  EXPECT_EQ(metadata.CurrentSchema().fields[0].type, Type::Unsupported("variant"));
  EXPECT_EQ(metadata.DefaultSpec().fields[0].transform.kind, TransformKind::kUnknown);
  EXPECT_EQ(Read(TableMetadataToJson(metadata)), metadata);
}

TEST(RefuseEncrypted, NamesSnapshotAndKey) {
  const TableMetadata metadata = Read(kV3);
  const arrow::Status status = RefuseEncrypted(*metadata.CurrentSnapshot());
  EXPECT_TRUE(status.IsNotImplemented());
  EXPECT_NE(status.message().find("snapshot 7 is encrypted with key 'k'"), std::string::npos)
      << status;
  EXPECT_TRUE(RefuseEncrypted(*Read(kV2).CurrentSnapshot()).ok());
}

}  // namespace
}  // namespace artemis
