// Rewrites manifests without the files that leave.
#include "artemis/commit/manifest_filter.h"

#include <algorithm>

#include "artemis/expr/range_evaluator.h"
#include "artemis/scan/field_ranges.h"
#include "artemis/schema/literal.h"
#include "artemis/schema/partition_key.h"

namespace artemis {

namespace {

bool MayBe(const ColumnRange& range, const std::optional<LiteralValue>& value) {
  if (!value) return range.has_null != Ternary::kNo;
  if (IsNaN(*value)) return range.has_nan != Ternary::kNo;
  const auto same_type = [&](const LiteralValue& bound) { return bound.index() == value->index(); };
  if (range.lower && same_type(*range.lower) && CompareValues(*value, *range.lower) < 0) {
    return false;
  }
  return !range.upper || !same_type(*range.upper) || CompareValues(*value, *range.upper) <= 0;
}

}  // namespace

void PartitionFilter::Add(SpecId spec_id, const PartitionTuple& tuple) {
  tuples_[spec_id].try_emplace(PartitionKey(tuple), tuple);
}

bool PartitionFilter::MayHold(const ManifestFile& manifest) const {
  const auto tuples = tuples_.find(manifest.spec_id);
  if (tuples == tuples_.end()) return false;
  const auto* spec = metadata_.FindSpec(manifest.spec_id);
  if (spec == nullptr || manifest.partitions.size() != spec->fields.size()) return true;
  const auto type = PartitionType(*spec, metadata_.CurrentSchema());
  if (!type.ok()) return true;
  std::vector<ColumnRange> ranges;
  for (size_t i = 0; i < spec->fields.size(); ++i) {
    ranges.push_back(RangeOfSummary(manifest.partitions[i], type->fields[i].type));
  }
  return std::any_of(tuples->second.begin(), tuples->second.end(), [&](const auto& tuple) {
    if (tuple.second.size() != ranges.size()) return true;
    for (size_t i = 0; i < ranges.size(); ++i) {
      if (!MayBe(ranges[i], tuple.second[i])) return false;
    }
    return true;
  });
}

arrow::Result<ManifestFile> WithoutLeaving(const SnapshotBase& base, const ManifestFile& file,
                                           std::vector<ManifestEntry> live,
                                           const std::function<bool(const ManifestEntry&)>& leaves,
                                           ManifestStore& store,
                                           std::vector<ManifestEntry>* removed) {
  bool touched = false;
  for (auto& entry : live) {
    if (!leaves(entry)) {
      entry.status = EntryStatus::kExisting;
      continue;
    }
    touched = true;
    removed->push_back(entry);
    entry.status = EntryStatus::kDeleted;
    entry.snapshot_id = store.snapshot_id();
  }
  if (!touched) return file;
  const auto* spec = base.metadata().FindSpec(file.spec_id);
  if (spec == nullptr) {
    return arrow::Status::Invalid("no partition spec ", file.spec_id.value, " in ",
                                  base.table.name.ToString());
  }
  return store.Write(base.metadata(), *spec, live, file.content);
}

}  // namespace artemis
