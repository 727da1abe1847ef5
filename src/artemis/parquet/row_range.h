// Some rows of a row group or a file, one after the other.
#pragma once

#include <cstdint>

namespace artemis {

struct RowRange {
  // Counted from the first row of the row group, or of the file.
  int64_t first = 0;
  int64_t count = 0;

  int64_t end() const { return first + count; }
  bool operator==(const RowRange&) const = default;
};

}  // namespace artemis
