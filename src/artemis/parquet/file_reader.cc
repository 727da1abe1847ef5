// Reads the rows of a Parquet file, one row group after the other.
#include "artemis/parquet/file_reader.h"

#include <algorithm>
#include <map>
#include <numeric>

#include <parquet/arrow/reader.h>
#include <parquet/arrow/schema.h>
#include <parquet/file_reader.h>

#include "artemis/base/error.h"
#include "artemis/parquet/page_index.h"
#include "artemis/parquet/page_ranges.h"
#include "artemis/parquet/parquet_error.h"

namespace artemis {
namespace {

// What is held of each column chunk's compressed bytes at a time.
constexpr int64_t kColumnBufferBytes = int64_t{256} << 10;

void AppendLeaves(const parquet::arrow::SchemaField& field, std::vector<int>* leaves) {
  if (field.is_leaf()) leaves->push_back(field.column_index);
  for (const auto& child : field.children) AppendLeaves(child, leaves);
}

class RowGroupBatches final : public ParquetBatches {
 public:
  RowGroupBatches(std::shared_ptr<const ParquetFooter> footer, ParquetReadOptions options)
      : footer_(std::move(footer)), options_(std::move(options)) {}

  arrow::Status Open(std::shared_ptr<arrow::io::RandomAccessFile> file);
  // Invalid for row groups and columns that the file does not have.
  arrow::Status Choose();

  arrow::Result<std::shared_ptr<arrow::RecordBatch>> Next(int64_t* first_row) override;
  const std::shared_ptr<arrow::Schema>& schema() const override { return schema_; }

 private:
  arrow::Status ChooseRowGroups();
  arrow::Status ChooseColumns();
  arrow::Status StartRowGroup();
  // Decides which pages of the row group are read, and says which rows these are.
  arrow::Result<std::vector<RowRange>> ChoosePagesOf(int row_group,
                                                     const std::vector<RowRange>& wanted);
  arrow::Result<std::shared_ptr<arrow::RecordBatch>> ReadNext();

  std::shared_ptr<const ParquetFooter> footer_;
  ParquetReadOptions options_;
  std::shared_ptr<arrow::io::RandomAccessFile> file_;
  PageChoices pages_;
  std::unique_ptr<parquet::arrow::FileReader> reader_;
  std::vector<int> row_groups_;
  // File position of the first row of each row group of the file.
  std::vector<int64_t> group_starts_;
  std::vector<int> leaves_;
  std::shared_ptr<arrow::Schema> schema_;

