// JSON forms of schemas, partition specs and sort orders (specification, Appendix C).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <arrow/result.h>

#include "artemis/schema/partition_spec.h"
#include "artemis/schema/schema.h"
#include "artemis/schema/sort_order.h"

namespace artemis {

// Reads a schema object; a missing schema-id is 0 (v1). Nesting deeper than 64 is LimitExceeded, unknown type names are
// Invalid and name type and field.
arrow::Result<Schema> SchemaFromJson(std::string_view json);
std::string SchemaToJson(const Schema& schema);

// Reads {"spec-id", "fields"}; field ids missing in v1 are numbered from 1000.
arrow::Result<PartitionSpec> PartitionSpecFromJson(std::string_view json);
// Reads the v1 form: the bare array of fields.
arrow::Result<std::vector<PartitionField>> PartitionFieldsFromJson(std::string_view json);
std::string PartitionSpecToJson(const PartitionSpec& spec);
std::string PartitionFieldsToJson(const std::vector<PartitionField>& fields);

arrow::Result<SortOrder> SortOrderFromJson(std::string_view json);
std::string SortOrderToJson(const SortOrder& order);

}  // namespace artemis
