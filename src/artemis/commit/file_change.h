// What all changes of files come down to: files enter, files leave, and what must not have happened meanwhile. The functions of commit.h
// differ only in the rules they set (docs/design/commit.md, "Conflicts").
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_set>
#include <vector>

#include <arrow/result.h>

#include "artemis/commit/added_files.h"
#include "artemis/commit/changes_since.h"
#include "artemis/commit/snapshot_step.h"

namespace artemis {

// Row deletes by others that make a change stale.
enum class RowDeleteRule : uint8_t { kIgnored, kPosition, kAll };

struct FileChange {
  std::vector<DataFile> added_data, added_deletes;
  std::vector<DataFile> removed_data, removed_deletes;
  // Data files that leave, by location; "file:/x" and "/x" are the same place.
  std::vector<std::string> removed_paths;
  // Of the added data files; unset: that of the commit.
  std::optional<SequenceNumber> data_sequence_number;
  // Empty: append, overwrite or delete, by what enters and leaves.
  std::string operation;
  std::map<std::string, std::string> extra_summary;

  // Whether the snapshot the change was planned on is known, and which it is (nullopt: the table had none).
  bool is_planned = false;
  std::optional<SnapshotId> planned_on;
  // Where planned: a data file for which this is true must not have come since, with serializable isolation.
  std::function<bool(const DataFile&)> conflicts;
  bool ignores_isolation = false;
  // Row deletes that came since (without a plan: that are there) for removed data files, and for referenced ones.
  RowDeleteRule deletes_of_removed = RowDeleteRule::kIgnored;
  RowDeleteRule deletes_of_referenced = RowDeleteRule::kIgnored;
  // Paths of data files that must be live.
  std::vector<std::string> referenced;
  // A file to remove that was never seen live is the caller's mistake: Invalid, not CommitConflict.
  bool missing_is_invalid = false;
  // Not more rows enter than leave: Invalid.
  bool keeps_rows = false;
};

class FileChangeStep : public SnapshotStep {
 public:
  explicit FileChangeStep(FileChange change);

 protected:
  arrow::Result<SnapshotChange> Build(const SnapshotBase& base, ManifestStore& store,
                                      const StepContext& context) override;

 private:
  // One attempt's work in hand.
  struct Work {
    const SnapshotBase& base;
    ManifestStore& store;
    const StepContext& context;
    std::vector<ManifestFile> carried;
    SnapshotChange result;
    std::vector<ManifestEntry> removed_data;
    std::vector<ManifestEntry> removed_deletes;
  };

  arrow::Status CheckSince(Work& work);
  arrow::Status CheckNewData(const Work& work,
                             const std::vector<const ChangesOfSnapshot*>& changes) const;
  arrow::Status CheckNewDeletes(const Work& work,
                                const std::vector<const ChangesOfSnapshot*>& changes) const;
  arrow::Status CheckReferencedSince(const Work& work,
                                     const std::vector<const ChangesOfSnapshot*>& changes) const;
  arrow::Status CheckReferencedLive(Work& work) const;
  arrow::Status RemoveData(Work& work);
  arrow::Status RemoveDataFrom(Work& work, const std::function<bool(const ManifestFile&)>& among);
  static std::unordered_set<std::string> Found(const Work& work);
  arrow::Status CheckAllFound(const Work& work, const std::unordered_set<std::string>& found);
  arrow::Status RemoveDeletes(Work& work);
  arrow::Status RemoveDeletesFrom(Work& work, ManifestFile* file, std::set<std::string>* found,
                                  std::vector<ManifestEntry>* live_deletes) const;
  arrow::Status CheckLiveDeletes(const Work& work,
                                 const std::vector<ManifestEntry>& live_deletes) const;
  std::string Operation() const;
  bool removes_data() const { return !leaving_.empty(); }

  const FileChange change_;  // without what `added_` owns
  AddedFiles added_;
  std::optional<ChangesSince> since_;
  std::unordered_set<std::string> leaving_;  // local paths of data files
  std::set<std::string> leaving_deletes_;    // identities of delete files
  std::unordered_set<std::string> seen_;     // of leaving_, found by some attempt
};

// The rules of each operation.
std::unique_ptr<CommitStep> MakeAppendStep(std::vector<DataFile> files);
std::unique_ptr<CommitStep> MakeReplaceStep(ReplaceFilesChange change);
std::unique_ptr<CommitStep> MakeRowDeltaStep(RowDeltaChange change);
std::unique_ptr<CommitStep> MakeDeleteStep(std::vector<std::string> paths);
std::unique_ptr<CommitStep> MakeRewriteStep(RewriteFilesChange change);

}  // namespace artemis
