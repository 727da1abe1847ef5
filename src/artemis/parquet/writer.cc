// The Parquet writer: Arrow's, with the encoding policy, row groups by bytes, and metrics.
//
// Each batch goes into an open, buffered row group in slices of about an eighth of the budget; when the group's encoded bytes
// pass the budget it is written out.
#include "artemis/parquet/writer.h"

#include <algorithm>
#include <chrono>
#include <limits>

#include <arrow/ipc/writer.h>
#include <arrow/util/base64.h>
#include <arrow/util/byte_size.h>
#include <arrow/util/key_value_metadata.h>
#include <arrow/util/thread_pool.h>
#include <parquet/arrow/schema.h>
#include <parquet/arrow/writer.h>
#include <parquet/properties.h>

#include "artemis/base/error.h"
#include "artemis/parquet/encoding_policy.h"
#include "artemis/parquet/file_metrics.h"
#include "artemis/parquet/leaf_columns.h"
#include "artemis/parquet/parquet_error.h"
#include "artemis/parquet/tracked_file_writer.h"
#include "artemis/parquet/write_events.h"
#include "artemis/parquet/write_summary.h"

namespace artemis {
namespace {

using SteadyClock = std::chrono::steady_clock;

int64_t ElapsedMs(SteadyClock::time_point since) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(SteadyClock::now() - since).count();
}

constexpr int64_t kSliceBytesMin = 4096;
constexpr int64_t kSliceShare = 8;

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

arrow::MemoryPool* PoolOf(const ParquetWriterOptions& options) {
  return options.pool != nullptr ? options.pool : arrow::system_memory_pool();
}

// The encoding of one leaf; TypeError when an override does not fit it.
arrow::Result<ColumnEncoding> LeafEncoding(const arrow::Schema& schema, const LeafColumn& leaf,
                                           const ParquetWriterOptions& options) {
  const std::string& name = schema.field(leaf.column)->name();
  const bool nested = leaf.repeated || !leaf.struct_path.empty();
  const auto wanted = options.encodings.find(name);
  if (wanted == options.encodings.end()) return ChooseEncoding(name, *leaf.type, nested);
  if (EncodingFits(wanted->second, *leaf.type)) return wanted->second;
  return arrow::Status::TypeError("column '", name, "' of type ", leaf.type->ToString(),
                                  " cannot be encoded as ", EncodingName(wanted->second));
}

arrow::Status CheckOverrides(const arrow::Schema& schema, const ParquetWriterOptions& options) {
  for (const auto& [name, encoding] : options.encodings) {
    if (schema.GetFieldIndex(name) < 0 && schema.GetAllFieldIndices(name).empty()) {
      return arrow::Status::Invalid("an encoding is given for column '", name,
                                    "', which the rows do not have");
    }
  }
  return arrow::Status::OK();
}

std::shared_ptr<parquet::ArrowWriterProperties> MakeArrowProperties(
    arrow::internal::Executor* executor) {
  parquet::ArrowWriterProperties::Builder builder;
  if (executor != nullptr) builder.set_use_threads(true)->set_executor(executor);
  return builder.build();
}

// Converts one field alone, so that what Parquet cannot hold is refused by name.
arrow::Status CheckFields(const arrow::Schema& schema,
                          const parquet::WriterProperties& properties) {
  for (const auto& field : schema.fields()) {
    std::shared_ptr<parquet::SchemaDescriptor> converted;
    const arrow::Status status = CatchParquet([&] {
      return parquet::arrow::ToParquetSchema(arrow::schema({field}).get(), properties, &converted);
    });
    if (status.ok()) continue;
    return arrow::Status::TypeError("column '", field->name(), "' of type ",
                                    field->type()->ToString(),
                                    " cannot be written to Parquet: ", status.message());
  }
  return arrow::Status::OK();
}

// Archive files keep their Arrow types by Arrow's own note in the footer. A table's files must not have it: their types are the
// table's, and the note would make readers of Arrow see others than everyone else.
arrow::Result<std::shared_ptr<const arrow::KeyValueMetadata>> ArrowSchemaNote(
    const arrow::Schema& schema, arrow::MemoryPool* pool) {
  ARROW_ASSIGN_OR_RAISE(const auto bytes, arrow::ipc::SerializeSchema(schema, pool));
  auto note =
      schema.metadata() != nullptr ? schema.metadata()->Copy() : arrow::key_value_metadata({}, {});
  note->Append("ARROW:schema", arrow::util::base64_encode(
                                   std::string_view(reinterpret_cast<const char*>(bytes->data()),
                                                    static_cast<size_t>(bytes->size()))));
  return note;
}

class ArrowParquetWriter final : public ParquetWriter {
 public:
  ArrowParquetWriter(std::shared_ptr<arrow::io::OutputStream> output, std::string path,
                     std::shared_ptr<arrow::Schema> schema, ParquetWriterOptions options)
      : output_(std::move(output)),
        path_(std::move(path)),
        schema_(std::move(schema)),
        options_(std::move(options)),
        leaves_(LeafColumns(*schema_)),
        pool_(PoolOf(options_)) {}

