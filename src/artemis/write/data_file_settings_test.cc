// Facts of how table properties decide how data files are written.
#include "artemis/write/data_file_settings.h"

#include <gmock/gmock.h>

#include "artemis/schema/sort_order.h"

namespace artemis {
namespace {

using PropertyMap = std::map<std::string, std::string>;

Field MakeField(int id, const std::string& name, Type type) {
  Field field;
  field.id = FieldId(id);
  field.name = name;
  field.type = std::move(type);
  return field;
}

Schema SettingsSchema() {
  Schema schema;
  Type position = Type::Of(TypeKind::kStruct);
  position.fields = {MakeField(4, "lat", Type::Of(TypeKind::kDouble)),
                     MakeField(5, "name", Type::Of(TypeKind::kString))};
  Type tags = Type::Of(TypeKind::kList);
  tags.fields = {MakeField(7, "element", Type::Of(TypeKind::kString))};
  schema.fields = {MakeField(1, "n", Type::Of(TypeKind::kLong)),
                   MakeField(2, "ok", Type::Of(TypeKind::kBoolean)),
                   MakeField(3, "position", std::move(position)),
                   MakeField(6, "tags", std::move(tags))};
  return schema;
}

TableMetadata TableWith(PropertyMap properties, const std::string& sort = "") {
  NewTable table;
  table.location = "file:///t";
  table.schema = SettingsSchema();
  table.sort_order = ParseSortOrder(sort, table.schema).ValueOrDie();
  table.properties = std::move(properties);
  return MakeTableMetadata(table, TimestampMs(0)).ValueOrDie();
}

arrow::Result<DataFileSettings> Resolve(const TableMetadata& metadata,
                                        const TableWriterOptions& options = {}) {
  return ResolveDataFileSettings(metadata, FileSchema(metadata.CurrentSchema()), options);
}

// The mode of the field with this full name.
MetricsMode ModeOf(const TableMetadata& metadata, const std::string& name) {
  const DataFileSettings settings = Resolve(metadata).ValueOrDie();
  const FieldId id = metadata.CurrentSchema().FindField(name)->id;
  const auto own = settings.parquet.metrics_modes.find(id);
  return own != settings.parquet.metrics_modes.end() ? own->second : settings.parquet.metrics_mode;
}

constexpr MetricsMode kNone = {MetricsMode::Kind::kNone, 16};
constexpr MetricsMode kCounts = {MetricsMode::Kind::kCounts, 16};
constexpr MetricsMode kFull = {MetricsMode::Kind::kFull, 16};
constexpr MetricsMode kTruncate16 = {MetricsMode::Kind::kTruncate, 16};

TEST(DataFileSettings, HaveTheDefaultsOfTheTableFormat) {
  const TableMetadata metadata = TableWith({});
  const DataFileSettings settings = Resolve(metadata).ValueOrDie();
  EXPECT_EQ(settings.target_file_bytes, 536'870'912);
  EXPECT_EQ(settings.parquet.row_group_bytes, 134'217'728);
  EXPECT_EQ(settings.parquet.codec, CompressionCodec::kZstd);
  EXPECT_EQ(settings.parquet.zstd_level, 3);
  EXPECT_TRUE(settings.parquet.bloom_filter_columns.empty());
  EXPECT_EQ(ModeOf(metadata, "n"), kTruncate16);
}

TEST(DataFileSettings, FollowTheProperties) {
  const DataFileSettings settings =
      Resolve(TableWith({{"write.target-file-size-bytes", "1000000"},
                         {"write.parquet.row-group-size-bytes", "65536"},
                         {"write.parquet.compression-codec", "ZSTD"},
                         {"write.parquet.compression-level", "9"},
                         {"write.parquet.dict-size-bytes", "2097152"}}))
          .ValueOrDie();
  EXPECT_EQ(settings.target_file_bytes, 1'000'000);
  EXPECT_EQ(settings.parquet.row_group_bytes, 65'536);
  EXPECT_EQ(settings.parquet.zstd_level, 9);
  EXPECT_EQ(settings.parquet.dictionary_bytes, 2'097'152);
}

TEST(DataFileSettings, KnowTheCodecs) {
  for (const auto& [name, codec] : {std::pair{"snappy", CompressionCodec::kSnappy},
                                    {"gzip", CompressionCodec::kGzip},
                                    {"lz4", CompressionCodec::kLz4},
                                    {"uncompressed", CompressionCodec::kUncompressed}}) {
    const auto settings =
        Resolve(TableWith({{"write.parquet.compression-codec", name}})).ValueOrDie();
    EXPECT_EQ(settings.parquet.codec, codec);
  }
  EXPECT_EQ(Resolve(TableWith({{"write.parquet.compression-codec", "gzip"},
                               {"write.parquet.compression-level", "9"}}))
                .ValueOrDie()
                .parquet.codec_level,
            9);
}

TEST(DataFileSettings, GiveWayToOptions) {
  TableWriterOptions options;
  options.target_file_bytes = 5'000;
  options.row_group_bytes = 4'000;
  options.codec = CompressionCodec::kSnappy;
  const DataFileSettings settings =
      Resolve(TableWith({{"write.target-file-size-bytes", "1000000"},
                         {"write.parquet.row-group-size-bytes", "65536"},
                         {"write.parquet.compression-codec", "zstd"},
                         {"write.parquet.compression-level", "9"}}),
              options)
          .ValueOrDie();
  EXPECT_EQ(settings.target_file_bytes, 5'000);
  EXPECT_EQ(settings.parquet.row_group_bytes, 4'000);
  EXPECT_EQ(settings.parquet.codec, CompressionCodec::kSnappy);
  // A level belongs to the codec it was given with.
  EXPECT_EQ(settings.parquet.codec_level, std::nullopt);
  options.codec.reset();
  options.compression_level = 2;
  EXPECT_EQ(Resolve(TableWith({{"write.parquet.compression-level", "9"}}), options)
                .ValueOrDie()
                .parquet.zstd_level,
            2);
}

TEST(DataFileSettings, NameThePropertyThatMakesNoSense) {
  const PropertyMap wrong = {{"write.target-file-size-bytes", "128MB"},
                             {"write.parquet.row-group-size-bytes", "0"},
                             {"write.parquet.compression-codec", "brotli"},
                             {"write.parquet.compression-level", "high"},
                             {"write.parquet.dict-size-bytes", "-1"},
                             {"write.parquet.bloom-filter-enabled.column.n", "yes"},
                             {"write.metadata.metrics.default", "some"},
                             {"write.metadata.metrics.column.n", "truncate(0)"},
                             {"write.metadata.metrics.max-inferred-column-defaults", "x"}};
  for (const auto& [name, value] : wrong) {
    const arrow::Status status = Resolve(TableWith({{name, value}})).status();
    EXPECT_TRUE(status.IsInvalid()) << name;
    EXPECT_NE(status.message().find(name), std::string::npos) << status;
    EXPECT_NE(status.message().find(value), std::string::npos) << status;
  }
  EXPECT_TRUE(Resolve(TableWith({{"write.parquet.compression-level", "99"}})).status().IsInvalid());
  TableWriterOptions options;
  options.row_group_bytes = -1;
  EXPECT_TRUE(Resolve(TableWith({}), options).status().IsInvalid());
}

TEST(DataFileSettings, ReadMetricsModes) {
  const TableMetadata metadata =
      TableWith({{"write.metadata.metrics.default", "Counts"},
                 {"write.metadata.metrics.column.n", "full"},
                 {"write.metadata.metrics.column.position.name", "truncate(5)"},
                 {"write.metadata.metrics.column.tags.element", "none"},
                 {"write.metadata.metrics.column.dropped", "full"}});
  EXPECT_EQ(ModeOf(metadata, "n"), kFull);
  EXPECT_EQ(ModeOf(metadata, "ok"), kCounts);
  EXPECT_EQ(ModeOf(metadata, "position.name"), (MetricsMode{MetricsMode::Kind::kTruncate, 5}));
  EXPECT_EQ(ModeOf(metadata, "tags.element"), kNone);
}

TEST(DataFileSettings, KeepBoundsOfSortColumnsUnlessToldOtherwise) {
  const TableMetadata sorted = TableWith({{"write.metadata.metrics.default", "none"}}, "n");
  EXPECT_EQ(ModeOf(sorted, "n"), kTruncate16);
  EXPECT_EQ(ModeOf(sorted, "ok"), kNone);
  const TableMetadata told = TableWith(
      {{"write.metadata.metrics.default", "none"}, {"write.metadata.metrics.column.n", "counts"}},
      "n");
  EXPECT_EQ(ModeOf(told, "n"), kCounts);
}

TEST(DataFileSettings, GiveMetricsToTheFirstColumnsOfWideTables) {
  const PropertyMap narrow = {{"write.metadata.metrics.max-inferred-column-defaults", "2"}};
  EXPECT_EQ(ModeOf(TableWith(narrow), "ok"), kTruncate16);
  EXPECT_EQ(ModeOf(TableWith(narrow), "position.lat"), kNone);
  PropertyMap with_default = narrow;
  with_default["write.metadata.metrics.default"] = "full";
  EXPECT_EQ(ModeOf(TableWith(with_default), "position.lat"), kFull);
}

TEST(DataFileSettings, NameBloomFiltersByTheirPlaceInTheFile) {
  const auto settings =
      Resolve(TableWith({{"write.parquet.bloom-filter-enabled.column.n", "true"},
                         {"write.parquet.bloom-filter-enabled.column.position.name", "TRUE"},
                         {"write.parquet.bloom-filter-enabled.column.tags.element", "true"},
                         {"write.parquet.bloom-filter-enabled.column.position.lat", "false"},
                         {"write.parquet.bloom-filter-enabled.column.dropped", "true"}}))
          .ValueOrDie();
  EXPECT_THAT(settings.parquet.bloom_filter_columns,
              ::testing::UnorderedElementsAre("n", "position.name", "tags.list.element"));
  const auto refused =
      Resolve(TableWith({{"write.parquet.bloom-filter-enabled.column.ok", "true"}})).status();
  EXPECT_TRUE(refused.IsTypeError());
  EXPECT_NE(refused.message().find("column 'ok'"), std::string::npos) << refused;
}

}  // namespace
}  // namespace artemis
