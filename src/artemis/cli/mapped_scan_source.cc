// Mapped data files for SQL.
#include "artemis/cli/mapped_scan_source.h"

#include <map>
#include <mutex>
#include <utility>

namespace artemis {

namespace {

class MappedScanSource : public ScanSource {
 public:
  MappedScanSource(std::shared_ptr<ScanSource> inner, PathMap map)
      : inner_(std::move(inner)), map_(std::move(map)) {}

  const PinnedSnapshot& pin() const override { return inner_->pin(); }
  std::optional<int64_t> RowEstimate() const override { return inner_->RowEstimate(); }

  arrow::Result<std::shared_ptr<const ScanPlan>> Plan(
      const BoundPredicate& predicate) const override {
    ARROW_ASSIGN_OR_RAISE(const auto plan, inner_->Plan(predicate));
    auto mapped = std::make_shared<ScanPlan>(*plan);
    const std::lock_guard lock(mutex_);
    for (auto& task : mapped->tasks) {
      const std::string path = map_.Apply(task.file.path);
      named_[path] = std::exchange(task.file.path, path);
    }
    return mapped;
  }

  // Delete files name data files as the metadata does.
  arrow::Result<std::vector<int64_t>> DeletedRows(const ScanTask& task) const override {
    ScanTask named = task;
    {
      const std::lock_guard lock(mutex_);
      if (const auto found = named_.find(task.file.path); found != named_.end()) {
        named.file.path = found->second;
      }
    }
    return inner_->DeletedRows(named);
  }

 private:
  const std::shared_ptr<ScanSource> inner_;
  const PathMap map_;
  mutable std::mutex mutex_;
  mutable std::map<std::string, std::string> named_;  // by mapped path, the metadata's
};

}  // namespace

std::shared_ptr<ScanSource> MakeMappedScanSource(std::shared_ptr<ScanSource> inner, PathMap map) {
  return std::make_shared<MappedScanSource>(std::move(inner), std::move(map));
}

}  // namespace artemis
