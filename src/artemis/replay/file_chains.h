// Which files of a plan hold their rows in order already, and which of them follow each other: what an ordered replay gives out without
// sorting it.
//
// What a table says of a file's order (a sort order id) is not believed: the column is read by itself and looked at, up to the first row
// that is out of order. (1) Files in order are taken by their lower bounds; each joins the first chain whose files end before it begins,
// or begins one. (2) No more chains are begun than fit in memory, where each has an open file; what is left is for sorting.
#pragma once

#include <cstdint>
#include <vector>

#include <arrow/result.h>

#include "artemis/read/read_plan.h"

namespace artemis {

// The bounds of a column in a file's manifest entry, as whole numbers.
struct TaskRange {
  int64_t lower = 0;
  int64_t upper = 0;
};
// All numbers where the column is of another kind, where a bound is missing, and where a row may be null.
TaskRange RangeOf(const ScanTask& task, const Field& column);

struct FileChainRequest {
  // Its view and predicate; not its tasks. Not owned.
  const ScanPlan* plan = nullptr;
  FileSystem* files = nullptr;
  // How the rows will be read.
  ReadOptions options;
  // Ascending, nulls first, NaN last.
  Field column;
  // What all chains may take while they are read side by side, batches aside.
  int64_t memory_bytes = 0;
};

struct FileChains {
  // The files of each in order.
  std::vector<std::vector<ScanTask>> chains;
  // Files that are not in order, and those for which there is no room.
  std::vector<ScanTask> others;
};

// Takes the tasks apart. Whether the files of a chain do follow each other is for the reader to check: bounds may lie. Fails as ReadPlan does.
arrow::Result<FileChains> FindFileChains(const FileChainRequest& request,
                                         std::vector<ScanTask> tasks);

}  // namespace artemis
