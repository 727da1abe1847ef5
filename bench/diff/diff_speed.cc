// Finds the files that two snapshots of a large table do not share: diff_speed WAREHOUSE [FILES [CHANGED]]
//
// Makes a table of metadata only with FILES files (250,000) in WAREHOUSE, which must be new, appends CHANGED more (100), replaces those by
// as many others, replaces as many that are spread over the whole table, deletes rows of as many others, and compares the snapshots
// before and after each, net, kRuns times with the manifests in memory. No data file exists: nothing of a row is read. Prints JSON lines.
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "artemis/catalog/open_catalog.h"
#include "artemis/commit/commit.h"
#include "artemis/replay/replay.h"
#include "artemis/scan/snapshot_files.h"
#include "artemis/synth/metadata_table.h"

namespace artemis {
namespace {

constexpr int kRuns = 9;

TableName DiffedTable() { return {{"bench"}, "telemetry"}; }

// Files like one that is there, under names of their own.
std::vector<DataFile> FilesLike(const DataFile& model, int64_t count, const std::string& prefix) {
  std::vector<DataFile> files(static_cast<size_t>(count), model);
  for (size_t i = 0; i < files.size(); ++i) {
    files[i].path = model.path + "." + prefix + std::to_string(i) + ".parquet";
  }
  return files;
}

// A file of position deletes for one data file.
DataFile DeletesOf(const DataFile& file) {
  DataFile deletes;
  deletes.content = FileContent::kPositionDeletes;
  deletes.path = file.path + ".deletes.parquet";
  deletes.spec_id = file.spec_id;
  deletes.partition = file.partition;
  deletes.record_count = 1;
  deletes.file_size_bytes = 1000;
  deletes.referenced_data_file = file.path;
  return deletes;
}

arrow::Status TimeDiff(ReplayEngine& engine, const std::string& what, SnapshotId from,
                       SnapshotId to) {
  DiffOptions net;
  net.kind = DiffKind::kNet;
  std::vector<double> millis;
  for (int run = 0; run <= kRuns; ++run) {
    const auto begin = std::chrono::steady_clock::now();
    ARROW_ASSIGN_OR_RAISE(const auto diff, engine.ReplayDiff(from, to, {}, net));
    const auto elapsed = std::chrono::steady_clock::now() - begin;
    // The first run reads the manifests.
    if (run > 0) millis.push_back(std::chrono::duration<double, std::milli>(elapsed).count());
    if (run < kRuns) continue;
    std::sort(millis.begin(), millis.end());
    std::cout << "{\"diff\":\"" << what << "\",\"added\":" << diff.files_added
              << ",\"removed\":" << diff.files_removed << ",\"touched\":" << diff.files_touched
              << ",\"unchanged\":" << diff.files_unchanged
              << ",\"median_ms\":" << millis[millis.size() / 2] << "}" << std::endl;
  }
  return arrow::Status::OK();
}

arrow::Status Run(const std::string& warehouse, int64_t files, int64_t changed) {
  CatalogOptions options;
  options.warehouse = warehouse;
  options.create = true;
  ARROW_ASSIGN_OR_RAISE(const auto catalog, OpenCatalog(options));
  MetadataTableOptions table;
  table.files = files;
  ARROW_RETURN_NOT_OK(MakeMetadataTable(*catalog, DiffedTable(), table).status());
  ARROW_ASSIGN_OR_RAISE(const auto made, catalog->Load(DiffedTable()));
  const SnapshotId first = *made.metadata->current_snapshot_id;
  const TableView view{made.metadata, first,
                       std::make_shared<const Schema>(made.metadata->CurrentSchema())};
  ARROW_ASSIGN_OR_RAISE(const auto entries, ListFiles(view, catalog->files()));
  const auto added = FilesLike(entries.front().file, changed, "a");
  ARROW_ASSIGN_OR_RAISE(const auto appended, AppendFiles(*catalog, DiffedTable(), added));
  ReplaceFilesChange change;
  change.removed = added;
  change.added = FilesLike(entries.front().file, changed, "b");
  ARROW_ASSIGN_OR_RAISE(const auto replaced, ReplaceFiles(*catalog, DiffedTable(), change));
  // Spread over the whole table, so that many manifests are written anew.
  ReplaceFilesChange spread;
  RowDeltaChange deleted;
  for (int64_t i = 0; i < changed; ++i) {
    const auto at = static_cast<size_t>(i * files / changed);
    spread.removed.push_back(entries[at].file);
    deleted.added_deletes.push_back(DeletesOf(entries[at + 1].file));
  }
  spread.added = FilesLike(entries.front().file, changed, "c");
  ARROW_ASSIGN_OR_RAISE(const auto scattered, ReplaceFiles(*catalog, DiffedTable(), spread));
  ARROW_ASSIGN_OR_RAISE(const auto touched, RowDelta(*catalog, DiffedTable(), deleted));
  ReplayEngine engine(*catalog, DiffedTable());
  ARROW_RETURN_NOT_OK(TimeDiff(engine, "append", first, *appended.snapshot_id));
  ARROW_RETURN_NOT_OK(TimeDiff(engine, "replace", *appended.snapshot_id, *replaced.snapshot_id));
  ARROW_RETURN_NOT_OK(
      TimeDiff(engine, "replace all over", *replaced.snapshot_id, *scattered.snapshot_id));
  return TimeDiff(engine, "delete rows all over", *scattered.snapshot_id, *touched.snapshot_id);
}

}  // namespace
}  // namespace artemis

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  const int64_t files = argc > 2 ? std::strtoll(argv[2], nullptr, 10) : 250'000;
  const int64_t changed = argc > 3 ? std::strtoll(argv[3], nullptr, 10) : 100;
  const auto status = artemis::Run(argv[1], files, changed);
  if (!status.ok()) std::cerr << status.ToString() << std::endl;
  return status.ok() ? 0 : 1;
}
