// Tables of synthetic telemetry, for the tests of what judges layouts.
#pragma once

#include <string>

#include "artemis/scan/query_log.h"
#include "artemis/scan/table_fixture.h"
#include "artemis/synth/query_log.h"

namespace artemis {

struct TelemetryTableOptions {
  std::string partition;
  // As create --sort takes it: columns, or zorder(…).
  std::string order;
  int64_t rows = 100'000;
  int32_t missions = 3;
  int32_t days = 4;
  // Of write.target-file-size-bytes; 0: the property is not set.
  int64_t target_file_bytes = 0;
  uint64_t seed = 7;
};

// The rows are those of artemis telemetry, written by the table's own writer and committed as one snapshot.
class TelemetryTable : public TestTable {
 public:
  explicit TelemetryTable(const TelemetryTableOptions& options);
};

// The log of artemis telemetry --query-log for such a table.
QueryLog TelemetryLog(const TelemetryTableOptions& table, int64_t queries, uint64_t seed = 3);

}  // namespace artemis
