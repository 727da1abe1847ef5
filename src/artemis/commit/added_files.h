// The files a commit adds, and their manifests.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <arrow/result.h>

#include "artemis/commit/manifest_store.h"
#include "artemis/commit/snapshot_step.h"

namespace artemis {

// Owns the files of one change through all attempts. Not thread-safe.
class AddedFiles {
 public:
  // `sequence_number` becomes the data sequence number of all of them; unset: that of the commit.
  AddedFiles(std::vector<DataFile> data, std::vector<DataFile> deletes,
             std::optional<SequenceNumber> sequence_number = {});

  bool has_data() const { return has_data_; }
  bool has_deletes() const { return has_deletes_; }
  // Paths of the data files that get a deletion vector.
  const std::set<std::string>& vectors_for() const { return vectors_for_; }
  const ChangeCounts& counts() const { return counts_; }
  // Calls with each delete file.
  template <typename Visit>
  void VisitDeletes(const Visit& visit) const {
    for (const auto& [key, parts] : parts_) {
      if (key.first != ManifestContent::kDeletes) continue;
      for (const auto& part : parts) {
        for (const auto& entry : part) visit(entry.file);
      }
    }
  }

  // Writes the manifests of ADDED entries, data first, one per content and spec, more where one would exceed the target size. What was
  // written for an earlier attempt is used again (C3), unless the table's format version has changed since.
  // Invalid: a file named twice, a spec the table does not have, deletes of a kind that the format version does not write.
  arrow::Result<std::vector<ManifestFile>> WriteManifests(const SnapshotBase& base,
                                                          ManifestStore& store,
                                                          const CommitSettings& settings);

 private:
  using Key = std::pair<ManifestContent, SpecId>;
  // One manifest's entries each; one part until it is known how many they need.
  using Parts = std::vector<std::vector<ManifestEntry>>;

  void Take(std::vector<DataFile> files, std::optional<SequenceNumber> sequence_number);
  arrow::Status Check(const TableMetadata& metadata) const;
  arrow::Status CheckDeletes(const DataFile& file, int32_t format_version) const;

  std::map<Key, Parts> parts_;
  bool has_data_ = false;
  bool has_deletes_ = false;
  std::set<std::string> vectors_for_;
  ChangeCounts counts_;
  std::string twice_;
  std::optional<int32_t> written_version_;
  std::vector<ManifestFile> written_;
};

}  // namespace artemis
