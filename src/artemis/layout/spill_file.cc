// IPC messages at offsets.
#include "artemis/layout/spill_file.h"

#include <arrow/io/memory.h>
#include <arrow/ipc/dictionary.h>
#include <arrow/ipc/options.h>
#include <arrow/ipc/reader.h>
#include <arrow/ipc/writer.h>

namespace artemis {

arrow::Result<std::unique_ptr<SpillFile>> SpillFile::Create(const std::string& folder,
                                                            std::shared_ptr<arrow::Schema> schema,
                                                            arrow::MemoryPool* pool) {
  ARROW_ASSIGN_OR_RAISE(auto file, UnnamedFile::Create(folder));
  return std::unique_ptr<SpillFile>(new SpillFile(std::move(file), std::move(schema), pool));
}

arrow::Result<SpilledBatch> SpillFile::Write(const arrow::RecordBatch& batch) {
  auto options = arrow::ipc::IpcWriteOptions::Defaults();
  options.memory_pool = pool_;
  options.use_threads = false;
  ARROW_ASSIGN_OR_RAISE(const auto bytes, arrow::ipc::SerializeRecordBatch(batch, options));
  ARROW_ASSIGN_OR_RAISE(const int64_t offset, file_->Append(*bytes));
  return SpilledBatch{offset, bytes->size(), batch.num_rows()};
}

arrow::Result<std::shared_ptr<arrow::RecordBatch>> SpillFile::Read(
    const SpilledBatch& batch) const {
  ARROW_ASSIGN_OR_RAISE(auto bytes, file_->Read(batch.offset, batch.bytes, pool_));
  auto options = arrow::ipc::IpcReadOptions::Defaults();
  options.memory_pool = pool_;
  options.use_threads = false;
  arrow::io::BufferReader reader(std::move(bytes));
  const arrow::ipc::DictionaryMemo no_dictionaries;
  return arrow::ipc::ReadRecordBatch(schema_, &no_dictionaries, options, &reader);
}

}  // namespace artemis
