// Prunes row groups by footer statistics.
#include "artemis/scan/row_group_pass.h"

#include <algorithm>
#include <map>
#include <set>

#include <arrow/type.h>
#include <parquet/metadata.h>

#include "artemis/expr/range_evaluator.h"
#include "artemis/io/file_system.h"
#include "artemis/parquet/page_index.h"
#include "artemis/schema/arrow_schema.h"
#include "artemis/schema/literal.h"
#include "artemis/schema/name_mapping.h"
#include "artemis/schema/name_mapping_json.h"

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

// What statistics of a row group or a page say of the column.
ColumnRange RangeOfLeaf(const LeafStatistics& statistics, const LeafField& leaf,
                        const RangeLookup& file_ranges) {
  ColumnRange range;
  if (statistics.null_count) {
    range.has_null = *statistics.null_count > 0 ? Ternary::kYes : Ternary::kNo;
    range.all_null = *statistics.null_count >= statistics.value_count;
  }
  const bool floating = leaf.type.kind == TypeKind::kFloat || leaf.type.kind == TypeKind::kDouble;
  const auto file = floating ? file_ranges(leaf.id) : std::nullopt;
  const bool no_nan = !floating || (file && file->has_nan == Ternary::kNo);
  range.has_nan = no_nan ? Ternary::kNo : Ternary::kUnknown;
  for (auto [from, to] :
       {std::pair{&statistics.lower, &range.lower}, std::pair{&statistics.upper, &range.upper}}) {
    if (!*from) continue;
    auto value = FromBytes(leaf.type, **from);
    if (value.ok() && !IsNaN(*value)) *to = std::move(*value);
  }
  return range;
}

using FieldRanges = std::map<FieldId, ColumnRange>;

FieldRanges RangesOf(const ParquetFooter& footer, int row_group,
                     const std::map<int, LeafField>& leaves, const RangeLookup& file_ranges) {
  FieldRanges ranges;
  for (const auto& statistics : RowGroupStatistics(footer, row_group)) {
    const auto leaf = leaves.find(statistics.leaf_index);
    if (leaf == leaves.end()) continue;
    ranges.emplace(leaf->second.id, RangeOfLeaf(statistics, leaf->second, file_ranges));
  }
  return ranges;
}

std::optional<ColumnRange> FindRange(const FieldRanges& ranges, FieldId id) {
  const auto found = ranges.find(id);
  return found == ranges.end() ? std::nullopt : std::optional(found->second);
}

// What is known of a column page by page.
struct PagedColumn {
  FieldId id;
  std::shared_ptr<const LeafPages> pages;
  std::vector<ColumnRange> ranges;

  const ColumnRange& At(int64_t row) const {
    const auto& rows = pages->first_rows;
    const auto after = std::upper_bound(rows.begin(), rows.end(), row);
    return ranges[static_cast<size_t>(after - rows.begin()) - 1];
  }
};

class PagePass {
 public:
  PagePass(const ParquetFooter& footer, const BoundPredicate& predicate, const Schema& schema,
           const RangeLookup& file_ranges, FileSystem& files)
      : footer_(footer),
        predicate_(predicate),
        file_ranges_(file_ranges),
        files_(files),
        leaves_(UsableLeaves(*footer.arrow_schema, schema)) {
    const auto fields = ReferencedFields(predicate);
    std::erase_if(leaves_, [&](const auto& leaf) {
      return !std::binary_search(fields.begin(), fields.end(), leaf.second.id);
    });
  }

  // The rows of the row group that may match.
  arrow::Result<std::vector<RowRange>> Rows(int row_group) {
    const int64_t rows = footer_.metadata->RowGroup(row_group)->num_rows();
    const std::vector<RowRange> all = {{0, rows}};
    const FieldRanges whole = RangesOf(footer_, row_group, leaves_, file_ranges_);
    const auto of_group = [&](FieldId id) { return FindRange(whole, id); };
    if (MustMatch(predicate_, of_group)) return all;
    ARROW_ASSIGN_OR_RAISE(const auto columns, Columns(row_group, whole));
    const auto starts = Starts(columns);
    if (starts.empty() || starts.size() > kStartsMax) return all;
    std::vector<RowRange> kept;
    for (size_t i = 0; i < starts.size(); ++i) {
      const int64_t end = i + 1 < starts.size() ? starts[i + 1] : rows;
      const auto at_row = [&](FieldId id) -> std::optional<ColumnRange> {
        for (const auto& column : columns) {
          if (column.id == id) return column.At(starts[i]);
        }
        return FindRange(whole, id);
      };
      if (!MayMatch(predicate_, at_row)) continue;
      if (!kept.empty() && kept.back().end() == starts[i]) {
        kept.back().count = end - kept.back().first;
      } else {
        kept.push_back({starts[i], end - starts[i]});
      }
    }
    return kept;
  }

