// The JSON form of table metadata (specification, Appendix C), versions 1 to 3.
#pragma once

#include <string>
#include <string_view>

#include <arrow/result.h>

#include "artemis/table/metadata.h"

namespace artemis {

// Limits of what is read.
inline constexpr int64_t kMetadataTextBytesMax = int64_t{1} << 30;  // unzipped
inline constexpr int kMetadataDepthMax = 128;
inline constexpr int64_t kMetadataItemsMax =
    4'000'000;  // of each list: snapshots, logs, refs, schemas, …

// Reads metadata of any version; gzip is recognised by its magic bytes, whatever the file is called (".gz.metadata.json",
// ".metadata.json.gz"). v1 is brought into today's shape (its single schema and partition-spec, missing ids, a "main" ref). Members that
// are not known are left out. CorruptFile names `path` and the member that is missing or of another type; LimitExceeded names the limit.
// A format-version over 3 is NotImplemented and names it.
arrow::Result<TableMetadata> TableMetadataFromJson(std::string_view json, const std::string& path);

// Writes every required member of the metadata's own version, v1 with its deprecated members. Requires Validate().
std::string TableMetadataToJson(const TableMetadata& metadata);

}  // namespace artemis
