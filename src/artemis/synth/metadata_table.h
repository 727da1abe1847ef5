// Tables of metadata only: manifests that name files which do not exist, with full statistics, for the measuring of planning at
// sizes that no disk here holds.
//
// The columns are those of artemis telemetry, partitioned by mission_id and day(sample_timestamp_ns). A partition's files hold one
// part each of what its rows span: with clustered files a part of the day and of the payloads, otherwise nearly all of both.
#pragma once

#include <chrono>
#include <cstdint>

#include <arrow/result.h>

#include "artemis/catalog/catalog.h"

namespace artemis {

struct MetadataTableOptions {
  // Spread evenly over the partitions, 1 .. 10^8.
  int64_t files = 250'000;
  // missions * days partitions; 1 .. 1000 and 1 .. 3650.
  int32_t missions = 74;
  int32_t days = 540;
  // Of a manifest, 1 .. 10^6.
  int64_t files_per_manifest = 5'000;
  // Manifests hold neighbouring partitions (of one mission, then day) or any, as many small commits leave them.
  bool clustered_manifests = true;
  // Files of a partition hold narrow ranges of payload_id and time, or wide ones.
  bool clustered_files = true;
  uint64_t seed = 1;
  std::chrono::sys_days first_day =
      std::chrono::year{2023} / std::chrono::January / std::chrono::day{1};
};

// Makes the table and its one snapshot. Invalid: an option outside its limits, by name; otherwise what the catalog gives.
// Memory: one manifest's entries on each of two threads.
arrow::Result<LoadedTable> MakeMetadataTable(Catalog& catalog, const TableName& name,
                                             const MetadataTableOptions& options);

}  // namespace artemis
