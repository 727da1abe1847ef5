// --map OLD=NEW: a copied or moved warehouse is read where it lies, though its metadata names where
// it lay.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <arrow/result.h>

#include "artemis/io/file_system.h"

namespace artemis {

// Rewrites the prefixes of paths. A plain value.
class PathMap {
 public:
  // OLD=NEW pairs, paths or file: locations; the longest OLD wins. Usage error: another shape.
  static arrow::Result<PathMap> Parse(const std::vector<std::string>& pairs);

  bool empty() const { return prefixes_.empty(); }
  // `location` with the OLD that it lies in replaced; a location in none of them stays as it is. To
  // be applied once: NEW may lie within OLD.
  std::string Apply(const std::string& location) const;

 private:
  std::vector<std::pair<std::string, std::string>> prefixes_;  // longest first
};

// `inner` with every path that is read mapped; writing calls are refused (PermissionDenied), since
// they would write in two places. Neither is owned twice: `inner` must outlive it. Thread-safe.
std::unique_ptr<FileSystem> MakeMappedFiles(FileSystem& inner, PathMap map);

}  // namespace artemis
