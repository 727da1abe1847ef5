// Reads one 32-bit Roaring bitmap in its portable form from bytes nobody vouches for. The library reads it faster, and trusts the
// cardinalities it is told.
//
//   cookie (4 bytes): 12346, then the number of containers (4 bytes); or 12347 in its low half and the number less one in its high
//   half, then a bit per container that says whether it is made of runs
//   per container: key, cardinality less one (2 bytes each)
//   with cookie 12346, and from 4 containers on: per container the offset of its bytes (4 bytes)
//   the containers: an array of sorted values (2 bytes each), 8192 bytes of bits where there are more than 4096, or the number of runs
//   (2 bytes) and for each its first value and its length less one (2 bytes each)
// All numbers are little-endian.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <arrow/result.h>

namespace artemis {

// Appends the bitmap at the front of `bytes`, each value with `high` as its upper half, to `positions`, ascending; gives the bytes it
// takes. Invalid says what is broken, and when it holds more than `positions_max` values (found before memory is taken for them).
arrow::Result<size_t> AppendRoaringPositions(std::string_view bytes, uint32_t high,
                                             int64_t positions_max,
                                             std::vector<int64_t>* positions);

}  // namespace artemis
