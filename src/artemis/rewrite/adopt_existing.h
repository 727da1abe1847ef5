// Which of some files a table holds.
#pragma once

#include <set>
#include <string>
#include <vector>

#include <arrow/result.h>

#include "artemis/table/table_view.h"

namespace artemis {

class FileSystem;

// Looks for a set of files in one snapshot after another; a manifest without any of them is read once only. One thread at a time.
class ExistingFiles {
 public:
  // `locations` as LocalPath makes comparable.
  ExistingFiles(FileSystem& files, const std::vector<std::string>& locations);

  // Those that are live in the view's snapshot, as they were given. IOError, CorruptFile.
  arrow::Result<std::set<std::string>> Find(const TableView& view);

 private:
  FileSystem& files_;
  const std::vector<std::string> locations_;
  std::set<std::string> paths_;
  // Manifests that name none of them, dead or live.
  std::set<std::string> foreign_manifests_;
};

}  // namespace artemis
