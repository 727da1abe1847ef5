// A filter on what is the same in all rows of a file: it is decided once per file, whatever its functions are. Only for sql/.
#pragma once

#include <memory>
#include <optional>

#include <duckdb/main/client_context.hpp>
#include <duckdb/planner/expression.hpp>

#include "artemis/scan/scan_plan.h"
#include "artemis/sql/filter_predicate.h"

namespace artemis {

struct TableScan;

class FileFilter {
 public:
  // `expression` as such a filter: it refers to columns, all of them virtual ones that files have one value of, and gives the same
  // each time. Null where it does not. All arguments must outlive it.
  static std::unique_ptr<FileFilter> Make(duckdb::ClientContext& context, const TableScan& scan,
                                          const duckdb::Expression& expression,
                                          const FilterContext& filter_context);

  // Whether the rows of the task's file pass; nullopt where the file has no value of a column, or evaluation fails.
  std::optional<bool> Keeps(const ScanTask& task) const;

 private:
  FileFilter(duckdb::ClientContext& context, const TableScan& scan,
             const duckdb::Expression& expression, const FilterContext& filter_context)
      : context_(context), scan_(scan), expression_(expression), filter_context_(filter_context) {}

  duckdb::ClientContext& context_;
  const TableScan& scan_;
  const duckdb::Expression& expression_;
  const FilterContext& filter_context_;
};

}  // namespace artemis
