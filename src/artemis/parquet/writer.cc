// The Parquet writer: slices of batches go to the fields' encoders on a few threads; when the open row group's encoded bytes pass
// the budget it is finished and written.
//
// When to look at the bytes: that needs all fields to have come to the same row, so it is done not after every slice, but when
// so many Arrow bytes went in that the budget may be passed if they were all stored as they are, and every eighth of the budget
// at most. The rule depends on the rows alone, so the file does not depend on the number of threads.
#include "artemis/parquet/writer.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>

#include <arrow/array.h>
#include <arrow/ipc/writer.h>
#include <arrow/type_traits.h>
#include <arrow/util/base64.h>
#include <arrow/util/byte_size.h>
#include <arrow/util/key_value_metadata.h>

#include "artemis/base/error.h"
#include "artemis/parquet/encoding_policy.h"
#include "artemis/parquet/encoding_sample.h"
#include "artemis/parquet/field_encoder.h"
#include "artemis/parquet/field_threads.h"
#include "artemis/parquet/file_metrics.h"
#include "artemis/parquet/file_properties.h"
#include "artemis/parquet/leaf_columns.h"
#include "artemis/parquet/leaf_encoding.h"
#include "artemis/parquet/parquet_error.h"
#include "artemis/parquet/parquet_file.h"
#include "artemis/parquet/storable_type.h"
#include "artemis/parquet/write_events.h"
#include "artemis/parquet/write_summary.h"

namespace artemis {
namespace {

using SteadyClock = std::chrono::steady_clock;
using SharedBatch = std::shared_ptr<arrow::RecordBatch>;

int64_t ElapsedMs(SteadyClock::time_point since) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(SteadyClock::now() - since).count();
}

// Slices, looks at the row group's size, and what may wait for the threads: an eighth of the row group each.
constexpr int64_t kShare = 8;
constexpr int64_t kShareBytesMin = 4096;
constexpr unsigned kThreadsMax = 64;

int WriterThreads(const ParquetWriterOptions& options) {
  if (options.threads > 0) return options.threads;
  return static_cast<int>(std::clamp(std::thread::hardware_concurrency(), 1u, kThreadsMax));
}

// Archive files keep their Arrow types by Arrow's own note in the footer. A table's files must not have it: their types are the
// table's, and the note would make readers of Arrow see others than everyone else.
arrow::Result<std::shared_ptr<arrow::KeyValueMetadata>> ArrowSchemaNote(const arrow::Schema& schema,
                                                                        arrow::MemoryPool* pool) {
  ARROW_ASSIGN_OR_RAISE(const auto bytes, arrow::ipc::SerializeSchema(schema, pool));
  auto note =
      schema.metadata() != nullptr ? schema.metadata()->Copy() : arrow::key_value_metadata({}, {});
  note->Append("ARROW:schema", arrow::util::base64_encode(
                                   std::string_view(reinterpret_cast<const char*>(bytes->data()),
                                                    static_cast<size_t>(bytes->size()))));
  return note;
}

// Bytes of the rows' own values; what cannot be told exactly is taken with the whole of its buffers.
int64_t ArrowBytes(const arrow::RecordBatch& batch) {
  return arrow::util::ReferencedBufferSize(batch).ValueOr(arrow::util::TotalBufferSize(batch));
}

// Whether Parquet may store values in more bytes than Arrow: small integers where they become 32-bit numbers, and values that Arrow
// stores once for many rows.
bool MayGrow(const LeafColumn& leaf, ColumnEncoding encoding) {
  return arrow::is_integer(leaf.type->id()) && arrow::bit_width(leaf.type->id()) < 32 &&
         encoding != ColumnEncoding::kDictionary;
}

bool HoldsRepeats(const arrow::DataType& type) {
  if (type.id() == arrow::Type::DICTIONARY || type.id() == arrow::Type::RUN_END_ENCODED ||
      arrow::is_binary_view_like(type.id())) {
    return true;
  }
  return std::any_of(type.fields().begin(), type.fields().end(),
                     [](const auto& field) { return HoldsRepeats(*field->type()); });
}

bool IsDictionaryOf(const arrow::DataType& type, const arrow::DataType& values) {
  return type.id() == arrow::Type::DICTIONARY && arrow::is_base_binary_like(values.id()) &&
         static_cast<const arrow::DictionaryType&>(type).value_type()->Equals(values);
}

// Whether rows of the schema can be stored as `file` says: the same, or dictionaries of texts where it says texts.
bool IsStorableAs(const arrow::Schema& rows, const arrow::Schema& file) {
  if (rows.Equals(file, /*check_metadata=*/false)) return true;
  if (rows.num_fields() != file.num_fields()) return false;
  for (int i = 0; i < file.num_fields(); ++i) {
    const auto& field = *file.field(i);
    const auto& found = *rows.field(i);
    if (found.Equals(field, /*check_metadata=*/false)) continue;
    if (found.name() != field.name() || !IsDictionaryOf(*found.type(), *field.type())) return false;
  }
  return true;
}

bool IsByPolicy(const std::vector<LeafEncoding>& encodings) {
  return std::all_of(encodings.begin(), encodings.end(),
                     [](const LeafEncoding& leaf) { return leaf.chosen_by == ChosenBy::kPolicy; });
}

class RowGroupedWriter final : public ParquetWriter {
 public:
  RowGroupedWriter(std::shared_ptr<arrow::io::OutputStream> output, std::string path,
                   std::shared_ptr<arrow::Schema> schema, ParquetWriterOptions options)
      : output_(std::move(output)),
        path_(std::move(path)),
        schema_(std::move(schema)),
        options_(std::move(options)),
        leaves_(LeafColumns(*schema_)),
        threads_(WriterThreads(options_)) {}

