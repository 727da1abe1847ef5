// Reads, converts where asked, writes, commits.
#include "artemis/write/archive.h"

#include <chrono>
#include <optional>

#include "artemis/io/atomic_file.h"
#include "artemis/layout/conform.h"
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

arrow::Status WriteRowsTo(ParquetWriter& writer, ArchiveRows& archive,
                          arrow::RecordBatchReader& rows, const arrow::StopToken& stop) {
  while (true) {
    ARROW_RETURN_NOT_OK(stop.Poll());
    ARROW_ASSIGN_OR_RAISE(const auto batch, rows.Next());
    if (batch == nullptr) return arrow::Status::OK();
    ARROW_ASSIGN_OR_RAISE(const auto stored, archive.Convert(batch));
    ARROW_RETURN_NOT_OK(writer.Write(*stored));
  }
}

}  // namespace

arrow::Result<WriteSummary> WriteArchive(arrow::RecordBatchReader& rows, const std::string& path,
                                         const ArchiveOptions& options) {
  const auto begun = std::chrono::steady_clock::now();
  ARROW_ASSIGN_OR_RAISE(ArchiveRows archive, ArchiveRows::Make(rows.schema(), options));
  AtomicFileOptions atomic;
  atomic.replace = options.replace;
  ARROW_ASSIGN_OR_RAISE(const auto file, AtomicFile::Open(path, atomic));
  ARROW_ASSIGN_OR_RAISE(const auto writer,
                        MakeParquetWriter(file->stream(), path, archive.schema(), options.parquet));
  ARROW_RETURN_NOT_OK(WriteRowsTo(*writer, archive, rows, options.stop));
  ARROW_ASSIGN_OR_RAISE(WrittenParquet written, writer->Close());
  ARROW_RETURN_NOT_OK(file->Commit());
  written.summary.elapsed_ms = std::chrono::duration_cast<std::chrono::milliseconds>(
                                   std::chrono::steady_clock::now() - begun)
                                   .count();
  return written.summary;
}

}  // namespace artemis
