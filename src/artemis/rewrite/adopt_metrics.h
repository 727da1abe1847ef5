// Column metrics and split offsets of a file that somebody else has written, from its footer alone.
#pragma once

#include <map>

#include <arrow/result.h>

#include "artemis/parquet/file_reader.h"
#include "artemis/parquet/writer.h"
#include "artemis/schema/column_metrics.h"
#include "artemis/schema/schema.h"

namespace artemis {

// CorruptFile when the footer contradicts itself. One entry per leaf of `columns` (the file's schema with the table's ids) that `table` has, with bounds in the table's types, whole.
//
// Only what the format lets one believe (parquet/file_reader.h, RowGroupStatistics): a bound stands when every row group that holds
// values has a believable one; counts of nulls when every row group has one. NaNs are never counted: no footer says how many there
// are. Leaves inside lists and maps get no bounds. Requires MatchColumns' approval.
arrow::Result<FileMetrics> FooterMetrics(const ParquetFooter& footer, const arrow::Schema& columns,
                                         const Schema& table);

// What the table wants to be kept of each column (write.metadata.metrics.*, write/data_file_settings.h), as in its own files: sizes
// always, counts, bounds; those of strings and binary cut, of fixed of more than 64 bytes left out. `modes` are by field id, `mode`
// is that of the others.
void ApplyMetricsModes(const Schema& table, const MetricsMode& mode,
                       const std::map<FieldId, MetricsMode>& modes, FileMetrics* metrics);

}  // namespace artemis
