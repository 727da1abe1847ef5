// The JSON form of evidence records (docs/evidence.md, "The record").
#pragma once

#include <string>
#include <string_view>

#include <arrow/result.h>

#include "artemis/replay/evidence.h"

namespace artemis {

inline constexpr int64_t kEvidenceBytesMax = int64_t{1} << 30;

// With the digest of the record itself as its last member, and a line feed at the end. Invalid: text that is not UTF-8.
arrow::Result<std::string> EvidenceToJson(const Evidence& evidence);

// Invalid, naming `path`, for what is no record or a part of one, for a member that is missing or of another type, for a record of a
// later format, and for one whose digest is not that of its members: it was changed after it was written.
arrow::Result<Evidence> EvidenceFromJson(std::string_view text, const std::string& path);

}  // namespace artemis
