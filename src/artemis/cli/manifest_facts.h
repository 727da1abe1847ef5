// Manifests and their entries as facts.
#pragma once

#include <string>
#include <vector>

#include "artemis/output/facts.h"
#include "artemis/schema/partition_spec.h"
#include "artemis/schema/schema.h"
#include "artemis/table/manifest.h"

namespace artemis {

// "data", "position deletes", "equality deletes"
std::string ContentName(FileContent content);
std::string ContentName(ManifestContent content);
// "existing", "added", "deleted"
std::string StatusName(EntryStatus status);

// "mission_id=apollo-7/day=2024-03-11"; JSON: {"mission_id":"apollo-7","day":"2024-03-11"}. Empty
// text for an unpartitioned spec.
Fact PartitionFact(const PartitionSpec& spec, const Schema& schema, const PartitionTuple& tuple);

// {"path","content","spec_id","bytes","added_snapshot_id","sequence_number","added_files",
// "existing_files","deleted_files"}
FactTable ManifestFacts(const std::vector<ManifestFile>& manifests);

// Bounds and counts of a file's columns: {"field_id","column","lower","upper","nulls","nans",
// "values"}.
FactTable MetricsFacts(const FileMetrics& metrics, const Schema& schema);

}  // namespace artemis
