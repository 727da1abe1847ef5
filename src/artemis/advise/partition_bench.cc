// Loads manifests, makes the counterfactual, then plans query by query.
#include "artemis/advise/partition_bench.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <set>
#include <utility>

#include "artemis/advise/bound_log.h"
#include "artemis/base/error.h"
#include "artemis/base/parallel_for.h"
#include "artemis/expr/lift.h"
#include "artemis/io/file_system.h"
#include "artemis/parquet/file_reader.h"
#include "artemis/scan/manifest_cache.h"
#include "artemis/scan/manifest_pass.h"
#include "artemis/scan/snapshot_files.h"

namespace artemis {

namespace {

// Enough for tables of some ten million files: the log is planned on what is in memory.
constexpr int64_t kCacheBytes = int64_t{8} << 30;

// One table with its manifests at hand.
class LoadedBench {
 public:
  LoadedBench(const BenchTable& table, FileSystem& files, const PartitionBenchOptions& options)
      : table_(table), files_(files), options_(options) {
    plan_.manifests = &manifests_;
    plan_.footers = &footers_;
    plan_.prune_row_groups = options.row_groups;
  }

  // Reads all manifests; gives the microseconds it took.
  arrow::Result<int64_t> Load(const std::vector<Field>& fields) {
    const auto begin = std::chrono::steady_clock::now();
    ARROW_RETURN_NOT_OK(LoadManifests(fields));
    const auto elapsed = std::chrono::steady_clock::now() - begin;
    for (const auto& index : indexes_) {
      for (size_t row = 0; row < index->size(); ++row) bytes_total_ += index->file_size_bytes(row);
    }
    return std::chrono::duration_cast<std::chrono::microseconds>(elapsed).count();
  }

  arrow::Result<ScanPlanSummary> Plan(const BoundPredicate& predicate) {
    auto plan = PlanScan(table_.view, predicate, files_, plan_);
    if (!plan.ok() && options_.row_groups && IsFileNotFound(plan.status())) {
      return arrow::Status::Invalid("row groups of ", table_.name,
                                    " cannot be counted, a file is not there (a metadata-only "
                                    "table has none): ",
                                    plan.status().message());
    }
    ARROW_RETURN_NOT_OK(plan);
    // A plan does not know the sizes of files that pass 1 left out.
    plan->summary.bytes_total = bytes_total_;
    return std::move(plan->summary);
  }

  const std::vector<std::shared_ptr<const FileIndex>>& indexes() const { return indexes_; }

 private:
  arrow::Status LoadManifests(const std::vector<Field>& fields) {
    const auto projections = ProjectSpecs(table_.view, BoundPredicate::True());
    ARROW_ASSIGN_OR_RAISE(const auto all, ListManifests(table_.view, files_, &manifests_));
    std::vector<ManifestFile> data;
    for (const auto& file : all) {
      if (file.content == ManifestContent::kData) data.push_back(file);
    }
    indexes_.resize(data.size());
    return ParallelFor(data.size(), options_.threads, [&](size_t i) -> arrow::Status {
      ARROW_RETURN_NOT_OK(options_.stop.Poll());
      const auto projection = projections.find(data[i].spec_id);
      const Schema* schema = projection != projections.end() ? projection->second.schema : nullptr;
      ARROW_ASSIGN_OR_RAISE(indexes_[i],
                            manifests_.Index(data[i], {fields, fields, schema}, files_));
      return arrow::Status::OK();
    });
  }

