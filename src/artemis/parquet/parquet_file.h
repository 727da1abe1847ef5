// A Parquet file while it is written: magic, row groups with their bloom filters, page index, footer.
//
//   "PAR1"  { row group: column chunks in the order of the schema; bloom filters }*  column indexes, offset indexes
//   footer  its length (4 bytes)  "PAR1"
//
// Nothing but Close writes a footer, so that a file that was given up is never taken for a whole one.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <arrow/io/type_fwd.h>
#include <arrow/util/key_value_metadata.h>
#include <parquet/bloom_filter_writer.h>
#include <parquet/metadata.h>
#include <parquet/page_index.h>
#include <parquet/properties.h>
#include <parquet/schema.h>

#include "artemis/parquet/column_chunk.h"

namespace artemis {

// One thread at a time, except that the chunks of the open row group may be used on a thread each. Everything throws as Parquet
// does; after that the file is good for nothing.
class ParquetFile {
 public:
  // `output` stands at the beginning of the file and is the caller's to close.
  ParquetFile(std::shared_ptr<arrow::io::OutputStream> output,
              std::shared_ptr<parquet::schema::GroupNode> schema,
              std::shared_ptr<parquet::WriterProperties> properties);
  ~ParquetFile();

  const parquet::SchemaDescriptor& schema() const { return schema_; }
  bool in_row_group() const { return row_group_ != nullptr; }
  int row_groups() const { return row_groups_; }

  // Requires that none is open.
  void StartRowGroup();
  // Of the open row group.
  ColumnChunk& chunk(int leaf) { return *chunks_[static_cast<size_t>(leaf)]; }
  int chunk_count() const { return static_cast<int>(chunks_.size()); }

  struct RowGroupEnd {
    // As the footer will have them.
    int64_t compressed_bytes = 0;
    // Leaves that gave up their dictionary.
    std::vector<int> fallback_leaves;
  };
  // Requires finished chunks. Writes them and frees their memory.
  RowGroupEnd EndRowGroup(int64_t rows);

  // Requires that no row group is open. Writes index and footer.
  std::shared_ptr<parquet::FileMetaData> Close(
      std::shared_ptr<const arrow::KeyValueMetadata> metadata);

 private:
  void WriteBloomFilters();

  std::shared_ptr<arrow::io::OutputStream> output_;
  parquet::SchemaDescriptor schema_;
  std::shared_ptr<parquet::WriterProperties> properties_;
  std::unique_ptr<parquet::FileMetaDataBuilder> metadata_;
  std::unique_ptr<parquet::PageIndexBuilder> page_index_;
  // Of the open row group; null where no column has a filter.
  std::unique_ptr<parquet::BloomFilterBuilder> bloom_filters_;
  parquet::IndexLocations bloom_locations_;
  parquet::RowGroupMetaDataBuilder* row_group_ = nullptr;
  std::vector<std::unique_ptr<ColumnChunk>> chunks_;
  int row_groups_ = 0;
};

}  // namespace artemis
