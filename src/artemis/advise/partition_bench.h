// Plans a log of queries on a table and counts what each pass keeps, beside the same partitions unclustered and beside another
// table. What partition-bench prints; how to read it: docs/benchmark-correctness.md
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <arrow/result.h>
#include <arrow/util/cancel.h>

#include "artemis/advise/laid_out_files.h"
#include "artemis/advise/unclustered.h"
#include "artemis/scan/query_log.h"
#include "artemis/scan/scan_plan.h"

namespace artemis {

class FileSystem;

struct BenchTable {
  std::string name;
  TableView view;
};

struct PartitionBenchOptions {
  // Read footers and count row groups too (the third pass). Metadata-only tables have no files to read.
  bool row_groups = false;
  UnclusteredModel unclustered = UnclusteredModel::kArrival;
  // That manifests are loaded on; 0: one for each processor, at most 8.
  int threads = 0;
  arrow::StopToken stop = arrow::StopToken::Unstoppable();
  // Called with queries done and their number, on the calling thread.
  std::function<void(int64_t, int64_t)> progress;
};

struct BenchQuery {
  std::string id;
  int64_t line = 0;
  // Which of BenchReport::shapes.
  size_t shape = 0;
  // elapsed_us is the planning time, with manifests at hand.
  ScanPlanSummary plan;
  FileAmount unclustered;
  std::optional<ScanPlanSummary> against;
};

struct BenchReport {
  std::string table;
  // Empty without another table.
  std::string against;
  std::optional<SnapshotId> snapshot_id;
  bool row_groups = false;
  UnclusteredModel unclustered = UnclusteredModel::kArrival;
  // In the order of the log.
  std::vector<BenchQuery> queries;
  // Kinds of questions, most frequent first.
  std::vector<std::string> shapes;
  // Lines of the log that are no queries of the table (or of the other one), with the first 1,000 of them.
  std::vector<SkippedLine> skipped;
  int64_t skipped_count = 0;
  // What reading the manifests, and for --row-groups no footers yet, took before the first query; of the table alone.
  int64_t load_us = 0;
};

// Sums of the queries of one shape, or of all.
struct BenchTotals {
  int64_t queries = 0;
  ScanPlanSummary plan, against;
  FileAmount unclustered;
  // Of the planning times.
  int64_t plan_us_median = 0, plan_us_p99 = 0, plan_us_max = 0;
};
BenchTotals TotalsOf(const BenchReport& report, std::optional<size_t> shape = std::nullopt);

// Plans every query once, one after the other, after all manifests have been read. `against` may be null; a query that it cannot
// answer is then skipped, so that both are judged by the same queries.
//
// What PlanScan fails with; with row_groups, a data file that is not there is Invalid and says so. Cancelled. `files` serves both.
arrow::Result<BenchReport> RunPartitionBench(const QueryLog& log, const BenchTable& table,
                                             const BenchTable* against, FileSystem& files,
                                             const PartitionBenchOptions& options = {});

}  // namespace artemis
