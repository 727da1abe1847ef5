// Avro schemas of manifests, put together as text.
#include "artemis/table/manifest_schema.h"

#include <set>
#include <vector>

#include "artemis/base/json_text.h"
#include "artemis/table/avro_value.h"
#include "artemis/table/manifest_fields.h"

namespace artemis {

namespace {

// Collects the fields of one record.
class RecordSchema {
 public:
  explicit RecordSchema(std::string name) : name_(std::move(name)) {}

  RecordSchema& Required(const std::string& name, int id, const std::string& type) {
    return Add(name, type + ",\"field-id\":" + std::to_string(id));
  }
  RecordSchema& Optional(const std::string& name, int id, const std::string& type,
                         const std::string& more = "") {
    return Add(
        name, "[\"null\"," + type + "],\"default\":null,\"field-id\":" + std::to_string(id) + more);
  }
  std::string Json() const {
    return R"({"type":"record","name":")" + name_ + R"(","fields":[)" + fields_ + "]}";
  }

 private:
  RecordSchema& Add(const std::string& name, const std::string& rest) {
    if (!fields_.empty()) fields_ += ',';
    fields_ += R"({"name":")" + name + R"(","type":)" + rest + "}";
    return *this;
  }

  std::string name_;
  std::string fields_;
};

std::string ListJson(int element_id, const std::string& element) {
  return R"({"type":"array","items":)" + element + R"(,"element-id":)" +
         std::to_string(element_id) + "}";
}

// A map with int keys: an array of key-value records.
std::string IntMapJson(int key_id, int value_id, const std::string& value) {
  RecordSchema pair("k" + std::to_string(key_id) + "_v" + std::to_string(value_id));
  pair.Required("key", key_id, "\"int\"").Required("value", value_id, value);
  return R"({"type":"array","items":)" + pair.Json() + R"(,"logicalType":"map"})";
}

constexpr char kAvroInt[] = "\"int\"";
constexpr char kAvroLong[] = "\"long\"";
constexpr char kAvroString[] = "\"string\"";
constexpr char kAvroBytes[] = "\"bytes\"";
constexpr char kAvroBoolean[] = "\"boolean\"";

std::string PartitionSchema(const Type& partition) {
  RecordSchema record("r102");
  std::set<std::string> names;
  for (const Field& field : partition.fields) {
    const std::string id = std::to_string(field.id.value);
    std::string name = AvroName(field.name);
    const std::string more =
        name == field.name ? "" : ",\"iceberg-field-name\":" + JsonString(field.name);
    if (!names.insert(name).second) names.insert(name += "_" + id);
    record.Optional(name, field.id.value, AvroTypeJson(field.type, "_" + id), more);
  }
  return record.Json();
}

void AddMetrics(RecordSchema* file) {
  file->Optional("column_sizes", kColumnSizes,
                 IntMapJson(kColumnSizesKey, kColumnSizesValue, kAvroLong))
      .Optional("value_counts", kValueCounts,
                IntMapJson(kValueCountsKey, kValueCountsValue, kAvroLong))
      .Optional("null_value_counts", kNullCounts,
                IntMapJson(kNullCountsKey, kNullCountsValue, kAvroLong))
      .Optional("nan_value_counts", kNanCounts,
                IntMapJson(kNanCountsKey, kNanCountsValue, kAvroLong))
      .Optional("lower_bounds", kLowerBounds,
                IntMapJson(kLowerBoundsKey, kLowerBoundsValue, kAvroBytes))
      .Optional("upper_bounds", kUpperBounds,
                IntMapJson(kUpperBoundsKey, kUpperBoundsValue, kAvroBytes));
}

std::string DataFileSchema(const Type& partition, int32_t format_version) {
  RecordSchema file("r2");
  file.Required("content", kFileContent, kAvroInt)
      .Required("file_path", kFilePath, kAvroString)
      .Required("file_format", kFileFormat, kAvroString)
      .Required("partition", kPartition, PartitionSchema(partition))
      .Required("record_count", kRecordCount, kAvroLong)
      .Required("file_size_in_bytes", kFileSize, kAvroLong);
  AddMetrics(&file);
  file.Optional("key_metadata", kKeyMetadata, kAvroBytes)
      .Optional("split_offsets", kSplitOffsets, ListJson(kSplitOffset, kAvroLong))
      .Optional("equality_ids", kEqualityIds, ListJson(kEqualityId, kAvroInt))
      .Optional("sort_order_id", kSortOrderId, kAvroInt);
  if (format_version >= 3) file.Optional("first_row_id", kFirstRowId, kAvroLong);
  file.Optional("referenced_data_file", kReferencedDataFile, kAvroString);
  if (format_version >= 3) {
    file.Optional("content_offset", kContentOffset, kAvroLong)
        .Optional("content_size_in_bytes", kContentSize, kAvroLong);
  }
  return file.Json();
}

// One UTF-16 unit that Avro does not allow.
std::string EscapedUnit(uint32_t unit) {
  std::string hex;
  for (; unit > 0; unit >>= 4) hex.insert(hex.begin(), "0123456789ABCDEF"[unit & 15]);
  return "_x" + (hex.empty() ? "0" : hex);
}

// Reads one code point of UTF-8 at *at; a broken byte stands for itself.
uint32_t NextCodePoint(std::string_view text, size_t* at) {
  const auto lead = static_cast<uint8_t>(text[(*at)++]);
  int more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : lead >= 0xC0 ? 1 : 0;
  if (*at + static_cast<size_t>(more) > text.size()) more = 0;
  if (more == 0) return lead;
  uint32_t point = lead & (0x3F >> more);
  for (; more > 0; --more) point = point << 6 | (static_cast<uint8_t>(text[(*at)++]) & 0x3F);
  return point;
}

std::string EscapedPoint(uint32_t point) {
  if (point < 0x10000) return EscapedUnit(point);
  point -= 0x10000;
  return EscapedUnit(0xD800 + (point >> 10)) + EscapedUnit(0xDC00 + (point & 0x3FF));
}

}  // namespace

std::string ManifestListAvroSchema(int32_t format_version) {
  RecordSchema summary("r508");
  summary.Required("contains_null", kContainsNull, kAvroBoolean)
      .Optional("contains_nan", kContainsNan, kAvroBoolean)
      .Optional("lower_bound", kSummaryLowerBound, kAvroBytes)
      .Optional("upper_bound", kSummaryUpperBound, kAvroBytes);
  RecordSchema file("manifest_file");
  file.Required("manifest_path", kManifestPath, kAvroString)
      .Required("manifest_length", kManifestLength, kAvroLong)
      .Required("partition_spec_id", kPartitionSpecId, kAvroInt)
      .Required("content", kManifestContent, kAvroInt)
      .Required("sequence_number", kListSequenceNumber, kAvroLong)
      .Required("min_sequence_number", kMinSequenceNumber, kAvroLong)
      .Required("added_snapshot_id", kAddedSnapshotId, kAvroLong)
      .Required("added_files_count", kAddedFilesCount, kAvroInt)
      .Required("existing_files_count", kExistingFilesCount, kAvroInt)
      .Required("deleted_files_count", kDeletedFilesCount, kAvroInt)
      .Required("added_rows_count", kAddedRowsCount, kAvroLong)
      .Required("existing_rows_count", kExistingRowsCount, kAvroLong)
      .Required("deleted_rows_count", kDeletedRowsCount, kAvroLong)
      .Optional("partitions", kPartitions, ListJson(kPartitionSummary, summary.Json()))
      .Optional("key_metadata", kListKeyMetadata, kAvroBytes);
  if (format_version >= 3) file.Optional("first_row_id", kListFirstRowId, kAvroLong);
  return file.Json();
}

std::string ManifestAvroSchema(const Type& partition, int32_t format_version) {
  RecordSchema entry("manifest_entry");
  entry.Required("status", kStatus, kAvroInt)
      .Optional("snapshot_id", kSnapshotId, kAvroLong)
      .Optional("sequence_number", kSequenceNumber, kAvroLong)
      .Optional("file_sequence_number", kFileSequenceNumber, kAvroLong)
      .Required("data_file", kDataFile, DataFileSchema(partition, format_version));
  return entry.Json();
}

std::string AvroName(std::string_view name) {
  std::string out;
  for (size_t at = 0; at < name.size();) {
    const bool first = at == 0;
    const uint32_t point = NextCodePoint(name, &at);
    const bool is_digit = point >= '0' && point <= '9';
    const bool is_letter = (point >= 'a' && point <= 'z') || (point >= 'A' && point <= 'Z');
    if (is_letter || point == '_' || (is_digit && !first)) {
      out += static_cast<char>(point);
    } else if (is_digit) {
      out += '_';
      out += static_cast<char>(point);
    } else {
      out += EscapedPoint(point);
    }
  }
  return out.empty() ? "_" : out;
}

}  // namespace artemis
