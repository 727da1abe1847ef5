// Options to properties.
#include "artemis/parquet/file_properties.h"

#include <limits>

#include <arrow/extension_type.h>
#include <arrow/util/compression.h>
#include <parquet/arrow/schema.h>

#include "artemis/parquet/parquet_error.h"
#include "artemis/parquet/storable_type.h"

namespace artemis {
namespace {

constexpr int64_t kBloomFilterNdv = int64_t{1} << 20;
constexpr int kZstdLevelMax = 22;

parquet::Encoding::type FormatEncoding(ColumnEncoding encoding) {
  switch (encoding) {
    case ColumnEncoding::kDelta:
      return parquet::Encoding::DELTA_BINARY_PACKED;
    case ColumnEncoding::kByteStreamSplit:
      return parquet::Encoding::BYTE_STREAM_SPLIT;
    case ColumnEncoding::kDeltaByteArray:
      return parquet::Encoding::DELTA_BYTE_ARRAY;
    case ColumnEncoding::kDictionary:
    case ColumnEncoding::kPlain:
      break;
  }
  return parquet::Encoding::PLAIN;
}

arrow::Compression::type FormatCodec(CompressionCodec codec) {
  switch (codec) {
    case CompressionCodec::kZstd:
      return arrow::Compression::ZSTD;
    case CompressionCodec::kSnappy:
      return arrow::Compression::SNAPPY;
    case CompressionCodec::kGzip:
      return arrow::Compression::GZIP;
    case CompressionCodec::kLz4:
      return arrow::Compression::LZ4;
    case CompressionCodec::kUncompressed:
      break;
  }
  return arrow::Compression::UNCOMPRESSED;
}

parquet::WriterProperties::Builder& StoreDecimals(parquet::WriterProperties::Builder& builder) {
  return *builder.enable_store_decimal_as_integer();
}

arrow::Status SetCompression(const ParquetWriterOptions& options,
                             parquet::WriterProperties::Builder* builder) {
  const auto codec = FormatCodec(options.codec);
  builder->compression(codec);
  if (options.codec == CompressionCodec::kZstd) {
    if (options.zstd_level > kZstdLevelMax) {
      return arrow::Status::Invalid("compression level ", options.zstd_level,
                                    " of zstd: expected at most ", kZstdLevelMax);
    }
    builder->compression_level(options.zstd_level);
  } else if (options.codec_level && arrow::util::Codec::SupportsCompressionLevel(codec)) {
    ARROW_ASSIGN_OR_RAISE(const int least, arrow::util::Codec::MinimumCompressionLevel(codec));
    ARROW_ASSIGN_OR_RAISE(const int most, arrow::util::Codec::MaximumCompressionLevel(codec));
    if (*options.codec_level < least || *options.codec_level > most) {
      return arrow::Status::Invalid("compression level ", *options.codec_level, " of ",
                                    arrow::util::Codec::GetCodecAsString(codec), ": expected ",
                                    least, " to ", most);
    }
    builder->compression_level(*options.codec_level);
  }
  return arrow::Status::OK();
}

arrow::Status SetBloomFilters(const arrow::Schema& schema, const std::vector<LeafColumn>& leaves,
                              const parquet::SchemaDescriptor& descriptor,
                              const ParquetWriterOptions& options,
                              parquet::WriterProperties::Builder* builder) {
  if (options.bloom_filter_columns.empty()) return arrow::Status::OK();
  if (!(options.bloom_filter_fpp > 0 && options.bloom_filter_fpp < 1)) {
    return arrow::Status::Invalid("share of absent values that a bloom filter lets pass: expected ",
                                  "more than 0 and less than 1, found ", options.bloom_filter_fpp);
  }
  parquet::BloomFilterOptions filter;
  filter.ndv = options.bloom_filter_ndv.value_or(kBloomFilterNdv);
  filter.fpp = options.bloom_filter_fpp;
  if (*filter.ndv <= 0) {
    return arrow::Status::Invalid("distinct values of a bloom filter: expected more than 0, found ",
                                  *filter.ndv);
  }
  for (const std::string& name : options.bloom_filter_columns) {
    const std::vector<int> named = LeavesNamed(name, schema, leaves, descriptor);
    if (named.empty()) {
      return arrow::Status::Invalid("a bloom filter is asked for column '", name,
                                    "', which the rows do not have");
    }
    for (const int leaf : named) {
      const auto* column = descriptor.Column(leaf);
      if (column->physical_type() == parquet::Type::BOOLEAN) {
        return arrow::Status::TypeError("column '", name,
                                        "' of type bool cannot have a bloom filter");
      }
      builder->enable_bloom_filter(column->path(), filter);
    }
  }
  return arrow::Status::OK();
}

}  // namespace

arrow::MemoryPool* PoolOf(const ParquetWriterOptions& options) {
  return options.pool != nullptr ? options.pool : arrow::system_memory_pool();
}

arrow::Result<std::shared_ptr<parquet::SchemaDescriptor>> ParquetSchemaOf(
    const arrow::Schema& schema) {
  parquet::WriterProperties::Builder builder;
  const auto properties = StoreDecimals(builder).build();
  const auto convert = [&](const arrow::Schema& fields) {
    return CatchParquet([&]() -> arrow::Result<std::shared_ptr<parquet::SchemaDescriptor>> {
      std::shared_ptr<parquet::SchemaDescriptor> converted;
      ARROW_RETURN_NOT_OK(parquet::arrow::ToParquetSchema(&fields, *properties, &converted));
      return converted;
    });
  };
  for (const auto& field : schema.fields()) {
    arrow::Status status = CheckStorable(*field->type());
    if (status.ok()) status = convert(*arrow::schema({field})).status();
    if (status.ok()) continue;
    return arrow::Status::TypeError("column '", field->name(), "' of type ",
                                    field->type()->ToString(),
                                    " cannot be written to Parquet: ", status.message());
  }
  return convert(schema);
}

arrow::Result<std::shared_ptr<parquet::WriterProperties>> MakeFileProperties(
    const arrow::Schema& schema, const std::vector<LeafColumn>& leaves,
    const parquet::SchemaDescriptor& descriptor, const std::vector<LeafEncoding>& encodings,
    const ParquetWriterOptions& options) {
  parquet::WriterProperties::Builder builder;
  StoreDecimals(builder)
      .memory_pool(PoolOf(options))
      ->dictionary_pagesize_limit(options.dictionary_bytes)
      ->enable_statistics()
      ->enable_write_page_index()
      ->enable_page_checksum()
      ->max_row_group_length(std::numeric_limits<int64_t>::max());
  ARROW_RETURN_NOT_OK(SetCompression(options, &builder));
  ARROW_RETURN_NOT_OK(SetBloomFilters(schema, leaves, descriptor, options, &builder));
  for (const LeafColumn& leaf : leaves) {
    const ColumnEncoding encoding = encodings[static_cast<size_t>(leaf.leaf_index)].encoding;
    if (encoding == ColumnEncoding::kDictionary) continue;
    const auto path = descriptor.Column(leaf.leaf_index)->path();
    builder.disable_dictionary(path)->encoding(path, FormatEncoding(encoding));
  }
  return builder.build();
}

}  // namespace artemis
