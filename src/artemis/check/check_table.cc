// The walk over a table: metadata, manifest lists, manifests, files.
#include "artemis/check/check_table.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <set>
#include <thread>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "artemis/check/file_rules.h"
#include "artemis/check/manifest_rules.h"
#include "artemis/check/metadata_rules.h"
#include "artemis/check/statistics_files.h"
#include "artemis/io/file_system.h"
#include "artemis/scan/scan_plan.h"
#include "artemis/table/manifest_avro.h"
#include "artemis/table/metadata_json.h"

namespace artemis {

namespace {

constexpr int64_t kMetadataBytesMax = int64_t{1} << 30;
constexpr char kNameMappingProperty[] = "schema.name-mapping.default";

// A manifest that was read: its row, as the first list had it, and what its entries come to.
struct ReadManifestSums {
  ManifestFile listed;
  EntrySums sums;
  bool readable = false;
};

class TableChecker {
 public:
  TableChecker(const LoadedTable& table, FileSystem& files, const CheckOptions& options)
      : table_(table), metadata_(*table.metadata), files_(files), options_(options) {}

  arrow::Result<CheckReport> Run() {
    CheckMetadata(metadata_, &report_.problems);
    report_.metadata_files = 1;
    for (const auto& entry : metadata_.metadata_log) {
      ARROW_RETURN_NOT_OK(options_.stop.Poll());
      CheckMetadataFile(entry.metadata_file);
    }
    CheckStatistics();
    for (const auto& snapshot : metadata_.snapshots) {
      ARROW_RETURN_NOT_OK(CheckSnapshot(snapshot));
    }
    ARROW_RETURN_NOT_OK(CheckLiveOnce());
    ARROW_RETURN_NOT_OK(CheckFiles());
    return std::move(report_);
  }

 private:
  void Report(const std::string& rule, const std::string& where, const std::string& what) {
    report_.problems.push_back({rule, where, what});
  }

  void ReportUnread(const std::string& where, const arrow::Status& status) {
    Report(IsFileNotFound(status) ? "missing" : "unreadable", where, status.message());
  }

  void CheckMetadataFile(const std::string& location) {
    ++report_.metadata_files;
    if (!options_.deep) {
      const auto size = files_.FileSize(location);
      if (!size.ok()) ReportUnread(location, size.status());
      return;
    }
    const auto json = files_.ReadAll(location, kMetadataBytesMax);
    if (!json.ok()) return ReportUnread(location, json.status());
    const auto metadata = TableMetadataFromJson(*json, location);
    if (!metadata.ok()) return Report("metadata", location, metadata.status().message());
    if (!metadata->table_uuid.empty() && metadata->table_uuid != metadata_.table_uuid) {
      Report("metadata", location,
             "it is of the table " + metadata->table_uuid + ", not " + metadata_.table_uuid);
    }
  }

  void CheckStatistics() {
    const auto statistics = StatisticsFiles(metadata_);
    if (!statistics.ok()) return Report("metadata", "metadata", statistics.status().message());
    for (const auto& file : *statistics) {
      ++report_.statistics_files;
      const auto size = files_.FileSize(file.path);
      if (!size.ok()) {
        ReportUnread(file.path, size.status());
      } else if (file.size_bytes >= 0 && *size != file.size_bytes) {
        Report("size", file.path, "bytes: " + ExpectedFound(file.size_bytes, *size));
      }
    }
  }

  arrow::Status CheckSnapshot(const Snapshot& snapshot) {
    ++report_.snapshots;
    const auto manifests = ListManifests({table_.metadata, snapshot.id, nullptr}, files_);
    if (!manifests.ok()) {
      ReportUnread(snapshot.manifest_list.empty() ? "snapshot " + ToString(snapshot.id)
                                                  : snapshot.manifest_list,
                   manifests.status());
      return arrow::Status::OK();
    }
    EntrySums sums;
    bool readable = true;
    std::set<std::string> paths;
    for (const auto& listed : *manifests) {
      ARROW_RETURN_NOT_OK(options_.stop.Poll());
      if (!paths.insert(listed.path).second) {
        Report("counts", listed.path, "snapshot " + ToString(snapshot.id) + " lists it twice");
      }
      const auto found = manifests_.find(listed.path);
      CheckListedManifest(snapshot, listed,
                          found == manifests_.end() ? nullptr : &found->second.listed,
                          &report_.problems);
      const auto& read = found == manifests_.end() ? ReadOnce(listed) : found->second;
      sums.Add(read.sums);
      readable = readable && read.readable;
    }
    if (readable) CheckSummary(snapshot, sums, &report_.problems);
    return arrow::Status::OK();
  }

  const ReadManifestSums& ReadOnce(const ManifestFile& listed) {
    auto& read = manifests_[listed.path];
    read.listed = listed;
    ++report_.manifests;
    const auto bytes = files_.ReadAll(listed.path, kManifestBytesMax);
    if (!bytes.ok()) {
      ReportUnread(listed.path, bytes.status());
      return read;
    }
    if (static_cast<int64_t>(bytes->size()) != listed.length_bytes) {
      Report("size", listed.path, "bytes: " + ExpectedFound(listed.length_bytes, bytes->size()));
    }
    // Counts are compared here, so that all that differs is told.
    ManifestFile uncounted = listed;
    uncounted.added_files = uncounted.existing_files = uncounted.deleted_files = std::nullopt;
    auto manifest = ReadManifest(*bytes, uncounted);
    if (!manifest.ok()) {
      ReportUnread(listed.path, manifest.status());
      return read;
    }
    CheckManifest(listed, *manifest, metadata_, &report_.problems);
    for (auto& entry : manifest->entries) {
      read.sums.Add(entry);
      if (entry.status != EntryStatus::kDeleted) Remember(listed, std::move(entry.file));
    }
    read.readable = true;
    return read;
  }

