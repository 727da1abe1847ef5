// The pages of a flat column chunk that an encoder of ours makes: levels, counts, statistics, compression, and pages that wait for their
// dictionary. The values are the subclass's, which fills page_ and says where pages end.
//
// A page's bytes: parquet-format, "Data Pages" (v1): [4 bytes length, definition levels as runs of width 1], values.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <arrow/buffer.h>
#include <parquet/column_page.h>
#include <parquet/metadata.h>
#include <parquet/properties.h>
#include <parquet/size_statistics.h>
#include <parquet/statistics.h>

#include "artemis/parquet/dictionary_writer.h"

namespace artemis {

// One thread at a time. Throws what Parquet's page writer throws.
class PagedColumnWriter : public DictionaryKeeper {
 public:
  // Requires a column that is not repeated. `metadata` and `properties` outlive it.
  PagedColumnWriter(parquet::ColumnChunkMetaDataBuilder* metadata,
                    std::unique_ptr<parquet::PageWriter> pages,
                    const parquet::WriterProperties* properties)
      : metadata_(metadata),
        properties_(properties),
        pages_(std::move(pages)),
        is_optional_(metadata->descr()->max_definition_level() > 0) {}

  parquet::Type::type type() const override { return descr()->physical_type(); }
  const parquet::ColumnDescriptor* descr() const override { return metadata_->descr(); }
  int64_t rows_written() const override { return rows_written_; }
  int64_t total_compressed_bytes() const override { return waiting_bytes_; }
  int64_t total_bytes_written() const override { return bytes_written_; }
  int64_t total_compressed_bytes_written() const override {
    return pages_->total_compressed_bytes_written();
  }
  int64_t estimated_buffered_def_level_bytes() const override {
    return page_nulls_ == 0 ? 0 : page_rows_ * 2;
  }
  int64_t estimated_buffered_rep_level_bytes() const override { return 0; }
  const parquet::WriterProperties* properties() override { return properties_; }
  void AddKeyValueMetadata(
      const std::shared_ptr<const arrow::KeyValueMetadata>& key_values) override {
    metadata_->SetKeyValueMetadata(key_values);
  }
  void ResetKeyValueMetadata() override { metadata_->SetKeyValueMetadata(nullptr); }

 protected:
  // Counts the next `rows` rows of the page; where `nulls` are among them, `is_valid` says for each row whether it is none.
  void AddLevels(int64_t rows, int64_t nulls, const int32_t* is_valid);
  // Into page_, which is empty.
  void PutLevels();
  // Ends the page whose bytes are in page_. With `waits` it is kept, compressed, until the dictionary is written.
  void EndPage(parquet::Encoding::type encoding, bool waits, parquet::EncodedStatistics statistics,
               std::optional<int64_t> text_bytes);
  void WriteWaitingPages(const std::string& dictionary, int32_t values);
  // After the last page. Null counts alone where there are no rows.
  void EndChunk(parquet::EncodedStatistics statistics, bool fell_back);

  parquet::ColumnChunkMetaDataBuilder* metadata_;
  const parquet::WriterProperties* properties_;
  std::unique_ptr<parquet::PageWriter> pages_;
  const bool is_optional_;
  int64_t page_rows_ = 0;
  int64_t page_nulls_ = 0;
  std::string page_;

 private:
  parquet::SizeStatistics SizeStatisticsOfPage(std::optional<int64_t> text_bytes) const;
  // Compressed, in memory of its own.
  std::shared_ptr<arrow::Buffer> PageBytes();

  int64_t rows_written_ = 0;
  int64_t bytes_written_ = 0;
  // Of the page, once it has a null.
  std::vector<int32_t> levels_;
  std::vector<std::unique_ptr<parquet::DataPageV1>> waiting_;
  int64_t waiting_bytes_ = 0;
  std::unique_ptr<parquet::SizeStatistics> size_statistics_;
};

}  // namespace artemis
