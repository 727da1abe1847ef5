// The partitioned writer: conform, split, gather by partition, encode side by side.
//
// Rows are gathered per partition until they take a share of the budget; then the largest partitions are handed to the encode
// pool. The budget is kept by waiting for the pool, by writing row groups early, and by closing files.
#include "artemis/write/table_writer.h"

#include <algorithm>
#include <set>
#include <thread>
#include <unordered_map>

#include "artemis/base/error.h"
#include "artemis/base/uuid.h"
#include "artemis/layout/conform.h"
#include "artemis/layout/split_by_partition.h"
#include "artemis/schema/partition_key.h"
#include "artemis/write/data_file_settings.h"
#include "artemis/write/partition_writer.h"

namespace artemis {
namespace {

// Rows conformed and split at a time.
constexpr int64_t kPieceRows = int64_t{1} << 17;
// Where more partitions than this get rows at a time, a file of each would be too many to keep open.
constexpr size_t kActivePartitionsMax = 128;

int ThreadCount(int asked) {
  if (asked > 0) return asked;
  return static_cast<int>(std::clamp(std::thread::hardware_concurrency(), 1u, 8u));
}

class PartitionedTableWriter final : public TableWriter {
 public:
  PartitionedTableWriter(std::shared_ptr<const TableMetadata> metadata, FileSystem& files,
                         const TableWriterOptions& options, FileSchema file_schema,
                         DataFileSettings settings)
      : metadata_(std::move(metadata)),
        options_(options),
        schema_(metadata_->CurrentSchema()),
        spec_(metadata_->DefaultSpec()),
        sink_{.files = &files,
              .schema = schema_,
              .spec_id = spec_.id,
              .sort_order = metadata_->DefaultSortOrder(),
              .clustering = {},
              .names = DataFileNames(DataFolder(*metadata_), RandomUuid()),
              .file_schema = std::move(file_schema),
              .parquet_options = std::move(settings.parquet),
              .sizer = FileSizer(settings.target_file_bytes),
              .spill_folder = options.spill_dir} {}

  ~PartitionedTableWriter() override {
    if (!closed_) Abandon();
  }

  arrow::Status Open();
  arrow::Status Write(const arrow::RecordBatch& batch) override;
  arrow::Result<std::vector<DataFile>> Close() override;

 private:
  arrow::Status WritePiece(const arrow::RecordBatch& piece);
  arrow::Status PrepareConformer(const arrow::RecordBatch& batch);
  arrow::Result<PartitionWriter*> FindPartition(const PartitionTuple& tuple);
  arrow::Status KeepBudget();
  arrow::Status EmptyLargest(int64_t bytes_left);
  using RowJob = arrow::Status (PartitionWriter::*)(RecordBatches);
  arrow::Status Submit(PartitionWriter* partition, RowJob job);
  arrow::Status ShrinkRowGroups();
  arrow::Result<std::vector<DataFile>> Finish();
  arrow::Status SyncFolders();
  std::vector<DataFile> TakeFiles();
  void Abandon();

  std::shared_ptr<const TableMetadata> metadata_;
  TableWriterOptions options_;
  const Schema& schema_;
  const PartitionSpec& spec_;

  std::shared_ptr<arrow::Schema> rows_schema_;
  std::optional<RowConformer> conformer_;
  int64_t rows_written_ = 0;

  DataFileSink sink_;
  std::vector<std::unique_ptr<PartitionWriter>> partitions_;
  std::unordered_map<std::string, PartitionWriter*> by_tuple_;
  int64_t gathered_bytes_ = 0;
  int threads_ = 1;
  // After the partitions, whose strands it runs.
  std::unique_ptr<EncodePool> pool_;

