// Drops a table and removes its files: exactly those that its own metadata names, one by one, and never a folder.
//
// P1 Everything that will be removed is known before anything is: metadata or a manifest that cannot be read ends the purge with the
//    table as it was. (Missing is not unreadable: what an interrupted purge has removed is counted, and the rest goes on.)
// P2 The catalog entry goes first, and only if it still stands for the metadata that was read; else all is read anew. Where it is
//    not known whether it is gone, nothing is removed (C5).
// P3 Data before manifests, manifests before lists, lists before metadata, the current metadata last: whatever is left after an
//    interruption can be registered under its newest metadata file and purged again.
// P4 A file of a table that this catalog knows under another name, too, is not removed: the purge is refused.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <arrow/result.h>
#include <arrow/util/cancel.h>

#include "artemis/catalog/catalog.h"

namespace artemis {

struct PurgeOptions {
  // Attempts at dropping the entry that other commits kept changing, before CommitConflict.
  int attempts_max = 10;
  // Looked at while files are counted, before anything is changed.
  arrow::StopToken stop = arrow::StopToken::Unstoppable();
};

// Files that were removed.
struct PurgeReport {
  int64_t data_files = 0;
  int64_t delete_files = 0;
  int64_t statistics_files = 0;
  int64_t manifests = 0;
  int64_t manifest_lists = 0;
  int64_t metadata_files = 0;
  // Of data and delete files, as their manifests say.
  int64_t bytes = 0;
  // Files that were not there any more.
  int64_t missing = 0;
  // Files that could not be removed, and why; the first few.
  int64_t failed = 0;
  std::vector<std::string> failures;

  int64_t Removed() const;
};

// Live data and delete files of every snapshot the metadata holds, on whatever branch; also such as lie outside of the table's folder,
// adopted files for example. Files of expired snapshots, of commits that did not finish, and version-hint.text are named by no
// metadata and stay (artemis-table files --orphans finds them).
//
// NoSuchTable. Invalid: gc.enabled = false, or another name for the same table. CorruptFile, IOError: what could not be read; drop
// the table without purging then. CommitConflict; CommitUnknown. Once the entry is gone the result is OK, with what failed in the
// report.
arrow::Result<PurgeReport> DropAndPurge(Catalog& catalog, const TableName& name,
                                        const PurgeOptions& options = {});

}  // namespace artemis
