// Takes files out of manifests: only manifests that hold a leaving file are written again (C7).
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <arrow/result.h>

#include "artemis/commit/manifest_store.h"
#include "artemis/commit/snapshot_step.h"

namespace artemis {

// Which manifests may hold a file of certain partition tuples, by the list's partition summaries.
class PartitionFilter {
 public:
  explicit PartitionFilter(const TableMetadata& metadata) : metadata_(metadata) {}

  void Add(SpecId spec_id, const PartitionTuple& tuple);
  // False only where no file of an added tuple can be in it.
  bool MayHold(const ManifestFile& manifest) const;

 private:
  const TableMetadata& metadata_;
  std::map<SpecId, std::map<std::string, PartitionTuple>> tuples_;
};

// `live` are the live entries of `file`. Those for which `leaves` is true go to `removed`, and a manifest without them is written, in which
// they are DELETED and the others EXISTING; where there is none, `file` itself is the result.
arrow::Result<ManifestFile> WithoutLeaving(const SnapshotBase& base, const ManifestFile& file,
                                           std::vector<ManifestEntry> live,
                                           const std::function<bool(const ManifestEntry&)>& leaves,
                                           ManifestStore& store,
                                           std::vector<ManifestEntry>* removed);

}  // namespace artemis
