// The union of the specs' partition fields, and the tuple of a file in it.
#include "artemis/read/partition_column.h"

#include <algorithm>
#include <map>
#include <set>

#include "artemis/read/column_projection.h"
#include "artemis/schema/arrow_schema.h"
#include "artemis/schema/literal_array.h"
#include "artemis/schema/metadata_columns.h"

namespace artemis {

namespace {

// Under the newest schema that has the sources: columns of a spec may have been dropped since.
arrow::Result<Type> TypeOfTuples(const PartitionSpec& spec, const TableMetadata& metadata) {
  arrow::Result<Type> type = arrow::Status::Invalid("the table has no schema");
  for (auto schema = metadata.schemas.rbegin(); schema != metadata.schemas.rend(); ++schema) {
    type = PartitionType(spec, *schema);
    if (type.ok()) return type;
  }
  return type;
}

struct UnitedField {
  Field field;
  bool is_void = false;
};

}  // namespace

arrow::Result<Field> PartitionColumn(const TableMetadata& metadata) {
  std::vector<const PartitionSpec*> newest_first;
  for (const auto& spec : metadata.partition_specs) newest_first.push_back(&spec);
  std::sort(newest_first.begin(), newest_first.end(),
            [](const auto* a, const auto* b) { return a->id > b->id; });
  std::map<FieldId, UnitedField> united;
  std::set<std::string> names;
  for (const PartitionSpec* spec : newest_first) {
    ARROW_ASSIGN_OR_RAISE(const Type type, TypeOfTuples(*spec, metadata));
    for (size_t i = 0; i < spec->fields.size(); ++i) {
      const bool is_void = spec->fields[i].transform.kind == TransformKind::kVoid;
      const auto [known, is_new] =
          united.try_emplace(type.fields[i].id, UnitedField{type.fields[i], is_void});
      if (is_new) {
        Field& field = known->second.field;
        if (!names.insert(field.name).second) field.name += "_" + ToString(field.id);
      } else if (known->second.is_void && !is_void) {
        known->second.field.type = type.fields[i].type;
        known->second.is_void = false;
      }
    }
  }
  Field column = *FindMetadataColumn(kPartitionColumn);
  column.type = Type::Struct({});
  for (auto& [id, field] : united) column.type.fields.push_back(std::move(field.field));
  return column;
}

arrow::Result<std::shared_ptr<arrow::Array>> PartitionValues(const Field& column,
                                                             const TableMetadata& metadata,
                                                             const DataFile& file, int64_t rows,
                                                             arrow::MemoryPool* pool) {
  const PartitionSpec* spec = metadata.FindSpec(file.spec_id);
  arrow::ArrayVector children;
  for (const Field& field : column.type.fields) {
    std::optional<LiteralValue> value;
    for (size_t i = 0; spec != nullptr && i < spec->fields.size() && i < file.partition.size();
         ++i) {
      const bool is_here = spec->fields[i].field_id == field.id;
      if (is_here && file.partition[i]) value = WidenedConstant(field.type, *file.partition[i]);
    }
    if (field.type.kind == TypeKind::kUnknown) value.reset();
    ARROW_ASSIGN_OR_RAISE(auto values, field.type.kind == TypeKind::kUnknown
                                           ? arrow::MakeArrayOfNull(arrow::null(), rows, pool)
                                           : RepeatLiteral(field.type, value, rows, pool));
    children.push_back(std::move(values));
  }
  return std::make_shared<arrow::StructArray>(ToArrowType(column.type), rows, std::move(children));
}

}  // namespace artemis
