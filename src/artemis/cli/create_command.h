// artemis-table create: a new, empty table.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <arrow/status.h>

#include "artemis/cli/commit_options.h"

namespace artemis {

struct CreateOptions {
  std::string table;
  // One of the three.
  std::string schema_file;  // the specification's JSON form of a schema; ids may be missing
  std::string like_file;    // an Arrow or Parquet file whose columns to take
  bool canonical = false;   // the columns of artemis telemetry
  std::string partition;    // 'mission_id, day(ts) as day'
  std::string sort;         // 'a desc nulls last, b', 'zorder(a, b)', 'hilbert(a, b)'
  // Columns of nanoseconds as timestamp_ns (format version 3) instead of timestamp.
  bool nanos = false;
  // Unset: 2, or 3 where a column needs it.
  std::optional<int32_t> format_version;
  std::vector<std::string> properties;  // key=value
  CommitCommandOptions commit;
};

// Makes the catalog and the warehouse where they are absent. AlreadyExists when the name is taken.
// Prints {"table","uuid","location","format_version","columns","partitioning","sort_order"}; the
// last is the clustering where the table has one.
arrow::Status RunCreate(const CreateOptions& options, CommandContext& context);

// key=value pairs; usage error for text without '=' or with an empty key.
arrow::Result<std::map<std::string, std::string>> ParseProperties(
    const std::vector<std::string>& pairs);

}  // namespace artemis
