// The integers of DELTA_BINARY_PACKED (parquet-format, Encodings.md) that say how long byte arrays are.
//
// Header: block size, miniblocks in a block, count, first value. Block: least delta, a bit width for each miniblock, the miniblocks.
#pragma once

#include <cstdint>
#include <vector>

namespace artemis {

// Decodes one run of int32 at the beginning of `data` and gives how many of the `size` bytes it takes. Throws ParquetException where it is cut
// off, claims more than `count_max` values, or holds a negative one: a length is none.
int64_t DecodeLengths(const uint8_t* data, int64_t size, int64_t count_max,
                      std::vector<int32_t>* lengths);

}  // namespace artemis
