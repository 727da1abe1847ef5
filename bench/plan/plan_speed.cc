// Plans scans of a table of metadata only, and says how long that took.
//
//   plan_speed make WAREHOUSE [--files N] [--missions N] [--days N] [--unclustered] [--codec NAME] [--level N]
//   plan_speed cold WAREHOUSE           plans with nothing cached, each of RUNS times: no partition predicate; one partition
//   plan_speed log WAREHOUSE [--queries N]   the analyst's log, after the first load
//   plan_speed kept WAREHOUSE LOG.tsv   which files each query of a log keeps, a line of JSON each
//
// "Cold" means that Artemis has read nothing; the files are in the page cache. Prints JSON lines; compare.py runs it.
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include "artemis/base/ids.h"
#include "artemis/catalog/open_catalog.h"
#include "artemis/expr/predicate.h"
#include "artemis/scan/plan_caches.h"
#include "artemis/synth/metadata_table.h"
#include "artemis/synth/query_log.h"

namespace artemis {
namespace {

constexpr int kRuns = 7;

struct PlanSpeedOptions {
  std::string command, warehouse, log;
  MetadataTableOptions table;
  int64_t queries = 3'200;
};

using SpeedClock = std::chrono::steady_clock;

double MillisSince(SpeedClock::time_point begin) {
  return std::chrono::duration<double, std::milli>(SpeedClock::now() - begin).count();
}

double Quantile(std::vector<double> values, double q) {
  std::sort(values.begin(), values.end());
  return values[static_cast<size_t>(q * static_cast<double>(values.size() - 1))];
}

TableName PlanTable() { return {{"bench"}, "telemetry"}; }

class PlanBench {
 public:
  PlanBench(const PlanSpeedOptions& options, std::shared_ptr<Catalog> catalog)
      : options_(options), catalog_(std::move(catalog)) {}

  arrow::Status Make() {
    const auto begin = SpeedClock::now();
    ARROW_RETURN_NOT_OK(MakeMetadataTable(*catalog_, PlanTable(), options_.table).status());
    std::cout << "{\"made_files\":" << options_.table.files << ",\"ms\":" << MillisSince(begin)
              << "}\n";
    return arrow::Status::OK();
  }

  arrow::Status Cold() {
    ARROW_RETURN_NOT_OK(Open());
    Predicate hot;
    hot.op = PredicateOp::kGt;
    hot.column = "temperature_c";
    hot.values = {119.9};
    ARROW_RETURN_NOT_OK(TimeCold("no partition predicate", hot));
    Predicate mission = hot;
    mission.op = PredicateOp::kEq;
    mission.column = "mission_id";
    mission.values = {std::string("apollo-7")};
    Predicate from = hot, until = hot, all;
    from.op = PredicateOp::kGe;
    until.op = PredicateOp::kLt;
    from.column = until.column = "sample_timestamp_ns";
    from.values = {std::string("2023-05-01T00:00:00")};
    until.values = {std::string("2023-05-02T00:00:00")};
    all.op = PredicateOp::kAnd;
    all.args = {mission, from, until};
    return TimeCold("one partition", all);
  }

  arrow::Status Log() {
    ARROW_RETURN_NOT_OK(Open());
    QueryLogOptions log_options;
    log_options.queries = options_.queries;
    log_options.seed = 7;
    log_options.missions = options_.table.missions;
    log_options.days = options_.table.days;
    log_options.first_day = options_.table.first_day;
    ARROW_ASSIGN_OR_RAISE(const auto log, MakeQueryLog(log_options));
    PlanCaches caches;
    Predicate every;
    every.op = PredicateOp::kTrue;
    const auto begin = SpeedClock::now();
    // Two plans on different columns: then every column's bounds are at hand.
    Predicate any = every;
    any.op = PredicateOp::kNotNull;
    any.column = "notes";
    ARROW_RETURN_NOT_OK(Plan(log.front().predicate, &caches).status());
    ARROW_RETURN_NOT_OK(Plan(any, &caches).status());
    any.column = "temperature_c";
    ARROW_RETURN_NOT_OK(Plan(any, &caches).status());
    const double load_ms = MillisSince(begin);
    std::vector<double> times;
    int64_t files_kept = 0;
    const auto start = SpeedClock::now();
    for (const auto& query : log) {
      const auto one = SpeedClock::now();
      ARROW_ASSIGN_OR_RAISE(const auto plan, Plan(query.predicate, &caches));
      times.push_back(MillisSince(one));
      files_kept += plan.summary.files_kept;
    }
    const double total = MillisSince(start);
    std::cout << "{\"queries\":" << log.size() << ",\"load_ms\":" << load_ms
              << ",\"total_ms\":" << total << ",\"p50_ms\":" << Quantile(times, 0.5)
              << ",\"p99_ms\":" << Quantile(times, 0.99) << ",\"max_ms\":" << Quantile(times, 1)
              << ",\"files_kept\":" << files_kept
              << ",\"index_bytes\":" << caches.manifests.MemoryBytes() << "}\n";
    return arrow::Status::OK();
  }

