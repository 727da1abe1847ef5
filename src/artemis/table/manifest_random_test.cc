// Property: whatever entries are written, the same are read, for every partition type and both versions.
#include <random>

#include <gtest/gtest.h>

#include "artemis/schema/literal.h"
#include "artemis/table/file_index.h"
#include "artemis/table/manifest_avro.h"
#include "artemis/table/sample_table.h"

namespace artemis {
namespace {

// A column of every type that can be a partition source, and a spec of their identities.
Schema AllTypesSchema() {
  const Type types[] = {
      Type::Of(TypeKind::kBoolean),
      Type::Of(TypeKind::kInt),
      Type::Of(TypeKind::kLong),
      Type::Of(TypeKind::kFloat),
      Type::Of(TypeKind::kDouble),
      Type::Decimal(9, 2),
      Type::Decimal(38, 10),
      Type::Decimal(9, 2),
      Type::Of(TypeKind::kDate),
      Type::Of(TypeKind::kTime),
      Type::Of(TypeKind::kTimestamp),
      Type::Of(TypeKind::kTimestamptz),
      Type::Of(TypeKind::kString),
      Type::Of(TypeKind::kUuid),
      Type::Fixed(5),
      Type::Of(TypeKind::kBinary),
      Type::Of(TypeKind::kUuid),
      Type::Of(TypeKind::kTimestampNs),
  };
  Schema schema;
  int32_t id = 1;
  for (const Type& type : types) {
    schema.fields.push_back(SampleField(id, "column " + std::to_string(id), type));
    ++id;
  }
  return schema;
}

PartitionSpec IdentitySpec(const Schema& schema) {
  PartitionSpec spec;
  spec.id = SpecId(3);
  for (const Field& field : schema.fields) {
    spec.fields.push_back({field.id, FieldId(999 + field.id.value), field.name, Transform()});
  }
  return spec;
}

class RandomEntries {
 public:
  explicit RandomEntries(uint64_t seed) : random_(seed) {}

  int64_t Integer(int64_t low, int64_t high) {
    return std::uniform_int_distribution<int64_t>(low, high)(random_);
  }
  bool Chance(int percent) { return Integer(0, 99) < percent; }
  std::string Bytes(int64_t size) {
    std::string bytes;
    for (int64_t i = 0; i < size; ++i) bytes += static_cast<char>(Integer(0, 255));
    return bytes;
  }

  LiteralValue Value(const Type& type) {
    constexpr auto kInt32 = std::numeric_limits<int32_t>();
    constexpr auto kInt64 = std::numeric_limits<int64_t>();
    switch (type.kind) {
      case TypeKind::kBoolean:
        return Chance(50);
      case TypeKind::kInt:
      case TypeKind::kDate:
        return static_cast<int32_t>(Integer(kInt32.min(), kInt32.max()));
      case TypeKind::kFloat:
        return static_cast<float>(Integer(-1000, 1000)) / 8;
      case TypeKind::kDouble:
        return static_cast<double>(Integer(-1000, 1000)) / 64;
      case TypeKind::kDecimal:
        if (type.precision == 9) return arrow::Decimal128(Integer(-999999999, 999999999));
        return arrow::Decimal128(Integer(-1000000, 1000000), static_cast<uint64_t>(Integer(0, 9)));
      case TypeKind::kString:
      case TypeKind::kBinary:
        return Bytes(Integer(0, 40));
      case TypeKind::kUuid:
        return Bytes(16);
      case TypeKind::kFixed:
        return Bytes(type.length);
      default:
        return Integer(kInt64.min(), kInt64.max());
    }
  }

  std::optional<int64_t> Count() {
    return Chance(70) ? std::optional<int64_t>(Integer(0, 1000000)) : std::nullopt;
  }
  std::optional<std::string> Bound() {
    return Chance(70) ? std::optional<std::string>(Bytes(Integer(0, 20))) : std::nullopt;
  }

  FileMetrics Metrics() {
    FileMetrics metrics;
    for (int32_t id = 1; id < 30; ++id) {
      if (Chance(40)) continue;
      ColumnMetrics column{FieldId(id), Count(), Count(), Count(), Count(), Bound(), Bound()};
      // A column of which nothing is known is not written.
      if (!column.column_size_bytes) column.value_count = Integer(0, 9);
      metrics.push_back(column);
    }
    return metrics;
  }

