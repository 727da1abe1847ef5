// What the programs that measure writers share: the rows of an Arrow stream in memory, and the processor time of this process.
#pragma once

#include <sys/resource.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <arrow/io/file.h>
#include <arrow/ipc/reader.h>
#include <arrow/record_batch.h>
#include <arrow/result.h>
#include <arrow/util/byte_size.h>

namespace artemis {

struct MeasuredRows {
  std::shared_ptr<arrow::Schema> schema;
  std::vector<std::shared_ptr<arrow::RecordBatch>> batches;
  int64_t rows = 0;
  int64_t bytes = 0;  // of Arrow buffers
};

// All rows of the stream file at `path`.
inline arrow::Result<MeasuredRows> LoadRows(const std::string& path) {
  ARROW_ASSIGN_OR_RAISE(auto file,
                        arrow::io::ReadableFile::Open(path, arrow::system_memory_pool()));
  ARROW_ASSIGN_OR_RAISE(auto reader, arrow::ipc::RecordBatchStreamReader::Open(file));
  MeasuredRows loaded;
  loaded.schema = reader->schema();
  while (true) {
    ARROW_ASSIGN_OR_RAISE(auto batch, reader->Next());
    if (batch == nullptr) return loaded;
    ARROW_ASSIGN_OR_RAISE(const int64_t bytes, arrow::util::ReferencedBufferSize(*batch));
    loaded.bytes += bytes;
    loaded.rows += batch->num_rows();
    loaded.batches.push_back(std::move(batch));
  }
}

// Of all threads so far, the kernel's work for them among it.
inline double CpuSeconds() {
  rusage usage = {};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace artemis
