// Changes of table metadata: each function takes the metadata and gives the next one, checked. Nothing is written here; the
// catalog writes and swaps (catalog/catalog.h).
#pragma once

#include <map>
#include <string>
#include <vector>

#include <arrow/result.h>

#include "artemis/table/metadata.h"

namespace artemis {

inline constexpr char kMainBranch[] = "main";

// The time a new snapshot gets: max(now, everything the metadata has seen + 1 ms), so that our commits never share a time and
// never go back when the clock does (specification, "Snapshots": timestamp-ms; invariant C6).
TimestampMs NextSnapshotTime(const TableMetadata& metadata, TimestampMs now);

// Adds a snapshot and moves `branch` to it; main also moves current-snapshot-id and gets a snapshot-log entry. last-updated becomes
// the snapshot's time. Invalid: id in use, sequence number not greater than last-sequence-number (v2+), parent unknown, time more
// than one minute before last-updated.
arrow::Result<TableMetadata> AddSnapshot(TableMetadata metadata, Snapshot snapshot,
                                         const std::string& branch = kMainBranch);

// Makes an existing snapshot main's current one, with a snapshot-log entry at NextSnapshotTime(now). NoSuchSnapshot.
arrow::Result<TableMetadata> SetMainSnapshot(TableMetadata metadata, SnapshotId id,
                                             TimestampMs now);

// Makes `schema` the current one; an equal schema (ids aside) of the table is used again, else it gets the next free id.
// `last_column_id` never shrinks. Invalid: a field of the default spec or sort order loses its source, a column that any spec of the
// table uses is widened so that its transform gives other values, a type or default that the format version does not have, an id of the
// reserved range.
arrow::Result<TableMetadata> SetCurrentSchema(TableMetadata metadata, Schema schema,
                                              FieldId last_column_id);

// Makes `spec` the default; an equal spec is used again; a field with a source and transform the table has used keeps its
// field id, others get last-partition-id + 1 on. In v1 fields are neither dropped nor reordered (specification, "Partition
// Evolution"): those of the default spec that `spec` does not have stay in their place as void, new ones come behind.
// NotImplemented for a transform that is not known.
arrow::Result<TableMetadata> SetDefaultSpec(TableMetadata metadata, PartitionSpec spec);

// Makes `order` the default; an equal order is used again; an empty one is order 0.
arrow::Result<TableMetadata> SetDefaultSortOrder(TableMetadata metadata, SortOrder order);

TableMetadata SetProperties(TableMetadata metadata,
                            const std::map<std::string, std::string>& properties);
TableMetadata RemoveProperties(TableMetadata metadata, const std::vector<std::string>& keys);

// Sets or removes a branch or tag, with its retention: min_snapshots_to_keep and max_snapshot_age_ms of a branch, max_ref_age_ms of all but
// main, each over 0. main cannot be removed and is moved by SetMainSnapshot only. NoSuchSnapshot, Invalid.
arrow::Result<TableMetadata> SetRef(TableMetadata metadata, const std::string& name,
                                    SnapshotRef ref);
arrow::Result<TableMetadata> RemoveRef(TableMetadata metadata, const std::string& name);

// Removes snapshots with their statistics; ids that are not there are ignored. The snapshot-log loses every entry up to the last
// one of a removed snapshot, since what is left must have no gaps (specification, "Snapshots"). Invalid: the current snapshot or one
// that a ref names. Files are not touched.
arrow::Result<TableMetadata> RemoveSnapshots(TableMetadata metadata,
                                             const std::vector<SnapshotId>& ids);

// Raises the format version; the same one changes nothing. From v1 a table gets a UUID where it has none; to v3 its next-row-id is 0, and
// the first commit afterwards gives row ids to the files that are there (specification, "Row Lineage for Upgraded Tables"). Invalid: a
// lower or unknown version, or (from v1) a snapshot that embeds its manifests, which v2 does not have: write/manifest_lists.h writes the
// lists it needs.
arrow::Result<TableMetadata> UpgradeFormat(TableMetadata metadata, int32_t format_version);

}  // namespace artemis
