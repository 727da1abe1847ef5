// How fast commits are.
//
//   commit_speed rate URI WAREHOUSE WRITERS TABLES SECONDS   appends of one file each, by several writers, each with a connection of
//                                                            its own, on one table or spread over several
//   commit_speed history WAREHOUSE SNAPSHOTS                 loading and committing to a table with that many snapshots
//
// The data files are named and never made: what is measured is the commit. Prints one line of JSON. measure.py runs it.
#include <time.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

#include "artemis/base/uuid.h"
#include "artemis/catalog/open_catalog.h"
#include "artemis/commit/commit.h"
#include "artemis/io/location.h"
#include "artemis/table/update.h"

namespace artemis {
namespace {

using Clock_ = std::chrono::steady_clock;

double MillisSince(Clock_::time_point begin) {
  return std::chrono::duration<double, std::milli>(Clock_::now() - begin).count();
}

// Of the whole process: on a machine that does other things, the wall clock says little.
double CpuMillis() {
  timespec now = {};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

// Both clocks of one call.
struct Timings {
  std::vector<double> wall_ms, cpu_ms;

  template <typename Call>
  auto Time(Call&& call) {
    const auto begin = Clock_::now();
    const double cpu_begin = CpuMillis();
    auto result = call();
    cpu_ms.push_back(CpuMillis() - cpu_begin);
    wall_ms.push_back(MillisSince(begin));
    return result;
  }
};

double Quantile(std::vector<double> values, double part) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[std::min(values.size() - 1,
                         static_cast<size_t>(part * static_cast<double>(values.size())))];
}

arrow::Result<std::shared_ptr<Catalog>> Open(const std::string& uri, const std::string& warehouse) {
  CatalogOptions options;
  options.uri = uri;
  options.warehouse = warehouse;
  options.create = true;
  return OpenCatalog(options);
}

Field Column(int32_t id, const std::string& name, TypeKind kind) {
  Field field;
  field.id = FieldId(id);
  field.name = name;
  field.type = Type::Of(kind);
  return field;
}

arrow::Result<LoadedTable> MakeTable(Catalog& catalog, const TableName& name) {
  NewTable table;
  table.location = catalog.DefaultLocation(name);
  table.schema.fields = {
      Column(1, "ts", TypeKind::kTimestamptz), Column(2, "mission_id", TypeKind::kString),
      Column(3, "payload_id", TypeKind::kLong), Column(4, "temperature_c", TypeKind::kDouble)};
  ARROW_ASSIGN_OR_RAISE(auto metadata, MakeTableMetadata(table, catalog.clock().Now()));
  return catalog.Create(name, std::move(metadata), {"create", "bench"});
}

DataFile SomeFile(const TableMetadata& metadata) {
  DataFile file;
  file.path = metadata.location + "/data/" + RandomUuid() + ".parquet";
  file.spec_id = metadata.default_spec_id;
  file.record_count = 1'000'000;
  file.file_size_bytes = int64_t{128} << 20;
  file.split_offsets = {4};
  return file;
}

struct WriterTally {
  arrow::Status failure;
  std::vector<double> latencies_ms;
  int64_t attempts = 0;
};

arrow::Status Write(const std::string& uri, const std::string& warehouse, const TableName& name,
                    const std::atomic<bool>& stop, WriterTally* tally) {
  ARROW_ASSIGN_OR_RAISE(const auto catalog, Open(uri, warehouse));
  ARROW_ASSIGN_OR_RAISE(const auto table, catalog->Load(name));
  CommitOptions options;
  options.attempts_max = 1000;
  while (!stop) {
    const auto begin = Clock_::now();
    ARROW_ASSIGN_OR_RAISE(const auto done,
                          AppendFiles(*catalog, name, {SomeFile(*table.metadata)}, options));
    tally->latencies_ms.push_back(MillisSince(begin));
    tally->attempts += done.attempts;
  }
  return arrow::Status::OK();
}

arrow::Status MeasureRate(const std::string& uri, const std::string& warehouse, int writers,
                          int tables, double seconds) {
  ARROW_ASSIGN_OR_RAISE(const auto catalog, Open(uri, warehouse));
  std::vector<TableName> names;
  for (int i = 0; i < tables; ++i) {
    names.push_back({{"bench"}, "t" + RandomUuid().substr(0, 8)});
    ARROW_RETURN_NOT_OK(MakeTable(*catalog, names.back()).status());
  }
  std::atomic<bool> stop = false;
  std::vector<WriterTally> tallies(static_cast<size_t>(writers));
  std::vector<std::thread> threads;
  const auto begin = Clock_::now();
  for (size_t i = 0; i < tallies.size(); ++i) {
    threads.emplace_back([&, i] {
      tallies[i].failure = Write(uri, warehouse, names[i % names.size()], stop, &tallies[i]);
    });
  }
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
  stop = true;
  for (auto& thread : threads) thread.join();
  const double elapsed_s = MillisSince(begin) / 1000;
  std::vector<double> latencies;
  int64_t attempts = 0;
  for (const auto& tally : tallies) {
    ARROW_RETURN_NOT_OK(tally.failure);
    latencies.insert(latencies.end(), tally.latencies_ms.begin(), tally.latencies_ms.end());
    attempts += tally.attempts;
  }
  std::cout << "{\"writers\":" << writers << ",\"tables\":" << tables
            << ",\"commits\":" << latencies.size() << ",\"attempts\":" << attempts
            << ",\"commits_per_second\":" << static_cast<double>(latencies.size()) / elapsed_s
            << ",\"p50_ms\":" << Quantile(latencies, 0.5)
            << ",\"p95_ms\":" << Quantile(latencies, 0.95) << "}\n";
  return arrow::Status::OK();
}

// `table` with snapshots added to its one, all of them with its manifest list, up to `count`.
TableMetadata WithHistory(const TableMetadata& table, int64_t count) {
  TableMetadata metadata = table;
  for (int64_t n = static_cast<int64_t>(metadata.snapshots.size()); n < count; ++n) {
    Snapshot snapshot = metadata.snapshots.back();
    snapshot.parent_id = snapshot.id;
    snapshot.id = SnapshotId(snapshot.id.value / 2 + 1'000'003 * (n + 1));
    snapshot.sequence_number = SequenceNumber(snapshot.sequence_number.value + 1);
    snapshot.timestamp = TimestampMs(snapshot.timestamp.value + 1);
    metadata.snapshot_log.push_back({snapshot.timestamp, snapshot.id});
    metadata.snapshots.push_back(std::move(snapshot));
  }
  const Snapshot& last = metadata.snapshots.back();
  metadata.current_snapshot_id = last.id;
  metadata.refs[kMainBranch].snapshot_id = last.id;
  metadata.last_sequence_number = last.sequence_number;
  metadata.last_updated = last.timestamp;
  return metadata;
}

arrow::Status MeasureHistory(const std::string& warehouse, int64_t snapshots) {
  constexpr int kRuns = 15;
  const TableName name = {{"bench"}, "long"};
  ARROW_ASSIGN_OR_RAISE(const auto catalog, Open("", warehouse));
  ARROW_ASSIGN_OR_RAISE(auto table, MakeTable(*catalog, name));
  ARROW_ASSIGN_OR_RAISE(const auto first, AppendFiles(*catalog, name, {SomeFile(*table.metadata)}));
  ARROW_ASSIGN_OR_RAISE(table,
                        catalog->Commit(first.table, WithHistory(*first.table.metadata, snapshots),
                                        {"bench", "bench"}));
  Timings loads, commits, cold;
  for (int run = 0; run < kRuns; ++run) {
    ARROW_ASSIGN_OR_RAISE(const auto fresh, Open("", warehouse));
    ARROW_ASSIGN_OR_RAISE(const auto loaded, loads.Time([&] { return fresh->Load(name); }));
    const std::vector<DataFile> files = {SomeFile(*loaded.metadata)};
    ARROW_RETURN_NOT_OK(commits.Time([&] { return AppendFiles(*fresh, name, files).status(); }));
    ARROW_ASSIGN_OR_RAISE(const auto another, Open("", warehouse));
    ARROW_RETURN_NOT_OK(cold.Time([&] { return AppendFiles(*another, name, files).status(); }));
  }
  std::cout << "{\"snapshots\":" << snapshots << ",\"metadata_bytes\":"
            << std::filesystem::file_size(LocalPath(table.metadata_location));
  const std::pair<const char*, const Timings*> all[] = {
      {"load", &loads}, {"commit", &commits}, {"load_and_commit", &cold}};
  for (const auto& [what, timings] : all) {
    std::cout << ",\"" << what << "_ms\":" << Quantile(timings->wall_ms, 0.5) << ",\"" << what
              << "_cpu_ms\":" << Quantile(timings->cpu_ms, 0.5);
  }
  std::cout << "}\n";
  return arrow::Status::OK();
}

arrow::Status Run(const std::vector<std::string>& arguments) {
  if (arguments.size() == 6 && arguments[0] == "rate") {
    return MeasureRate(arguments[1], arguments[2], std::atoi(arguments[3].c_str()),
                       std::atoi(arguments[4].c_str()), std::atof(arguments[5].c_str()));
  }
  if (arguments.size() == 3 && arguments[0] == "history") {
    return MeasureHistory(arguments[1], std::atoll(arguments[2].c_str()));
  }
  return arrow::Status::Invalid("expected rate or history: see the head of commit_speed.cc");
}

}  // namespace
}  // namespace artemis

int main(int argc, char** argv) {
  const auto status = artemis::Run({argv + 1, argv + argc});
  if (!status.ok()) std::cerr << "commit_speed: " << status.message() << "\n";
  return status.ok() ? 0 : 1;
}
