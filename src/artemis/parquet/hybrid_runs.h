// The RLE and bit-packing hybrid that Parquet stores dictionary indices and levels in (parquet-format, Encodings.md, "Run Length Encoding /
// Bit-Packing Hybrid"):
//
//   runs := { varint(count << 1), value in ⌈width/8⌉ bytes  |  varint(groups << 1 | 1), groups of eight values, lowest bit first }*
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace artemis {

// Appends the runs of `values`, each below 2^width, to `out`. `width`: 0 to 32. Equal values become a run of one value where eight or more of
// them begin at a group; the last group is filled up with zeros.
void AppendHybridRuns(std::span<const int32_t> values, int width, std::string* out);

// One run: `value` `count` times.
void AppendRepeated(int32_t value, int64_t count, int width, std::string* out);

}  // namespace artemis
