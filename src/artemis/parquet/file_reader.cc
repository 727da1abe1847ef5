// Reads the rows of a Parquet file, one row group after the other.
#include "artemis/parquet/file_reader.h"

#include <algorithm>
#include <map>
#include <numeric>

#include <parquet/arrow/reader.h>
#include <parquet/arrow/schema.h>
#include <parquet/column_reader.h>
#include <parquet/file_reader.h>
#include <parquet/metadata.h>
#include <parquet/size_statistics.h>

#include "artemis/base/error.h"
#include "artemis/parquet/byte_array_column.h"
#include "artemis/parquet/leaf_columns.h"
#include "artemis/parquet/page_index.h"
#include "artemis/parquet/page_ranges.h"
#include "artemis/parquet/parquet_error.h"

namespace artemis {
namespace {

// What is held of each column chunk's compressed bytes at a time.
constexpr int64_t kColumnBufferBytes = int64_t{256} << 10;
// Writers end dictionaries and pages at about this size, unless rows end a page before.
constexpr int64_t kPageBytes = int64_t{1} << 20;

void AppendLeaves(const parquet::arrow::SchemaField& field, std::vector<int>* leaves) {
  if (field.is_leaf()) leaves->push_back(field.column_index);
  for (const auto& child : field.children) AppendLeaves(child, leaves);
}

// A column that is read by ByteArrayColumn, and what it gave that has not been given out.
struct OwnColumn {
  size_t place = 0;
  std::unique_ptr<ByteArrayColumn> reader;
  std::shared_ptr<arrow::Array> waiting;
};

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
  arrow::MemoryPool* pool() const {
    return options_.pool != nullptr ? options_.pool : arrow::system_memory_pool();
  }
  arrow::Status ChooseRowGroups();
  arrow::Status ChooseColumns();
  arrow::Status StartRowGroup();
  arrow::Status OpenColumns(int row_group);
  // Decides which pages of the row group are read, and says which rows these are.
  arrow::Result<std::vector<RowRange>> ChoosePagesOf(int row_group,
                                                     const std::vector<RowRange>& wanted);
  // Rows for the next batch: at least one in each column, or 0 at the end of the row groups.
  arrow::Result<int64_t> FindRows();
  arrow::Status FillOthers();
  arrow::Status FillOwn(int64_t rows);
  // Invalid where pages are left.
  arrow::Status EndRowGroup();
  int64_t RowsLeft() const;
  // The next `rows` of all columns; they have been found.
  std::shared_ptr<arrow::RecordBatch> TakeRows(int64_t rows);
  arrow::Result<std::shared_ptr<arrow::RecordBatch>> ReadNext(int64_t* first_row);

  std::shared_ptr<const ParquetFooter> footer_;
  ParquetReadOptions options_;
  std::shared_ptr<arrow::io::RandomAccessFile> file_;
  PageChoices pages_;
  std::unique_ptr<parquet::arrow::FileReader> reader_;
  std::vector<int> row_groups_;
  // File position of the first row of each row group of the file.
  std::vector<int64_t> group_starts_;
  // The top-level columns, and all their leaves.
  std::vector<int> columns_;
  std::vector<int> leaves_;
  std::shared_ptr<arrow::Schema> schema_;

