// Tells a file that maintenance has removed from one that is corrupt: the only time a pinned replay looks at the catalog again.
#pragma once

#include <memory>
#include <vector>

#include <arrow/record_batch.h>

#include "artemis/catalog/catalog.h"
#include "artemis/replay/resolve.h"

namespace artemis {

// Copies what it needs; the catalog must outlive it and the streams it watches.
class PinGuard {
 public:
  PinGuard(Catalog& catalog, TableName table, const PinnedSnapshot& pin)
      : PinGuard(catalog, std::move(table), pin, pin) {}
  // For streams that read files of both ends of a diff.
  PinGuard(Catalog& catalog, TableName table, const PinnedSnapshot& from, const PinnedSnapshot& to);

  // `status` itself, unless it says that a file is missing: then SnapshotExpired when a pinned snapshot is no longer in the table's
  // metadata, and CorruptFile when all still are.
  arrow::Status Explain(const arrow::Status& status) const;
  // The same rows, with Explain applied to its errors.
  std::shared_ptr<arrow::RecordBatchReader> Watch(
      std::shared_ptr<arrow::RecordBatchReader> rows) const;

 private:
  Catalog* catalog_;
  TableName table_;
  std::vector<SnapshotId> snapshot_ids_;
};

}  // namespace artemis
