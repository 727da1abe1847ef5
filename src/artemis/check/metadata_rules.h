// What must hold within a table's metadata, before any other file is looked at (specification, "Table
// Metadata Fields", "Snapshots", "Snapshot References", "Sequence Numbers").
#pragma once

#include "artemis/check/problem.h"
#include "artemis/table/metadata.h"

namespace artemis {

// Appends what does not hold:
//   reference  main names the current snapshot; refs and the current snapshot exist; the last entry of
//              snapshot-log is the current snapshot
//   sequence   no snapshot is newer than last-sequence-number; a child is newer than its parent, by
//              sequence number (v2 and later) and, a minute aside, by time
//   metadata   ids are within last-column-id and last-partition-id; schemas that snapshots name and
//              the sources of the default spec and sort order exist; logs are in order of time
// A parent that is gone is no problem: its snapshot was expired.
void CheckMetadata(const TableMetadata& metadata, Problems* problems);

}  // namespace artemis
