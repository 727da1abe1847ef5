// Writing and taking back.
#include "artemis/timetravel/table_change.h"

#include "artemis/base/error.h"
#include "artemis/io/file_system.h"
#include "artemis/write/table_writer.h"

namespace artemis {

arrow::Result<std::vector<DataFile>> WriteRows(std::shared_ptr<const TableMetadata> metadata,
                                               FileSystem& files, arrow::RecordBatchReader& rows) {
  ARROW_ASSIGN_OR_RAISE(const auto writer, MakeTableWriter(std::move(metadata), files));
  std::shared_ptr<arrow::RecordBatch> batch;
  while (true) {
    ARROW_RETURN_NOT_OK(rows.ReadNext(&batch));
    if (batch == nullptr) return writer->Close();
    ARROW_RETURN_NOT_OK(writer->Write(*batch));
  }
}

void RemoveFiles(FileSystem& files, const std::vector<DataFile>& data_files) {
  for (const auto& file : data_files) (void)files.Delete(file.path);
}

bool IsCertainlyNotCommitted(const arrow::Status& status) {
  return !status.ok() && FindDetail<CommitUnknown>(status) == nullptr;
}

arrow::Result<std::shared_ptr<arrow::RecordBatchReader>> AsStream(
    const std::shared_ptr<arrow::RecordBatch>& rows) {
  if (rows == nullptr) return arrow::Status::Invalid("rows to write: expected a batch, found none");
  return arrow::RecordBatchReader::Make({rows}, rows->schema());
}

}  // namespace artemis
