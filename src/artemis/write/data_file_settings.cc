// Reads the properties.
#include "artemis/write/data_file_settings.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "artemis/base/error.h"
#include "artemis/layout/clustering.h"
#include "artemis/parquet/file_properties.h"
#include "artemis/parquet/leaf_columns.h"

namespace artemis {
namespace {

constexpr char kTargetFileSize[] = "write.target-file-size-bytes";
constexpr char kRowGroupSize[] = "write.parquet.row-group-size-bytes";
constexpr char kCodec[] = "write.parquet.compression-codec";
constexpr char kLevel[] = "write.parquet.compression-level";
constexpr char kDictionarySize[] = "write.parquet.dict-size-bytes";
constexpr char kBloomFilterColumn[] = "write.parquet.bloom-filter-enabled.column.";
constexpr char kMetricsDefault[] = "write.metadata.metrics.default";
constexpr char kMetricsColumn[] = "write.metadata.metrics.column.";
constexpr char kMetricsInferredMax[] = "write.metadata.metrics.max-inferred-column-defaults";

constexpr int64_t kTargetFileBytes = int64_t{512} << 20;
constexpr int64_t kRowGroupBytes = int64_t{128} << 20;
constexpr int64_t kMetricsInferredColumns = 100;
// Iceberg's default for tables.
constexpr double kBloomFilterFpp = 0.01;

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower;
}

std::optional<int64_t> WholeNumber(std::string_view text) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

arrow::Status OfProperty(const arrow::Status& status, std::string_view name) {
  std::string context = "table property ";
  context.append(name);
  return WithContext(status, context);
}

class Properties {
 public:
  explicit Properties(const std::map<std::string, std::string>& values) : values_(values) {}

  std::optional<std::string> Text(const std::string& name) const {
    const auto found = values_.find(name);
    return found == values_.end() ? std::nullopt : std::optional<std::string>(found->second);
  }

  arrow::Result<int64_t> Number(const std::string& name, int64_t least, int64_t otherwise) const {
    const auto text = Text(name);
    if (!text) return otherwise;
    const auto number = WholeNumber(*text);
    if (number && *number >= least) return *number;
    return arrow::Status::Invalid("table property ", name, ": expected a whole number from ", least,
                                  ", found '", *text, "'");
  }

  // Calls `visit(name after the prefix, value)`.
  template <typename Visit>
  arrow::Status ForEachWithPrefix(const std::string& prefix, const Visit& visit) const {
    for (auto it = values_.lower_bound(prefix); it != values_.end(); ++it) {
      if (!it->first.starts_with(prefix)) break;
      ARROW_RETURN_NOT_OK(
          OfProperty(visit(it->first.substr(prefix.size()), it->second), it->first));
    }
    return arrow::Status::OK();
  }

 private:
  const std::map<std::string, std::string>& values_;
};

arrow::Status CheckPositive(const char* name, std::optional<int64_t> bytes) {
  if (!bytes || *bytes > 0) return arrow::Status::OK();
  return arrow::Status::Invalid(name, " must be positive, found ", *bytes);
}

arrow::Status SetCompression(const Properties& properties, const TableWriterOptions& options,
                             ParquetWriterOptions* parquet) {
  std::optional<int> level = options.compression_level;
  if (options.codec) {
    parquet->codec = *options.codec;
  } else {
    if (const auto text = properties.Text(kCodec)) {
      auto codec = ParseCompressionCodec(*text);
      ARROW_RETURN_NOT_OK(OfProperty(codec.status(), kCodec));
      parquet->codec = *codec;
    }
    if (!level && properties.Text(kLevel)) {
      ARROW_ASSIGN_OR_RAISE(const int64_t number,
                            properties.Number(kLevel, std::numeric_limits<int>::min(), 0));
      level = static_cast<int>(std::min<int64_t>(number, std::numeric_limits<int>::max()));
    }
  }
  if (level && parquet->codec == CompressionCodec::kZstd) parquet->zstd_level = *level;
  parquet->codec_level = level;
  return arrow::Status::OK();
}

arrow::Status SetBloomFilters(const Properties& properties, const Schema& schema,
                              const FileSchema& file_schema, ParquetWriterOptions* parquet) {
  const auto leaves = LeafColumns(*file_schema.arrow_schema());
  ARROW_ASSIGN_OR_RAISE(const auto descriptor, ParquetSchemaOf(*file_schema.arrow_schema()));
  parquet->bloom_filter_fpp = kBloomFilterFpp;
  return properties.ForEachWithPrefix(
      kBloomFilterColumn, [&](const std::string& name, const std::string& value) {
        const std::string enabled = LowerCase(value);
        if (enabled != "true" && enabled != "false") {
          return arrow::Status::Invalid("expected true or false, found '", value, "'");
        }
        const Field* field = schema.FindField(name);
        if (enabled == "false" || field == nullptr) return arrow::Status::OK();
        for (const LeafColumn& leaf : leaves) {
          if (leaf.field_id != field->id) continue;
          parquet->bloom_filter_columns.push_back(
              descriptor->Column(leaf.leaf_index)->path()->ToDotString());
        }
        return arrow::Status::OK();
      });
}

// Modes by field id, the weaker first: the width of the table, the sort order, the column's own property.
class MetricsModes {
 public:
  explicit MetricsModes(ParquetWriterOptions* parquet) : parquet_(*parquet) {}

