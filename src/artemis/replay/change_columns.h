// Iceberg's change columns, which lead the rows of a change feed.
//
//   _change_type         string   delete, insert, update_preimage, update_postimage
//   _change_ordinal      int      the commit's place among those of the feed, from 0; 0 in a net diff
//   _commit_snapshot_id  long     the commit; null where several lie between the ends of a net diff
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include <arrow/record_batch.h>
#include <arrow/result.h>

#include "artemis/base/ids.h"

namespace artemis {

inline constexpr int kChangeColumnCount = 3;

enum class ChangeType : uint8_t { kDelete, kInsert, kUpdateBefore, kUpdateAfter };

// "delete", "insert", "update_preimage", "update_postimage"
const char* ChangeTypeName(ChangeType type);

// Rows with their changes: row i is `types[i % types.size()]`, so a batch is of one kind, or of pairs.
struct ChangeBatch {
  std::vector<ChangeType> types;
  std::shared_ptr<arrow::RecordBatch> rows;
};

// The commit that rows belong to.
struct ChangeCommit {
  int32_t ordinal = 0;
  std::optional<SnapshotId> snapshot_id;
};

// `rows` behind the change columns.
std::shared_ptr<arrow::Schema> ChangeSchema(const arrow::Schema& rows);
// `schema` is ChangeSchema of the rows.
arrow::Result<std::shared_ptr<arrow::RecordBatch>> WithChangeColumns(
    const ChangeBatch& changes, const ChangeCommit& commit,
    const std::shared_ptr<arrow::Schema>& schema);

}  // namespace artemis