  arrow::Status Open();

  arrow::Status Write(const arrow::RecordBatch& batch) override;
  arrow::Status FlushRowGroup() override;
  int64_t EstimatedBytes() const override {
    EncodeAll();
    return written_bytes_ + Sum(&FieldState::file_bytes);
  }
  int64_t BufferedBytes() const override {
    EncodeAll();
    return sampled_bytes_ + Sum(&FieldState::held_bytes);
  }
  arrow::Result<WrittenParquet> Close() override;

 private:
  // What a field's encoder last said of its chunks; read while it works.
  struct FieldState {
    std::unique_ptr<FieldEncoder> encoder;
    int first_leaf = 0;
    std::atomic<int64_t> encoded_bytes = 0;
    std::atomic<int64_t> held_bytes = 0;
    std::atomic<int64_t> file_bytes = 0;
  };

  int64_t Sum(std::atomic<int64_t> FieldState::*bytes) const {
    int64_t sum = 0;
    for (const FieldState& field : fields_) sum += (field.*bytes).load();
    return sum;
  }

  // Waits, so that what is told of sizes is of all rows. A failure is told by the next call that can.
  void EncodeAll() const { static_cast<void>(field_threads_->Drain()); }

  arrow::Status StartFile();
  arrow::Status Sample(const SharedBatch& batch);
  arrow::Status EndSample();
  arrow::Status WriteAll(const SharedBatch& batch);
  arrow::Status WriteSlice(SharedBatch slice, int64_t bytes);
  arrow::Status EncodeField(int field, const arrow::RecordBatch& slice);
  void CountField(int field);
  int64_t BytesToLook(int64_t encoded_bytes) const;
  arrow::Status LookAtSize();
  arrow::Status CloseRowGroup();
  arrow::Result<std::shared_ptr<arrow::KeyValueMetadata>> FileMetadata() const;
  arrow::Result<WrittenParquet> CloseFile();

  std::shared_ptr<arrow::io::OutputStream> output_;
  std::string path_;
  std::shared_ptr<arrow::Schema> schema_;
  ParquetWriterOptions options_;
  std::vector<LeafColumn> leaves_;
  const int threads_;

  std::shared_ptr<parquet::SchemaDescriptor> descriptor_;
  std::vector<LeafEncoding> encodings_;
  std::unique_ptr<FileMetricsCollector> metrics_;

  // The first rows, until their sample has decided the encodings and the file is started.
  bool sampling_ = false;
  std::vector<SharedBatch> sample_;
  int64_t sampled_rows_ = 0;
  int64_t sampled_bytes_ = 0;

  std::unique_ptr<ParquetFile> file_;
  std::vector<FieldState> fields_;
  // Whether Parquet may store the rows in more bytes than Arrow.
  bool may_grow_ = false;

  // The first failure; every later call gives it again.
  arrow::Status failed_;
  bool closed_ = false;
  int64_t start_offset_ = 0;
  int64_t written_bytes_ = 0;
  int64_t group_rows_ = 0;
  // Arrow bytes since the row group's size was looked at, and how many there may be.
  int64_t bytes_since_look_ = 0;
  int64_t bytes_to_look_ = 0;
  SteadyClock::time_point opened_ = SteadyClock::now();
  SteadyClock::time_point group_opened_ = SteadyClock::now();

