// The numbered metadata files of a path table, in the layout of Iceberg's Hadoop tables:
//
//   <table>/metadata/vN.metadata.json        also vN.gz.metadata.json and vN.metadata.json.gz
//   <table>/metadata/version-hint.text       a number, and only a hint: it may be absent, behind or garbage
//
// A version comes into being by one rename that replaces nothing, of a file that is complete and durable (B10, C1, C2). A version whose
// file is our tombstone says that the table was dropped at that point; the next table of this name goes on counting after it, so
// that a writer who has not noticed the drop loses by the same rule as in any race.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <arrow/result.h>

#include "artemis/io/file_system.h"

namespace artemis {

struct PathVersion {
  int64_t number = 0;
  std::string location;
  bool dropped = false;  // a tombstone

  bool operator==(const PathVersion&) const = default;
};

// "v12.metadata.json", "v12.gz.metadata.json" and "v12.metadata.json.gz" are 12; nullopt for all else.
std::optional<int64_t> PathVersionOf(std::string_view file_name);

// "<metadata folder>/v12.metadata.json": the name that new versions get.
std::string PathVersionLocation(const std::string& metadata_folder, int64_t number);

// The newest version: from the hint forward, or, where the hint leads nowhere, the greatest number in the folder. nullopt when
// there is no version, or no such folder. Reads no metadata.
arrow::Result<std::optional<PathVersion>> CurrentPathVersion(FileSystem& files,
                                                             const std::string& metadata_folder);

// Makes `bytes` the version `number`: durable, then visible, then its name durable. CommitConflict: the version is there already.
// CommitUnknown: it may have become ours; nothing of it is removed. Any other error: it has not.
arrow::Status WritePathVersion(FileSystem& files, const std::string& metadata_folder,
                               int64_t number, const std::string& bytes);

// Moves the hint; failure is no error. Removes the checksum that Hadoop keeps beside it, which would be wrong.
void WriteVersionHint(FileSystem& files, const std::string& metadata_folder, int64_t number);

// The content of a version that ends a table.
std::string PathTombstone();

}  // namespace artemis
