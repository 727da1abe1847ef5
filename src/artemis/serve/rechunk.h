// Cuts and joins batches, so that what a client gets has a shape that depends on the schema alone.
#pragma once

#include <cstdint>
#include <memory>

#include <arrow/record_batch.h>

namespace artemis {

// No message of rows is larger than this, unless one row is: clients refuse more than 16 MiB, and streams are fastest from 1 to 4 MiB.
inline constexpr int64_t kFlightBatchBytesMax = int64_t{4} << 20;

// The rows of a batch of this schema: a power of two from 64 to 65,536 for which rows of the schema's fixed widths, and an assumed
// 32 bytes for each text, list or map within, come to at most 2 MiB.
int64_t RowsPerBatch(const arrow::Schema& schema);

// Gives the rows of `rows` in batches of RowsPerBatch, the last one shorter. A batch of more than kFlightBatchBytesMax is halved until
// each part is smaller or has one row. Not thread-safe.
std::shared_ptr<arrow::RecordBatchReader> Rechunk(std::shared_ptr<arrow::RecordBatchReader> rows);

}  // namespace artemis
