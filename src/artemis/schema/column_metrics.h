// What a data file's manifest entry says of one column (specification, data_file fields 108, 109, 110, 137, 125, 128).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "artemis/base/ids.h"

namespace artemis {

// Counts include nulls and NaNs. A missing member means "unknown", never zero.
struct ColumnMetrics {
  FieldId field_id;
  std::optional<int64_t> column_size_bytes;
  std::optional<int64_t> value_count;
  std::optional<int64_t> null_count;
  std::optional<int64_t> nan_count;
  // Appendix D bytes; may be truncated for strings and binary (lower rounded down, upper up). NaN is never a bound.
  std::optional<std::string> lower_bound;
  std::optional<std::string> upper_bound;

  bool operator==(const ColumnMetrics&) const = default;
};

// Sorted by field id, one per field.
using FileMetrics = std::vector<ColumnMetrics>;

// The metrics of a field, or null.
const ColumnMetrics* FindMetrics(const FileMetrics& metrics, FieldId field_id);

}  // namespace artemis
