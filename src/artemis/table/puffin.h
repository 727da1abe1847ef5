// Puffin files: blobs, then a footer that says what they are (Puffin specification).
//
//   "PFA1" | blob … | "PFA1" | footer payload (JSON, or one LZ4 frame of it) | payload size (4 bytes) | flags (4 bytes) | "PFA1"
// Numbers are signed and little-endian. Bit 0 of the first flag byte: the payload is compressed.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <arrow/result.h>

namespace artemis {

inline constexpr std::string_view kPuffinMagic = "PFA1";
inline constexpr char kDeletionVectorBlob[] = "deletion-vector-v1";

// What the footer says of one blob. Deletion vectors have snapshot id and sequence number -1 and no codec.
struct PuffinBlob {
  std::string type;
  std::vector<int32_t> fields;
  int64_t snapshot_id = -1;
  int64_t sequence_number = -1;
  int64_t offset = 0;
  int64_t length_bytes = 0;
  std::optional<std::string> compression_codec;
  std::map<std::string, std::string> properties;
  bool operator==(const PuffinBlob&) const = default;
};

struct PuffinFooter {
  std::vector<PuffinBlob> blobs;
  std::map<std::string, std::string> properties;
  bool operator==(const PuffinFooter&) const = default;
};

// Limits of what is read.
inline constexpr int64_t kPuffinPayloadBytesMax = int64_t{64}
                                                  << 20;  // also of the JSON in a compressed one
inline constexpr int64_t kPuffinBlobsMax = 1'000'000;

// The fewest bytes at the end of a file that PuffinFooterBytes needs.
inline constexpr int64_t kPuffinTailBytes = 12;
// The size of the whole footer, both magics included, from the last bytes of a file. CorruptFile, LimitExceeded, with `path`.
arrow::Result<int64_t> PuffinFooterBytes(std::string_view tail, const std::string& path);
// Reads a footer: exactly those bytes, the last of a file of `file_bytes`. CorruptFile, with `path`: other bytes than the format has,
// blobs outside of the file; LimitExceeded over the limits above; NotImplemented for flags that are not known.
arrow::Result<PuffinFooter> ParsePuffinFooter(std::string_view footer, int64_t file_bytes,
                                              const std::string& path);
// The same from a whole file in memory; checks its first bytes too.
arrow::Result<PuffinFooter> ReadPuffinFooter(std::string_view file, const std::string& path);

// The bytes of a footer, not compressed.
std::string PuffinFooterText(const PuffinFooter& footer);

}  // namespace artemis
