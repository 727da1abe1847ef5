// The statistics files that a table's metadata names (specification, "Table Statistics", "Partition
// Statistics").
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <arrow/result.h>

#include "artemis/table/metadata.h"

namespace artemis {

struct StatisticsFile {
  std::string path;
  int64_t size_bytes = 0;
};

// Those of "statistics" and of "partition-statistics". Invalid: a member that is no list of files.
arrow::Result<std::vector<StatisticsFile>> StatisticsFiles(const TableMetadata& metadata);

}  // namespace artemis
