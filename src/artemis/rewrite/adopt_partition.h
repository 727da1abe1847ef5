// The partition tuple that all rows of a file have.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <arrow/record_batch.h>
#include <arrow/result.h>

#include "artemis/schema/column_metrics.h"
#include "artemis/schema/partition_spec.h"

namespace artemis {

// What is known of a file without reading its rows.
struct PartitionEvidence {
  // Whole bounds, in the table's types (FooterMetrics).
  FileMetrics metrics;
  // Columns the file does not hold, with the one value all rows have instead; nullopt: null.
  std::map<FieldId, std::optional<LiteralValue>> constants;
};

// Reads top-level columns of the file, batch by batch (ForEachBatch).
using ReadColumns = std::function<arrow::Status(
    const std::vector<Field>& wanted,
    const std::function<arrow::Status(const std::shared_ptr<arrow::RecordBatch>&)>& visit)>;

// The tuple under `spec`, whose sources are columns of `schema`. Bounds decide where they can: a lower and an upper bound of one
// transformed value, and nulls counted. `read` is asked only where they cannot: missing or cut bounds, floating point (NaN has no
// bound), bucket over more than one value.
//
// Invalid: two tuples among the rows, naming both (null is one of its own); NotImplemented: a transform that is unknown to us.
arrow::Result<PartitionTuple> TupleOfFile(const PartitionSpec& spec, const Schema& schema,
                                          const PartitionEvidence& evidence,
                                          const ReadColumns& read);

}  // namespace artemis