  void Remember(const ManifestFile& manifest, DataFile file) {
    if (!options_.deep) file.metrics.clear();
    // Several deletion vectors share a Puffin file.
    const std::string key =
        file.content_offset ? file.path + "@" + std::to_string(*file.content_offset) : file.path;
    const auto [found, inserted] = live_.try_emplace(key, std::move(file));
    if (inserted) return;
    const auto& before = found->second;
    if (before.file_size_bytes != file.file_size_bytes ||
        before.record_count != file.record_count || before.content != file.content) {
      Report("counts", file.path,
             "what " + manifest.path +
                 " says of it differs from another "
                 "manifest");
    }
  }

  // A data file that is live twice in one snapshot is read twice. Looked at where readers begin.
  arrow::Status CheckLiveOnce() {
    std::set<SnapshotId> ends;
    if (metadata_.current_snapshot_id) ends.insert(*metadata_.current_snapshot_id);
    for (const auto& [name, ref] : metadata_.refs) ends.insert(ref.snapshot_id);
    for (const SnapshotId id : ends) {
      ARROW_RETURN_NOT_OK(options_.stop.Poll());
      if (metadata_.FindSnapshot(id) == nullptr) continue;
      const auto manifests = ListManifests({table_.metadata, id, nullptr}, files_);
      if (manifests.ok()) CheckLiveOnce(id, *manifests);
    }
    return arrow::Status::OK();
  }

  void CheckLiveOnce(SnapshotId id, const std::vector<ManifestFile>& manifests) {
    std::unordered_set<std::string> paths;
    ReadManifestOptions read;
    read.live_only = true;
    read.metrics_for = std::vector<FieldId>();
    for (const auto& listed : manifests) {
      if (listed.content != ManifestContent::kData) continue;
      const auto bytes = files_.ReadAll(listed.path, kManifestBytesMax);
      if (!bytes.ok()) continue;
      auto manifest = ReadManifest(*bytes, listed, read);
      if (!manifest.ok()) continue;
      for (auto& entry : manifest->entries) {
        const std::string path = entry.file.path;
        if (!paths.insert(std::move(entry.file.path)).second) {
          Report("counts", path, "it is live twice in snapshot " + ToString(id));
        }
      }
    }
  }

  arrow::Status CheckFiles() {
    std::vector<const DataFile*> order;
    for (const auto& [key, file] : live_) {
      order.push_back(&file);
      report_.bytes += file.content_size_bytes.value_or(file.file_size_bytes);
      (file.content == FileContent::kData ? report_.data_files : report_.delete_files) += 1;
      if (file.content == FileContent::kData) report_.rows += file.record_count;
    }
    std::sort(order.begin(), order.end(), [](const DataFile* a, const DataFile* b) {
      return std::pair(a->path, a->content_offset) < std::pair(b->path, b->content_offset);
    });
    std::vector<Problems> problems(order.size());
    ARROW_RETURN_NOT_OK(CheckInParallel(order, &problems));
    for (auto& each : problems) {
      for (auto& problem : each) report_.problems.push_back(std::move(problem));
    }
    return arrow::Status::OK();
  }

  FileRules Rules() const {
    FileRules rules;
    rules.deep = options_.deep;
    rules.stop = options_.stop;
    rules.has_name_mapping = metadata_.properties.contains(kNameMappingProperty);
    rules.schemas.push_back(&metadata_.CurrentSchema());
    for (auto schema = metadata_.schemas.rbegin(); schema != metadata_.schemas.rend(); ++schema) {
      rules.schemas.push_back(&*schema);
    }
    return rules;
  }

  // `problems` has one member a file, so that threads write to places of their own.
  arrow::Status CheckInParallel(const std::vector<const DataFile*>& order,
                                std::vector<Problems>* problems) {
    const FileRules rules = Rules();
    const auto total = static_cast<int64_t>(order.size());
    const auto known = static_cast<int64_t>(report_.problems.size());
    std::atomic<int64_t> next = 0, done = 0, found = known;
    std::mutex mutex;
    arrow::Status failed;
    const auto work = [&] {
      while (true) {
        const int64_t i = next.fetch_add(1);
        if (i >= total || found >= options_.problems_max) return;
        auto& own = (*problems)[static_cast<size_t>(i)];
        auto status = options_.stop.Poll();
        if (status.ok()) {
          status = CheckDataFile(*order[static_cast<size_t>(i)], files_, rules, &own);
        }
        found += static_cast<int64_t>(own.size());
        const std::lock_guard lock(mutex);
        if (!status.ok()) {
          failed = status;
          next = total;
          return;
        }
        if (options_.progress) options_.progress(++done, total);
      }
    };
    std::vector<std::thread> threads;
    for (int i = 1; i < options_.threads; ++i) threads.emplace_back(work);
    work();
    for (auto& thread : threads) thread.join();
    report_.complete = found < options_.problems_max;
    return failed;
  }

  const LoadedTable& table_;
  const TableMetadata& metadata_;
  FileSystem& files_;
  const CheckOptions& options_;
  CheckReport report_;
  std::map<std::string, ReadManifestSums> manifests_;
  std::unordered_map<std::string, DataFile> live_;
};

}  // namespace

arrow::Result<CheckReport> CheckTable(const LoadedTable& table, FileSystem& files,
                                      const CheckOptions& options) {
  return TableChecker(table, files, options).Run();
}

}  // namespace artemis
