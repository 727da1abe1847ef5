// Builds the read schema and maps batches from it.
#include "artemis/replay/diff_columns.h"

#include <algorithm>
#include <functional>

#include <arrow/array.h>
#include <arrow/compare.h>
#include <arrow/compute/cast.h>

#include "artemis/schema/arrow_schema.h"
#include "artemis/schema/metadata_columns.h"

namespace artemis {

namespace {

const Field* FindTopLevel(const Schema& schema, FieldId id) {
  const auto found = std::find_if(schema.fields.begin(), schema.fields.end(),
                                  [id](const Field& field) { return field.id == id; });
  return found == schema.fields.end() ? nullptr : &*found;
}

const Field* FindTopLevel(const Schema& schema, const std::string& name) {
  const auto found = std::find_if(schema.fields.begin(), schema.fields.end(),
                                  [&](const Field& field) { return field.name == name; });
  return found == schema.fields.end() ? nullptr : &*found;
}

bool HasDefault(const Field& field) {
  return field.initial_default || field.initial_default_struct;
}

// Whether `a` is what `b` may be promoted to (specification, "Schema Evolution"). Unknown needs no room: it has no values.
bool IsWider(const Type& a, const Type& b) {
  switch (b.kind) {
    case TypeKind::kInt:
      return a.kind == TypeKind::kLong;
    case TypeKind::kFloat:
      return a.kind == TypeKind::kDouble;
    case TypeKind::kDate:
      return a.kind == TypeKind::kTimestamp || a.kind == TypeKind::kTimestampNs;
    case TypeKind::kDecimal:
      return a.kind == TypeKind::kDecimal && a.precision > b.precision;
    default:
      return false;
  }
}

// `type`, but primitive types that are wider in `other` as they are there.
Type WidenedType(const Type& type, const Type& other) {
  if (type.is_primitive()) return IsWider(other, type) ? other : type;
  Type widened = type;
  for (Field& field : widened.fields) {
    for (const Field& there : other.fields) {
      if (there.id == field.id) field.type = WidenedType(field.type, there.type);
    }
  }
  return widened;
}

// The columns of `schema` in types that hold the values of both ends. Where they are another schema's types the id is, too: what is kept
// of manifests is kept by it.
Schema WidenedSchema(const Schema& schema, const Schema& other) {
  Schema widened = schema;
  widened.fields = WidenedType(Type::Struct(schema.fields), Type::Struct(other.fields)).fields;
  if (widened.fields != schema.fields) widened.id = other.id;
  return widened;
}

// The same in types that the schemas between the ends were written in. Such a mixture is no schema of the table: its id is one that none has,
// the same for the same types, since what is kept of manifests is kept by it.
void WidenByThoseBefore(SchemaId last, std::span<const Schema> known, Schema* schema) {
  const std::vector<Field> fields = schema->fields;
  for (const Schema& each : known) {
    if (each.id > last) continue;
    schema->fields = WidenedType(Type::Struct(schema->fields), Type::Struct(each.fields)).fields;
  }
  if (schema->fields == fields) return;
  std::string text;
  for (const Field& field : schema->fields) {
    text += std::to_string(field.id.value) + ' ' + field.type.ToString() + '\n';
  }
  constexpr size_t kIds = size_t{1} << 30;
  schema->id = SchemaId(-2 - static_cast<int32_t>(std::hash<std::string>()(text) % kIds));
}

// The newer type, and of structs also the fields that only the older has.
Type UnitedType(const Type& older, const Type& newer) {
  if (newer.kind == TypeKind::kUnknown && older.is_primitive()) return older;
  if (older.kind != newer.kind || newer.is_primitive()) return newer;
  Type united = newer;
  for (Field& field : united.fields) {
    for (const Field& before : older.fields) {
      if (before.id == field.id) field.type = UnitedType(before.type, field.type);
    }
  }
  if (newer.kind != TypeKind::kStruct) return united;
  for (const Field& before : older.fields) {
    const bool is_there = std::any_of(newer.fields.begin(), newer.fields.end(),
                                      [&](const Field& field) { return field.id == before.id; });
    if (is_there) continue;
    Field gone = before;
    gone.required = false;
    gone.name = "dropped:" + std::to_string(before.id.value);
    united.fields.push_back(std::move(gone));
  }
  return united;
}

Schema UnitedSchema(const Schema& older, const Schema& newer) {
  Schema united = WidenedSchema(newer, older);
  united.fields = UnitedType(Type::Struct(older.fields), Type::Struct(united.fields)).fields;
  return united;
}

// Files of an end that lacks a column have no value for it.
void MakeOptionalWhereAbsent(Schema* schema, const Schema& older, const Schema& newer) {
  for (Field& field : schema->fields) {
    const bool everywhere = FindTopLevel(older, field.id) && FindTopLevel(newer, field.id);
    if (!everywhere && !HasDefault(field)) field.required = false;
  }
}

// `read` with the primitive types that `target` has for the same fields; but unknown is no type that a value could be cast to.
Type NarrowedType(const Type& read, const Type& target) {
  if (read.is_primitive()) {
    return target.is_primitive() && target.kind != TypeKind::kUnknown ? target : read;
  }
  Type narrowed = read;
  for (Field& field : narrowed.fields) {
    for (const Field& wanted : target.fields) {
      if (wanted.id == field.id) field.type = NarrowedType(field.type, wanted.type);
    }
  }
  return narrowed;
}

// What is wider at the other end, in the type of the end whose columns are given. Invalid when a value does not fit.
arrow::Result<std::shared_ptr<arrow::Array>> Narrowed(const std::shared_ptr<arrow::Array>& source,
                                                      const Type& type, const Field& target) {
  const auto cast = [](const std::shared_ptr<arrow::Array>& array,
                       const std::shared_ptr<arrow::DataType>& to) {
    auto options = arrow::compute::CastOptions::Unsafe(to);
    // A decimal of too many digits would come back whole.
    options.allow_decimal_truncate = false;
    return arrow::compute::Cast(*array, to, options);
  };
  const auto narrow = cast(source, ToArrowType(type));
  if (!narrow.ok() && !narrow.status().IsInvalid()) return narrow.status();
  if (narrow.ok()) {
    ARROW_ASSIGN_OR_RAISE(const auto wide, cast(*narrow, source->type()));
    if (wide->Equals(*source, arrow::EqualOptions::Defaults().nans_equal(true))) return narrow;
  }
  return arrow::Status::Invalid("column ", target.name, " holds a value that does not fit ",
                                target.type.ToString(), ", its type in the columns asked for");
}

bool FindPath(const std::vector<Field>& fields, FieldId id, std::vector<int>* path) {
  for (size_t i = 0; i < fields.size(); ++i) {
    path->push_back(static_cast<int>(i));
    if (fields[i].id == id) return true;
    if (fields[i].type.kind == TypeKind::kStruct && FindPath(fields[i].type.fields, id, path)) {
      return true;
    }
    path->pop_back();
  }
  return false;
}

}  // namespace

arrow::Result<DiffColumns> DiffColumns::Make(const Schemas& schemas, DiffProjection projection,
                                             const std::optional<std::vector<std::string>>& names) {
  DiffColumns columns;
  columns.projection_ = projection;
  switch (projection) {
    case DiffProjection::kOld:
      columns.compared_schema_ = schemas.older;
      break;
    case DiffProjection::kNew:
    case DiffProjection::kBoth:
      columns.compared_schema_ = schemas.newer;
      break;
    case DiffProjection::kCurrent:
      columns.compared_schema_ = schemas.current;
      break;
  }
  const bool both = projection == DiffProjection::kBoth;
  Schema read = both ? UnitedSchema(*schemas.older, *schemas.newer) : *columns.compared_schema_;
  if (!both) {
    read = WidenedSchema(WidenedSchema(read, *schemas.older), *schemas.newer);
  }
  WidenByThoseBefore(std::max(schemas.older->id, schemas.newer->id), schemas.known, &read);
  MakeOptionalWhereAbsent(&read, *schemas.older, *schemas.newer);
  for (const Field& field : read.fields) columns.read_columns_.push_back(field.id);
  columns.read_schema_ = std::make_shared<const Schema>(std::move(read));
  columns.FindIdentifiers();
  ARROW_RETURN_NOT_OK(columns.ChooseColumns(schemas, names));
  return columns;
}

void DiffColumns::FindIdentifiers() {
  for (const FieldId id : compared_schema_->identifier_field_ids) {
    std::vector<int> path;
    if (FindPath(read_schema_->fields, id, &path)) identifiers_.push_back(std::move(path));
  }
}

void DiffColumns::AddBoth(const Schemas& schemas, FieldId id) {
  const auto found = std::find(read_columns_.begin(), read_columns_.end(), id);
  const int at = static_cast<int>(found - read_columns_.begin());
  const auto add = [&](const Field& of, bool of_older) {
    Field field = of;
    field.name = (of_older ? "from_" : "to_") + of.name;
    field.required = false;
    output_.push_back({at, of_older, std::move(field)});
  };
  if (const Field* older = FindTopLevel(*schemas.older, id)) add(*older, true);
  if (const Field* newer = FindTopLevel(*schemas.newer, id)) add(*newer, false);
}

void DiffColumns::AddOwn(size_t read_column) {
  Field field = read_schema_->fields[read_column];
  field.type = compared_schema_->fields[read_column].type;
  output_.push_back({static_cast<int>(read_column), false, std::move(field)});
}

arrow::Status DiffColumns::AddChosen(const Schemas& schemas, const std::string& name) {
  const bool both = gives_both_ends();
  const Field* field = FindTopLevel(both ? *schemas.newer : *read_schema_, name);
  if (field == nullptr && both) field = FindTopLevel(*schemas.older, name);
  if (field == nullptr) {
    if (const Field* reserved = FindMetadataColumn(name)) {
      output_.push_back({static_cast<int>(read_columns_.size()), false, *reserved});
      read_columns_.push_back(reserved->id);
      return arrow::Status::OK();
    }
    ARROW_RETURN_NOT_OK(RequireField(*compared_schema_, name));
    return arrow::Status::Invalid("column ", name, " is nested: name its top-level column");
  }
  if (both) {
    AddBoth(schemas, field->id);
    return arrow::Status::OK();
  }
  const auto found = std::find(read_columns_.begin(), read_columns_.end(), field->id);
  AddOwn(static_cast<size_t>(found - read_columns_.begin()));
  return arrow::Status::OK();
}

arrow::Status DiffColumns::ChooseColumns(const Schemas& schemas,
                                         const std::optional<std::vector<std::string>>& names) {
  if (names) {
    for (const auto& name : *names) ARROW_RETURN_NOT_OK(AddChosen(schemas, name));
  } else if (gives_both_ends()) {
    for (const Field& field : schemas.older->fields) AddBoth(schemas, field.id);
    for (const Field& field : schemas.newer->fields) {
      if (FindTopLevel(*schemas.older, field.id) == nullptr) AddBoth(schemas, field.id);
    }
  } else {
    for (size_t i = 0; i < read_schema_->fields.size(); ++i) {
      AddOwn(i);
    }
  }
  if (gives_both_ends()) {
    std::stable_partition(output_.begin(), output_.end(),
                          [](const OutputColumn& column) { return column.of_older; });
  }
  arrow::FieldVector fields;
  for (const auto& column : output_) {
    auto field = ToArrowField(column.field);
    // An id stands for one column of a file, and here there are two of it.
    if (gives_both_ends()) field = field->RemoveMetadata();
    fields.push_back(std::move(field));
  }
  output_schema_ = arrow::schema(std::move(fields));
  return arrow::Status::OK();
}

arrow::Result<std::shared_ptr<arrow::Array>> DiffColumns::Projected(const arrow::RecordBatch& batch,
                                                                    int read_column,
                                                                    const Field& target) const {
  auto source = batch.column(read_column);
  const auto& fields = read_schema_->fields;
  if (static_cast<size_t>(read_column) >= fields.size()) return source;
  Field read = fields[static_cast<size_t>(read_column)];
  if (ToArrowType(read.type)->Equals(*ToArrowType(target.type))) return source;
  const Type narrowed = NarrowedType(read.type, target.type);
  if (!ToArrowType(read.type)->Equals(*ToArrowType(narrowed))) {
    ARROW_ASSIGN_OR_RAISE(source, Narrowed(source, narrowed, target));
    read.type = narrowed;
  }
  ProjectedColumn column;
  column.target = target;
  column.target.required = false;
  column.file_column = read_column;
  column.file_field = ToArrowField(read);
  return ProjectArray(column, batch.num_rows(), source, column.file_field.get(),
                      arrow::system_memory_pool());
}

arrow::Result<arrow::ArrayVector> DiffColumns::Compared(const arrow::RecordBatch& batch) const {
  arrow::ArrayVector compared;
  // The read schema begins with the fields of the one that rows are compared under.
  for (size_t i = 0; i < compared_schema_->fields.size(); ++i) {
    Field field = compared_schema_->fields[i];
    field.type = WidenedType(field.type, read_schema_->fields[i].type);
    ARROW_ASSIGN_OR_RAISE(auto array, Projected(batch, static_cast<int>(i), field));
    compared.push_back(std::move(array));
  }
  return compared;
}

arrow::Result<arrow::ArrayVector> DiffColumns::Identifier(const arrow::RecordBatch& batch) const {
  arrow::ArrayVector values;
  for (const auto& path : identifiers_) {
    auto array = batch.column(path.front());
    for (size_t depth = 1; depth < path.size(); ++depth) {
      const auto& parent = static_cast<const arrow::StructArray&>(*array);
      ARROW_ASSIGN_OR_RAISE(array, parent.GetFlattenedField(path[depth]));
    }
    values.push_back(std::move(array));
  }
  return values;
}

arrow::Result<std::shared_ptr<arrow::RecordBatch>> DiffColumns::Output(
    const std::shared_ptr<arrow::RecordBatch>& before,
    const std::shared_ptr<arrow::RecordBatch>& after) const {
  const auto& any = after != nullptr ? after : before;
  arrow::ArrayVector arrays;
  for (const auto& column : output_) {
    const bool is_reserved = static_cast<size_t>(column.read_column) >= read_schema_->fields.size();
    const auto& image = !gives_both_ends() || is_reserved ? any : column.of_older ? before : after;
    if (image == nullptr) {
      ARROW_ASSIGN_OR_RAISE(
          auto nulls, arrow::MakeArrayOfNull(ToArrowType(column.field.type), any->num_rows()));
      arrays.push_back(std::move(nulls));
      continue;
    }
    ARROW_ASSIGN_OR_RAISE(auto array, Projected(*image, column.read_column, column.field));
    arrays.push_back(std::move(array));
  }
  return arrow::RecordBatch::Make(output_schema_, any->num_rows(), std::move(arrays));
}

}  // namespace artemis
