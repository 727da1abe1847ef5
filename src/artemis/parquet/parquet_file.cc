// Bloom filters are written after their row group, so that they do not wait in memory for the end of the file.
#include "artemis/parquet/parquet_file.h"

#include <utility>

#include <arrow/io/interfaces.h>
#include <parquet/exception.h>
#include <parquet/file_writer.h>

namespace artemis {

ParquetFile::ParquetFile(std::shared_ptr<arrow::io::OutputStream> output,
                         std::shared_ptr<parquet::schema::GroupNode> schema,
                         std::shared_ptr<parquet::WriterProperties> properties)
    : output_(std::move(output)), properties_(std::move(properties)) {
  schema_.Init(std::move(schema));
  metadata_ = parquet::FileMetaDataBuilder::Make(&schema_, properties_);
  if (properties_->page_index_enabled()) page_index_ = parquet::PageIndexBuilder::Make(&schema_);
  PARQUET_THROW_NOT_OK(output_->Write(parquet::kParquetMagic, sizeof parquet::kParquetMagic));
}

ParquetFile::~ParquetFile() = default;

void ParquetFile::StartRowGroup() {
  row_group_ = metadata_->AppendRowGroup();
  if (page_index_ != nullptr) page_index_->AppendRowGroup();
  if (properties_->bloom_filter_enabled()) {
    bloom_filters_ = parquet::BloomFilterBuilder::Make(&schema_, properties_.get());
    bloom_filters_->AppendRowGroup();
  }
  for (int leaf = 0; leaf < schema_.num_columns(); ++leaf) {
    ColumnChunkParts parts;
    parts.metadata = row_group_->NextColumnChunk();
    parts.properties = properties_.get();
    if (page_index_ != nullptr) {
      parts.column_index = page_index_->GetColumnIndexBuilder(leaf);
      parts.offset_index = page_index_->GetOffsetIndexBuilder(leaf);
    }
    if (bloom_filters_ != nullptr) parts.bloom_filter = bloom_filters_->CreateBloomFilter(leaf);
    chunks_.push_back(std::make_unique<ColumnChunk>(parts));
  }
}

ParquetFile::RowGroupEnd ParquetFile::EndRowGroup(int64_t rows) {
  RowGroupEnd end;
  int64_t uncompressed_bytes = 0;
  for (int leaf = 0; leaf < chunk_count(); ++leaf) {
    auto& written = chunks_[static_cast<size_t>(leaf)];
    written->MoveTo(*output_);
    end.compressed_bytes += written->compressed_bytes();
    uncompressed_bytes += written->uncompressed_bytes();
    if (written->fell_back()) end.fallback_leaves.push_back(leaf);
    written.reset();
  }
  chunks_.clear();
  WriteBloomFilters();
  row_group_->set_num_rows(rows);
  row_group_->Finish(uncompressed_bytes);
  row_group_ = nullptr;
  ++row_groups_;
  return end;
}

void ParquetFile::WriteBloomFilters() {
  if (bloom_filters_ == nullptr) return;
  for (auto [chunk, location] : bloom_filters_->WriteTo(output_.get())) {
    chunk.row_group_index = row_groups_;
    bloom_locations_.emplace_back(chunk, location);
  }
  bloom_filters_.reset();
}

std::shared_ptr<parquet::FileMetaData> ParquetFile::Close(
    std::shared_ptr<const arrow::KeyValueMetadata> metadata) {
  if (!bloom_locations_.empty()) {
    metadata_->SetIndexLocations(parquet::IndexKind::kBloomFilter, bloom_locations_);
  }
  if (page_index_ != nullptr) {
    page_index_->Finish();
    const auto written = page_index_->WriteTo(output_.get());
    metadata_->SetIndexLocations(parquet::IndexKind::kColumnIndex, written.column_index_locations);
    metadata_->SetIndexLocations(parquet::IndexKind::kOffsetIndex, written.offset_index_locations);
  }
  std::shared_ptr<parquet::FileMetaData> footer = metadata_->Finish(metadata);
  parquet::WriteFileMetaData(*footer, output_.get());
  return footer;
}

}  // namespace artemis
