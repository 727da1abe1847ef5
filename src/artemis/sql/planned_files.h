// The files of a table scan as DuckDB asks for them: nothing is planned when a query is bound; the first question that needs
// the files plans them once, with all filters pushed down until then; filters that arrive later only drop planned files.
// Only for sql/.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include <duckdb/common/multi_file/multi_file_list.hpp>
#include <duckdb/storage/statistics/node_statistics.hpp>

#include "artemis/sql/duck_types.h"
#include "artemis/sql/scan_source.h"
#include "artemis/sql/session_state.h"

namespace artemis {

// One table pinned to one snapshot, in DuckDB's terms. Immutable; shared by all that scans it.
struct TableScan {
  std::shared_ptr<SessionState> state;
  TableName table;
  std::shared_ptr<ScanSource> source;
  DuckColumns columns;

  const Schema& schema() const { return *source->pin().view.schema; }
};

// A plan made when first asked for. Thread-safe.
class LazyPlan {
 public:
  LazyPlan(std::shared_ptr<const TableScan> scan, BoundPredicate predicate)
      : scan_(std::move(scan)), predicate_(std::move(predicate)) {}

  ~LazyPlan();

  LazyPlan(const LazyPlan&) = delete;
  LazyPlan& operator=(const LazyPlan&) = delete;

  const BoundPredicate& predicate() const { return predicate_; }
  // Plans on the first call; failures are thrown into DuckDB, each time anew.
  std::shared_ptr<const ScanPlan> Get() const;
  // The plan if it was made.
  std::shared_ptr<const ScanPlan> IfMade() const;

  // Whether the optimiser has been here, so that no more static filters are to come. EXPLAIN also shows plans from before.
  bool is_settled() const { return settled_; }
  void Settle() const { settled_ = true; }

 private:
  const std::shared_ptr<const TableScan> scan_;
  const BoundPredicate predicate_;
  mutable std::mutex mutex_;
  mutable std::shared_ptr<const ScanPlan> plan_;
  // What a confined engine may open while the plan lives.
  mutable std::vector<std::string> open_paths_;
  mutable std::atomic<bool> settled_{false};
};

class PlannedFiles : public duckdb::MultiFileList {
 public:
  explicit PlannedFiles(std::shared_ptr<const TableScan> scan);
  // Some tasks of a plan, by index.
  PlannedFiles(std::shared_ptr<const TableScan> scan, std::shared_ptr<const LazyPlan> plan,
               std::optional<std::vector<size_t>> kept);

  const TableScan& scan() const { return *scan_; }
  const LazyPlan& plan() const { return *plan_; }
  // The index in the plan's tasks of a file this list gave out.
  static size_t TaskIndex(const duckdb::OpenFileInfo& file);

  duckdb::unique_ptr<duckdb::MultiFileList> ComplexFilterPushdown(
      duckdb::ClientContext& context, const duckdb::MultiFileOptions& options,
      duckdb::MultiFilePushdownInfo& info,
      duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& filters) const override;
  duckdb::unique_ptr<duckdb::MultiFileList> DynamicFilterPushdown(
      duckdb::ClientContext& context, const duckdb::MultiFileOptions& options,
      const duckdb::vector<std::string>& names, const duckdb::vector<duckdb::LogicalType>& types,
      const duckdb::vector<duckdb::column_t>& column_ids,
      duckdb::TableFilterSet& filters) const override;

  duckdb::vector<duckdb::OpenFileInfo> GetAllFiles() const override;
  duckdb::FileExpandResult GetExpandResult() const override;
  duckdb::idx_t GetTotalFileCount() const override;
  duckdb::unique_ptr<duckdb::NodeStatistics> GetCardinality(
      duckdb::ClientContext& context) const override;
  duckdb::unique_ptr<duckdb::MultiFileList> Copy() const override;

 protected:
  duckdb::OpenFileInfo GetFile(duckdb::idx_t i) const override;

 private:
  size_t TaskAt(size_t i) const { return kept_ ? (*kept_)[i] : i; }
  const Field* FieldOf(const duckdb::MultiFilePushdownInfo& info,
                       const duckdb::Expression& expression) const;
  // This list without the files that cannot match; null when all of them may.
  duckdb::unique_ptr<duckdb::MultiFileList> Narrowed(const BoundPredicate& predicate) const;

  const std::shared_ptr<const TableScan> scan_;
  const std::shared_ptr<const LazyPlan> plan_;
  const std::optional<std::vector<size_t>> kept_;
};

// Whether DuckDB's TimeZone setting is UTC.
bool TimeZoneIsUtc(duckdb::ClientContext& context);

}  // namespace artemis
