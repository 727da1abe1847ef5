// Running count of nulls and NaNs, and least and greatest value, of one leaf column over arrays.
//
// NaN is counted and never a bound; a bound of zero is written -0.0 below and +0.0 above, so that it holds for both zeros.
// Strings compare bytewise, uuid and fixed as unsigned bytes.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include <arrow/result.h>
#include <arrow/type_fwd.h>

namespace artemis {

// What one column came to. Bounds are Appendix D bytes, not truncated; both or none are set.
struct ColumnBounds {
  int64_t value_count = 0;
  int64_t null_count = 0;
  // Floating point only.
  std::optional<int64_t> nan_count;
  std::optional<std::string> lower;
  std::optional<std::string> upper;
};

// One accumulator per column and thread.
class BoundsAccumulator {
 public:
  virtual ~BoundsAccumulator() = default;
  // Requires an array of the type it was made for; slices are respected.
  virtual void Add(const arrow::Array& array) = 0;
  // The same for a dictionary array of that type; of its values only those count that are used.
  virtual arrow::Status AddDictionary(const arrow::DictionaryArray& array) = 0;
  virtual ColumnBounds Finish() const = 0;
};

// For types without an Iceberg order (dictionaries, unsigned integers, half floats, views, nested types) only values and nulls
// are counted.
std::unique_ptr<BoundsAccumulator> MakeBoundsAccumulator(const arrow::DataType& type);

}  // namespace artemis
