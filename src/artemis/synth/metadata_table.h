// Tables of metadata only: manifests that name files which do not exist, with full statistics, for the measuring of planning at
// sizes that no disk here holds.
//
// The columns are those of artemis telemetry, partitioned by mission_id and day(sample_timestamp_ns). Every file spans its whole day;
// of the payloads a partition's files hold one part each when they are clustered, otherwise nearly all.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include <arrow/result.h>
#include <arrow/util/cancel.h>

#include "artemis/avro/codec.h"
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
  // Of the manifests, as in WriteManifestOptions.
  AvroCodec codec = AvroCodec::kDeflate;
  int codec_level = 6;
  // Files of a partition hold narrow ranges of payload_id and sensor_kind, or wide ones.
  bool clustered_files = true;
  uint64_t seed = 1;
  // 1970 or later, and the last day before 2262.
  std::chrono::sys_days first_day =
      std::chrono::year{2023} / std::chrono::January / std::chrono::day{1};
  // Who is told to have made the table.
  std::string author = "artemis";
  arrow::StopToken stop = arrow::StopToken::Unstoppable();
};

// Invalid: an option outside its limits; the message names it, the limits and the value.
arrow::Status CheckMetadataTableOptions(const MetadataTableOptions& options);

// Makes the table and its one snapshot: the same entries for equal options, but for the table's own uuid. Data files are named, not
// written; reading rows of the table fails.
//
// Invalid: as above. AlreadyExists: the name is taken, and nothing is written. Cancelled: by `stop`. After an error from below the
// manifests written so far stay in the folder of a table that is not there. Memory: one manifest's entries on each of two threads.
arrow::Result<LoadedTable> MakeMetadataTable(Catalog& catalog, const TableName& name,
                                             const MetadataTableOptions& options);

}  // namespace artemis
