// A log of what analysts ask of the telemetry table, for layouts to be judged by.
//
// Synthetic: no public log of telemetry queries is known. The mix follows what such tables are used for, per hundred queries:
//   45 one channel of one mission in a window of minutes to a day
//   20 all missions in a window of an hour to three days
//   15 a threshold on a value of one mission over days
//   12 the latest values of one channel (the last hours)
//    8 counts by day of one mission over weeks
// Missions and channels are popular by Zipf's law (exponent 1.1); four windows of five lie in the last tenth of the days.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include <arrow/result.h>

#include "artemis/scan/query_log.h"

namespace artemis {

struct QueryLogOptions {
  int64_t queries = 3'200;  // 0 .. 10^7
  uint64_t seed = 0;
  // Of the table that is asked: as in TelemetryOptions.
  int32_t missions = 3;
  int32_t days = 7;
  std::chrono::sys_days first_day =
      std::chrono::year{2024} / std::chrono::March / std::chrono::day{11};
};

// The same log for the same options, on every machine; ids are "q00001" and so on. Invalid: an option outside its limits, by name.
arrow::Result<std::vector<LoggedQuery>> MakeQueryLog(const QueryLogOptions& options);

}  // namespace artemis
