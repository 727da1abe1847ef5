// How a commit is done: what the options leave open comes from table properties, then from defaults (docs/retry-policy.md).
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "artemis/avro/codec.h"
#include "artemis/commit/change.h"

namespace artemis {

struct CommitSettings {
  int attempts_max = 16;
  int64_t backoff_min_ms = 10;
  int64_t backoff_max_ms = 2000;
  int64_t total_timeout_ms = int64_t{30} * 60 * 1000;
  bool merge_manifests = true;
  int64_t manifest_target_bytes = int64_t{8} << 20;
  int manifest_min_count_to_merge = 100;
  // write.manifest.compression-codec (gzip, zstd, none) and -level.
  AvroCodec manifest_codec = AvroCodec::kDeflate;
  int manifest_codec_level = 1;
  // A summary tells of single partitions where no more than this have changed: write.summary.partition-limit.
  int64_t partitions_in_summary_max = 0;
};

// A property that is no number of its range, or names an unknown codec, counts as not set.
CommitSettings ResolveSettings(const CommitOptions& options,
                               const std::map<std::string, std::string>& properties);

}  // namespace artemis
