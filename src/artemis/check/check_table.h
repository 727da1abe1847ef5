// Checks a table: that every file its metadata names is there and is what is said of it. Read-only;
// looks at all snapshots that the metadata holds, at each file once.
#pragma once

#include <cstdint>
#include <functional>

#include <arrow/result.h>
#include <arrow/util/cancel.h>

#include "artemis/catalog/catalog.h"
#include "artemis/check/problem.h"

namespace artemis {

struct CheckOptions {
  // Read every page of every data file (file_rules.h).
  bool deep = false;
  // Files looked at once, and threads for them.
  int threads = 2;
  // Stops looking at files once this many problems are known.
  int64_t problems_max = 10'000;
  // Called from one thread at a time, with files looked at and files in all.
  std::function<void(int64_t done, int64_t total)> progress;
  arrow::StopToken stop = arrow::StopToken::Unstoppable();
};

struct CheckReport {
  // In the order of the table: metadata, snapshots from the oldest, files by path.
  Problems problems;
  // What was looked at, each once.
  int64_t metadata_files = 0;
  int64_t snapshots = 0;
  int64_t manifests = 0;
  int64_t data_files = 0;
  int64_t delete_files = 0;
  int64_t statistics_files = 0;
  // Of the data files of all snapshots; bytes also of the delete files.
  int64_t rows = 0;
  int64_t bytes = 0;
  // False when problems_max was reached.
  bool complete = true;
};

// Rules: metadata_rules.h, manifest_rules.h, file_rules.h; and
//   missing    files of metadata-log, statistics, manifest lists, manifests
//   metadata   a file of metadata-log that is no metadata, or of another table (deep)
//   counts     one file described in two ways; one live twice in the snapshot of a ref
// Fails with Cancelled only: what cannot be read is a problem. `files` must outlive the call.
arrow::Result<CheckReport> CheckTable(const LoadedTable& table, FileSystem& files,
                                      const CheckOptions& options = {});

}  // namespace artemis
