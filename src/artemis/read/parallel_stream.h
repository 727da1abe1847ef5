// The stream over a plan on several threads. Files are opened ahead, row groups are decoded side by side, batches wait in a queue; all of it
// within one budget of bytes (docs/streaming-memory.md).
#pragma once

#include <memory>
#include <vector>

#include <arrow/record_batch.h>

#include "artemis/read/opened_file.h"

namespace artemis {

// Order unspecified. Nothing is opened before the first ReadNext; Close and the destructor end the threads. The first failure is what
// ReadNext gives from then on.
std::shared_ptr<arrow::RecordBatchReader> MakeParallelStream(
    std::shared_ptr<const ReadContext> context, std::vector<ScanTask> tasks);

}  // namespace artemis
