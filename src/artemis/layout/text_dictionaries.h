// Columns of few texts as numbers, batch by batch, so that each text is hashed and compared once for keys, for moving and for Parquet.
#pragma once

#include <memory>
#include <vector>

#include <arrow/memory_pool.h>
#include <arrow/record_batch.h>
#include <arrow/result.h>

namespace artemis {

// Replaces top-level columns of strings and binaries by dictionary arrays of 16-bit indices, each batch's with a dictionary of its own in
// the order of first appearance, where they have few texts (layout/text_codes.h). A column that has many in one batch is left as it is in that
// one, and may be so in others, depending on timing. Uses `threads` threads.
arrow::Status EncodeTexts(std::vector<std::shared_ptr<arrow::RecordBatch>>* batches, int threads,
                          arrow::MemoryPool* pool);

}  // namespace artemis