  arrow::Status Open();

  arrow::Status Write(const arrow::RecordBatch& batch) override;
  arrow::Status FlushRowGroup() override;
  int64_t EstimatedBytes() const override { return written_bytes_ + open_group_.CompressedBytes(); }
  int64_t BufferedBytes() const override { return open_group_.CompressedBytes(); }
  arrow::Result<WrittenParquet> Close() override;

 private:
  arrow::Result<std::shared_ptr<parquet::WriterProperties>> MakeProperties(
      const parquet::SchemaDescriptor& descriptor) const;
  arrow::Status OpenFileWriter(const parquet::SchemaDescriptor& descriptor,
                               std::shared_ptr<parquet::WriterProperties> properties);
  arrow::Status WriteAll(const arrow::RecordBatch& batch);
  arrow::Result<int64_t> SliceRows(const arrow::RecordBatch& batch) const;
  arrow::Status WriteSlice(const arrow::RecordBatch& slice);
  arrow::Status CloseRowGroup();
  arrow::Result<WrittenParquet> CloseFile();

  std::shared_ptr<arrow::io::OutputStream> output_;
  std::string path_;
  std::shared_ptr<arrow::Schema> schema_;
  ParquetWriterOptions options_;
  std::vector<LeafColumn> leaves_;
  arrow::MemoryPool* pool_;

  std::shared_ptr<arrow::internal::ThreadPool> threads_;
  OpenRowGroup open_group_;
  std::unique_ptr<parquet::arrow::FileWriter> writer_;
  std::unique_ptr<FileMetricsCollector> metrics_;

