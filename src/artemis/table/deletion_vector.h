// Deletion vectors: the deleted positions of one data file as a blob in a Puffin file (specification, "Deletion Vectors";
// Puffin, "deletion-vector-v1").
//
// The blob, all of it at content_offset: length of what follows but the checksum (4 bytes, big-endian), magic D1 D3 39 64, the number of
// 32-bit bitmaps (8 bytes, little-endian), for each its key (4 bytes, little-endian: the high half of its positions) and the
// bitmap in Roaring's portable form, and the CRC-32 of magic and vector (4 bytes, big-endian).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <arrow/result.h>

namespace artemis {

// Limits of what is read: a vector is held as positions of 8 bytes each.
inline constexpr int64_t kDeletionVectorBytesMax = int64_t{1} << 30;
inline constexpr int64_t kDeletionVectorPositionsMax = int64_t{1} << 28;

// The positions in a blob, ascending. CorruptFile, with `path`, for a wrong length, magic, checksum, or bitmap, or when there are not
// exactly `expected_count` positions (the entry's record_count). LimitExceeded over the limits above. No memory is taken for more than
// `expected_count` positions.
arrow::Result<std::vector<int64_t>> DecodeDeletionVector(std::string_view blob,
                                                         int64_t expected_count,
                                                         const std::string& path);

// The blob of positions that are ascending, without doubles, and not negative; else Invalid.
arrow::Result<std::string> EncodeDeletionVector(const std::vector<int64_t>& positions);

}  // namespace artemis
