// Writes the rows sorted by file_path, then pos, in batches.
#include "artemis/write/position_delete_writer.h"

#include <algorithm>

#include <arrow/builder.h>

#include "artemis/schema/arrow_schema.h"
#include "artemis/schema/metadata_columns.h"
#include "artemis/write/data_file_writer.h"

namespace artemis {

namespace {

constexpr int64_t kDeleteBatchRows = 65'536;

class PositionRows {
 public:
  explicit PositionRows(DataFileWriter* writer) : writer_(writer) {}

  arrow::Status Append(const std::string& path, int64_t position) {
    ARROW_RETURN_NOT_OK(paths_.Append(path));
    ARROW_RETURN_NOT_OK(positions_.Append(position));
    return positions_.length() < kDeleteBatchRows ? arrow::Status::OK() : Flush();
  }

  arrow::Status Flush() {
    const int64_t rows = positions_.length();
    if (rows == 0) return arrow::Status::OK();
    ARROW_ASSIGN_OR_RAISE(auto paths, paths_.Finish());
    ARROW_ASSIGN_OR_RAISE(auto positions, positions_.Finish());
    return writer_->Write(*arrow::RecordBatch::Make(RowsSchema(), rows, {paths, positions}));
  }

  static std::shared_ptr<arrow::Schema> RowsSchema() {
    return arrow::schema({ToArrowField(*FindMetadataColumn(kDeletedPathColumn)),
                          ToArrowField(*FindMetadataColumn(kDeletedPositionColumn))});
  }

 private:
  DataFileWriter* writer_;
  arrow::StringBuilder paths_;
  arrow::Int64Builder positions_;
};

}  // namespace

arrow::Result<DataFile> WritePositionDeleteFile(FileSystem& files, const std::string& path,
                                                std::vector<const PositionDeletes*> deletes) {
  std::sort(deletes.begin(), deletes.end(),
            [](const auto* a, const auto* b) { return a->data_file.path < b->data_file.path; });
  ParquetWriterOptions options;
  options.threads = 1;
  options.metrics_mode.kind = MetricsMode::Kind::kFull;
  ARROW_ASSIGN_OR_RAISE(auto writer,
                        DataFileWriter::Open(files, path, PositionRows::RowsSchema(), options));
  PositionRows rows(writer.get());
  for (const PositionDeletes* of_file : deletes) {
    for (const int64_t position : of_file->positions) {
      ARROW_RETURN_NOT_OK(rows.Append(of_file->data_file.path, position));
    }
  }
  ARROW_RETURN_NOT_OK(rows.Flush());
  ARROW_ASSIGN_OR_RAISE(DataFile file, writer->Close());
  file.content = FileContent::kPositionDeletes;
  file.spec_id = deletes.front()->data_file.spec_id;
  file.partition = deletes.front()->data_file.partition;
  if (deletes.size() == 1) file.referenced_data_file = deletes.front()->data_file.path;
  return file;
}

}  // namespace artemis