  arrow::Status failed_;
  bool closed_ = false;
};

arrow::Status PartitionedTableWriter::Open() {
  if (options_.buffer_bytes <= 0) {
    return arrow::Status::Invalid("buffer_bytes must be positive, found ", options_.buffer_bytes);
  }
  for (const PartitionField& field : spec_.fields) {
    if (field.transform.kind == TransformKind::kUnknown) {
      return arrow::Status::NotImplemented(
          "cannot write to a table partitioned by the unknown transform '",
          field.transform.ToString(), "'");
    }
  }
  ARROW_ASSIGN_OR_RAISE(const Type tuple_type, PartitionType(spec_, schema_));
  if (sink_.sort_order.fields.empty()) {
    ARROW_ASSIGN_OR_RAISE(sink_.clustering, ClusteringOf(metadata_->properties, schema_));
  }
  threads_ = ThreadCount(options_.threads);
  sink_.sort_bytes = std::max<int64_t>(1, options_.buffer_bytes / (4 * threads_));
  ARROW_ASSIGN_OR_RAISE(pool_, EncodePool::Make(threads_));
  return arrow::Status::OK();
}

arrow::Status PartitionedTableWriter::Write(const arrow::RecordBatch& batch) {
  ARROW_RETURN_NOT_OK(failed_);
  if (closed_) return arrow::Status::Invalid("the table writer is closed");
  failed_ = PrepareConformer(batch);
  for (int64_t row = 0; failed_.ok() && row < batch.num_rows(); row += kPieceRows) {
    failed_ = WritePiece(*batch.Slice(row, kPieceRows));
  }
  return failed_;
}

arrow::Status PartitionedTableWriter::PrepareConformer(const arrow::RecordBatch& batch) {
  if (rows_schema_ != nullptr && rows_schema_->Equals(*batch.schema())) return arrow::Status::OK();
  ConformOptions options;
  options.truncate_timestamps = options_.truncate_timestamps;
  options.first_row = rows_written_;
  ARROW_ASSIGN_OR_RAISE(conformer_, RowConformer::Make(schema_, *batch.schema(), options));
  rows_schema_ = batch.schema();
  return arrow::Status::OK();
}

arrow::Status PartitionedTableWriter::WritePiece(const arrow::RecordBatch& piece) {
  ARROW_ASSIGN_OR_RAISE(const auto rows, conformer_->Conform(piece));
  rows_written_ += piece.num_rows();
  ARROW_ASSIGN_OR_RAISE(auto parts, SplitByPartition(rows, schema_, spec_));
  for (PartitionRows& part : parts) {
    ARROW_ASSIGN_OR_RAISE(PartitionWriter * partition, FindPartition(part.tuple));
    gathered_bytes_ -= partition->gathered_bytes();
    ARROW_RETURN_NOT_OK(partition->Add(std::move(part.rows)));
    gathered_bytes_ += partition->gathered_bytes();
  }
  return KeepBudget();
}

arrow::Result<PartitionWriter*> PartitionedTableWriter::FindPartition(const PartitionTuple& tuple) {
  PartitionWriter*& partition = by_tuple_[PartitionKey(tuple)];
  if (partition == nullptr) {
    ARROW_ASSIGN_OR_RAISE(std::string path, PartitionPath(spec_, schema_, tuple));
    partitions_.push_back(std::make_unique<PartitionWriter>(&sink_, tuple, std::move(path)));
    partition = partitions_.back().get();
  }
  return partition;
}

// Rows that go into open files leave early, so that encoding goes on beside gathering; others stay as long as they can.
arrow::Status PartitionedTableWriter::KeepBudget() {
  const int64_t budget = options_.buffer_bytes;
  const int64_t high = sink_.is_ordered() ? budget / 4 * 3 : budget / 4;
  const int64_t low = sink_.is_ordered() ? budget / 4 : budget / 16;
  if (gathered_bytes_ >= high) ARROW_RETURN_NOT_OK(EmptyLargest(low));
  ARROW_RETURN_NOT_OK(ShrinkRowGroups());
  return pool_->WaitBelow(
      std::max<int64_t>(budget - gathered_bytes_ - sink_.open_bytes, budget / 4));
}

arrow::Status PartitionedTableWriter::EmptyLargest(int64_t bytes_left) {
  std::vector<PartitionWriter*> largest;
  for (const auto& partition : partitions_) {
    if (partition->gathered_bytes() > 0) largest.push_back(partition.get());
  }
  std::stable_sort(largest.begin(), largest.end(), [](const auto* a, const auto* b) {
    return a->gathered_bytes() > b->gathered_bytes();
  });
  const bool is_spilled = sink_.is_ordered() || largest.size() > kActivePartitionsMax;
  for (PartitionWriter* partition : largest) {
    if (gathered_bytes_ <= bytes_left) break;
    // Once rows of a partition were spilled, those after them are, too.
    if (is_spilled) partition->SpillFromNowOn();
    ARROW_RETURN_NOT_OK(
        Submit(partition, partition->spills() ? &PartitionWriter::Spill : &PartitionWriter::Write));
  }
  return arrow::Status::OK();
}

// Hands a partition's gathered rows to a job of its strand.
arrow::Status PartitionedTableWriter::Submit(PartitionWriter* partition, RowJob job) {
  const int64_t bytes = partition->gathered_bytes();
  gathered_bytes_ -= bytes;
  return pool_->Submit(partition->strand(), bytes,
                       [partition, job, rows = partition->TakeRows()]() mutable {
                         return (partition->*job)(std::move(rows));
                       });
}

// Writes the larger half of the open row groups early when they hold too much.
arrow::Status PartitionedTableWriter::ShrinkRowGroups() {
  if (sink_.open_bytes <= options_.buffer_bytes / 2) return arrow::Status::OK();
  std::vector<PartitionWriter*> open;
  for (const auto& partition : partitions_) {
    if (partition->open_bytes() > 0) open.push_back(partition.get());
  }
  std::stable_sort(open.begin(), open.end(),
                   [](const auto* a, const auto* b) { return a->open_bytes() > b->open_bytes(); });
  open.resize((open.size() + 1) / 2);
  for (PartitionWriter* partition : open) {
    ARROW_RETURN_NOT_OK(
        pool_->Submit(partition->strand(), 0, [partition] { return partition->FlushRowGroup(); }));
  }
  return pool_->Drain();
}

arrow::Result<std::vector<DataFile>> PartitionedTableWriter::Close() {
  if (closed_) return arrow::Status::Invalid("the table writer is closed");
  auto files = failed_.ok() ? Finish() : arrow::Result<std::vector<DataFile>>(failed_);
  if (!files.ok()) {
    failed_ = files.status();
    Abandon();
  }
  closed_ = true;
  return files;
}

arrow::Result<std::vector<DataFile>> PartitionedTableWriter::Finish() {
  // What was handed over before may still write on one thread.
  ARROW_RETURN_NOT_OK(pool_->Drain());
  if (!partitions_.empty()) {
    sink_.threads = std::max(
        1, threads_ / static_cast<int>(std::min<size_t>(partitions_.size(), size_t{1} << 16)));
  }
  for (const auto& partition : partitions_) {
    ARROW_RETURN_NOT_OK(Submit(partition.get(), &PartitionWriter::Finish));
  }
  ARROW_RETURN_NOT_OK(pool_->Drain());
  sink_.spill.reset();
  ARROW_RETURN_NOT_OK(SyncFolders());
  return TakeFiles();
}

arrow::Status PartitionedTableWriter::SyncFolders() {
  std::set<std::string> folders;
  for (const std::string& path : sink_.paths) folders.insert(FolderOf(path));
  for (const std::string& folder : folders) {
    ARROW_RETURN_NOT_OK(sink_.files->SyncFolder(folder));
  }
  return arrow::Status::OK();
}

std::vector<DataFile> PartitionedTableWriter::TakeFiles() {
  auto& finished = sink_.finished;
  std::sort(finished.begin(), finished.end(), [](const auto& a, const auto& b) {
    if (IsTupleBefore(a.second.partition, b.second.partition)) return true;
    if (IsTupleBefore(b.second.partition, a.second.partition)) return false;
    return a.first < b.first;
  });
  std::vector<DataFile> files;
  for (auto& [number, file] : finished) files.push_back(std::move(file));
  finished.clear();
  return files;
}

// A file that cannot be removed is left as an orphan: no table names it.
void PartitionedTableWriter::Abandon() {
  if (pool_ != nullptr) pool_->Stop();
  by_tuple_.clear();
  partitions_.clear();
  sink_.spill.reset();
  for (const std::string& path : sink_.paths) {
    const arrow::Status ignored = sink_.files->Delete(path);
    static_cast<void>(ignored);
  }
  sink_.paths.clear();
}

}  // namespace

arrow::Result<std::unique_ptr<TableWriter>> MakeTableWriter(
    std::shared_ptr<const TableMetadata> metadata, FileSystem& files,
    const TableWriterOptions& options) {
  FileSchema file_schema(metadata->CurrentSchema());
  ARROW_ASSIGN_OR_RAISE(DataFileSettings settings,
                        ResolveDataFileSettings(*metadata, file_schema, options));
  auto writer = std::make_unique<PartitionedTableWriter>(
      std::move(metadata), files, options, std::move(file_schema), std::move(settings));
  ARROW_RETURN_NOT_OK(writer->Open());
  return writer;
}

}  // namespace artemis