  ManifestEntry Entry(const Schema& schema, const PartitionSpec& spec, int32_t format_version) {
    ManifestEntry entry;
    entry.status = static_cast<EntryStatus>(Integer(0, 2));
    entry.snapshot_id = SnapshotId(Integer(1, 1000));
    entry.data_sequence_number = SequenceNumber(Integer(0, 1000));
    entry.file_sequence_number = SequenceNumber(Integer(0, 1000));
    DataFile& file = entry.file;
    file.path = "data/" + std::to_string(Integer(0, 1LL << 60)) + ".parquet";
    file.spec_id = spec.id;
    for (const Field& field : schema.fields) {
      file.partition.push_back(Chance(80) ? std::optional(Value(field.type)) : std::nullopt);
    }
    file.record_count = Integer(0, 1LL << 40);
    file.file_size_bytes = Integer(0, 1LL << 40);
    file.metrics = Metrics();
    // Encrypted files are read about only when they are gone.
    if (entry.status == EntryStatus::kDeleted && Chance(20)) file.key_metadata = Bytes(10);
    for (int64_t n = Integer(0, 4); n > 0; --n) file.split_offsets.push_back(Integer(4, 1 << 30));
    if (Chance(50)) file.sort_order_id = SortOrderId(static_cast<int32_t>(Integer(0, 5)));
    if (format_version >= 3 && entry.status != EntryStatus::kAdded) file.first_row_id = Count();
    return entry;
  }

 private:
  std::mt19937_64 random_;
};

void ExpectBound(const Type& type, const LiteralValue& found, const std::string& bytes) {
  const auto value = FromBytes(type, bytes);
  ASSERT_TRUE(value.ok()) << value.status();
  EXPECT_TRUE(CompareValues(found, *value) == 0) << FormatLiteral(type, found);
}

// The index of a manifest holds its live entries, and every fact about bounds that decodes.
void ExpectIndexHolds(const std::string& bytes, const ManifestFile& file, const Schema& schema,
                      const std::vector<ManifestEntry>& entries) {
  FileIndexOptions options;
  options.fields = schema.fields;
  const auto index = ReadFileIndex(bytes, file, options);
  ASSERT_TRUE(index.ok()) << index.status();
  size_t row = 0;
  for (const ManifestEntry& entry : entries) {
    if (entry.status == EntryStatus::kDeleted) continue;
    ASSERT_LT(row, (*index)->size());
    DataFile expected = entry.file;
    expected.metrics.clear();
    EXPECT_EQ((*index)->File(row), expected);
    EXPECT_EQ((*index)->snapshot_id(row), entry.snapshot_id);
    EXPECT_EQ((*index)->data_sequence_number(row), entry.data_sequence_number);
    EXPECT_EQ((*index)->tuples()[(*index)->tuple_of(row)], entry.file.partition);
    EXPECT_EQ((*index)->split_count(row), entry.file.split_offsets.size());
    for (const Field& field : schema.fields) {
      const auto& column = (*index)->metrics().columns.at(field.id);
      const ColumnMetrics* metrics = FindMetrics(entry.file.metrics, field.id);
      const ColumnRange range = column.At(row, field.type);
      const bool none_null =
          metrics != nullptr && metrics->null_count == 0 && metrics->value_count.value_or(1) > 0;
      EXPECT_EQ(range.has_null == Ternary::kNo, none_null);
      if (range.lower) {
        ExpectBound(field.type, *range.lower, *metrics->lower_bound);
      }
      if (range.upper) {
        ExpectBound(field.type, *range.upper, *metrics->upper_bound);
      }
    }
    ++row;
  }
  EXPECT_EQ((*index)->size(), row);
}

TEST(ManifestProperty, ReadsWhatWasWritten) {
  const Schema schema = AllTypesSchema();
  const PartitionSpec spec = IdentitySpec(schema);
  for (uint64_t seed = 1; seed <= 30; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RandomEntries random(seed);
    WriteManifestOptions options;
    options.format_version = seed % 2 == 0 ? 2 : 3;
    options.snapshot_id = SnapshotId(1);
    options.codec = static_cast<AvroCodec>(seed % 3);
    std::vector<ManifestEntry> entries;
    for (int64_t n = random.Integer(0, 60); n > 0; --n) {
      entries.push_back(random.Entry(schema, spec, options.format_version));
    }
    const auto written = WriteManifest("m.avro", schema, spec, entries, options);
    ASSERT_TRUE(written.ok()) << written.status();
    ManifestFile file = written->file;
    file.sequence_number = SequenceNumber(2000);
    const auto manifest = ReadManifest(written->bytes, file);
    ASSERT_TRUE(manifest.ok()) << manifest.status();
    for (ManifestEntry& entry : entries) {
      if (entry.status != EntryStatus::kAdded) continue;
      entry.data_sequence_number = entry.file_sequence_number = SequenceNumber(2000);
    }
    ASSERT_EQ(manifest->entries.size(), entries.size());
    for (size_t i = 0; i < entries.size(); ++i) {
      EXPECT_EQ(manifest->entries[i], entries[i]) << "entry " << i;
    }
    ExpectIndexHolds(written->bytes, file, schema, entries);
  }
}

}  // namespace
}  // namespace artemis
