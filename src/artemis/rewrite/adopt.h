// Brings existing Parquet files into a table as they are: `artemis-table commit`. Nothing is copied or moved; the files then belong to
// the table, and whoever wrote them leaves them alone.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <arrow/result.h>
#include <arrow/util/cancel.h>

#include "artemis/commit/commit.h"

namespace artemis {

struct AdoptOptions {
  CommitOptions commit;
  // Files that the table holds already are left out instead of refused.
  bool skip_existing = false;
  // Checks everything and commits nothing.
  bool dry_run = false;
  // Footers read at once.
  int threads = 8;
  arrow::StopToken stop = arrow::StopToken::Unstoppable();
};

enum class AdoptAction : uint8_t { kAdd, kSkipExisting, kSkipEmpty, kRefuse };

// What becomes of one file.
struct AdoptDecision {
  std::string path;  // "file:///…"
  AdoptAction action = AdoptAction::kAdd;
  // Why it is refused, without the path.
  arrow::Status refusal;
  // kAdd only.
  DataFile file;
  std::string partition;  // "mission_id=apollo-7/day=2024-03-15", empty where there is none
};

struct AdoptResult {
  // Of a dry run, and when no file is left to add: the table as it was found, no snapshot, no attempts.
  CommitResult commit;
  // One a file, in the order of the paths (adopt_paths.h). Empty when the once_key was there already.
  std::vector<AdoptDecision> files;
  int64_t files_added = 0, rows_added = 0, files_skipped = 0, files_refused = 0;
  // Files without field ids came, and the table's name mapping did not know all columns: it does now.
  bool name_mapping_changed = false;
};

// Adds the Parquet files that `paths` name (files and folders, ParquetFilesOf) in one append snapshot, all or none, with the table's
// name mapping where one is needed. Files without rows are left out. Files may lie outside the table's location. They and their folders
// are synced first (C1); their bytes must not change any more.
//
// Each file is checked against the newest schema and spec (AdoptFile), again when another commit has changed those. Footers are read
// once. Invalid names the first file refused, why, and how many more there are; with dry_run refusals are in the result instead.
// Besides: the failures of commit.h and of ParquetFilesOf; Cancelled.
arrow::Result<AdoptResult> AdoptFiles(Catalog& catalog, const TableName& table,
                                      const std::vector<std::string>& paths,
                                      const AdoptOptions& options = {});

}  // namespace artemis
