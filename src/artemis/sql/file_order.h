// The files of a scan in the order in which a top-N wants them, those that may hold its first rows first: what it has found so far ends
// the list, before the files that cannot hold more are opened. Only for sql/.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include <duckdb/common/types/value.hpp>
#include <duckdb/planner/filter/dynamic_filter.hpp>

#include "artemis/sql/planned_files.h"

namespace artemis {

// Thread-safe once made.
class FileOrder {
 public:
  // Whether a filter is a top-N's that drops nulls.
  static bool IsTopN(const duckdb::TableFilter& filter);
  // The plan's tasks `tasks` by their bounds of `field`, which `filter` is on. Null where the filter is no top-N's, where the values are not ordered as the bounds are, and where there is nothing to order.
  static std::shared_ptr<const FileOrder> Make(const LazyPlan& plan, std::vector<size_t> tasks,
                                               const Field& field,
                                               const duckdb::TableFilter& filter);

  // The tasks in order. Those without a bound come first.
  const std::vector<size_t>& tasks() const { return tasks_; }
  // Whether no file from place `place` on can hold a row that the top-N still takes. Once true it stays so, for later places, too.
  bool EndsBefore(size_t place) const;

 private:
  FileOrder() = default;

  std::vector<size_t> tasks_;
  // For each place the value that comes first in the top-N's order, as far as the bounds tell.
  std::vector<std::optional<duckdb::Value>> first_values_;
  duckdb::shared_ptr<duckdb::DynamicFilterData> found_;
};

}  // namespace artemis
