// The commit loop.
#include "artemis/commit/snapshot_producer.h"

#include <algorithm>
#include <chrono>
#include <random>
#include <set>
#include <thread>

#include "artemis/base/error.h"
#include "artemis/base/uuid.h"
#include "artemis/commit/commit_event.h"
#include "artemis/commit/summary.h"
#include "artemis/io/file_system.h"
#include "artemis/table/update.h"

namespace artemis {

namespace {

std::string MetadataFolder(const TableMetadata& metadata) {
  const auto property = metadata.properties.find("write.metadata.path");
  return property != metadata.properties.end() ? property->second : metadata.location + "/metadata";
}

// One attempt on `base`; CommitConflict from the swap means "try again", from the builder "give up".
class SnapshotAttempt {
 public:
  SnapshotAttempt(Catalog& catalog, const BuildChange& build, const CommitOptions& options)
      : catalog_(catalog), build_(build), options_(options) {}

  arrow::Result<LoadedTable> Run(const LoadedTable& base, ManifestStore& store, int attempt,
                                 bool* change_failed) {
    auto built = build_(base, store);
    if (!built.ok()) {
      *change_failed = true;
      return built.status();
    }
    const TableMetadata& metadata = *base.metadata;
    Snapshot snapshot;
    snapshot.id = store.snapshot_id();
    snapshot.parent_id = metadata.current_snapshot_id;
    snapshot.sequence_number = SequenceNumber(metadata.last_sequence_number.value + 1);  // C6
    snapshot.schema_id = metadata.current_schema_id;
    snapshot.summary = MakeSummary(*built, metadata.CurrentSnapshot(), options_);
    ARROW_ASSIGN_OR_RAISE(
        snapshot.manifest_list,
        store.WriteList(built->manifests, metadata, snapshot.sequence_number, attempt));
    snapshot.timestamp = NextSnapshotTime(metadata, catalog_.clock().Now());
    counts_.Count(*built);
    ARROW_ASSIGN_OR_RAISE(auto next, AddSnapshot(metadata, snapshot));
    auto committed = catalog_.Commit(base, std::move(next), {built->operation, options_.author});
    if (committed.ok()) store.DiscardUnused(built->manifests, snapshot.manifest_list);
    return committed;
  }

  const CommitCounts& counts() const { return counts_; }

