// The files of a table scan as DuckDB asks for them: nothing is planned when a query is bound; the first question that needs
// the files plans them once, with all filters pushed down until then; filters that arrive later only drop planned files.
// Only for sql/.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <duckdb/common/multi_file/multi_file_list.hpp>
#include <duckdb/storage/statistics/node_statistics.hpp>

#include "artemis/sql/duck_types.h"
#include "artemis/sql/filter_predicate.h"
#include "artemis/sql/scan_source.h"
#include "artemis/sql/session_state.h"
#include "artemis/sql/virtual_columns.h"

namespace artemis {

class FileFilter;
class FileOrder;

// An option of an OpenFileInfo: a file's first row id (v3).
inline constexpr char kFirstRowIdOption[] = "artemis_first_row_id";

// One table pinned to one snapshot, in DuckDB's terms. Immutable; shared by all that scans it.
struct TableScan {
  std::shared_ptr<SessionState> state;
  TableName table;
  std::shared_ptr<ScanSource> source;
  DuckColumns columns;
  std::vector<VirtualColumn> virtual_columns;

  const Schema& schema() const { return *source->pin().view.schema; }
};

// What becomes of a filter that DuckDB offers a scan (docs/pushdown-rules.md).
enum class FilterClass : uint8_t {
  kExact,        // the plan's files hold only rows that pass: it is not looked at again
  kInexact,      // it prunes; DuckDB applies it to the rows
  kUnsupported,  // it says nothing of files; DuckDB applies it above the scan
};

struct OfferedFilter {
  std::string text;
  FilterClass filter_class;
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
  // What the manifests say of a column of the plan's file at `path`; null where nothing. The first call reads the manifests once
  // more, for all columns. Lives as long as the plan.
  const ColumnMetrics* FindMetrics(const std::string& path, FieldId id) const;

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
  mutable std::mutex metrics_mutex_;
  mutable std::shared_ptr<const ScanPlan> metrics_plan_;
  mutable std::unordered_map<std::string_view, const DataFile*> metrics_;
};

class PlannedFiles : public duckdb::MultiFileList {
 public:
  explicit PlannedFiles(std::shared_ptr<const TableScan> scan);
  // Some tasks of a plan, by index.
  PlannedFiles(std::shared_ptr<const TableScan> scan, std::shared_ptr<const LazyPlan> plan,
               std::optional<std::vector<size_t>> kept, std::vector<OfferedFilter> filters = {});

  const TableScan& scan() const { return *scan_; }
  const std::shared_ptr<const TableScan>& shared_scan() const { return scan_; }
  const LazyPlan& plan() const { return *plan_; }
  const std::shared_ptr<const LazyPlan>& shared_plan() const { return plan_; }
  // The filters so far, each once.
  const std::vector<OfferedFilter>& filters() const { return filters_; }
  // Whether every row of the files is a row of the result, as far as this scan knows.
  bool is_exact() const;
  // The files' tasks, in order.
  std::vector<const ScanTask*> Tasks() const;
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
  using Expressions = duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>;

  size_t TaskAt(size_t i) const;
  // This list with the tasks that `keep` returns true for.
  duckdb::unique_ptr<PlannedFiles> Filtered(const std::function<bool(const ScanTask&)>& keep) const;
  // The list a predicate leaves: planned with it, or, where there is a plan, without files that cannot match.
  duckdb::unique_ptr<PlannedFiles> Narrowed(const BoundPredicate& predicate) const;
  // Takes exact filters out of `filters` and notes the class of all.
  duckdb::unique_ptr<PlannedFiles> Classified(duckdb::ClientContext& context,
                                              const duckdb::MultiFilePushdownInfo& info,
                                              const FilterContext& filter_context,
                                              Expressions& filters) const;
  // The tasks that `filter` keeps; nullopt where it cannot tell of one.
  std::optional<std::vector<size_t>> KeptBy(const FileFilter& filter) const;
  void Note(const duckdb::Expression& filter, FilterClass filter_class);
  bool IsCovered(const BoundPredicate& predicate) const;

  const std::shared_ptr<const TableScan> scan_;
  const std::shared_ptr<const LazyPlan> plan_;
  const std::optional<std::vector<size_t>> kept_;
  std::vector<OfferedFilter> filters_;
  // Of the same tasks, where a top-N reads them.
  std::shared_ptr<const FileOrder> order_;
};

// What filters on the scan's columns refer to: `column_ids` are the columns of DuckDB's table `table_index`.
FilterContext FilterContextOf(const TableScan& scan, duckdb::ClientContext& context,
                              duckdb::idx_t table_index,
                              const duckdb::vector<duckdb::column_t>& column_ids);

// Whether DuckDB's TimeZone setting is UTC.
bool TimeZoneIsUtc(duckdb::ClientContext& context);

}  // namespace artemis