  arrow::Status Kept() {
    ARROW_RETURN_NOT_OK(Open());
    PlanCaches caches;
    std::ifstream log(options_.log);
    for (std::string line; std::getline(log, line);) {
      const size_t first = line.find('\t'), second = line.find('\t', first + 1);
      ARROW_ASSIGN_OR_RAISE(const auto predicate,
                            PredicateFromJson(line.substr(first + 1, second - first - 1)));
      ARROW_ASSIGN_OR_RAISE(const auto plan, Plan(predicate, &caches));
      std::cout << "{\"query\":\"" << line.substr(0, first) << "\",\"files\":[";
      for (size_t i = 0; i < plan.tasks.size(); ++i) {
        std::cout << (i > 0 ? "," : "") << '"' << plan.tasks[i].file.path << '"';
      }
      std::cout << "]}\n";
    }
    return arrow::Status::OK();
  }

 private:
  arrow::Status Open() {
    ARROW_ASSIGN_OR_RAISE(table_, catalog_->Load(PlanTable()));
    view_.metadata = table_.metadata;
    view_.snapshot_id = table_.metadata->current_snapshot_id;
    view_.schema = std::make_shared<const Schema>(table_.metadata->CurrentSchema());
    return arrow::Status::OK();
  }

  arrow::Result<ScanPlan> Plan(const Predicate& predicate, PlanCaches* caches) {
    ARROW_ASSIGN_OR_RAISE(const auto bound, Bind(predicate, *view_.schema));
    PlanOptions options;
    options.prune_row_groups = false;
    if (caches != nullptr) caches->UseIn(&options);
    return PlanScan(view_, bound, catalog_->files(), options);
  }

  arrow::Status TimeCold(const char* what, const Predicate& predicate) {
    std::vector<double> times;
    ScanPlanSummary summary;
    for (int run = 0; run < kRuns; ++run) {
      const auto begin = SpeedClock::now();
      ARROW_ASSIGN_OR_RAISE(const auto plan, Plan(predicate, nullptr));
      times.push_back(MillisSince(begin));
      summary = plan.summary;
    }
    std::cout << "{\"cold\":\"" << what << "\",\"median_ms\":" << Quantile(times, 0.5)
              << ",\"min_ms\":" << Quantile(times, 0)
              << ",\"manifests_kept\":" << summary.manifests_kept
              << ",\"files_total\":" << summary.files_total
              << ",\"files_kept\":" << summary.files_kept << "}\n";
    return arrow::Status::OK();
  }

  const PlanSpeedOptions& options_;
  const std::shared_ptr<Catalog> catalog_;
  LoadedTable table_;
  TableView view_;
};

PlanSpeedOptions ParsePlanSpeed(const std::vector<std::string>& arguments) {
  PlanSpeedOptions options;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const auto& argument = arguments[i];
    const auto number = [&] { return std::atoll(arguments.at(++i).c_str()); };
    if (argument == "--files") {
      options.table.files = number();
    } else if (argument == "--missions") {
      options.table.missions = static_cast<int32_t>(number());
    } else if (argument == "--days") {
      options.table.days = static_cast<int32_t>(number());
    } else if (argument == "--codec") {
      // As Avro names it; another name is the default.
      options.table.codec = ParseAvroCodec(arguments.at(++i)).ValueOr(options.table.codec);
    } else if (argument == "--level") {
      options.table.codec_level = static_cast<int>(number());
    } else if (argument == "--queries") {
      options.queries = number();
    } else if (argument == "--unclustered") {
      options.table.clustered_manifests = options.table.clustered_files = false;
    } else if (options.command.empty()) {
      options.command = argument;
    } else if (options.warehouse.empty()) {
      options.warehouse = argument;
    } else {
      options.log = argument;
    }
  }
  return options;
}

arrow::Status RunPlanSpeed(const PlanSpeedOptions& options) {
  CatalogOptions catalog_options;
  catalog_options.warehouse = options.warehouse;
  catalog_options.create = options.command == "make";
  ARROW_ASSIGN_OR_RAISE(auto catalog, OpenCatalog(catalog_options));
  PlanBench bench(options, std::move(catalog));
  if (options.command == "make") return bench.Make();
  if (options.command == "cold") return bench.Cold();
  if (options.command == "log") return bench.Log();
  if (options.command == "kept") return bench.Kept();
  return arrow::Status::Invalid("expected make, cold, log or kept, found '", options.command, "'");
}

}  // namespace
}  // namespace artemis

int main(int argc, char** argv) {
  const auto options = artemis::ParsePlanSpeed(std::vector<std::string>(argv + 1, argv + argc));
  const auto status = artemis::RunPlanSpeed(options);
  if (status.ok()) return EXIT_SUCCESS;
  std::cerr << "plan_speed: " << status.ToString() << "\n";
  return EXIT_FAILURE;
}
