// Sort orders (specification, "Sorting").
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <arrow/result.h>

#include "artemis/schema/schema.h"
#include "artemis/schema/transform.h"

namespace artemis {

enum class SortDirection : uint8_t { kAscending, kDescending };
enum class NullOrder : uint8_t { kNullsFirst, kNullsLast };

struct SortField {
  FieldId source_id;
  Transform transform;
  SortDirection direction = SortDirection::kAscending;
  NullOrder null_order = NullOrder::kNullsFirst;
  // As in PartitionField.
  std::vector<FieldId> further_source_ids = {};

  bool operator==(const SortField&) const = default;
};

// Id 0 is the unsorted order and has no fields.
struct SortOrder {
  SortOrderId id;
  std::vector<SortField> fields;

  bool operator==(const SortOrder&) const = default;
};

// Parses 'a desc nulls last, b, day(ts)'. Defaults: asc; nulls first when asc, last when desc.
// Empty text is the unsorted order, id 0. A term twice: Invalid.
arrow::Result<SortOrder> ParseSortOrder(std::string_view text, const Schema& schema,
                                        SortOrderId id = SortOrderId(1));
// The inverse, every word written out: "a desc nulls last, day(ts) asc nulls first".
std::string FormatSortOrder(const SortOrder& order, const Schema& schema);

}  // namespace artemis