  // The first failure; every later call gives it again.
  arrow::Status failed_;
  bool closed_ = false;
  int64_t start_offset_ = 0;
  int64_t written_bytes_ = 0;
  int64_t rows_ = 0;
  int64_t group_rows_ = 0;
  int row_groups_ = 0;
  SteadyClock::time_point opened_ = SteadyClock::now();
  SteadyClock::time_point group_opened_ = SteadyClock::now();
};

arrow::Result<std::shared_ptr<parquet::WriterProperties>> ArrowParquetWriter::MakeProperties(
    const parquet::SchemaDescriptor& descriptor) const {
  parquet::WriterProperties::Builder builder;
  builder.memory_pool(pool_)
      ->compression(parquet::Compression::ZSTD)
      ->compression_level(options_.zstd_level)
      ->enable_statistics()
      ->enable_write_page_index()
      ->enable_page_checksum()
      ->enable_store_decimal_as_integer()
      ->max_row_group_length(std::numeric_limits<int64_t>::max());
  for (const LeafColumn& leaf : leaves_) {
    ARROW_ASSIGN_OR_RAISE(const ColumnEncoding encoding, LeafEncoding(*schema_, leaf, options_));
    if (encoding == ColumnEncoding::kDictionary) continue;
    const auto path = descriptor.Column(leaf.leaf_index)->path();
    builder.disable_dictionary(path)->encoding(path, FormatEncoding(encoding));
  }
  return builder.build();
}

arrow::Status ArrowParquetWriter::OpenFileWriter(
    const parquet::SchemaDescriptor& descriptor,
    std::shared_ptr<parquet::WriterProperties> properties) {
  std::shared_ptr<const arrow::KeyValueMetadata> note;
  if (!HasFieldIds(leaves_)) {
    ARROW_ASSIGN_OR_RAISE(note, ArrowSchemaNote(*schema_, pool_));
  }
  auto root = std::static_pointer_cast<parquet::schema::GroupNode>(descriptor.schema_root());
  auto file = OpenTracked(output_, std::move(root), std::move(properties), note, &open_group_);
  return parquet::arrow::FileWriter::Make(pool_, std::move(file), schema_,
                                          MakeArrowProperties(threads_.get()), &writer_);
}

arrow::Status ArrowParquetWriter::Open() {
  ARROW_RETURN_NOT_OK(CheckOverrides(*schema_, options_));
  ARROW_RETURN_NOT_OK(CheckFields(*schema_, *parquet::default_writer_properties()));
  if (options_.threads > 1) {
    ARROW_ASSIGN_OR_RAISE(threads_, arrow::internal::ThreadPool::Make(options_.threads));
  }
  ARROW_ASSIGN_OR_RAISE(start_offset_, output_->Tell());
  if (options_.collect_metrics && HasFieldIds(leaves_)) {
    metrics_ = std::make_unique<FileMetricsCollector>(*schema_, options_.bound_length_max);
  }
  return CatchParquet([&]() -> arrow::Status {
    const auto decimals =
        parquet::WriterProperties::Builder().enable_store_decimal_as_integer()->build();
    std::shared_ptr<parquet::SchemaDescriptor> descriptor;
    ARROW_RETURN_NOT_OK(parquet::arrow::ToParquetSchema(schema_.get(), *decimals, &descriptor));
    ARROW_ASSIGN_OR_RAISE(auto properties, MakeProperties(*descriptor));
    return OpenFileWriter(*descriptor, std::move(properties));
  });
}

arrow::Status ArrowParquetWriter::Write(const arrow::RecordBatch& batch) {
  ARROW_RETURN_NOT_OK(failed_);
  if (closed_) return arrow::Status::Invalid(path_, ": written to after it was closed");
  failed_ = CatchParquet([&] { return WriteAll(batch); });
  return failed_;
}

arrow::Status ArrowParquetWriter::WriteAll(const arrow::RecordBatch& batch) {
  if (!batch.schema()->Equals(*schema_, /*check_metadata=*/false)) {
    return arrow::Status::Invalid(path_, ": a batch's schema differs from the file's: expected ",
                                  schema_->ToString(), ", found ", batch.schema()->ToString());
  }
  ARROW_ASSIGN_OR_RAISE(const int64_t slice_rows, SliceRows(batch));
  for (int64_t row = 0; row < batch.num_rows(); row += slice_rows) {
    ARROW_RETURN_NOT_OK(WriteSlice(*batch.Slice(row, slice_rows)));
  }
  return arrow::Status::OK();
}

arrow::Result<int64_t> ArrowParquetWriter::SliceRows(const arrow::RecordBatch& batch) const {
  const int64_t rows = std::max<int64_t>(batch.num_rows(), 1);
  const int64_t slice_bytes = std::max(options_.row_group_bytes / kSliceShare, kSliceBytesMin);
  ARROW_ASSIGN_OR_RAISE(const int64_t bytes, arrow::util::ReferencedBufferSize(batch));
  if (bytes <= slice_bytes) return rows;
  const double share = static_cast<double>(slice_bytes) / static_cast<double>(bytes);
  return std::max<int64_t>(1, static_cast<int64_t>(static_cast<double>(rows) * share));
}

arrow::Status ArrowParquetWriter::WriteSlice(const arrow::RecordBatch& slice) {
  if (!open_group_.is_open()) {
    group_opened_ = SteadyClock::now();
    ARROW_RETURN_NOT_OK(writer_->NewBufferedRowGroup());
  }
  if (metrics_ != nullptr) ARROW_RETURN_NOT_OK(metrics_->Add(slice));
  ARROW_RETURN_NOT_OK(writer_->WriteRecordBatch(slice));
  rows_ += slice.num_rows();
  group_rows_ += slice.num_rows();
  if (open_group_.EncodedBytes() >= options_.row_group_bytes) return CloseRowGroup();
  return arrow::Status::OK();
}

arrow::Status ArrowParquetWriter::FlushRowGroup() {
  ARROW_RETURN_NOT_OK(failed_);
  failed_ = CatchParquet([&] { return CloseRowGroup(); });
  return failed_;
}

arrow::Status ArrowParquetWriter::CloseRowGroup() {
  if (!open_group_.is_open()) return arrow::Status::OK();
  open_group_.Close();
  ARROW_ASSIGN_OR_RAISE(const int64_t end, output_->Tell());
  const int64_t group_bytes = end - start_offset_ - written_bytes_;
  written_bytes_ = end - start_offset_;
  LogRowGroupFlush(options_.events,
                   {path_, row_groups_, group_rows_, group_bytes, ElapsedMs(group_opened_)});
  ++row_groups_;
  group_rows_ = 0;
  return arrow::Status::OK();
}

arrow::Result<WrittenParquet> ArrowParquetWriter::Close() {
  ARROW_RETURN_NOT_OK(failed_);
  if (closed_) return arrow::Status::Invalid(path_, ": closed twice");
  closed_ = true;
  auto written = CatchParquet([&] { return CloseFile(); });
  failed_ = written.status();
  return written;
}

arrow::Result<WrittenParquet> ArrowParquetWriter::CloseFile() {
  ARROW_RETURN_NOT_OK(CloseRowGroup());
  ARROW_RETURN_NOT_OK(writer_->Close());
  ARROW_ASSIGN_OR_RAISE(const int64_t end, output_->Tell());
  const auto footer = writer_->metadata();
  WrittenParquet written;
  written.summary = SummarizeFooter(path_, *footer, end - start_offset_);
  written.summary.elapsed_ms = ElapsedMs(opened_);
  if (metrics_ != nullptr) written.metrics = metrics_->Finish(*footer);
  written.split_offsets = SplitOffsets(*footer);
  LogWriteClosed(options_.events, *footer, written.summary);
  return written;
}

}  // namespace

arrow::Result<std::unique_ptr<ParquetWriter>> MakeParquetWriter(
    std::shared_ptr<arrow::io::OutputStream> output, const std::string& path,
    std::shared_ptr<arrow::Schema> schema, const ParquetWriterOptions& options) {
  auto writer =
      std::make_unique<ArrowParquetWriter>(std::move(output), path, std::move(schema), options);
  ARROW_RETURN_NOT_OK(writer->Open());
  return writer;
}

}  // namespace artemis
