// The rows of one side of a step of a diff: all rows of files that the other side lacks, and of files that both have those that only one
// side's deletes leave.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include <arrow/record_batch.h>
#include <arrow/result.h>

#include "artemis/read/read_plan.h"
#include "artemis/replay/diff.h"
#include "artemis/replay/diff_files.h"
#include "artemis/table/table_view.h"

namespace artemis {

enum class DiffSide : uint8_t { kRemoved, kAdded };

// What all sides of all steps share.
struct DiffReading {
  // Its schema is what is read; the snapshot is of no matter.
  TableView view;
  BoundPredicate predicate;
  FileSystem* files = nullptr;
  // With the columns to read, and without a limit.
  ReadOptions read;
  std::shared_ptr<DiffCounters> counters;
  // DiffOptions::on_read.
  std::function<void()> on_read;
};

// Files that both sides have are read a second time only where their equality deletes differ; else the row groups in which a row changed
// sides, once. Errors of ReadPlan. `reading.files` must outlive the stream.
arrow::Result<std::shared_ptr<arrow::RecordBatchReader>> OpenSide(
    const DiffReading& reading, std::shared_ptr<const FileDifference> difference, DiffSide side);

// Whether the side may have rows at all.
bool MayHaveRows(const FileDifference& difference, DiffSide side);

}  // namespace artemis