  const BenchTable& table_;
  FileSystem& files_;
  const PartitionBenchOptions& options_;
  ManifestCache manifests_{kCacheBytes};
  FooterCache footers_;
  PlanOptions plan_;
  std::vector<std::shared_ptr<const FileIndex>> indexes_;
  int64_t bytes_total_ = 0;
};

FileAmount KeptOf(const std::vector<LaidOutFiles>& unclustered, const TableView& view,
                  const BoundPredicate& predicate) {
  const auto projections = ProjectSpecs(view, predicate);
  FileAmount kept;
  for (const auto& files : unclustered) {
    const auto projection = projections.find(files.spec().id);
    const auto inclusive =
        projection != projections.end() ? projection->second.inclusive : BoundPredicate::True();
    kept.Add(files.Kept(inclusive, predicate, *view.schema));
  }
  return kept;
}

// The log bound to both tables; what one of them does not take is a skipped line.
struct BothLogs {
  BoundLog own, other;
};

BothLogs BindBoth(const QueryLog& log, const BenchTable& table, const BenchTable* against) {
  BothLogs logs{BindLog(log, *table.view.schema), {}};
  if (against == nullptr) return logs;
  logs.other = BindLog(log, *against->view.schema);
  std::set<size_t> own, other;
  for (const auto& query : logs.own.queries) own.insert(query.number);
  for (const auto& query : logs.other.queries) other.insert(query.number);
  QueryLog skipped{{}, std::move(logs.own.skipped), logs.own.skipped_count};
  for (const auto& query : logs.own.queries) {
    if (other.contains(query.number)) continue;
    skipped.Skip(query.line, "the query does not fit " + against->name);
  }
  std::erase_if(logs.own.queries, [&](const auto& query) { return !other.contains(query.number); });
  std::erase_if(logs.other.queries, [&](const auto& query) { return !own.contains(query.number); });
  logs.own.skipped = std::move(skipped.skipped);
  logs.own.skipped_count = skipped.skipped_count;
  std::stable_sort(logs.own.skipped.begin(), logs.own.skipped.end(),
                   [](const auto& a, const auto& b) { return a.line < b.line; });
  return logs;
}

void AddPlan(const ScanPlanSummary& plan, ScanPlanSummary* sum) {
  sum->manifests_total += plan.manifests_total;
  sum->manifests_kept += plan.manifests_kept;
  sum->files_total += plan.files_total;
  sum->files_kept += plan.files_kept;
  sum->row_groups_total += plan.row_groups_total;
  sum->row_groups_kept += plan.row_groups_kept;
  sum->bytes_total += plan.bytes_total;
  sum->bytes_kept += plan.bytes_kept;
  sum->elapsed_us += plan.elapsed_us;
}

// Everything but what plans say: queries, and their shapes by how often they are asked.
BenchReport EmptyReport(const BoundLog& log, const BenchTable& table,
                        const PartitionBenchOptions& options) {
  BenchReport report;
  report.table = table.name;
  report.snapshot_id = table.view.snapshot_id;
  report.row_groups = options.row_groups;
  report.unclustered = options.unclustered;
  report.skipped = log.skipped;
  report.skipped_count = log.skipped_count;
  std::map<std::string, int64_t> counts;
  for (const auto& query : log.queries) ++counts[query.shape];
  for (const auto& [shape, count] : counts) report.shapes.push_back(shape);
  std::stable_sort(report.shapes.begin(), report.shapes.end(),
                   [&](const auto& a, const auto& b) { return counts[a] > counts[b]; });
  std::map<std::string, size_t> shape_of;
  for (size_t i = 0; i < report.shapes.size(); ++i) shape_of[report.shapes[i]] = i;
  for (const auto& query : log.queries) {
    report.queries.push_back({query.id, query.line, shape_of[query.shape], {}, {}, {}});
  }
  return report;
}

}  // namespace

BenchTotals TotalsOf(const BenchReport& report, std::optional<size_t> shape) {
  BenchTotals totals;
  std::vector<int64_t> times;
  for (const auto& query : report.queries) {
    if (shape && query.shape != *shape) continue;
    ++totals.queries;
    AddPlan(query.plan, &totals.plan);
    totals.unclustered.Add(query.unclustered);
    if (query.against) AddPlan(*query.against, &totals.against);
    times.push_back(query.plan.elapsed_us);
  }
  if (times.empty()) return totals;
  std::sort(times.begin(), times.end());
  const auto rank = [&](double share) {
    return times[static_cast<size_t>(share * static_cast<double>(times.size() - 1) + 0.5)];
  };
  totals.plan_us_median = rank(0.5);
  totals.plan_us_p99 = rank(0.99);
  totals.plan_us_max = times.back();
  return totals;
}

arrow::Result<BenchReport> RunPartitionBench(const QueryLog& log, const BenchTable& table,
                                             const BenchTable* against, FileSystem& files,
                                             const PartitionBenchOptions& options) {
  const BothLogs logs = BindBoth(log, table, against);
  BenchReport report = EmptyReport(logs.own, table, options);
  const Schema& schema = *table.view.schema;
  const auto fields = FieldsOf(logs.own, schema);
  LoadedBench loaded(table, files, options);
  ARROW_ASSIGN_OR_RAISE(report.load_us, loaded.Load(fields));
  ARROW_ASSIGN_OR_RAISE(const auto unclustered,
                        MakeUnclustered(loaded.indexes(), schema, fields, options.unclustered));
  std::unique_ptr<LoadedBench> other;
  if (against != nullptr) {
    report.against = against->name;
    other = std::make_unique<LoadedBench>(*against, files, options);
    ARROW_RETURN_NOT_OK(other->Load(FieldsOf(logs.other, *against->view.schema)));
  }
  const auto& queries = logs.own.queries;
  for (size_t i = 0; i < queries.size(); ++i) {
    ARROW_RETURN_NOT_OK(options.stop.Poll());
    BenchQuery& result = report.queries[i];
    ARROW_ASSIGN_OR_RAISE(result.plan, loaded.Plan(queries[i].predicate));
    result.unclustered = KeptOf(unclustered, table.view, queries[i].predicate);
    if (other != nullptr) {
      ARROW_ASSIGN_OR_RAISE(result.against, other->Plan(logs.other.queries[i].predicate));
    }
    if (options.progress) options.progress(static_cast<int64_t>(i) + 1, std::ssize(queries));
  }
  return report;
}

}  // namespace artemis
