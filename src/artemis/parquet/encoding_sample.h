// Chooses encodings by measuring them on a sample of the rows.
//
// Every leaf that is to be chosen is encoded and compressed in each encoding that its type allows, in memory; the smallest wins,
// unless the policy's is within a tenth of it: a sample's tenth is chance, and what the policy knows of a column (that times and
// counters go on as they began, so that deltas stay small) holds for the rows to come. A dictionary has a limit of 1 MiB for a row group, which is far longer than the sample: one that grew
// in the second half of the sample at a rate that would pass the limit does not win.
#pragma once

#include <memory>
#include <vector>

#include <arrow/record_batch.h>
#include <arrow/result.h>
#include <parquet/properties.h>
#include <parquet/schema.h>

#include "artemis/parquet/leaf_encoding.h"

namespace artemis {

// Decides the leaves of `encodings` that are chosen by kAuto. Runs on as many threads as the options say; beside the sample it
// holds the encoded sample of one column a thread. Without rows the policy stands.
arrow::Status ChooseBySample(const arrow::Schema& schema, const std::vector<LeafColumn>& leaves,
                             const std::vector<std::shared_ptr<arrow::RecordBatch>>& sample,
                             const ParquetWriterOptions& options, int threads,
                             std::vector<LeafEncoding>* encodings);

}  // namespace artemis
