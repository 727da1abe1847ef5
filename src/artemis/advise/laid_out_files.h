// Files that need not exist: how many there are in each partition, how large, and what their bounds are; and which of them a
// predicate keeps, by the evaluators that plans use (lift.h, range_sweep.h). What a table could look like is judged with this.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <arrow/result.h>

#include "artemis/expr/predicate.h"
#include "artemis/expr/range_table.h"
#include "artemis/schema/partition_spec.h"

namespace artemis {

struct FileAmount {
  int64_t files = 0;
  int64_t bytes = 0;
  int64_t row_groups = 0;
  // The bytes, where a small file counts as more than it holds (layout_trial.h).
  int64_t charged_bytes = 0;

  void Add(const FileAmount& other);
  bool operator==(const FileAmount&) const = default;
};

// Files of one partition spec. Cells are files, or several files of one partition with the same bounds; those of tuple i are
// [cell_ends[i - 1], cell_ends[i]).
class LaidOutFiles {
 public:
  // Tuples of `spec` have the struct type PartitionType(spec, schema). `fields`: those that cells have bounds of.
  static arrow::Result<LaidOutFiles> Make(PartitionSpec spec, const Schema& schema,
                                          const std::vector<Field>& fields);

  const PartitionSpec& spec() const { return spec_; }
  size_t tuple_count() const { return tuples_.size(); }
  size_t cell_count() const { return cells_.size(); }
  const FileAmount& total() const { return total_; }
  const FileAmount& cell(size_t i) const { return cells_[i]; }

  // Begins the next partition; cells that are added from here on are its.
  void AddTuple(PartitionTuple tuple);
  // Requires a partition, and one range for each of the fields given to Make, in their order.
  void AddCell(const FileAmount& amount, const std::vector<ColumnRange>& ranges);
  // Gives up what only adding needs. Call it once, before Kept.
  void Seal();

  // What the predicate keeps. `inclusive` is its inclusive projection on spec(), `schema` the one that it is bound to.
  // Thread-safe.
  FileAmount Kept(const BoundPredicate& inclusive, const BoundPredicate& predicate,
                  const Schema& schema) const;

 private:
  LaidOutFiles() = default;

  std::vector<uint8_t> KeptTuples(const BoundPredicate& inclusive) const;

  PartitionSpec spec_;
  std::vector<FieldId> fields_;
  std::vector<PartitionTuple> tuples_;
  RangeTable tuple_ranges_, ranges_;
  std::vector<uint32_t> cell_ends_;
  std::vector<FileAmount> cells_;
  FileAmount total_;
};

// The range of several sets of rows together.
class RangeUnion {
 public:
  // nullopt: a set of which nothing is known.
  void Add(const std::optional<ColumnRange>& range);
  // Requires at least one set.
  ColumnRange Range() const { return range_; }

 private:
  bool is_empty_ = true;
  // Sets of nulls and NaNs alone say nothing of the bounds.
  bool has_bounds_ = false;
  ColumnRange range_;
};

}  // namespace artemis
