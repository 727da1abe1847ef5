// What must hold between a manifest list, its manifests, and the snapshot that names them
// (specification, "Manifests", "Manifest Lists", "Sequence Number Inheritance").
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "artemis/check/problem.h"
#include "artemis/table/manifest.h"
#include "artemis/table/manifest_avro.h"
#include "artemis/table/metadata.h"

namespace artemis {

// What one snapshot did, by the entries that carry its id.
struct EntryChanges {
  int64_t added_data_files = 0, added_rows = 0;
  int64_t removed_data_files = 0, removed_rows = 0;
  int64_t added_delete_files = 0, removed_delete_files = 0;
};

// Sums over entries: of the live ones, and of what each snapshot did.
struct EntrySums {
  int64_t data_files = 0, rows = 0;
  int64_t delete_files = 0, position_deletes = 0, equality_deletes = 0;
  // Of data and delete files; of a deletion vector, its own bytes within the Puffin file.
  int64_t bytes = 0;
  std::map<SnapshotId, EntryChanges> changes;

  void Add(const ManifestEntry& entry);
  void Add(const EntrySums& other);
};

// Appends where `manifest` differs from its row in a manifest list:
//   counts     files and rows that are existing, added and deleted
//   sequence   an entry newer than its manifest, or older than its least sequence number
//   partition  a spec the table does not have; a summary that excludes a tuple of an entry
//   metadata   its content kind
void CheckManifest(const ManifestFile& listed, const Manifest& manifest,
                   const TableMetadata& metadata, Problems* problems);

// Appends where a snapshot's row of a manifest list contradicts the snapshot, or an earlier row for
// the same manifest (`before`, may be null).
void CheckListedManifest(const Snapshot& snapshot, const ManifestFile& listed,
                         const ManifestFile* before, Problems* problems);

// Appends summary members that differ from the sums over all manifests of the snapshot. Members that
// the summary lacks are no problem: they are optional.
void CheckSummary(const Snapshot& snapshot, const EntrySums& sums, Problems* problems);

}  // namespace artemis
