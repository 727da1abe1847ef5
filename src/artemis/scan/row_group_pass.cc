// Prunes row groups by footer statistics.
#include "artemis/scan/row_group_pass.h"

#include <map>

#include <arrow/type.h>
#include <parquet/metadata.h>

#include "artemis/expr/range_evaluator.h"
#include "artemis/schema/arrow_schema.h"
#include "artemis/schema/literal.h"

namespace artemis {

namespace {

int LeafCount(const arrow::DataType& type) {
  if (type.num_fields() == 0) return 1;
  int count = 0;
  for (const auto& child : type.fields()) count += LeafCount(*child->type());
  return count;
}

// Whether bytes of the file's type are bytes the table's type decodes (the same type, or widened).
bool ReadsAs(const arrow::DataType& file, const Type& table) {
  const auto expected = ToArrowType(table);
  if (file.Equals(*expected)) return true;
  if (table.kind == TypeKind::kLong) return file.id() == arrow::Type::INT32;
  if (table.kind == TypeKind::kDouble) return file.id() == arrow::Type::FLOAT;
  if (table.kind == TypeKind::kString) return file.id() == arrow::Type::LARGE_STRING;
  return false;
}

struct LeafField {
  FieldId id;
  Type type;
};

// Top-level primitive columns by leaf index.
std::map<int, LeafField> UsableLeaves(const arrow::Schema& file_schema, const Schema& schema) {
  std::map<int, LeafField> leaves;
  int leaf = 0;
  for (const auto& field : file_schema.fields()) {
    const auto id = FieldIdOf(*field);
    const Field* known = id && field->type()->num_fields() == 0 ? schema.FindField(*id) : nullptr;
    if (known != nullptr && known->type.is_primitive() && ReadsAs(*field->type(), known->type)) {
      leaves.emplace(leaf, LeafField{*id, known->type});
    }
    leaf += LeafCount(*field->type());
  }
  return leaves;
}

std::map<FieldId, ColumnRange> RangesOf(const ParquetFooter& footer, int row_group,
                                        const std::map<int, LeafField>& leaves,
                                        const RangeLookup& file_ranges) {
  std::map<FieldId, ColumnRange> ranges;
  for (const auto& statistics : RowGroupStatistics(footer, row_group)) {
    const auto leaf = leaves.find(statistics.leaf_index);
    if (leaf == leaves.end()) continue;
    const auto& [id, type] = leaf->second;
    ColumnRange range;
    if (statistics.null_count) {
      range.has_null = *statistics.null_count > 0 ? Ternary::kYes : Ternary::kNo;
      range.all_null = *statistics.null_count >= statistics.value_count;
    }
    const bool floating = type.kind == TypeKind::kFloat || type.kind == TypeKind::kDouble;
    const auto file = floating ? file_ranges(id) : std::nullopt;
    const bool no_nan = !floating || (file && file->has_nan == Ternary::kNo);
    range.has_nan = no_nan ? Ternary::kNo : Ternary::kUnknown;
    for (auto [from, to] :
         {std::pair{&statistics.lower, &range.lower}, std::pair{&statistics.upper, &range.upper}}) {
      if (!*from) continue;
      auto value = FromBytes(type, **from);
      if (value.ok() && !IsNaN(*value)) *to = std::move(*value);
    }
    ranges.emplace(id, std::move(range));
  }
  return ranges;
}

}  // namespace

RowGroupDecision PruneRowGroups(const ParquetFooter& footer, const BoundPredicate& predicate,
                                const Schema& schema, const RangeLookup& file_ranges) {
  RowGroupDecision decision;
  const auto leaves = UsableLeaves(*footer.arrow_schema, schema);
  decision.total = footer.metadata->num_row_groups();
  for (int group = 0; group < decision.total; ++group) {
    const auto ranges = RangesOf(footer, group, leaves, file_ranges);
    const auto lookup = [&](FieldId id) -> std::optional<ColumnRange> {
      const auto found = ranges.find(id);
      return found == ranges.end() ? std::nullopt : std::optional(found->second);
    };
    if (!MayMatch(predicate, lookup)) continue;
    decision.kept.push_back(group);
    decision.bytes_kept += footer.metadata->RowGroup(group)->total_compressed_size();
  }
  return decision;
}

}  // namespace artemis