  size_t next_group_ = 0;
  bool in_group_ = false;
  int64_t group_start_ = 0;
  int64_t group_batch_rows_ = 0;
  // Rows of the group that are still to come, the next range last.
  std::vector<RowRange> ranges_;
  std::vector<OwnColumn> own_;
  // The columns that Arrow reads, by their places; null where there are none.
  std::unique_ptr<arrow::RecordBatchReader> others_;
  std::vector<size_t> other_places_;
  std::shared_ptr<arrow::RecordBatch> others_waiting_;
};

arrow::Status RowGroupBatches::Open(std::shared_ptr<arrow::io::RandomAccessFile> file) {
  parquet::ReaderProperties properties(pool());
  properties.set_page_checksum_verification(true);
  parquet::ArrowReaderProperties arrow_properties;
  arrow_properties.set_pre_buffer(false);
  arrow_properties.set_batch_size(options_.batch_rows);

  file_ = file;
  auto contents = parquet::ParquetFileReader::Contents::Open(file, properties, footer_->metadata);
  PagedFile paged{std::move(file), kColumnBufferBytes, properties};
  return parquet::arrow::FileReader::Make(
             pool(), ReaderOfPages(std::move(contents), std::move(paged), &pages_),
             arrow_properties)
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
  columns_.resize(fields.size());
  std::iota(columns_.begin(), columns_.end(), 0);
  if (options_.columns) columns_ = *options_.columns;
  std::vector<std::shared_ptr<arrow::Field>> chosen;
  for (int c : columns_) {
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
  const int64_t row_bytes = std::max<int64_t>(1, BytesOfColumns(*footer_, g, columns_).row);
  group_batch_rows_ = std::clamp<int64_t>(options_.batch_bytes / row_bytes, 1, options_.batch_rows);
  in_group_ = true;
  return OpenColumns(g);
}

arrow::Status RowGroupBatches::OpenColumns(int row_group) {
  const auto group = reader_->parquet_reader()->RowGroup(row_group);
  const auto& fields = reader_->manifest().schema_fields;
  std::vector<int> other_leaves;
  own_.clear();
  other_places_.clear();
  for (size_t place = 0; place < columns_.size(); ++place) {
    const auto& field = fields[static_cast<size_t>(columns_[place])];
    if (field.is_leaf()) {
      const auto* leaf = footer_->metadata->schema()->Column(field.column_index);
      const auto chunk = group->metadata()->ColumnChunk(field.column_index);
      if (IsByteArrayColumn(*leaf, *chunk, *field.field->type())) {
        const bool as_dictionary = options_.dictionaries && IsAllDictionary(*chunk);
        auto reader = std::make_unique<ByteArrayColumn>(
            leaf, field.field->type(), as_dictionary,
            group->GetColumnPageReader(field.column_index), pool());
        own_.push_back({place, std::move(reader), nullptr});
        continue;
      }
    }
    other_places_.push_back(place);
    AppendLeaves(field, &other_leaves);
  }
  others_.reset();
  if (other_places_.empty() && !own_.empty()) return arrow::Status::OK();
  reader_->set_batch_size(group_batch_rows_);
  return reader_->GetRecordBatchReader({row_group}, other_leaves).Value(&others_);
}

int64_t RowGroupBatches::RowsLeft() const {
  int64_t rows = 0;
  for (const RowRange& range : ranges_) rows += range.count;
  return rows;
}

arrow::Status RowGroupBatches::FillOthers() {
  while (others_ != nullptr && others_waiting_ == nullptr) {
    ARROW_RETURN_NOT_OK(others_->ReadNext(&others_waiting_));
    if (others_waiting_ == nullptr) {
      return arrow::Status::Invalid("a row group holds ", RowsLeft(),
                                    " rows less than the footer says");
    }
    if (others_waiting_->num_rows() > RowsLeft()) {
      return arrow::Status::Invalid("a row group holds more rows than the footer says");
    }
    if (others_waiting_->num_rows() == 0) others_waiting_.reset();
  }
  return arrow::Status::OK();
}

arrow::Status RowGroupBatches::FillOwn(int64_t rows) {
  for (OwnColumn& column : own_) {
    if (column.waiting == nullptr) {
      column.waiting = column.reader->Next(rows, options_.batch_bytes);
    }
    if (column.waiting == nullptr) {
      return arrow::Status::Invalid("a row group holds ", RowsLeft(),
                                    " rows less than the footer says");
    }
    rows = std::min(rows, column.waiting->length());
  }
  return arrow::Status::OK();
}

arrow::Status RowGroupBatches::EndRowGroup() {
  in_group_ = false;
  bool is_more = false;
  for (OwnColumn& column : own_) is_more = is_more || column.reader->Next(1, 1) != nullptr;
  while (!is_more && others_ != nullptr) {
    std::shared_ptr<arrow::RecordBatch> batch;
    ARROW_RETURN_NOT_OK(others_->ReadNext(&batch));
    if (batch == nullptr) break;
    is_more = batch->num_rows() > 0;
  }
  own_.clear();
  others_.reset();
  return is_more ? arrow::Status::Invalid("a row group holds more rows than the footer says")
                 : arrow::Status::OK();
}

arrow::Result<int64_t> RowGroupBatches::FindRows() {
  while (true) {
    while (!ranges_.empty() && ranges_.back().count == 0) ranges_.pop_back();
    if (!ranges_.empty()) break;
    if (in_group_) ARROW_RETURN_NOT_OK(EndRowGroup());
    if (next_group_ == row_groups_.size()) return 0;
    ARROW_RETURN_NOT_OK(StartRowGroup());
  }
  ARROW_RETURN_NOT_OK(FillOthers());
  int64_t rows = std::min(group_batch_rows_, ranges_.back().count);
  if (others_waiting_ != nullptr) rows = std::min(rows, others_waiting_->num_rows());
  ARROW_RETURN_NOT_OK(FillOwn(rows));
  for (const OwnColumn& column : own_) rows = std::min(rows, column.waiting->length());
  return rows;
}

std::shared_ptr<arrow::RecordBatch> RowGroupBatches::TakeRows(int64_t rows) {
  arrow::ArrayVector arrays(columns_.size());
  const auto take = [rows](std::shared_ptr<arrow::Array>* waiting) {
    auto taken = std::move(*waiting);
    if (taken->length() == rows) return taken;
    *waiting = taken->Slice(rows);
    return taken->Slice(0, rows);
  };
  bool has_dictionary = false;
  for (OwnColumn& column : own_) {
    arrays[column.place] = take(&column.waiting);
    has_dictionary = has_dictionary || arrays[column.place]->type_id() == arrow::Type::DICTIONARY;
  }
  if (others_waiting_ != nullptr) {
    const auto batch = std::move(others_waiting_);
    for (size_t i = 0; i < other_places_.size(); ++i)
      arrays[other_places_[i]] = batch->column(static_cast<int>(i))->Slice(0, rows);
    if (batch->num_rows() > rows) others_waiting_ = batch->Slice(rows);
  }
  if (!has_dictionary) return arrow::RecordBatch::Make(schema_, rows, std::move(arrays));
  arrow::FieldVector fields = schema_->fields();
  for (const OwnColumn& column : own_)
    fields[column.place] = fields[column.place]->WithType(arrays[column.place]->type());
  return arrow::RecordBatch::Make(arrow::schema(std::move(fields), schema_->metadata()), rows,
                                  std::move(arrays));
}

arrow::Result<std::shared_ptr<arrow::RecordBatch>> RowGroupBatches::ReadNext(int64_t* first_row) {
  ARROW_ASSIGN_OR_RAISE(const int64_t rows, FindRows());
  if (rows == 0) return nullptr;
  RowRange& range = ranges_.back();
  if (first_row != nullptr) *first_row = group_start_ + range.first;
  range.first += rows;
  range.count -= rows;
  return TakeRows(rows);
}

arrow::Result<std::shared_ptr<arrow::RecordBatch>> RowGroupBatches::Next(int64_t* first_row) {
  auto read = CatchParquet([&] { return ReadNext(first_row); });
  if (!read.ok()) return ReadError(footer_->path, read.status());
  return read;
}

// The leaves of these top-level columns.
std::vector<LeafColumn> LeavesOf(const ParquetFooter& footer, const std::vector<int>& columns) {
  std::vector<LeafColumn> leaves = LeafColumns(*footer.arrow_schema);
  std::erase_if(leaves, [&](const LeafColumn& leaf) {
    return std::find(columns.begin(), columns.end(), leaf.column) == columns.end();
  });
  return leaves;
}

// A broken footer may say anything; sums must not overflow.
int64_t WithinReason(int64_t count) { return std::clamp<int64_t>(count, 0, int64_t{1} << 40); }

// What a page of the chunk takes, compressed and not, and a dictionary: by the number of its pages, where the footer tells it.
int64_t HeldPages(const parquet::ColumnChunkMetaData& chunk, int64_t uncompressed) {
  int64_t pages = 0;
  for (const auto& each : chunk.encoding_stats()) {
    if (each.page_type != parquet::PageType::DICTIONARY_PAGE) pages += each.count;
  }
  const int64_t page = pages > 0 ? uncompressed / pages : kPageBytes;
  return std::min(uncompressed, 2 * page + (chunk.has_dictionary_page() ? kPageBytes : 0));
}

// Of all values of the chunk in Arrow's form, as far as the footer tells.
int64_t DecodedBytes(const parquet::ColumnChunkMetaData& chunk, const arrow::DataType& type) {
  const int64_t values = WithinReason(chunk.num_values());
  if (type.bit_width() > 0) return values * std::max(1, type.bit_width() / 8);
  const auto sizes = chunk.size_statistics();
  if (sizes != nullptr && sizes->unencoded_byte_array_data_bytes) {
    return WithinReason(*sizes->unencoded_byte_array_data_bytes) + 4 * values;
  }
  return WithinReason(chunk.total_uncompressed_size()) + 4 * values;
}

}  // namespace

arrow::Result<std::unique_ptr<ParquetBatches>> OpenParquet(
    std::shared_ptr<arrow::io::RandomAccessFile> file, std::shared_ptr<const ParquetFooter> footer,
    const ParquetReadOptions& options) {
  if (options.batch_rows <= 0 || options.batch_bytes <= 0) {
    return arrow::Status::Invalid("batch_rows and batch_bytes must be positive, found ",
                                  options.batch_rows, " and ", options.batch_bytes);
  }
  auto batches = std::make_unique<RowGroupBatches>(footer, options);
  const arrow::Status opened = CatchParquet([&] { return batches->Open(std::move(file)); });
  if (!opened.ok()) return ReadError(footer->path, opened);
  ARROW_RETURN_NOT_OK(batches->Choose());
  return batches;
}

arrow::Result<std::vector<int64_t>> PageCuts(
    const ParquetFooter& footer, int row_group, const std::vector<int>& columns,
    const std::function<arrow::Result<std::shared_ptr<arrow::io::RandomAccessFile>>()>& open) {
  const int64_t rows = footer.metadata->RowGroup(row_group)->num_rows();
  const std::vector<int64_t> unknown = {0, rows};
  std::map<int, std::vector<int64_t>> first_rows;
  for (const LeafColumn& leaf : LeavesOf(footer, columns)) {
    ARROW_ASSIGN_OR_RAISE(const auto pages,
                          ReadLeafPages(footer, row_group, leaf.leaf_index, open));
    if (pages->first_rows.empty()) return unknown;
    first_rows[leaf.leaf_index] = pages->first_rows;
  }
  return first_rows.empty() ? unknown : CommonRows(rows, first_rows);
}

ColumnBytes BytesOfColumns(const ParquetFooter& footer, int row_group,
                           const std::vector<int>& columns) {
  ColumnBytes bytes;
  // A chunk whose metadata cannot be read says nothing; reading its rows will name the damage.
  const arrow::Status read = CatchParquet([&]() -> arrow::Status {
    int64_t decoded = 0;
    const auto group = footer.metadata->RowGroup(row_group);
    for (const LeafColumn& leaf : LeavesOf(footer, columns)) {
      const auto chunk = group->ColumnChunk(leaf.leaf_index);
      const int64_t compressed = WithinReason(chunk->total_compressed_size());
      const int64_t uncompressed = WithinReason(chunk->total_uncompressed_size());
      bytes.compressed += compressed;
      bytes.uncompressed += uncompressed;
      bytes.held += std::min(compressed, kColumnBufferBytes) + HeldPages(*chunk, uncompressed);
      decoded += DecodedBytes(*chunk, *leaf.type);
    }
    bytes.row = decoded / std::max<int64_t>(1, group->num_rows());
    return arrow::Status::OK();
  });
  return read.ok() ? bytes : ColumnBytes{};
}

}  // namespace artemis