  // Last, so that its threads end before what they use is gone.
  std::unique_ptr<FieldThreads> field_threads_;
};

arrow::Status RowGroupedWriter::Open() {
  if (options_.row_group_bytes <= 0) {
    return arrow::Status::Invalid("row_group_bytes must be positive, found ",
                                  options_.row_group_bytes);
  }
  ARROW_ASSIGN_OR_RAISE(descriptor_, ParquetSchemaOf(*schema_));
  ARROW_ASSIGN_OR_RAISE(encodings_, PlanLeafEncodings(*schema_, leaves_, *descriptor_, options_));
  ARROW_RETURN_NOT_OK(
      MakeFileProperties(*schema_, leaves_, *descriptor_, encodings_, options_).status());
  if (options_.collect_metrics && HasFieldIds(leaves_)) {
    metrics_ = std::make_unique<FileMetricsCollector>(*schema_, options_.metrics_mode,
                                                      options_.metrics_modes);
  }
  field_threads_ = std::make_unique<FieldThreads>(threads_, schema_->num_fields());
  ARROW_ASSIGN_OR_RAISE(start_offset_, output_->Tell());
  sampling_ = HasAuto(encodings_);
  return sampling_ ? arrow::Status::OK() : StartFile();
}

arrow::Status RowGroupedWriter::StartFile() {
  ARROW_ASSIGN_OR_RAISE(const auto properties,
                        MakeFileProperties(*schema_, leaves_, *descriptor_, encodings_, options_));
  ARROW_RETURN_NOT_OK(CatchParquet([&] {
    auto root = std::static_pointer_cast<parquet::schema::GroupNode>(descriptor_->schema_root());
    file_ = std::make_unique<ParquetFile>(output_, std::move(root), properties);
    return arrow::Status::OK();
  }));
  for (const auto& field : schema_->fields()) may_grow_ |= HoldsRepeats(*field->type());
  for (const LeafColumn& leaf : leaves_) {
    may_grow_ |= MayGrow(leaf, encodings_[static_cast<size_t>(leaf.leaf_index)].encoding);
  }
  fields_ = std::vector<FieldState>(static_cast<size_t>(schema_->num_fields()));
  int leaf = 0;
  for (size_t i = 0; i < fields_.size(); ++i) {
    fields_[i].first_leaf = leaf;
    ARROW_ASSIGN_OR_RAISE(fields_[i].encoder,
                          MakeFieldEncoder(schema_->field(static_cast<int>(i)), leaf, properties,
                                           file_.get(), PoolOf(options_)));
    leaf += fields_[i].encoder->leaf_count();
  }
  return arrow::Status::OK();
}

arrow::Status RowGroupedWriter::Write(const arrow::RecordBatch& batch) {
  ARROW_RETURN_NOT_OK(failed_);
  if (closed_) return arrow::Status::Invalid(path_, ": written to after it was closed");
  if (!IsStorableAs(*batch.schema(), *schema_)) {
    failed_ = arrow::Status::Invalid(path_, ": a batch's schema differs from the file's: expected ",
                                     schema_->ToString(), ", found ", batch.schema()->ToString());
    return failed_;
  }
  const SharedBatch shared = batch.Slice(0);
  failed_ = CatchParquet([&] { return sampling_ ? Sample(shared) : WriteAll(shared); });
  return failed_;
}

arrow::Status RowGroupedWriter::Sample(const SharedBatch& batch) {
  sample_.push_back(batch);
  sampled_rows_ += batch->num_rows();
  sampled_bytes_ += ArrowBytes(*batch);
  const bool enough =
      sampled_rows_ >= options_.sample_rows || sampled_bytes_ >= options_.row_group_bytes / kShare;
  return enough ? EndSample() : arrow::Status::OK();
}

arrow::Status RowGroupedWriter::EndSample() {
  sampling_ = false;
  std::vector<SharedBatch> measured;
  int64_t rows = 0;
  for (const SharedBatch& batch : sample_) {
    if (rows >= options_.sample_rows) break;
    measured.push_back(batch->Slice(0, options_.sample_rows - rows));
    rows += measured.back()->num_rows();
  }
  ARROW_RETURN_NOT_OK(ChooseBySample(*schema_, leaves_, measured, options_, threads_, &encodings_));
  measured.clear();
  ARROW_RETURN_NOT_OK(StartFile());
  for (SharedBatch& batch : sample_) {
    ARROW_RETURN_NOT_OK(WriteAll(batch));
    batch.reset();
  }
  sample_.clear();
  sampled_bytes_ = 0;
  return arrow::Status::OK();
}

arrow::Status RowGroupedWriter::WriteAll(const SharedBatch& batch) {
  const int64_t rows = batch->num_rows();
  if (rows == 0) return arrow::Status::OK();
  for (const auto& column : batch->schema()->fields()) may_grow_ |= HoldsRepeats(*column->type());
  const int64_t bytes = std::max<int64_t>(ArrowBytes(*batch), 1);
  const int64_t share = std::max(options_.row_group_bytes / kShare, kShareBytesMin);
  const int64_t slices = std::clamp<int64_t>((bytes + share - 1) / share, 1, rows);
  const int64_t slice_rows = (rows + slices - 1) / slices;
  for (int64_t row = 0; row < rows; row += slice_rows) {
    ARROW_RETURN_NOT_OK(WriteSlice(batch->Slice(row, slice_rows), bytes / slices));
  }
  // The batch is let go of before the next one is read, unless it is small beside the row group.
  return field_threads_->WaitBelow(bytes > share ? 0 : share);
}

arrow::Status RowGroupedWriter::WriteSlice(SharedBatch slice, int64_t bytes) {
  if (!file_->in_row_group()) {
    group_opened_ = SteadyClock::now();
    bytes_since_look_ = 0;
    bytes_to_look_ = BytesToLook(0);
    file_->StartRowGroup();
  }
  group_rows_ += slice->num_rows();
  ARROW_RETURN_NOT_OK(field_threads_->Submit(
      bytes, [this, rows = std::move(slice)](int field) { return EncodeField(field, *rows); }));
  bytes_since_look_ += bytes;
  return bytes_since_look_ >= bytes_to_look_ ? LookAtSize() : arrow::Status::OK();
}

arrow::Status RowGroupedWriter::EncodeField(int field, const arrow::RecordBatch& slice) {
  return CatchParquet([&]() -> arrow::Status {
    if (NeedsValueCheck(*slice.column(field)->type())) {
      ARROW_RETURN_NOT_OK(WithContext(CheckStorableValues(*slice.column(field)),
                                      "column '" + schema_->field(field)->name() + "'"));
    }
    if (metrics_ != nullptr) ARROW_RETURN_NOT_OK(metrics_->AddColumn(slice, field));
    ARROW_RETURN_NOT_OK(fields_[static_cast<size_t>(field)].encoder->Encode(slice.column(field)));
    CountField(field);
    return arrow::Status::OK();
  });
}

void RowGroupedWriter::CountField(int field) {
  FieldState& state = fields_[static_cast<size_t>(field)];
  int64_t encoded = 0;
  int64_t held = 0;
  int64_t in_file = 0;
  for (int i = 0; i < state.encoder->leaf_count(); ++i) {
    const ColumnChunk& chunk = file_->chunk(state.first_leaf + i);
    encoded += chunk.EncodedBytes();
    held += chunk.HeldBytes();
    in_file += chunk.FileBytes();
  }
  state.encoded_bytes = encoded;
  state.held_bytes = held;
  state.file_bytes = in_file;
}

int64_t RowGroupedWriter::BytesToLook(int64_t encoded_bytes) const {
  const int64_t share = options_.row_group_bytes / kShare;
  return may_grow_ ? share : std::max(options_.row_group_bytes - encoded_bytes, share);
}

arrow::Status RowGroupedWriter::LookAtSize() {
  ARROW_RETURN_NOT_OK(field_threads_->Drain());
  const int64_t encoded = Sum(&FieldState::encoded_bytes);
  bytes_since_look_ = 0;
  bytes_to_look_ = BytesToLook(encoded);
  return encoded >= options_.row_group_bytes ? CloseRowGroup() : arrow::Status::OK();
}

arrow::Status RowGroupedWriter::FlushRowGroup() {
  ARROW_RETURN_NOT_OK(failed_);
  failed_ = CatchParquet([&]() -> arrow::Status {
    if (sampling_ && sampled_rows_ > 0) ARROW_RETURN_NOT_OK(EndSample());
    return CloseRowGroup();
  });
  return failed_;
}

arrow::Status RowGroupedWriter::CloseRowGroup() {
  if (file_ == nullptr || !file_->in_row_group()) return arrow::Status::OK();
  ARROW_RETURN_NOT_OK(field_threads_->Submit(0, [this](int field) {
    return CatchParquet([&] {
      const FieldState& state = fields_[static_cast<size_t>(field)];
      for (int i = 0; i < state.encoder->leaf_count(); ++i) {
        file_->chunk(state.first_leaf + i).Finish();
      }
      return arrow::Status::OK();
    });
  }));
  ARROW_RETURN_NOT_OK(field_threads_->Drain());
  const int row_group = file_->row_groups();
  const ParquetFile::RowGroupEnd end = file_->EndRowGroup(group_rows_);
  for (FieldState& field : fields_) {
    field.encoded_bytes = 0;
    field.held_bytes = 0;
    field.file_bytes = 0;
  }
  ARROW_ASSIGN_OR_RAISE(const int64_t position, output_->Tell());
  written_bytes_ = position - start_offset_;
  for (const int leaf : end.fallback_leaves) {
    LogDictionaryFallback(options_.events, path_,
                          {encodings_[static_cast<size_t>(leaf)].path, row_group});
  }
  LogRowGroupFlush(options_.events,
                   {path_, row_group, group_rows_, end.compressed_bytes, ElapsedMs(group_opened_)});
  group_rows_ = 0;
  return arrow::Status::OK();
}

arrow::Result<WrittenParquet> RowGroupedWriter::Close() {
  ARROW_RETURN_NOT_OK(failed_);
  if (closed_) return arrow::Status::Invalid(path_, ": closed twice");
  closed_ = true;
  auto written = CatchParquet([&] { return CloseFile(); });
  failed_ = written.status();
  return written;
}

// Archive files keep their Arrow types; encodings are told where they are not the policy's.
arrow::Result<std::shared_ptr<arrow::KeyValueMetadata>> RowGroupedWriter::FileMetadata() const {
  std::shared_ptr<arrow::KeyValueMetadata> metadata;
  if (!HasFieldIds(leaves_)) {
    ARROW_ASSIGN_OR_RAISE(metadata, ArrowSchemaNote(*schema_, PoolOf(options_)));
  }
  if (!IsByPolicy(encodings_)) {
    if (metadata == nullptr) metadata = arrow::key_value_metadata({}, {});
    metadata->Append("artemis.encodings", LeafEncodingsToJson(encodings_));
  }
  return metadata;
}

arrow::Result<WrittenParquet> RowGroupedWriter::CloseFile() {
  if (sampling_) ARROW_RETURN_NOT_OK(EndSample());
  ARROW_RETURN_NOT_OK(CloseRowGroup());
  ARROW_ASSIGN_OR_RAISE(auto metadata, FileMetadata());
  const auto footer = file_->Close(std::move(metadata));
  ARROW_ASSIGN_OR_RAISE(const int64_t end, output_->Tell());
  WrittenParquet written;
  written.summary = SummarizeFooter(path_, *footer, end - start_offset_);
  for (size_t i = 0; i < encodings_.size(); ++i) {
    WriteSummary::Column& column = written.summary.columns[i];
    column.chosen_by = std::string(ChosenByName(encodings_[i].chosen_by));
    for (const auto& [encoding, bytes] : encodings_[i].sample_bytes) {
      column.sample_bytes.emplace_back(EncodingName(encoding), bytes);
    }
  }
  written.summary.elapsed_ms = ElapsedMs(opened_);
  if (metrics_ != nullptr) written.metrics = metrics_->Finish(*footer);
  written.split_offsets = SplitOffsets(*footer);
  return written;
}

}  // namespace

arrow::Status CheckParquetSchema(const arrow::Schema& schema, const ParquetWriterOptions& options) {
  const auto leaves = LeafColumns(schema);
  ARROW_ASSIGN_OR_RAISE(const auto descriptor, ParquetSchemaOf(schema));
  ARROW_ASSIGN_OR_RAISE(const auto encodings,
                        PlanLeafEncodings(schema, leaves, *descriptor, options));
  return MakeFileProperties(schema, leaves, *descriptor, encodings, options).status();
}

arrow::Result<std::unique_ptr<ParquetWriter>> MakeParquetWriter(
    std::shared_ptr<arrow::io::OutputStream> output, const std::string& path,
    std::shared_ptr<arrow::Schema> schema, const ParquetWriterOptions& options) {
  auto writer =
      std::make_unique<RowGroupedWriter>(std::move(output), path, std::move(schema), options);
  ARROW_RETURN_NOT_OK(writer->Open());
  return writer;
}

}  // namespace artemis
