// Which data files two snapshots of a table do not share: the first half of a diff, over metadata alone.
//
// Manifests are immutable, so one that both snapshots list holds the same files for both and is not looked at, unless the delete files
// differ: then only where a delete file that one snapshot lacks may apply. Files of the other manifests are compared by path, so entries
// that were carried over into a new manifest (EXISTING) cancel.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include <arrow/result.h>

#include "artemis/scan/plan_caches.h"
#include "artemis/scan/scan_plan.h"

namespace artemis {

// A file that both snapshots hold with other deletes: as each has it.
struct TouchedFile {
  ScanTask before, after;
};

struct FileDifference {
  // Those that may hold matching rows, in the order of manifests and entries, with the deletes of their own snapshot.
  std::vector<ScanTask> removed, added;
  std::vector<TouchedFile> touched;
  // Files that both hold with the same deletes, whatever the filter says of them.
  int64_t unchanged = 0;
};

// For the snapshots of one table; one after the other, so that what neighbours of a chain share is read once. Not thread-safe.
class FileDiffer {
 public:
  // `predicate` is bound to the schema of the views that are compared, which is the same in all of them. `files` and `caches` must
  // outlive this.
  FileDiffer(BoundPredicate predicate, FileSystem& files, PlanCaches& caches)
      : predicate_(std::move(predicate)), files_(files), caches_(caches) {}

  // Errors of planning: a missing manifest is an IOError (IsFileNotFound).
  arrow::Result<FileDifference> Compare(const TableView& older, const TableView& newer);

 private:
  friend class FileComparison;
  using DeleteEntries = std::shared_ptr<const std::vector<ManifestEntry>>;

  const BoundPredicate predicate_;
  FileSystem& files_;
  PlanCaches& caches_;
  // Entries of the delete manifests of the snapshots that were compared last, by path.
  std::map<std::string, DeleteEntries> deletes_;
};

}  // namespace artemis
