// Column indexes before DuckDB maps them, expressions after.
#include "artemis/sql/computed_columns.h"

#include <span>
#include <utility>

#include <duckdb/function/function_binder.hpp>
#include <duckdb/planner/expression/list.hpp>

#include "artemis/schema/metadata_columns.h"
#include "artemis/sql/transform_function.h"

namespace artemis {
namespace {

using duckdb::ColumnIndex;
using ComputedExpression = duckdb::unique_ptr<duckdb::Expression>;
using Kind = VirtualColumn::Kind;

// The places of a field and of the structs around it, from the outermost.
bool FindPath(const std::vector<Field>& fields, FieldId id, std::vector<size_t>* path) {
  for (size_t i = 0; i < fields.size(); ++i) {
    path->push_back(i);
    if (fields[i].id == id) return true;
    if (fields[i].type.kind == TypeKind::kStruct && FindPath(fields[i].type.fields, id, path)) {
      return true;
    }
    path->pop_back();
  }
  return false;
}

using PathSteps = std::span<const size_t>;

// Of `column`, the field at `path` alone.
ColumnIndex IndexOfField(size_t column, PathSteps path) {
  if (path.empty()) return ColumnIndex(column);
  duckdb::vector<ColumnIndex> children;
  children.push_back(IndexOfField(path.front(), path.subspan(1)));
  return ColumnIndex(column, std::move(children));
}

// Has `index` read the field at `path`, too. One without children reads all of its column.
void AlsoRead(PathSteps path, ColumnIndex* index) {
  if (path.empty()) index->GetChildIndexesMutable().clear();
  if (!index->HasChildren()) return;
  for (ColumnIndex& child : index->GetChildIndexesMutable()) {
    if (child.GetPrimaryIndex() == path.front()) return AlsoRead(path.subspan(1), &child);
  }
  index->AddChildIndex(IndexOfField(path.front(), path.subspan(1)));
}

ComputedExpression CallWithNumber(duckdb::ClientContext& context, const char* function,
                                  bool is_operator, ComputedExpression left, int64_t right) {
  duckdb::vector<ComputedExpression> arguments;
  arguments.push_back(std::move(left));
  arguments.push_back(
      duckdb::make_uniq<duckdb::BoundConstantExpression>(duckdb::Value::BIGINT(right)));
  duckdb::ErrorData error;
  duckdb::FunctionBinder binder(context);
  auto call =
      binder.BindScalarFunction(DEFAULT_SCHEMA, function, std::move(arguments), error, is_operator);
  if (error.HasError()) error.Throw();
  return call;
}

// Null where the struct, or one around it, is.
ComputedExpression ExtractField(duckdb::ClientContext& context, ComputedExpression value,
                                const std::vector<size_t>& path) {
  for (const size_t step : path) {
    value = CallWithNumber(context, "struct_extract_at", /*is_operator=*/false, std::move(value),
                           static_cast<int64_t>(step) + 1);
  }
  return value;
}

}  // namespace

bool HasColumn(const duckdb::vector<duckdb::MultiFileColumnDefinition>& columns, FieldId id) {
  for (const auto& column : columns) {
    if (column.identifier.IsNull()) continue;
    if (column.GetIdentifierFieldId() == id.value) return true;
  }
  return false;
}

ComputedExpression SumExpression(duckdb::ClientContext& context, ComputedExpression left,
                                 int64_t right) {
  return CallWithNumber(context, "+", /*is_operator=*/true, std::move(left), right);
}

ComputedColumns::ComputedColumns(const TableScan& scan, const ScanTask& task,
                                 const duckdb::vector<ColumnIndex>& asked,
                                 duckdb::MultiFileReaderData* reader_data)
    : scan_(scan), task_(task), asked_(asked.size()), column_ids_(asked) {
  for (size_t i = 0; i < asked_; ++i) {
    const auto* column = FindVirtualColumn(scan.virtual_columns, asked[i].GetPrimaryIndex());
    if (column == nullptr || ValueInFile(*column, scan.source->pin().view, task)) continue;
    if (column->kind == Kind::kPartitionField) AddField(i, *column, reader_data);
    if (column->kind == Kind::kRowId || column->kind == Kind::kLastUpdated) {
      AddLineage(i, *column, *reader_data);
    }
  }
}

void ComputedColumns::AddField(size_t index, const VirtualColumn& column,
                               duckdb::MultiFileReaderData* reader_data) {
  ComputedField field{index, index, {}, &column};
  FindPath(scan_.schema().fields, column.source.id, &field.path);
  const size_t root = field.path.front();
  field.path.erase(field.path.begin());
  if (const auto read_at = IndexOf(root)) {
    field.read_at = *read_at;
    AlsoRead(field.path, &column_ids_[*read_at]);
    reader_data->constant_map.Add(duckdb::MultiFileGlobalIndex(index), duckdb::Value(column.type));
  } else {
    column_ids_[index] = IndexOfField(root, field.path);
  }
  fields_.push_back(std::move(field));
}

void ComputedColumns::AddLineage(size_t index, const VirtualColumn& column,
                                 const duckdb::MultiFileReaderData& reader_data) {
  if (column.kind == Kind::kLastUpdated) {
    lineages_.push_back({index, task_.data_sequence_number.value, std::nullopt});
  } else if (HasColumn(reader_data.reader->columns, kRowIdColumn)) {
    lineages_.push_back({index, *task_.file.first_row_id, column_ids_.size()});
    column_ids_.push_back(ColumnIndex(duckdb::MultiFileReader::COLUMN_IDENTIFIER_FILE_ROW_NUMBER));
  }
}

std::optional<size_t> ComputedColumns::IndexOf(size_t column) const {
  for (size_t i = 0; i < column_ids_.size(); ++i) {
    if (!column_ids_[i].IsVirtualColumn() && column_ids_[i].GetPrimaryIndex() == column) return i;
  }
  return std::nullopt;
}

void ComputedColumns::Finish(duckdb::ClientContext& context,
                             duckdb::MultiFileReaderData* reader_data) const {
  auto& expressions = reader_data->expressions;
  std::vector<ComputedExpression> results;
  for (const ComputedField& field : fields_) {
    auto source = ExtractField(context, expressions[field.read_at]->Copy(), field.path);
    results.push_back(TransformExpression(
        field.column->field.transform, field.column->source.type,
        duckdb::BoundCastExpression::AddCastToType(context, std::move(source),
                                                   ToDuckType(field.column->source.type))));
  }
  for (size_t i = 0; i < fields_.size(); ++i) {
    expressions[fields_[i].index] = std::move(results[i]);
  }
  for (const Lineage& lineage : lineages_) {
    auto value = duckdb::make_uniq<duckdb::BoundOperatorExpression>(
        duckdb::ExpressionType::OPERATOR_COALESCE, duckdb::LogicalType::BIGINT);
    value->children.push_back(std::move(expressions[lineage.index]));
    value->children.push_back(
        lineage.position_at ? SumExpression(context, std::move(expressions[*lineage.position_at]),
                                            lineage.inherited)
                            : duckdb::make_uniq<duckdb::BoundConstantExpression>(
                                  duckdb::Value::BIGINT(lineage.inherited)));
    expressions[lineage.index] = std::move(value);
  }
  expressions.resize(asked_);
}

}  // namespace artemis
