// What the catalog's timeline says of a moment: for where snapshot-log does not reach, or cannot be believed.
#pragma once

#include <optional>

#include <arrow/result.h>

#include "artemis/catalog/catalog.h"

namespace artemis {

struct TimelineMoment {
  // Empty when neither the timeline nor metadata-log reaches back to the table's creation.
  std::optional<TimestampMs> created_at;
  // What was in force, with the snapshot (none: the table was empty) and the schema that it names. Empty when the moment is older than
  // the timeline, falls in a gap of it, or when only a metadata file that is gone could tell.
  std::optional<HistoryEntry> in_force;
};

// How an entry of snapshot-log stands to the one before it. The specification cuts the log at an expired snapshot; other writers drop only
// that snapshot's own entries, and leave its children without a parent (PyIceberg) or with one that is gone (iceberg-go).
enum class LogStep : uint8_t {
  kCommit,  // committed on it: nothing was current in between
  kJump,    // a rollback, say: the log does not tell whether something was
  kGap,     // what was current in between was taken out
};
LogStep StepBetween(const TableMetadata& metadata, const SnapshotLogEntry& entry,
                    const SnapshotLogEntry& next);

// Reads at most two metadata files. A missing one is no error; CorruptFile and other errors of reading are.
arrow::Result<TimelineMoment> TimelineAt(Catalog& catalog, const LoadedTable& table,
                                         TimestampMs time);

}  // namespace artemis
