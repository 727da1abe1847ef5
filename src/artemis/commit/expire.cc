// Decides which snapshots and refs stay, and removes the others.
#include "artemis/commit/expire.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <map>
#include <set>

#include "artemis/commit/commit.h"
#include "artemis/commit/snapshot_step.h"
#include "artemis/table/update.h"

namespace artemis {

namespace {

constexpr int64_t kSnapshotAgeDefaultMs = int64_t{5} * 24 * 60 * 60 * 1000;

arrow::Result<int64_t> NumberProperty(const TableMetadata& metadata, const std::string& key,
                                      int64_t least, int64_t otherwise) {
  const auto found = metadata.properties.find(key);
  if (found == metadata.properties.end()) return otherwise;
  const std::string& text = found->second;
  int64_t value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size() || value < least) {
    return arrow::Status::Invalid("table property ", key, " is '", text,
                                  "': expected a whole number from ", least);
  }
  return value;
}

TimestampMs Before(TimestampMs now, int64_t age_ms) {
  int64_t then = 0;
  if (__builtin_sub_overflow(now.value, age_ms, &then)) then = std::numeric_limits<int64_t>::min();
  return TimestampMs(then);
}

arrow::Status CheckCollectable(const TableMetadata& metadata) {
  const auto found = metadata.properties.find("gc.enabled");
  if (found == metadata.properties.end() || found->second != "false") return arrow::Status::OK();
  return arrow::Status::Invalid(
      "table property gc.enabled is false: its snapshots are not to be expired, since another "
      "table may use the same files");
}

class ExpiryPlanner {
 public:
  ExpiryPlanner(const TableMetadata& metadata, const SnapshotRetention& retention, TimestampMs now)
      : metadata_(metadata), retention_(retention), now_(now) {}

  arrow::Result<Expiry> Run() {
    ARROW_RETURN_NOT_OK(CheckCollectable(metadata_));
    ARROW_ASSIGN_OR_RAISE(result_.older_than, Cutoff());
    ARROW_ASSIGN_OR_RAISE(result_.keep_min, KeepMin());
    ARROW_ASSIGN_OR_RAISE(ref_age_max_ms_,
                          NumberProperty(metadata_, "history.expire.max-ref-age-ms", 1,
                                         std::numeric_limits<int64_t>::max()));
    KeepRefs();
    KeepBranches();
    KeepYoungStrays();
    for (const auto& snapshot : metadata_.snapshots) {
      if (!kept_.contains(snapshot.id)) result_.snapshots.push_back(snapshot.id);
    }
    return std::move(result_);
  }

 private:
  arrow::Result<TimestampMs> Cutoff() const {
    if (!retention_.older_than) {
      ARROW_ASSIGN_OR_RAISE(const int64_t age,
                            NumberProperty(metadata_, "history.expire.max-snapshot-age-ms", 0,
                                           kSnapshotAgeDefaultMs));
      return Before(now_, age);
    }
    if (const auto* instant = std::get_if<TimestampMs>(&*retention_.older_than)) return *instant;
    const int64_t age = std::get<std::chrono::milliseconds>(*retention_.older_than).count();
    if (age < 0) return arrow::Status::Invalid("an age is not negative, found ", age, " ms");
    return Before(now_, age);
  }

  arrow::Result<int32_t> KeepMin() const {
    if (retention_.keep_min) {
      if (*retention_.keep_min >= 1) return *retention_.keep_min;
      return arrow::Status::Invalid("of a branch at least 1 snapshot is kept, found ",
                                    *retention_.keep_min);
    }
    ARROW_ASSIGN_OR_RAISE(const int64_t keep,
                          NumberProperty(metadata_, "history.expire.min-snapshots-to-keep", 1, 1));
    return static_cast<int32_t>(std::min<int64_t>(keep, std::numeric_limits<int32_t>::max()));
  }

