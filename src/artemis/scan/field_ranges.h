// What a manifest's summaries, a file's metrics or a row group's statistics say of columns, as the ranges that evaluators take.
// Bytes that do not decode as the field's type say nothing; they never exclude.
#pragma once

#include <optional>
#include <vector>

#include "artemis/expr/range_evaluator.h"
#include "artemis/schema/column_metrics.h"
#include "artemis/table/manifest.h"

namespace artemis {

// Specification, field_summary: without bounds all values are null, or NaN where contains_nan says so. Bounds of UUIDs are widened
// to enclose the values in the order of bytes and in Java's, which takes the two halves for signed numbers. Crossed bounds, as
// Java's are where the orders differ in the upper half, are left out.
ColumnRange RangeOfSummary(const PartitionFieldSummary& summary, const Type& type);

// Counts and bounds of one column of a file with `record_count` rows.
ColumnRange RangeOfMetrics(const ColumnMetrics& metrics, const Type& type);

// Ranges of the partition fields of a manifest, by partition field id. `partition_type` is PartitionType(spec, …).
RangeLookup SummaryRanges(const ManifestFile& manifest, const Type& partition_type);

// Ranges of the columns of a file, by field id; types come from `schema`.
RangeLookup MetricsRanges(const FileMetrics& metrics, const Schema& schema);

}  // namespace artemis
