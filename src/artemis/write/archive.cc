// Reads, converts where asked, writes, commits.
#include "artemis/write/archive.h"

#include <chrono>
#include <optional>

#include "artemis/base/replaceable_path.h"
#include "artemis/io/atomic_file.h"
#include "artemis/layout/conform.h"
#include "artemis/parquet/write_events.h"
#include "artemis/write/file_schema.h"

namespace artemis {
namespace {

// What happens to each batch before it is stored.
class ArchiveRows {
 public:
  static arrow::Result<ArchiveRows> Make(const std::shared_ptr<arrow::Schema>& rows,
                                         const ArchiveOptions& options) {
    ArchiveRows archive;
    archive.schema_ = rows;
    if (!options.iceberg) return archive;
    ARROW_ASSIGN_OR_RAISE(const Schema table, SchemaFromArrow(*rows, options.nanos));
    ConformOptions conform;
    conform.truncate_timestamps = options.truncate_timestamps;
    ARROW_ASSIGN_OR_RAISE(archive.conformer_, RowConformer::Make(table, *rows, conform));
    archive.file_schema_.emplace(table);
    archive.schema_ = archive.file_schema_->arrow_schema();
    return archive;
  }

  const std::shared_ptr<arrow::Schema>& schema() const { return schema_; }

  arrow::Result<std::shared_ptr<arrow::RecordBatch>> Convert(
      const std::shared_ptr<arrow::RecordBatch>& batch) {
    if (!conformer_) return batch;
    ARROW_ASSIGN_OR_RAISE(const auto rows, conformer_->Conform(*batch));
    return file_schema_->FileRows(rows);
  }

 private:
  std::shared_ptr<arrow::Schema> schema_;
  std::optional<RowConformer> conformer_;
  std::optional<FileSchema> file_schema_;
};

class DurableArchive final : public ArchiveWriter {
 public:
  DurableArchive(ArchiveRows rows, std::unique_ptr<AtomicFile> file,
                 std::unique_ptr<ParquetWriter> parquet, EventLog* events)
      : rows_(std::move(rows)),
        file_(std::move(file)),
        parquet_(std::move(parquet)),
        events_(events) {
    file_->KeepUnfinished(true);
  }

  arrow::Status Write(const std::shared_ptr<arrow::RecordBatch>& batch) override {
    ARROW_RETURN_NOT_OK(failed_);
    return Remember(WriteRows(batch));
  }

  arrow::Result<WriteSummary> Close() override {
    ARROW_RETURN_NOT_OK(failed_);
    auto summary = Finish();
    ARROW_RETURN_NOT_OK(Remember(summary.status()));
    return summary;
  }

  void Discard() override { file_->KeepUnfinished(false); }

 private:
  arrow::Status WriteRows(const std::shared_ptr<arrow::RecordBatch>& batch) {
    ARROW_ASSIGN_OR_RAISE(const auto stored, rows_.Convert(batch));
    return parquet_->Write(*stored);
  }

  arrow::Result<WriteSummary> Finish() {
    ARROW_ASSIGN_OR_RAISE(WrittenParquet written, parquet_->Close());
    ARROW_RETURN_NOT_OK(file_->Commit());
    written.summary.elapsed_ms = std::chrono::duration_cast<std::chrono::milliseconds>(
                                     std::chrono::steady_clock::now() - begun_)
                                     .count();
    LogWriteClosed(events_, written.summary);
    return written.summary;
  }

  arrow::Status Remember(arrow::Status status) {
    if (!status.ok()) Discard();
    failed_ = std::move(status);
    return failed_;
  }

  ArchiveRows rows_;
  std::unique_ptr<AtomicFile> file_;
  // Before the file goes, so that no thread writes to it.
  std::unique_ptr<ParquetWriter> parquet_;
  EventLog* const events_;
  arrow::Status failed_;
  const std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
};

arrow::Status WriteRowsTo(ArchiveWriter& writer, arrow::RecordBatchReader& rows,
                          const arrow::StopToken& stop) {
  while (true) {
    ARROW_RETURN_NOT_OK(stop.Poll());
    ARROW_ASSIGN_OR_RAISE(const auto batch, rows.Next());
    if (batch == nullptr) return arrow::Status::OK();
    ARROW_RETURN_NOT_OK(writer.Write(batch));
  }
}

}  // namespace

arrow::Result<std::unique_ptr<ArchiveWriter>> ArchiveWriter::Open(
    const std::string& path, std::shared_ptr<arrow::Schema> schema, const ArchiveOptions& options) {
  ARROW_ASSIGN_OR_RAISE(ArchiveRows rows, ArchiveRows::Make(schema, options));
  ARROW_RETURN_NOT_OK(CheckParquetSchema(*rows.schema(), options.parquet));
  AtomicFileOptions atomic;
  atomic.replace = options.replace;
  atomic.files = options.files;
  const auto place = ReplaceablePath(path);
  if (!place) return arrow::Status::Invalid(path, " is a device or a pipe: expected a file");
  ARROW_ASSIGN_OR_RAISE(auto file, AtomicFile::Open(*place, atomic));
  ARROW_ASSIGN_OR_RAISE(auto parquet,
                        MakeParquetWriter(file->stream(), path, rows.schema(), options.parquet));
  return std::make_unique<DurableArchive>(std::move(rows), std::move(file), std::move(parquet),
                                          options.parquet.events);
}

arrow::Result<WriteSummary> WriteArchive(arrow::RecordBatchReader& rows, const std::string& path,
                                         const ArchiveOptions& options) {
  ARROW_ASSIGN_OR_RAISE(const auto writer, ArchiveWriter::Open(path, rows.schema(), options));
  const arrow::Status status = WriteRowsTo(*writer, rows, options.stop);
  if (status.ok()) return writer->Close();
  writer->Discard();
  return status;
}

}  // namespace artemis
