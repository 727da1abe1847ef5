// Numbers: 100 and up behind DuckDB's first virtual one.
#include "artemis/sql/virtual_columns.h"

#include <set>
#include <utility>

#include "artemis/base/near_match.h"
#include "artemis/read/column_projection.h"
#include "artemis/read/partition_column.h"
#include "artemis/schema/metadata_columns.h"
#include "artemis/sql/duck_types.h"

namespace artemis {
namespace {

using duckdb::LogicalType;
using Kind = VirtualColumn::Kind;

constexpr duckdb::column_t kFirstId = (uint64_t{1} << 63) + 100;

const Field* SourceOf(const TableView& view, FieldId id) {
  if (const Field* field = view.schema->FindField(id)) return field;
  return nullptr;
}

// The tuple's value of the field with this source and transform; null when the task's spec has no such field.
const std::optional<LiteralValue>* TupleValue(const TableMetadata& metadata, const DataFile& file,
                                              const PartitionField& field) {
  const PartitionSpec* spec = metadata.FindSpec(file.spec_id);
  if (spec == nullptr) return nullptr;
  for (size_t i = 0; i < spec->fields.size() && i < file.partition.size(); ++i) {
    if (spec->fields[i].source_id == field.source_id &&
        spec->fields[i].transform == field.transform) {
      return &file.partition[i];
    }
  }
  return nullptr;
}

duckdb::Value ValueOf(const Type& type, const std::optional<LiteralValue>& value) {
  if (!value) return duckdb::Value(ToDuckType(type));
  return ToDuckValue(type, WidenedConstant(type, *value));
}

class ColumnList {
 public:
  explicit ColumnList(const TableView& view) : view_(view) {
    for (const Field& field : view.schema->fields) taken_.insert(AsciiLower(field.name));
  }

  void Add(Kind kind, const std::string& name, LogicalType type) {
    VirtualColumn column;
    column.kind = kind;
    column.name = name;
    column.type = std::move(type);
    Add(std::move(column));
  }

  // UPDATE and DELETE find rows by it, whatever the table's columns are called.
  void AddAlways(Kind kind, const std::string& name, LogicalType type) {
    std::string free = name;
    for (int n = 2; taken_.contains(AsciiLower(free)); ++n) free = name + "_" + std::to_string(n);
    Add(kind, free, std::move(type));
  }

  arrow::Status AddPartition() {
    ARROW_ASSIGN_OR_RAISE(const Field field, PartitionColumn(*view_.metadata));
    if (field.type.fields.empty()) return arrow::Status::OK();
    VirtualColumn column;
    column.kind = Kind::kPartition;
    column.name = field.name;
    column.type = ToDuckType(field.type);
    column.tuple = field.type;
    Add(std::move(column));
    return arrow::Status::OK();
  }

  void AddFieldsOf(const PartitionSpec& spec) {
    for (const PartitionField& field : spec.fields) {
      const Field* source = SourceOf(view_, field.source_id);
      if (source == nullptr || field.transform.kind == TransformKind::kVoid ||
          field.transform.kind == TransformKind::kUnknown) {
        continue;
      }
      const auto type = TransformResultType(field.transform, source->type);
      if (!type.ok()) continue;
      VirtualColumn column;
      column.kind = Kind::kPartitionField;
      column.name = field.name;
      column.type = ToDuckType(*type);
      column.field = field;
      column.source = *source;
      Add(std::move(column));
    }
  }

  std::vector<VirtualColumn> Take() { return std::move(columns_); }

 private:
  void Add(VirtualColumn column) {
    if (!taken_.insert(AsciiLower(column.name)).second) return;
    column.id = kFirstId + columns_.size();
    columns_.push_back(std::move(column));
  }

  const TableView& view_;
  std::set<std::string> taken_;
  std::vector<VirtualColumn> columns_;
};

}  // namespace

arrow::Result<std::vector<VirtualColumn>> VirtualColumnsOf(const TableView& view) {
  ColumnList columns(view);
  columns.AddAlways(Kind::kFile, "_file", LogicalType::VARCHAR);
  columns.AddAlways(Kind::kPosition, "_pos", LogicalType::BIGINT);
  columns.Add(Kind::kSpecId, "_spec_id", LogicalType::INTEGER);
  ARROW_RETURN_NOT_OK(columns.AddPartition());
  columns.Add(Kind::kSnapshotId, "_snapshot_id", LogicalType::BIGINT);
  if (view.metadata->format_version >= 3) {
    columns.Add(Kind::kRowId, "_row_id", LogicalType::BIGINT);
    columns.Add(Kind::kLastUpdated, "_last_updated_sequence_number", LogicalType::BIGINT);
  }
  // The spec new files have names its fields first.
  if (const PartitionSpec* spec = view.metadata->FindSpec(view.metadata->default_spec_id)) {
    columns.AddFieldsOf(*spec);
  }
  for (auto spec = view.metadata->partition_specs.rbegin();
       spec != view.metadata->partition_specs.rend(); ++spec) {
    columns.AddFieldsOf(*spec);
  }
  return columns.Take();
}

const VirtualColumn* FindVirtualColumn(const std::vector<VirtualColumn>& columns,
                                       duckdb::column_t id) {
  if (id < kFirstId || id - kFirstId >= columns.size()) return nullptr;
  return &columns[id - kFirstId];
}

duckdb::Value PartitionStruct(const Type& type, const TableMetadata& metadata,
                              const DataFile& file) {
  const PartitionSpec* spec = metadata.FindSpec(file.spec_id);
  duckdb::vector<duckdb::Value> values;
  for (const Field& member : type.fields) {
    duckdb::Value value(ToDuckType(member.type));
    for (size_t i = 0; spec != nullptr && i < spec->fields.size() && i < file.partition.size();
         ++i) {
      if (spec->fields[i].field_id == member.id) value = ValueOf(member.type, file.partition[i]);
    }
    values.push_back(std::move(value));
  }
  return duckdb::Value::STRUCT(ToDuckType(type), std::move(values));
}

std::optional<duckdb::Value> ValueInFile(const VirtualColumn& column, const TableView& view,
                                         const ScanTask& task) {
  switch (column.kind) {
    case Kind::kFile:
      return duckdb::Value(task.file.path);
    case Kind::kSpecId:
      return duckdb::Value::INTEGER(task.file.spec_id.value);
    case Kind::kPartition:
      return PartitionStruct(column.tuple, *view.metadata, task.file);
    case Kind::kSnapshotId:
      return duckdb::Value::BIGINT(task.added_snapshot_id.value);
    case Kind::kRowId:
    case Kind::kLastUpdated:
      if (task.file.first_row_id) return std::nullopt;
      return duckdb::Value(column.type);
    case Kind::kPartitionField: {
      const auto* value = TupleValue(*view.metadata, task.file, column.field);
      if (value == nullptr) return std::nullopt;
      const auto type = TransformResultType(column.field.transform, column.source.type);
      if (!type.ok()) return std::nullopt;
      return ValueOf(*type, *value);
    }
    default:
      return std::nullopt;
  }
}

}  // namespace artemis
