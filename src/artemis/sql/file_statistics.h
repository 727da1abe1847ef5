// What DuckDB answers COUNT(*), MIN and MAX from without reading: record counts and bounds of the manifests. Only for sql/.
#pragma once

#include <duckdb/function/partition_stats.hpp>
#include <duckdb/function/table_function.hpp>

namespace artemis {

// One partition for each file of a scan. None where they would not be exact: a filter is left, a delete file applies, a record
// count is missing. Bounds are taken for exact where the specification leaves no room for others: integers, dates, times,
// timestamps, decimals; not for text, bytes, and floating point numbers, whose bounds may be cut, or leave out NaN.
duckdb::vector<duckdb::PartitionStatistics> FileStatistics(duckdb::ClientContext& context,
                                                           duckdb::GetPartitionStatsInput& input);

}  // namespace artemis
