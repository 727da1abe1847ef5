// Prepares the columns DuckDB found in a file before DuckDB maps ours onto them.
#include "artemis/sql/scan_reader.h"

#include <set>
#include <utility>

#include <arrow/type.h>
#include <duckdb/common/multi_file/base_file_reader.hpp>
#include <duckdb/common/multi_file/multi_file_states.hpp>
#include <duckdb/common/type_visitor.hpp>
#include <duckdb/parser/expression/constant_expression.hpp>
#include <duckdb/parser/parsed_expression.hpp>
#include <duckdb/planner/expression/list.hpp>
#include <duckdb/planner/filter/conjunction_filter.hpp>
#include <duckdb/planner/filter/expression_filter.hpp>
#include <duckdb/planner/filter/optional_filter.hpp>

#include "artemis/read/column_projection.h"
#include "artemis/read/mapped_schema.h"
#include "artemis/schema/arrow_schema.h"
#include "artemis/schema/metadata_columns.h"
#include "artemis/sql/computed_columns.h"
#include "artemis/sql/deleted_rows.h"
#include "artemis/sql/error_wall.h"

namespace artemis {
namespace {

using FileColumns = duckdb::vector<duckdb::MultiFileColumnDefinition>;
using duckdb::LogicalTypeId;
using duckdb::TableFilterType;

bool HasAnyId(const FileColumns& columns) {
  for (const auto& column : columns) {
    if (!column.identifier.IsNull() || HasAnyId(column.children)) return true;
  }
  return false;
}

// The names of a file's columns as an Arrow schema with meaningless leaf types: what the name mapping is applied to.
std::shared_ptr<arrow::Field> NamesOnly(const duckdb::MultiFileColumnDefinition& column) {
  const auto& children = column.children;
  switch (column.type.id()) {
    case LogicalTypeId::STRUCT: {
      arrow::FieldVector fields;
      for (const auto& child : children) fields.push_back(NamesOnly(child));
      return arrow::field(column.name, arrow::struct_(std::move(fields)));
    }
    case LogicalTypeId::LIST:
      if (children.size() != 1) break;
      return arrow::field(column.name, arrow::list(NamesOnly(children[0])));
    case LogicalTypeId::MAP:
      if (children.size() != 1 || children[0].children.size() != 2) break;
      return arrow::field(column.name, std::make_shared<arrow::MapType>(
                                           NamesOnly(children[0].children[0])->WithNullable(false),
                                           NamesOnly(children[0].children[1])));
    default:
      break;
  }
  return arrow::field(column.name, arrow::int32());
}

void CopyIds(const arrow::Field& field, duckdb::MultiFileColumnDefinition* column) {
  if (const auto id = FieldIdOf(field)) column->identifier = duckdb::Value::INTEGER(id->value);
  if (column->type.id() == LogicalTypeId::MAP) {
    const auto& map = static_cast<const arrow::MapType&>(*field.type());
    CopyIds(*map.key_field(), &column->children[0].children[0]);
    CopyIds(*map.item_field(), &column->children[0].children[1]);
    return;
  }
  for (int i = 0; i < field.type()->num_fields(); ++i) {
    CopyIds(*field.type()->field(i), &column->children[i]);
  }
}

void ApplyNameMapping(const TableScan& scan, const std::string& path, FileColumns* columns) {
  arrow::FieldVector fields;
  for (const auto& column : *columns) fields.push_back(NamesOnly(column));
  const auto mapped = UnwrapOrThrow(
      *scan.state,
      WithFieldIds(arrow::schema(std::move(fields)), *scan.source->pin().view.metadata, path));
  for (int i = 0; i < mapped->num_fields(); ++i) CopyIds(*mapped->field(i), &(*columns)[i]);
}

// DuckDB's mapper stops at the first column without an id: such columns get ids that no schema has.
void FillIds(FileColumns* columns, int32_t* next) {
  for (auto& column : *columns) {
    if (column.identifier.IsNull()) column.identifier = duckdb::Value::INTEGER((*next)--);
    FillIds(&column.children, next);
  }
}

// Identity partition values stand in for columns the file lacks (specification, "Column Projection", rule 1).
void AddPartitionConstants(const TableScan& scan, const DataFile& file,
                           const duckdb::vector<duckdb::ColumnIndex>& column_ids,
                           duckdb::MultiFileReaderData* reader_data) {
  const TableView& view = scan.source->pin().view;
  for (const auto& [id, value] : PartitionConstantsOf(*view.metadata, file)) {
    if (HasColumn(reader_data->reader->columns, id)) continue;
    for (size_t i = 0; i < column_ids.size(); ++i) {
      if (column_ids[i].IsVirtualColumn()) continue;
      const Field& field = view.schema->fields[column_ids[i].GetPrimaryIndex()];
      if (field.id != id) continue;
      reader_data->constant_map.Add(
          duckdb::MultiFileGlobalIndex(i),
          value ? ToDuckValue(field.type, *value) : duckdb::Value(ToDuckType(field.type)));
    }
  }
}

void RefuseUnsupportedColumns(const TableScan& scan,
                              const duckdb::vector<duckdb::ColumnIndex>& column_ids) {
  const Schema& schema = *scan.source->pin().view.schema;
  for (const duckdb::ColumnIndex& column : column_ids) {
    if (column.IsVirtualColumn()) continue;
    const auto status = RefuseUnsupported(schema.fields[column.GetPrimaryIndex()], "read");
    if (!status.ok()) ThrowStatus(*scan.state, status);
  }
}

// A hash join's bloom filter is made for the table's type; DuckDB cannot bring it to a file's narrower one, and fails. Being
// optional, it is left out.
duckdb::unique_ptr<duckdb::TableFilter> WithoutBloomFilters(const duckdb::TableFilter& filter) {
  switch (filter.filter_type) {
    case TableFilterType::BLOOM_FILTER:
      return nullptr;
    case TableFilterType::OPTIONAL_FILTER: {
      const auto& child = filter.Cast<duckdb::OptionalFilter>().child_filter;
      auto kept = child ? WithoutBloomFilters(*child) : nullptr;
      if (!kept) return nullptr;
      return duckdb::make_uniq<duckdb::OptionalFilter>(std::move(kept));
    }
    case TableFilterType::CONJUNCTION_AND: {
      auto kept = duckdb::make_uniq<duckdb::ConjunctionAndFilter>();
      for (const auto& child : filter.Cast<duckdb::ConjunctionAndFilter>().child_filters) {
        if (auto copy = WithoutBloomFilters(*child)) kept->child_filters.push_back(std::move(copy));
      }
      if (kept->child_filters.empty()) return nullptr;
      return kept;
    }
    default:
      return filter.Copy();
  }
}

// DuckDB brings a filter's constants to the file's type: a double would be rounded to a float, which rows may equal.
bool ConstantsWouldBeRounded(const duckdb::LogicalType& file_type) {
  return duckdb::TypeVisitor::Contains(file_type, LogicalTypeId::FLOAT);
}

// The filter as one that DuckDB evaluates on values of the table's type. Filters that need not be applied are left out.
duckdb::unique_ptr<duckdb::TableFilter> OnTableValues(const duckdb::TableFilter& filter,
                                                      const duckdb::LogicalType& table_type) {
  switch (filter.filter_type) {
    case TableFilterType::BLOOM_FILTER:
    case TableFilterType::DYNAMIC_FILTER:
    case TableFilterType::OPTIONAL_FILTER:
      return nullptr;
    case TableFilterType::CONJUNCTION_AND: {
      auto kept = duckdb::make_uniq<duckdb::ConjunctionAndFilter>();
      for (const auto& child : filter.Cast<duckdb::ConjunctionAndFilter>().child_filters) {
        if (auto copy = OnTableValues(*child, table_type)) {
          kept->child_filters.push_back(std::move(copy));
        }
      }
      if (kept->child_filters.empty()) return nullptr;
      return kept;
    }
    case TableFilterType::CONJUNCTION_OR:
    case TableFilterType::CONSTANT_COMPARISON:
    case TableFilterType::IN_FILTER:
    case TableFilterType::STRUCT_EXTRACT:
      return duckdb::make_uniq<duckdb::ExpressionFilter>(
          filter.ToExpression(duckdb::BoundReferenceExpression(table_type, 0)));
    default:
      return filter.Copy();
  }
}

duckdb::unique_ptr<duckdb::TableFilter> FilterForFile(const duckdb::TableFilter& filter,
                                                      const duckdb::LogicalType& file_type,
                                                      const duckdb::LogicalType& table_type) {
  if (file_type == table_type) return filter.Copy();
  if (ConstantsWouldBeRounded(file_type)) return OnTableValues(filter, table_type);
  return WithoutBloomFilters(filter);
}

// The filters for one file's reader. Those on virtual columns of ours are optional, and files were chosen by them; a file's number
// and row numbers are DuckDB's own, and late materialisation finds its rows by them.
duckdb::unique_ptr<duckdb::TableFilterSet> FiltersForFile(
    const TableScan& scan, const duckdb::TableFilterSet& filters, const FileColumns& file_columns,
    const FileColumns& table_columns, const duckdb::vector<duckdb::ColumnIndex>& column_ids) {
  auto result = duckdb::make_uniq<duckdb::TableFilterSet>();
  for (const auto& [index, filter] : filters.filters) {
    const duckdb::ColumnIndex& column = column_ids[index];
    if (FindVirtualColumn(scan.virtual_columns, column.GetPrimaryIndex()) != nullptr) continue;
    auto copy = filter->Copy();
    if (!column.IsVirtualColumn()) {
      const auto& table_column = table_columns[column.GetPrimaryIndex()];
      for (const auto& file_column : file_columns) {
        if (file_column.GetIdentifierFieldId() != table_column.GetIdentifierFieldId()) continue;
        copy = FilterForFile(*filter, file_column.type, table_column.type);
      }
    }
    if (copy) result->filters[index] = std::move(copy);
  }
  return result;
}

// The column of a file that holds row lineage.
duckdb::MultiFileColumnDefinition StoredAs(const VirtualColumn& column) {
  const FieldId id =
      column.kind == VirtualColumn::Kind::kLastUpdated ? kLastUpdatedColumn : kRowIdColumn;
  duckdb::MultiFileColumnDefinition definition(column.name, column.type);
  definition.identifier = duckdb::Value::INTEGER(id.value);
  definition.default_expression =
      duckdb::make_uniq<duckdb::ConstantExpression>(duckdb::Value(column.type));
  return definition;
}

// What virtual columns have in all rows of the file.
void AddFileConstants(const TableScan& scan, const ScanTask& task,
                      const duckdb::vector<duckdb::ColumnIndex>& column_ids,
                      duckdb::MultiFileReaderData* reader_data) {
  for (size_t i = 0; i < column_ids.size(); ++i) {
    const auto* column = FindVirtualColumn(scan.virtual_columns, column_ids[i].GetPrimaryIndex());
    if (column == nullptr) continue;
    auto value = ValueInFile(*column, scan.source->pin().view, task);
    if (value) reader_data->constant_map.Add(duckdb::MultiFileGlobalIndex(i), *std::move(value));
  }
}

}  // namespace

ScanReader::ScanReader(std::shared_ptr<const TableScan> scan, duckdb::TableCatalogEntry& entry)
    : scan_(std::move(scan)), entry_(entry) {
  function_name = "artemis_scan";
  for (const VirtualColumn& column : scan_->virtual_columns) stored_.push_back(StoredAs(column));
}

duckdb::shared_ptr<duckdb::MultiFileList> ScanReader::CreateFileList(
    duckdb::ClientContext&, const duckdb::vector<std::string>&, const duckdb::FileGlobInput&) {
  return duckdb::make_shared_ptr<PlannedFiles>(scan_);
}

bool ScanReader::Bind(duckdb::MultiFileOptions&, duckdb::MultiFileList&,
                      duckdb::vector<duckdb::LogicalType>& return_types,
                      duckdb::vector<std::string>& names,
                      duckdb::MultiFileReaderBindData& bind_data) {
  for (const DuckColumn& column : scan_->columns.columns) {
    return_types.push_back(column.type);
    names.push_back(column.name);
    bind_data.schema.push_back(column.definition);
  }
  bind_data.mapping = duckdb::MultiFileColumnMappingMode::BY_FIELD_ID;
  return true;
}

void ScanReader::BindOptions(duckdb::MultiFileOptions& options, duckdb::MultiFileList& files,
                             duckdb::vector<duckdb::LogicalType>& return_types,
                             duckdb::vector<std::string>& names,
                             duckdb::MultiFileReaderBindData& bind_data) {
  options.auto_detect_hive_partitioning = false;
  options.hive_partitioning = false;
  options.union_by_name = false;
  MultiFileReader::BindOptions(options, files, return_types, names, bind_data);
}

duckdb::ReaderInitializeType ScanReader::InitializeReader(
    duckdb::MultiFileReaderData& reader_data, const duckdb::MultiFileBindData& bind_data,
    const duckdb::vector<duckdb::MultiFileColumnDefinition>& global_columns,
    const duckdb::vector<duckdb::ColumnIndex>& global_column_ids,
    duckdb::optional_ptr<duckdb::TableFilterSet> table_filters, duckdb::ClientContext& context,
    duckdb::MultiFileGlobalState& global_state) {
  RefuseUnsupportedColumns(*scan_, global_column_ids);
  duckdb::BaseFileReader& reader = *reader_data.reader;
  const auto& files = global_state.file_list.Cast<PlannedFiles>();
  const size_t index = PlannedFiles::TaskIndex(reader.file);
  const auto plan = files.plan().Get();
  const ScanTask& task = plan->tasks[index];

  // The same number in every scan of this plan, also where filters dropped files: late materialisation joins on it.
  reader.file_list_idx = index;
  if (!HasAnyId(reader.columns)) ApplyNameMapping(*scan_, task.file.path, &reader.columns);
  int32_t next_unused_id = -1;
  FillIds(&reader.columns, &next_unused_id);

  FinalizeBind(reader_data, bind_data.file_options, bind_data.reader_bind, global_columns,
               global_column_ids, context, global_state.multi_file_reader_state.get());
  AddPartitionConstants(*scan_, task.file, global_column_ids, &reader_data);
  AddFileConstants(*scan_, task, global_column_ids, &reader_data);
  auto deleted = UnwrapOrThrow(*scan_->state, scan_->source->DeletedRows(task));
  if (!deleted.empty()) {
    reader.deletion_filter = duckdb::make_uniq<DeletedRows>(std::move(deleted));
  }
  duckdb::unique_ptr<duckdb::TableFilterSet> filters;
  if (table_filters) {
    filters =
        FiltersForFile(*scan_, *table_filters, reader.columns, global_columns, global_column_ids);
  }
  const ComputedColumns computed(*scan_, task, global_column_ids, &reader_data);
  const auto outcome =
      CreateMapping(context, reader_data, global_columns, computed.column_ids(), filters.get(),
                    global_state.file_list, bind_data.reader_bind, bind_data.virtual_columns);
  if (outcome == duckdb::ReaderInitializeType::INITIALIZED) {
    computed.Finish(context, &reader_data);
  }
  return outcome;
}

duckdb::unique_ptr<duckdb::Expression> ScanReader::GetVirtualColumnExpression(
    duckdb::ClientContext& context, duckdb::MultiFileReaderData& reader_data,
    const duckdb::vector<duckdb::MultiFileColumnDefinition>& local_columns,
    duckdb::idx_t& column_id, const duckdb::LogicalType& type,
    duckdb::MultiFileLocalIndex local_index,
    duckdb::optional_ptr<duckdb::MultiFileColumnDefinition>& global_column_reference) {
  using Kind = VirtualColumn::Kind;
  const VirtualColumn* column = FindVirtualColumn(scan_->virtual_columns, column_id);
  if (column == nullptr) {
    return MultiFileReader::GetVirtualColumnExpression(
        context, reader_data, local_columns, column_id, type, local_index, global_column_reference);
  }
  auto& stored = stored_[static_cast<size_t>(column - scan_->virtual_columns.data())];
  if (column->kind == Kind::kLastUpdated ||
      (column->kind == Kind::kRowId && HasColumn(local_columns, kRowIdColumn))) {
    global_column_reference = &stored;
    return nullptr;
  }
  column_id = COLUMN_IDENTIFIER_FILE_ROW_NUMBER;
  auto position = duckdb::make_uniq<duckdb::BoundReferenceExpression>(type, local_index.GetIndex());
  if (column->kind == Kind::kPosition) return position;
  const auto& options = reader_data.reader->file.extended_info->options;
  return SumExpression(context, std::move(position),
                       options.at(kFirstRowIdOption).GetValue<int64_t>());
}

duckdb::unique_ptr<duckdb::MultiFileReader> ScanReader::Copy() const {
  return duckdb::make_uniq<ScanReader>(scan_, entry_);
}

}  // namespace artemis