 private:
  static constexpr size_t kStartsMax = size_t{1} << 16;

  arrow::Result<std::vector<PagedColumn>> Columns(int row_group, const FieldRanges& whole) {
    std::vector<PagedColumn> columns;
    for (const auto& [leaf, field] : leaves_) {
      if (!HasPageBounds(footer_, row_group, leaf)) continue;
      ARROW_ASSIGN_OR_RAISE(auto pages,
                            ReadLeafPages(footer_, row_group, leaf, [&] { return Open(); }));
      // One page says what its row group says.
      if (pages->statistics.size() < 2) continue;
      PagedColumn column{field.id, pages, {}};
      const auto group = FindRange(whole, field.id);
      for (const auto& statistics : pages->statistics) {
        ColumnRange range = RangeOfLeaf(statistics, field, file_ranges_);
        if (range.has_null == Ternary::kUnknown && group && group->has_null == Ternary::kNo) {
          range.has_null = Ternary::kNo;
        }
        column.ranges.push_back(std::move(range));
      }
      columns.push_back(std::move(column));
    }
    return columns;
  }

  static std::vector<int64_t> Starts(const std::vector<PagedColumn>& columns) {
    std::set<int64_t> starts;
    for (const auto& column : columns) {
      starts.insert(column.pages->first_rows.begin(), column.pages->first_rows.end());
    }
    return {starts.begin(), starts.end()};
  }

  arrow::Result<std::shared_ptr<arrow::io::RandomAccessFile>> Open() {
    if (file_ == nullptr) {
      ARROW_ASSIGN_OR_RAISE(file_, files_.OpenInput(footer_.path));
    }
    return file_;
  }

  const ParquetFooter& footer_;
  const BoundPredicate& predicate_;
  const RangeLookup& file_ranges_;
  FileSystem& files_;
  std::map<int, LeafField> leaves_;
  std::shared_ptr<arrow::io::RandomAccessFile> file_;
};

}  // namespace

ParquetFooter WithMappedIds(const ParquetFooter& footer, const TableMetadata& metadata) {
  ParquetFooter mapped = footer;
  const auto property = metadata.properties.find(kNameMappingProperty);
  if (property == metadata.properties.end() || HasFieldIds(*footer.arrow_schema)) return mapped;
  const auto mapping = NameMappingFromJson(property->second);
  if (mapping.ok()) mapped.arrow_schema = ApplyNameMapping(*footer.arrow_schema, *mapping);
  return mapped;
}

RowGroupDecision PruneRowGroups(const ParquetFooter& footer, const BoundPredicate& predicate,
                                const Schema& schema, const RangeLookup& file_ranges) {
  RowGroupDecision decision;
  const auto leaves = UsableLeaves(*footer.arrow_schema, schema);
  decision.total = footer.metadata->num_row_groups();
  for (int group = 0; group < decision.total; ++group) {
    const auto ranges = RangesOf(footer, group, leaves, file_ranges);
    const auto lookup = [&](FieldId id) { return FindRange(ranges, id); };
    if (!MayMatch(predicate, lookup)) continue;
    decision.kept.push_back(group);
    decision.bytes_kept += footer.metadata->RowGroup(group)->total_compressed_size();
  }
  return decision;
}

arrow::Status PrunePages(const ParquetFooter& footer, const BoundPredicate& predicate,
                         const Schema& schema, const RangeLookup& file_ranges, FileSystem& files,
                         RowGroupDecision* decision) {
  PagePass pass(footer, predicate, schema, file_ranges, files);
  const std::vector<int> groups = std::move(decision->kept);
  decision->kept.clear();
  decision->rows.clear();
  bool is_cut = false;
  for (const int group : groups) {
    ARROW_ASSIGN_OR_RAISE(auto rows, pass.Rows(group));
    const auto metadata = footer.metadata->RowGroup(group);
    if (rows.empty() && metadata->num_rows() > 0) {
      decision->bytes_kept -= metadata->total_compressed_size();
      continue;
    }
    if (rows == std::vector<RowRange>{{0, metadata->num_rows()}}) rows.clear();
    is_cut |= !rows.empty();
    decision->kept.push_back(group);
    decision->rows.push_back(std::move(rows));
  }
  if (!is_cut) decision->rows.clear();
  return arrow::Status::OK();
}

}  // namespace artemis
