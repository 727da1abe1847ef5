// Replays a table's current snapshot to nowhere, and says how long that took.
//
//   replay_speed WAREHOUSE TABLE [--where JSON] [--columns a,b] [--threads N] [--rounds N] [--at-once]
//
// The first round is not counted: files are then in the page cache, and memory has been asked for. Each round loads the table and plans
// anew. --at-once decodes all columns of a batch before rows are left out. Prints a line of JSON; compare.py and full_mission run it.
#include <sys/resource.h>

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include <arrow/record_batch.h>

#include "../measured_rows.h"
#include "artemis/catalog/open_catalog.h"
#include "artemis/expr/predicate.h"
#include "artemis/read/read_plan.h"
#include "artemis/scan/plan_caches.h"

namespace artemis {
namespace {

struct ReplaySpeedOptions {
  std::string warehouse, table;
  std::string where;
  std::vector<std::string> columns;
  int threads = 2;
  int rounds = 3;
  bool filter_first = true;
};

struct ReplayRound {
  double seconds = 0;
  double cpu_seconds = 0;
  int64_t rows = 0;
  int64_t bytes = 0;
};

std::vector<std::string> SplitAt(const std::string& text, char separator) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == separator) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

ReplaySpeedOptions ParseReplaySpeed(const std::vector<std::string>& arguments) {
  ReplaySpeedOptions options;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    const auto value = [&] { return i + 1 < arguments.size() ? arguments[++i] : std::string(); };
    if (argument == "--where") {
      options.where = value();
    } else if (argument == "--columns") {
      options.columns = SplitAt(value(), ',');
    } else if (argument == "--threads") {
      options.threads = std::stoi(value());
    } else if (argument == "--rounds") {
      options.rounds = std::stoi(value());
    } else if (argument == "--at-once") {
      options.filter_first = false;
    } else if (options.warehouse.empty()) {
      options.warehouse = argument;
    } else {
      options.table = argument;
    }
  }
  return options;
}

arrow::Result<ReplayRound> RunRound(const ReplaySpeedOptions& options, Catalog& catalog) {
  ReplayRound round;
  const auto begin = std::chrono::steady_clock::now();
  const double cpu = CpuSeconds();
  const auto parts = SplitAt(options.table, '.');
  ARROW_ASSIGN_OR_RAISE(const LoadedTable table,
                        catalog.Load(TableName{{parts.begin(), parts.end() - 1}, parts.back()}));
  TableView view{table.metadata, table.metadata->current_snapshot_id, nullptr};
  view.schema = std::make_shared<const Schema>(table.metadata->CurrentSchema());
  BoundPredicate predicate = BoundPredicate::True();
  if (!options.where.empty()) {
    ARROW_ASSIGN_OR_RAISE(const Predicate where, PredicateFromJson(options.where));
    ARROW_ASSIGN_OR_RAISE(predicate, Bind(where, *view.schema));
  }
  PlanCaches caches;
  PlanOptions plan;
  caches.UseIn(&plan);
  ARROW_ASSIGN_OR_RAISE(ScanPlan planned, PlanScan(view, predicate, catalog.files(), plan));
  ReadOptions read;
  read.threads = options.threads;
  read.filter_first = options.filter_first;
  read.footers = &caches.footers;
  if (!options.columns.empty()) {
    read.columns.emplace();
    for (const auto& name : options.columns) {
      ARROW_ASSIGN_OR_RAISE(const Field* field, RequireField(*view.schema, name));
      read.columns->push_back(field->id);
    }
  }
  const auto counters = std::make_shared<ReadCounters>();
  ARROW_ASSIGN_OR_RAISE(const auto rows,
                        ReadPlan(std::move(planned), catalog.files(), read, counters));
  std::shared_ptr<arrow::RecordBatch> batch;
  do {
    ARROW_RETURN_NOT_OK(rows->ReadNext(&batch));
  } while (batch != nullptr);
  round.rows = counters->rows;
  round.bytes = counters->bytes;
  round.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  round.cpu_seconds = CpuSeconds() - cpu;
  return round;
}

arrow::Status RunReplaySpeed(const ReplaySpeedOptions& options) {
  CatalogOptions catalog_options;
  catalog_options.warehouse = options.warehouse;
  ARROW_ASSIGN_OR_RAISE(const auto catalog, OpenCatalog(catalog_options));
  std::string seconds, cpu_seconds;
  ReplayRound last;
  for (int i = 0; i <= options.rounds; ++i) {
    ARROW_ASSIGN_OR_RAISE(last, RunRound(options, *catalog));
    if (i == 0 && options.rounds > 0) continue;
    seconds += (seconds.empty() ? "" : ",") + std::to_string(last.seconds);
    cpu_seconds += (cpu_seconds.empty() ? "" : ",") + std::to_string(last.cpu_seconds);
  }
  rusage usage = {};
  ::getrusage(RUSAGE_SELF, &usage);
  std::cout << "{\"rows\":" << last.rows << ",\"bytes\":" << last.bytes << ",\"seconds\":["
            << seconds << "],\"cpu_seconds\":[" << cpu_seconds
            << "],\"peak_kb\":" << usage.ru_maxrss << "}\n";
  return arrow::Status::OK();
}

}  // namespace
}  // namespace artemis

int main(int argc, char** argv) {
  const auto options = artemis::ParseReplaySpeed(std::vector<std::string>(argv + 1, argv + argc));
  const auto status = artemis::RunReplaySpeed(options);
  if (status.ok()) return EXIT_SUCCESS;
  std::cerr << "replay_speed: " << status.ToString() << "\n";
  return EXIT_FAILURE;
}