  void KeepRefs() {
    refs_ = metadata_.refs;
    if (metadata_.current_snapshot_id)
      refs_[kMainBranch].snapshot_id = *metadata_.current_snapshot_id;
    for (const auto& [name, ref] : metadata_.refs) {
      if (IsKept(name, ref)) continue;
      result_.refs.push_back(name);
      refs_.erase(name);
    }
    for (const auto& [name, ref] : refs_) kept_.insert(ref.snapshot_id);
  }

  bool IsKept(const std::string& name, const SnapshotRef& ref) const {
    if (name == kMainBranch) return true;
    const Snapshot* snapshot = metadata_.FindSnapshot(ref.snapshot_id);
    if (snapshot == nullptr) return false;
    return snapshot->timestamp >= Before(now_, ref.max_ref_age_ms.value_or(ref_age_max_ms_));
  }

  void KeepBranches() {
    for (const auto& [name, ref] : refs_) {
      reached_.insert(ref.snapshot_id);
      if (ref.kind != SnapshotRef::Kind::kBranch) continue;
      const TimestampMs oldest =
          ref.max_snapshot_age_ms ? Before(now_, *ref.max_snapshot_age_ms) : result_.older_than;
      const int32_t least = ref.min_snapshots_to_keep.value_or(result_.keep_min);
      int32_t count = 0;
      bool keeps = true;
      for (const Snapshot* ancestor : AncestorsOf(metadata_, ref.snapshot_id)) {
        reached_.insert(ancestor->id);
        keeps = keeps && (count < least || ancestor->timestamp >= oldest);
        if (!keeps) continue;
        kept_.insert(ancestor->id);
        ++count;
      }
    }
  }

  // Rolled back, staged, or of a branch that is gone.
  void KeepYoungStrays() {
    for (const auto& snapshot : metadata_.snapshots) {
      const bool stray = !reached_.contains(snapshot.id);
      if (stray && snapshot.timestamp >= result_.older_than) kept_.insert(snapshot.id);
    }
  }

  const TableMetadata& metadata_;
  const SnapshotRetention& retention_;
  const TimestampMs now_;
  int64_t ref_age_max_ms_ = 0;
  std::map<std::string, SnapshotRef> refs_;  // those that stay
  std::set<SnapshotId> kept_;
  std::set<SnapshotId> reached_;  // named by a ref that stays, or an ancestor of a branch that does
  Expiry result_;
};

}  // namespace

arrow::Result<Expiry> PlanExpiry(const TableMetadata& metadata, const SnapshotRetention& retention,
                                 TimestampMs now) {
  return ExpiryPlanner(metadata, retention, now).Run();
}

arrow::Result<TableMetadata> ExpireSnapshots(const TableMetadata& metadata,
                                             const SnapshotRetention& retention, TimestampMs now,
                                             Expiry* expired) {
  ARROW_ASSIGN_OR_RAISE(auto plan, PlanExpiry(metadata, retention, now));
  TableMetadata next = metadata;
  for (const auto& name : plan.refs) {
    ARROW_ASSIGN_OR_RAISE(next, RemoveRef(std::move(next), name));
  }
  if (!plan.snapshots.empty()) {
    ARROW_ASSIGN_OR_RAISE(next, RemoveSnapshots(std::move(next), plan.snapshots));
  }
  if (expired != nullptr) *expired = std::move(plan);
  return next;
}

arrow::Result<ExpireResult> ExpireSnapshots(Catalog& catalog, const TableName& table,
                                            const SnapshotRetention& retention,
                                            const CommitOptions& options) {
  ExpireResult result;
  const auto change = [&](const TableMetadata& metadata) {
    return ExpireSnapshots(metadata, retention, catalog.clock().Now(), &result.expired);
  };
  ARROW_ASSIGN_OR_RAISE(result.commit, UpdateMetadata(catalog, table, "expire", change, options));
  if (result.commit.already_done) result.expired = Expiry();
  return result;
}

}  // namespace artemis
