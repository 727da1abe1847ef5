// What tells one file of a table from another.
#pragma once

#include <string>

#include "artemis/table/manifest.h"

namespace artemis {

// The path; of a deletion vector, which shares its file with others, path and offset.
inline std::string FileIdentity(const DataFile& file) {
  if (!file.content_offset) return file.path;
  return file.path + '\n' + std::to_string(*file.content_offset);
}

}  // namespace artemis
