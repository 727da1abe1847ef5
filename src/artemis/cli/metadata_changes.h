// What one change of a table's metadata altered, in the words of the command that does it:
// "add-column flux double", "set-property owner=flight-dynamics". For history and for reports.
#pragma once

#include <string>
#include <vector>

#include "artemis/table/metadata.h"

namespace artemis {

// Columns by field id: added, dropped, renamed, widened, moved, made optional or required, described anew; identifier
// columns. What lies within an added or dropped column is not told again.
std::vector<std::string> SchemaChanges(const Schema& before, const Schema& after);

// Those of the current schema, and: partitioning, sort order, properties, tags and branches (not main),
// format version, location. Nothing about snapshots.
std::vector<std::string> MetadataChanges(const TableMetadata& before, const TableMetadata& after);

// "12 columns; partitioned by mission_id; sorted by …": what a table began as.
std::string DescribeCreation(const TableMetadata& metadata);

}  // namespace artemis
