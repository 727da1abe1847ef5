// The streams of a diff over its steps: of a gross diff the commits, of a net one the two ends.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include <arrow/record_batch.h>

#include "artemis/replay/change_columns.h"
#include "artemis/replay/diff_columns.h"
#include "artemis/replay/diff_files.h"
#include "artemis/replay/diff_rows.h"

namespace artemis {

struct DiffStep {
  std::shared_ptr<const FileDifference> files;
  ChangeCommit commit;
};

enum class DiffStreamKind : uint8_t {
  kRemoved,  // deletes and the first halves of updates
  kAdded,    // inserts and the second halves
  kChanges,  // both, behind the change columns
};

// What the streams of one diff share.
struct DiffPlan {
  DiffColumns columns;
  DiffReading reading;
  std::vector<DiffStep> steps;
  int64_t memory_bytes = 0;
  std::string temp_folder;
  std::optional<int64_t> limit;
};

// Goes through the steps one after the other. A step of which one side is empty goes straight through, without being held or compared;
// a failure stays.
std::shared_ptr<arrow::RecordBatchReader> OpenDiffStream(std::shared_ptr<const DiffPlan> plan,
                                                         DiffStreamKind kind);

}  // namespace artemis
