// Rows in the order of a column.
//
// (1) The files of the plan are parted, by the bounds of the column in their manifest entries, into groups that follow each other: no row of
// a group comes after one of the next. (2) The groups are taken one by one. Files of a group whose rows are in order already go out as
// they are; where such files overlap they are merged (file_chains.h). Of the others, what fits in memory is sorted; where they do not fit,
// sorted runs go to an unnamed file and are merged, with those in order. So files that are apart in time, as those of a table partitioned by
// day are, need neither much memory nor the disk, and a limit ends the reading after the first groups.
//
// That rows do come in order is checked as they are given out.
//
// Ascending, nulls first, NaN last. Rows of equal values come in an order of their own, the same each time.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <arrow/record_batch.h>
#include <arrow/result.h>

#include "artemis/read/read_plan.h"

namespace artemis {

struct ReplayOrder {
  // A top-level column of the projected schema; empty: the table's time column, which is what the first year, month, day or hour
  // field of the default partition spec is made of, else the first date or timestamp column.
  std::string column;
  // What may be sorted in memory; more goes to an unnamed file in the system's folder for temporary files.
  int64_t memory_bytes = int64_t{128} << 20;
};

// The field to order by. Invalid: an unknown or nested column, one of a type without an order, or no time column.
arrow::Result<FieldId> OrderColumn(const TableView& view, const ReplayOrder& order);

// The tasks in groups by the bounds of `column`: exposed for tests. Requires a plan made with PlanOptions::all_metrics; a file without
// bounds, or with nulls or NaNs or unknown counts of them, shares a group with all that it could overlap.
std::vector<std::vector<ScanTask>> GroupByRange(std::vector<ScanTask> tasks, const Field& column);

// The rows of the plan, as ReadPlan gives them but for the order. One thread of its own reads and sorts, a few batches ahead of the reader;
// nothing is read before the first ReadNext. A limit counts ordered rows. Fails as ReadPlan does, with CorruptFile when bounds in the manifests
// contradict the rows, and with an IOError when the disk for temporary files is full.
arrow::Result<std::shared_ptr<arrow::RecordBatchReader>> ReadOrdered(
    ScanPlan plan, FileSystem& files, const ReadOptions& options, FieldId column,
    int64_t memory_bytes, std::shared_ptr<ReadCounters> counters = nullptr);

}  // namespace artemis