  size_t next_group_ = 0;
  std::unique_ptr<arrow::RecordBatchReader> group_;
  int64_t group_start_ = 0;
  // Rows of the group that are still to come, the next range last.
  std::vector<RowRange> ranges_;
  // What was read past the end of a range.
  std::shared_ptr<arrow::RecordBatch> pending_;
};

arrow::Status RowGroupBatches::Open(std::shared_ptr<arrow::io::RandomAccessFile> file) {
  arrow::MemoryPool* pool = options_.pool != nullptr ? options_.pool : arrow::system_memory_pool();
  parquet::ReaderProperties properties(pool);
  properties.set_page_checksum_verification(true);
  properties.enable_buffered_stream();
  properties.set_buffer_size(kColumnBufferBytes);
  parquet::ArrowReaderProperties arrow_properties;
  arrow_properties.set_pre_buffer(false);
  arrow_properties.set_batch_size(options_.batch_rows);

  file_ = file;
  auto contents =
      parquet::ParquetFileReader::Contents::Open(std::move(file), properties, footer_->metadata);
  return parquet::arrow::FileReader::Make(
             pool, ReaderOfPages(std::move(contents), &pages_, properties), arrow_properties)
      .Value(&reader_);
}

arrow::Status RowGroupBatches::Choose() {
  ARROW_RETURN_NOT_OK(ChooseRowGroups());
  return ChooseColumns();
}

arrow::Status RowGroupBatches::ChooseRowGroups() {
  int64_t start = 0;
  const int count = footer_->metadata->num_row_groups();
  for (int g = 0; g < count; ++g) {
    group_starts_.push_back(start);
    start += footer_->metadata->RowGroup(g)->num_rows();
  }
  row_groups_.resize(static_cast<size_t>(count));
  std::iota(row_groups_.begin(), row_groups_.end(), 0);
  if (!options_.row_groups) return arrow::Status::OK();
  row_groups_ = *options_.row_groups;
  for (int g : row_groups_) {
    if (g >= 0 && g < count) continue;
    return arrow::Status::Invalid(footer_->path, ": asked for row group ", g, " of ", count);
  }
  return arrow::Status::OK();
}

arrow::Status RowGroupBatches::ChooseColumns() {
  const auto& fields = reader_->manifest().schema_fields;
  std::vector<int> columns(fields.size());
  std::iota(columns.begin(), columns.end(), 0);
  if (options_.columns) columns = *options_.columns;
  std::vector<std::shared_ptr<arrow::Field>> chosen;
  for (int c : columns) {
    if (c < 0 || c >= static_cast<int>(fields.size())) {
      return arrow::Status::Invalid(footer_->path, ": asked for column ", c, " of ", fields.size());
    }
    AppendLeaves(fields[static_cast<size_t>(c)], &leaves_);
    chosen.push_back(fields[static_cast<size_t>(c)].field);
  }
  schema_ = arrow::schema(std::move(chosen), footer_->arrow_schema->metadata());
  return arrow::Status::OK();
}

arrow::Result<std::vector<RowRange>> RowGroupBatches::ChoosePagesOf(
    int row_group, const std::vector<RowRange>& wanted) {
  const int64_t rows = footer_->metadata->RowGroup(row_group)->num_rows();
  std::map<int, std::vector<int64_t>> first_rows;
  for (const int leaf : leaves_) {
    ARROW_ASSIGN_OR_RAISE(const auto pages,
                          ReadLeafPages(*footer_, row_group, leaf, [&] { return file_; }));
    first_rows[leaf] = pages->first_rows;
  }
  auto choice = ChoosePages(wanted, rows, first_rows);
  if (!choice) return std::vector<RowRange>{{0, rows}};
  return pages_.insert_or_assign(row_group, std::move(*choice)).first->second.rows;
}

arrow::Status RowGroupBatches::StartRowGroup() {
  const size_t at = next_group_++;
  const int g = row_groups_[at];
  const int64_t rows = footer_->metadata->RowGroup(g)->num_rows();
  ranges_ = {{0, rows}};
  if (at < options_.row_ranges.size() && !options_.row_ranges[at].empty()) {
    ARROW_ASSIGN_OR_RAISE(ranges_, ChoosePagesOf(g, options_.row_ranges[at]));
  }
  std::reverse(ranges_.begin(), ranges_.end());
  group_start_ = group_starts_[static_cast<size_t>(g)];
  return reader_->GetRecordBatchReader({g}, leaves_).Value(&group_);
}

arrow::Result<std::shared_ptr<arrow::RecordBatch>> RowGroupBatches::ReadNext() {
  if (pending_ != nullptr) return std::move(pending_);
  while (true) {
    if (group_ != nullptr) {
      std::shared_ptr<arrow::RecordBatch> batch;
      ARROW_RETURN_NOT_OK(group_->ReadNext(&batch));
      int64_t rows_left = 0;
      for (const RowRange& range : ranges_) rows_left += range.count;
      if (batch != nullptr && batch->num_rows() > rows_left) {
        return arrow::Status::Invalid("a row group holds more rows than the footer says");
      }
      if (batch != nullptr && batch->num_rows() == 0) continue;
      if (batch != nullptr) return batch;
      if (rows_left != 0) {
        return arrow::Status::Invalid("a row group holds ", rows_left,
                                      " rows less than the footer says");
      }
      group_.reset();
    }
    if (next_group_ == row_groups_.size()) return nullptr;
    ARROW_RETURN_NOT_OK(StartRowGroup());
  }
}

arrow::Result<std::shared_ptr<arrow::RecordBatch>> RowGroupBatches::Next(int64_t* first_row) {
  auto read = CatchParquet([&] { return ReadNext(); });
  if (!read.ok()) return ReadError(footer_->path, read.status());
  std::shared_ptr<arrow::RecordBatch> batch = std::move(*read);
  if (batch == nullptr) return batch;
  RowRange& range = ranges_.back();
  if (batch->num_rows() > range.count) {
    pending_ = batch->Slice(range.count);
    batch = batch->Slice(0, range.count);
  }
  if (first_row != nullptr) *first_row = group_start_ + range.first;
  range.first += batch->num_rows();
  range.count -= batch->num_rows();
  if (range.count == 0) ranges_.pop_back();
  return arrow::RecordBatch::Make(schema_, batch->num_rows(), batch->columns());
}

}  // namespace

arrow::Result<std::unique_ptr<ParquetBatches>> OpenParquet(
    std::shared_ptr<arrow::io::RandomAccessFile> file, std::shared_ptr<const ParquetFooter> footer,
    const ParquetReadOptions& options) {
  if (options.batch_rows <= 0) {
    return arrow::Status::Invalid("batch_rows must be positive, found ", options.batch_rows);
  }
  auto batches = std::make_unique<RowGroupBatches>(footer, options);
  const arrow::Status opened = CatchParquet([&] { return batches->Open(std::move(file)); });
  if (!opened.ok()) return ReadError(footer->path, opened);
  ARROW_RETURN_NOT_OK(batches->Choose());
  return batches;
}

}  // namespace artemis
