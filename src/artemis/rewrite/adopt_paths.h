// Which files are meant by paths that a user gives, and what the names of their folders say.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <arrow/result.h>

#include "artemis/io/file_system.h"

namespace artemis {

// The files of `paths`, as "file:///…" locations, each once, in the order given; of a folder every *.parquet and *.parq file in it
// and below, by name, without what is hidden (names that begin with '.' or '_' and hold no '=').
//
// Invalid: an empty path, a folder without such files or nested deeper than 64. A path that does not exist: IOError.
arrow::Result<std::vector<std::string>> ParquetFilesOf(FileSystem& files,
                                                       const std::vector<std::string>& paths);

// "day=2024-03-15" of ".../day=2024-03-15/...".
struct FolderValue {
  std::string name;
  // nullopt: __HIVE_DEFAULT_PARTITION__, Hive's name of null.
  std::optional<std::string> text;

  bool operator==(const FolderValue&) const = default;
};

// The name=value folders of a file's path, outermost first. %XX is decoded as Hive does (nothing else is: '+' stays), in names and
// values; a '%' that no two hexadecimal digits follow stays.
std::vector<FolderValue> HiveFolders(std::string_view path);

}  // namespace artemis
