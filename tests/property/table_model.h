// A table as plain vectors: rows by field id, a state for each snapshot, and what was in force when. Shares no code with what it
// judges but the values themselves and the reference evaluator of predicates.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <arrow/record_batch.h>
#include <arrow/result.h>

#include "artemis/base/ids.h"
#include "artemis/expr/predicate.h"
#include "artemis/expr/reference_evaluator.h"
#include "artemis/schema/type.h"

namespace artemis {

using Columns = std::vector<Field>;
// By field id; an id that is not there was never written: the column's initial default, or null.
using ModelRows = std::vector<ReferenceRow>;
// Rows as text, and how often each is there.
using Bag = std::map<std::string, int64_t>;

// The rows under these columns: widened, filled up, and nothing else.
ModelRows Projected(const ModelRows& rows, const Columns& columns);
Bag BagOf(const ModelRows& rows, const Columns& columns);
// Of `a`, what `b` lacks.
Bag Minus(const Bag& a, const Bag& b);
std::string FormatBag(const Bag& bag);
// The rows of a stream; Invalid unless it has exactly these columns, by name and type.
arrow::Result<ModelRows> RowsOfStream(arrow::RecordBatchReader& stream, const Columns& columns);
// Those for which the predicate is true (or, with `matching` false, is not), judged under `columns`.
ModelRows Filtered(const ModelRows& rows, const Columns& columns, const BoundPredicate& predicate,
                   bool matching = true);

// The table at a snapshot.
struct ModelState {
  Columns columns;
  ModelRows rows;
  // The greatest column id ever used then: lower ones that are not among the columns had been dropped.
  int32_t last_column_id = 0;
  std::optional<SnapshotId> parent;
  // Of an append: its rows. Others cannot be picked.
  std::optional<ModelRows> appended;
  // The snapshot it is a pick of.
  std::optional<SnapshotId> source;
};

// What main showed from a time on: nothing but columns before the first commit.
struct ModelMoment {
  int64_t time_ms = 0;
  std::optional<SnapshotId> snapshot;
  Columns columns;
};

class TableModel {
 public:
  Columns columns;
  int32_t last_column_id = 0;
  int32_t format_version = 2;
  // Whether the column "key" (id 1) is the identifier; rows may share one all the same.
  bool has_identifier = false;
  // Snapshots that have not been expired.
  std::map<SnapshotId, ModelState> states;
  // Their ids, oldest first: ids are random, and choices must not depend on them.
  std::vector<SnapshotId> made;
  std::map<std::string, SnapshotId> branches;
  std::map<std::string, SnapshotId> tags;
  // The moments of main, oldest first, and from which of them on snapshot-log reaches.
  std::vector<ModelMoment> moments;
  size_t log_begin = 0;
  // The time of the last change.
  int64_t last_ms = 0;

  std::optional<SnapshotId> Head(const std::string& branch) const;
  // The head's rows; none before the first commit.
  ModelRows RowsOfBranch(const std::string& branch) const;
  // From `from` back, as far as snapshots are there.
  std::vector<SnapshotId> Ancestors(std::optional<SnapshotId> from) const;
  bool IsAncestorOf(std::optional<SnapshotId> descendant, SnapshotId candidate) const;
  // The time that a change at `now` gets (C6): it becomes last_ms.
  int64_t Tick(int64_t now_ms);
  void MoveBranch(const std::string& branch, SnapshotId snapshot, int64_t time_ms);
  // By the greatest time not after it; null before the table was made.
  const ModelMoment* At(int64_t time_ms) const;
  bool IsNamed(SnapshotId snapshot) const;
  void Expire(const std::vector<SnapshotId>& snapshots);
};

}  // namespace artemis
