// The counterfactual of partition-bench: a table with the same partitions, and in each the same number of files and bytes, whose
// rows are not clustered. What it overstates, and why it is fair otherwise: docs/benchmark-correctness.md
#pragma once

#include <memory>
#include <vector>

#include <arrow/result.h>

#include "artemis/advise/laid_out_files.h"
#include "artemis/table/file_index.h"

namespace artemis {

// Which rows of a partition a file of it has.
enum class UnclusteredModel : uint8_t {
  // As they arrived: of dates and timestamps a file has its part of the partition's range, by rows, one file after the other; of
  // every other column the bounds of the partition as a whole.
  kArrival,
  // Any of them: a file has the bounds of the partition as a whole in every column.
  kRandom
};

// Whether rows of this type that arrive later have greater values, as far as anyone can tell: dates and timestamps.
bool FollowsArrival(const Type& type);

// `indexes` are the manifests of a snapshot, each with metrics of `fields`; files of one tuple count as one partition whichever
// manifests name them. One element for each partition spec, in the order of their first manifests; tuples are typed by `schema`.
//
// A file without bounds of a column leaves the partition without them, but for one of nulls alone. Invalid where neither `schema` nor
// the manifest's own knows the source of a partition field.
arrow::Result<std::vector<LaidOutFiles>> MakeUnclustered(
    const std::vector<std::shared_ptr<const FileIndex>>& indexes, const Schema& schema,
    const std::vector<Field>& fields, UnclusteredModel model);

}  // namespace artemis