  arrow::Status Resolve(const Properties& properties, const TableMetadata& metadata,
                        const FileSchema& file_schema) {
    const auto text = properties.Text(kMetricsDefault);
    if (text) {
      auto mode = ParseMetricsMode(*text);
      ARROW_RETURN_NOT_OK(OfProperty(mode.status(), kMetricsDefault));
      parquet_.metrics_mode = *mode;
    } else {
      ARROW_ASSIGN_OR_RAISE(const int64_t columns,
                            properties.Number(kMetricsInferredMax, 0, kMetricsInferredColumns));
      LeaveOutBeyond(columns, file_schema);
    }
    for (const SortField& field : metadata.DefaultSortOrder().fields) {
      KeepBounds(field.source_id);
      for (const FieldId id : field.further_source_ids) KeepBounds(id);
    }
    ARROW_ASSIGN_OR_RAISE(const Clustering clustering,
                          ClusteringOf(metadata.properties, metadata.CurrentSchema()));
    for (const FieldId id : clustering.columns) KeepBounds(id);
    return properties.ForEachWithPrefix(
        kMetricsColumn, [&](const std::string& name, const std::string& value) -> arrow::Status {
          ARROW_ASSIGN_OR_RAISE(const MetricsMode mode, ParseMetricsMode(value));
          const Field* field = metadata.CurrentSchema().FindField(name);
          if (field != nullptr) parquet_.metrics_modes[field->id] = mode;
          return arrow::Status::OK();
        });
  }

 private:
  void LeaveOutBeyond(int64_t columns, const FileSchema& file_schema) {
    for (const LeafColumn& leaf : LeafColumns(*file_schema.arrow_schema())) {
      if (leaf.leaf_index < columns || !leaf.field_id) continue;
      parquet_.metrics_modes[*leaf.field_id].kind = MetricsMode::Kind::kNone;
    }
  }

  void KeepBounds(FieldId id) {
    const auto own = parquet_.metrics_modes.find(id);
    const MetricsMode mode =
        own != parquet_.metrics_modes.end() ? own->second : parquet_.metrics_mode;
    if (mode.kind == MetricsMode::Kind::kNone || mode.kind == MetricsMode::Kind::kCounts) {
      parquet_.metrics_modes[id] = MetricsMode{};
    }
  }

  ParquetWriterOptions& parquet_;
};

}  // namespace

arrow::Result<MetricsMode> ParseMetricsMode(std::string_view text) {
  const std::string lower = LowerCase(text);
  MetricsMode mode;
  if (lower == "none") {
    mode.kind = MetricsMode::Kind::kNone;
  } else if (lower == "counts") {
    mode.kind = MetricsMode::Kind::kCounts;
  } else if (lower == "full") {
    mode.kind = MetricsMode::Kind::kFull;
  } else {
    constexpr std::string_view kTruncate = "truncate(";
    std::optional<int64_t> length;
    if (lower.starts_with(kTruncate) && lower.ends_with(')')) {
      length = WholeNumber(
          std::string_view(lower).substr(kTruncate.size(), lower.size() - kTruncate.size() - 1));
    }
    if (!length || *length <= 0 || *length > std::numeric_limits<int>::max()) {
      return arrow::Status::Invalid("unknown metrics mode '", text,
                                    "': expected none, counts, truncate(N) or full");
    }
    mode.length_max = static_cast<int>(*length);
  }
  return mode;
}

arrow::Result<CompressionCodec> ParseCompressionCodec(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, CompressionCodec>, 5> kCodecs = {
      {{"zstd", CompressionCodec::kZstd},
       {"snappy", CompressionCodec::kSnappy},
       {"gzip", CompressionCodec::kGzip},
       {"lz4", CompressionCodec::kLz4},
       {"uncompressed", CompressionCodec::kUncompressed}}};
  const std::string lower = LowerCase(text);
  for (const auto& [name, codec] : kCodecs) {
    if (name == lower) return codec;
  }
  return arrow::Status::Invalid("unknown compression codec '", text,
                                "': expected zstd, snappy, gzip, lz4 or uncompressed");
}

arrow::Result<DataFileSettings> ResolveDataFileSettings(const TableMetadata& metadata,
                                                        const FileSchema& file_schema,
                                                        const TableWriterOptions& options) {
  ARROW_RETURN_NOT_OK(CheckPositive("target_file_bytes", options.target_file_bytes));
  ARROW_RETURN_NOT_OK(CheckPositive("row_group_bytes", options.row_group_bytes));
  const Properties properties(metadata.properties);
  DataFileSettings settings;
  ARROW_ASSIGN_OR_RAISE(settings.target_file_bytes,
                        properties.Number(kTargetFileSize, 1, kTargetFileBytes));
  ARROW_ASSIGN_OR_RAISE(settings.parquet.row_group_bytes,
                        properties.Number(kRowGroupSize, 1, kRowGroupBytes));
  ARROW_ASSIGN_OR_RAISE(settings.parquet.dictionary_bytes,
                        properties.Number(kDictionarySize, 1, settings.parquet.dictionary_bytes));
  settings.target_file_bytes = options.target_file_bytes.value_or(settings.target_file_bytes);
  settings.parquet.row_group_bytes =
      options.row_group_bytes.value_or(settings.parquet.row_group_bytes);
  ARROW_RETURN_NOT_OK(SetCompression(properties, options, &settings.parquet));
  ARROW_RETURN_NOT_OK(
      SetBloomFilters(properties, metadata.CurrentSchema(), file_schema, &settings.parquet));
  ARROW_RETURN_NOT_OK(MetricsModes(&settings.parquet).Resolve(properties, metadata, file_schema));
  settings.parquet.events = options.events;
  // Files are encoded side by side, not the columns of one.
  settings.parquet.threads = 1;
  ARROW_RETURN_NOT_OK(CheckParquetSchema(*file_schema.arrow_schema(), settings.parquet));
  return settings;
}

}  // namespace artemis
