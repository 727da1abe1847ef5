// Partition specs and tuples (specification, "Partitioning").
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <arrow/result.h>

#include "artemis/schema/schema.h"
#include "artemis/schema/transform.h"

namespace artemis {

struct PartitionField {
  FieldId source_id;
  // 1000 and up; kept when the same source and transform come back in a later spec.
  FieldId field_id;
  std::string name;
  Transform transform;
  // Of a transform with several arguments (v3), which is always unknown to us: those after source_id.
  std::vector<FieldId> further_source_ids = {};

  bool operator==(const PartitionField&) const = default;
};

struct PartitionSpec {
  SpecId id;
  std::vector<PartitionField> fields;

  bool operator==(const PartitionSpec&) const = default;
  bool is_unpartitioned() const;  // no fields, or void only
  // Whether a transform is not known to us: such a spec prunes nothing by that field, and no data is committed with it
  // (specification, "Partitioning").
  bool has_unknown_transform() const;
  FieldId HighestFieldId() const;  // 999 when there is none
};

// One value per field of a spec, in the spec's order; nullopt is null. Values have the transform's result type.
using PartitionTuple = std::vector<std::optional<LiteralValue>>;

// The struct type of a spec's tuples: a field per partition field, with its id and name, optional. Where a source column is
// no longer in `schema`, the result type of the transform that does not depend on the source is used, else Invalid.
arrow::Result<Type> PartitionType(const PartitionSpec& spec, const Schema& schema);

// Parses 'mission_id, day(ts) as day, bucket(16, id), truncate(4, name)': SQL-like, names default as Java's do
// (identity: the column; bucket: col_bucket; truncate: col_trunc; col_year, col_month, col_day, col_hour).
// Checks names (unique, not a column's name unless identity of it) and source types. Ids from 1000.
arrow::Result<PartitionSpec> ParsePartitionSpec(std::string_view text, const Schema& schema,
                                                SpecId id = SpecId(0));
// The inverse, for people: "mission_id, day(ts) as day".
std::string FormatPartitionSpec(const PartitionSpec& spec, const Schema& schema);

// "mission_id=apollo-7/day=2024-03-15": Java's PartitionSpec.partitionToPath, each name and value URL-encoded as
// java.net.URLEncoder does; null is "null". Empty for an unpartitioned spec.
arrow::Result<std::string> PartitionPath(const PartitionSpec& spec, const Schema& schema,
                                         const PartitionTuple& tuple);

// One value as people read it: dates "2024-03-15", hours "2024-03-15-07", years "2024", months "2024-03", timestamps
// ISO 8601, binary base64; as Java's Transform.toHumanString.
std::string FormatPartitionValue(const Transform& transform, const Type& source,
                                 const std::optional<LiteralValue>& value);

}  // namespace artemis