 private:
  Catalog& catalog_;
  const BuildChange& build_;
  const CommitOptions& options_;
  CommitCounts counts_;
};

}  // namespace

ManifestStore::ManifestStore(FileSystem& files, std::string metadata_folder, SnapshotId snapshot_id)
    : files_(files),
      folder_(std::move(metadata_folder)),
      snapshot_id_(snapshot_id),
      uuid_(RandomUuid()) {}

arrow::Result<ManifestFile> ManifestStore::Write(const TableMetadata& metadata,
                                                 const PartitionSpec& spec,
                                                 const std::vector<ManifestEntry>& entries) {
  const std::string path =
      folder_ + "/" + uuid_ + "-m" + std::to_string(next_manifest_++) + ".avro";
  WriteManifestOptions options;
  options.format_version = metadata.format_version;
  options.snapshot_id = snapshot_id_;
  ARROW_ASSIGN_OR_RAISE(auto written,
                        WriteManifest(path, metadata.CurrentSchema(), spec, entries, options));
  written_.push_back(path);
  ARROW_RETURN_NOT_OK(files_.WriteNew(path, written.bytes));
  return written.file;
}

arrow::Result<std::string> ManifestStore::WriteList(const std::vector<ManifestFile>& manifests,
                                                    const TableMetadata& metadata,
                                                    SequenceNumber sequence_number, int attempt) {
  const std::string path = folder_ + "/snap-" + ToString(snapshot_id_) + "-" +
                           std::to_string(attempt) + "-" + uuid_ + ".avro";
  ARROW_ASSIGN_OR_RAISE(const auto bytes,
                        WriteManifestList(manifests, metadata.format_version, snapshot_id_,
                                          metadata.current_snapshot_id, sequence_number));
  written_.push_back(path);
  ARROW_RETURN_NOT_OK(files_.WriteNew(path, bytes));
  ARROW_RETURN_NOT_OK(files_.SyncFolder(folder_));
  return path;
}

arrow::Result<Manifest> ManifestStore::Read(const TableMetadata& metadata,
                                            const ManifestFile& file) {
  ARROW_ASSIGN_OR_RAISE(const auto bytes, files_.ReadAll(file.path, kManifestBytesMax));
  ReadManifestOptions options;
  options.partition_schema = &metadata.CurrentSchema();
  return ReadManifest(bytes, file, options);
}

void ManifestStore::KeepForRetry() { kept_ = written_.size(); }

void ManifestStore::DiscardAttempt() {
  for (size_t i = kept_; i < written_.size(); ++i) (void)files_.Delete(written_[i]);
  written_.resize(kept_);
}

void ManifestStore::DiscardAll() {
  kept_ = 0;
  DiscardAttempt();
}

void ManifestStore::DiscardUnused(const std::vector<ManifestFile>& manifests,
                                  const std::string& manifest_list) {
  std::set<std::string> used = {manifest_list};
  for (const auto& manifest : manifests) used.insert(manifest.path);
  for (const auto& path : written_) {
    if (!used.contains(path)) (void)files_.Delete(path);
  }
}

void BackOff(const CommitOptions& options, int attempt) {
  thread_local std::minstd_rand random(std::random_device{}());
  const int64_t doubled = options.backoff_min_ms.value_or(10) << std::min(attempt, 20);
  const int64_t bound = std::max<int64_t>(1, std::min(options.backoff_max_ms.value_or(2000), doubled));
  std::this_thread::sleep_for(
      std::chrono::milliseconds(1 + static_cast<int64_t>(random() % static_cast<uint64_t>(bound))));
}

arrow::Status RequireWritableFormat(const LoadedTable& table) {
  const int32_t version = table.metadata->format_version;
  if (version == 2) return arrow::Status::OK();
  return arrow::Status::NotImplemented(
      "table ", table.name.ToString(), " has format version ", version,
      ": this version of Artemis reads it, and writes version 2 only");
}

namespace {

arrow::Result<LoadedTable> LoadWritable(Catalog& catalog, const TableName& table) {
  ARROW_ASSIGN_OR_RAISE(LoadedTable base, catalog.Load(table));
  ARROW_RETURN_NOT_OK(RequireWritableFormat(base));
  return base;
}

}  // namespace

arrow::Result<CommitResult> CommitSnapshot(Catalog& catalog, const TableName& table,
                                           const BuildChange& build, const CommitOptions& options) {
  CommitEvent event(table, options);
  std::optional<ManifestStore> store;
  SnapshotAttempt run(catalog, build, options);
  for (int attempt = 1;; ++attempt) {
    auto loaded = LoadWritable(catalog, table);
    if (!loaded.ok() && store) store->DiscardAll();
    ARROW_ASSIGN_OR_RAISE(const LoadedTable base, std::move(loaded));
    if (!options.once_key.empty()) {
      if (const auto* done = FindOnce(*base.metadata, options.once_key)) {
        if (store) store->DiscardAll();
        return CommitResult{base, done->id, attempt, true};
      }
    }
    if (!store) store.emplace(catalog.files(), MetadataFolder(*base.metadata), RandomSnapshotId());
    bool change_failed = false;
    auto committed = run.Run(base, *store, attempt, &change_failed);
    if (committed.ok()) {
      event.Done(*committed, store->snapshot_id(), attempt, run.counts());
      return CommitResult{std::move(*committed), store->snapshot_id(), attempt, false};
    }
    const arrow::Status& failure = committed.status();
    if (FindDetail<CommitUnknown>(failure) != nullptr) {  // C5
      event.Failed("unknown", attempt, run.counts());
      return failure;
    }
    const bool conflict = FindDetail<CommitConflict>(failure) != nullptr;
    if (!conflict || change_failed || attempt >= options.attempts_max.value_or(16)) {
      store->DiscardAll();
      event.Failed(conflict ? "conflict" : "failed", attempt, run.counts());
      return conflict && !change_failed
                 ? WithContext(failure, "gave up after " + std::to_string(attempt) + " attempts")
                 : failure;
    }
    store->DiscardAttempt();  // C3: the change is built again on the newest metadata
    BackOff(options, attempt);
  }
}

}  // namespace artemis
