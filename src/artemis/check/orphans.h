// Files in a table's folder that no metadata names: what a writer that was killed has left behind, or
// what an expiry did not come to remove. Read-only: nothing is deleted here.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <arrow/result.h>
#include <arrow/util/cancel.h>

#include "artemis/catalog/catalog.h"

namespace artemis {

struct OrphanOptions {
  // Only files changed before this time: a younger one may belong to a commit that is under way.
  TimestampMs older_than;
  arrow::StopToken stop = arrow::StopToken::Unstoppable();
};

struct Orphan {
  std::string path;
  int64_t size_bytes = 0;
  TimestampMs modified;
};

struct OrphanReport {
  std::vector<Orphan> orphans;  // by path
  // Files in the folder, and those of them that are named.
  int64_t files = 0;
  int64_t named = 0;
  // Not named, but too young to judge.
  int64_t young = 0;
  int64_t young_bytes = 0;
};

// Walks the folder of the table. Left out:
//   files that another table of the catalog names, if its folder lies in this one, or this one in it;
//   names that begin with '.' or '_', with all below, unless they are a partition's (they hold '=')
//   the catalog's own file
//   .inprogress files that are younger than `older_than`
// Errors: what AddNamedFiles says of this table or of such another one; Invalid when the table names
// files and none of them lies in its folder, since then its files must be called otherwise there.
arrow::Result<OrphanReport> FindOrphans(Catalog& catalog, const LoadedTable& table,
                                        const OrphanOptions& options);

}  // namespace artemis
