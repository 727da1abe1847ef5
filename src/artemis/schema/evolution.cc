// Each change copies the schema and edits the one field it is about.
#include "artemis/schema/evolution.h"

#include <algorithm>

#include "artemis/base/calendar.h"
#include "artemis/schema/literal.h"

namespace artemis {
namespace {

struct LocatedField {
  std::vector<Field>* siblings = nullptr;
  size_t index = 0;
  // Whether the field is a list's element or a map's key or value: those have no name of their own.
  TypeKind parent = TypeKind::kStruct;
  bool within_map_key = false;

  Field& field() const { return (*siblings)[index]; }
};

bool Locate(std::vector<Field>* fields, TypeKind parent, bool within_map_key, FieldId id,
            LocatedField* found) {
  for (size_t i = 0; i < fields->size(); ++i) {
    Field& field = (*fields)[i];
    const bool in_key = within_map_key || (parent == TypeKind::kMap && i == 0);
    if (field.id == id) {
      *found = {fields, i, parent, in_key};
      return true;
    }
    if (Locate(&field.type.fields, field.type.kind, in_key, id, found)) return true;
  }
  return false;
}

arrow::Result<LocatedField> LocateColumn(Schema* schema, std::string_view full_name) {
  ARROW_ASSIGN_OR_RAISE(const Field* field, RequireField(*schema, full_name));
  LocatedField located;
  Locate(&schema->fields, TypeKind::kStruct, false, field->id, &located);
  return located;
}

arrow::Status CheckNamedField(const LocatedField& located, std::string_view full_name) {
  if (located.parent == TypeKind::kStruct) return arrow::Status::OK();
  return arrow::Status::Invalid("column ", full_name, " is a part of a list or map");
}

Field* FindSibling(std::vector<Field>* siblings, std::string_view name) {
  const auto found = std::find_if(siblings->begin(), siblings->end(),
                                  [name](const Field& field) { return field.name == name; });
  return found == siblings->end() ? nullptr : &*found;
}

// The fields of the struct that `type` is, or is a list or map of; null when there is none.
std::vector<Field>* StructFields(Type* type) {
  if (type->kind == TypeKind::kStruct) return &type->fields;
  if (type->kind == TypeKind::kList) return StructFields(&type->fields[0].type);
  if (type->kind == TypeKind::kMap) return StructFields(&type->fields[1].type);
  return nullptr;
}

struct NewColumnPlace {
  std::vector<Field>* siblings = nullptr;
  std::string name;
};

arrow::Result<NewColumnPlace> PlaceOfNewColumn(Schema* schema, std::string_view full_name) {
  const size_t dot = full_name.rfind('.');
  if (dot == std::string_view::npos) {
    return NewColumnPlace{&schema->fields, std::string(full_name)};
  }
  ARROW_ASSIGN_OR_RAISE(const LocatedField parent, LocateColumn(schema, full_name.substr(0, dot)));
  if (parent.within_map_key) {
    return arrow::Status::Invalid("column ", full_name, ": map keys cannot change");
  }
  std::vector<Field>* siblings = StructFields(&parent.field().type);
  if (siblings == nullptr) {
    return arrow::Status::Invalid("column ", full_name.substr(0, dot), " is no struct but ",
                                  parent.field().type.ToString());
  }
  return NewColumnPlace{siblings, std::string(full_name.substr(dot + 1))};
}

bool HoldsIdentifier(const Schema& schema, const Field& field) {
  const auto& ids = schema.identifier_field_ids;
  if (std::find(ids.begin(), ids.end(), field.id) != ids.end()) return true;
  return std::any_of(field.type.fields.begin(), field.type.fields.end(),
                     [&](const Field& child) { return HoldsIdentifier(schema, child); });
}

bool IsUnzonedTimestamp(const Type& type) {
  return type.kind == TypeKind::kTimestamp || type.kind == TypeKind::kTimestampNs;
}

bool CanWiden(const Type& from, const Type& to, int32_t format_version) {
  if (format_version >= 3 && from.kind == TypeKind::kDate) return IsUnzonedTimestamp(to);
  if (format_version >= 3 && from.kind == TypeKind::kUnknown) {
    return to.is_primitive() && to.kind != TypeKind::kUnknown;
  }
  if (from.kind == TypeKind::kInt) return to.kind == TypeKind::kLong;
  if (from.kind == TypeKind::kFloat) return to.kind == TypeKind::kDouble;
  return from.kind == TypeKind::kDecimal && to.kind == TypeKind::kDecimal &&
         from.scale == to.scale && from.precision < to.precision;
}

arrow::Result<std::optional<LiteralValue>> WidenDefault(const std::optional<LiteralValue>& value,
                                                        const Type& to) {
  if (!value) return value;
  if (const auto* v = std::get_if<float>(&*value)) return std::optional<LiteralValue>(double{*v});
  const auto* v = std::get_if<int32_t>(&*value);
  if (v == nullptr) return value;
  if (!IsUnzonedTimestamp(to)) return std::optional<LiteralValue>(int64_t{*v});
  int64_t moment = 0;
  const int64_t per_day = to.kind == TypeKind::kTimestampNs ? kNanosPerDay : kMicrosPerDay;
  if (__builtin_mul_overflow(int64_t{*v}, per_day, &moment)) {
    return arrow::Status::Invalid("the default ", FormatLiteral(Type::Of(TypeKind::kDate), *value),
                                  " is out of the range of ", to.ToString());
  }
  return std::optional<LiteralValue>(moment);
}

arrow::Status CheckDefault(const Type& type, const LiteralValue& value,
                           std::string_view full_name) {
  if (FitsType(type, value)) return arrow::Status::OK();
  return arrow::Status::Invalid("column ", full_name, ": the default is no value of type ",
                                type.ToString());
}

void MoveField(std::vector<Field>* siblings, size_t from, size_t to) {
  const auto begin = siblings->begin();
  if (from < to) {
    std::rotate(begin + from, begin + from + 1, begin + to + 1);
  } else {
    std::rotate(begin + to, begin + from, begin + from + 1);
  }
}

arrow::Result<Schema> MoveBeside(const Schema& schema, std::string_view full_name,
                                 std::string_view sibling_name, bool after) {
  Schema next = schema;
  ARROW_ASSIGN_OR_RAISE(const LocatedField located, LocateColumn(&next, full_name));
  ARROW_RETURN_NOT_OK(CheckNamedField(located, full_name));
  const Field* sibling = FindSibling(located.siblings, sibling_name);
  if (sibling == nullptr) {
    return arrow::Status::Invalid("column ", full_name, " has no sibling called ", sibling_name);
  }
  const auto target = static_cast<size_t>(sibling - located.siblings->data());
  if (target == located.index) {
    return arrow::Status::Invalid("column ", full_name, " cannot be moved ",
                                  after ? "after" : "before", " itself");
  }
  const bool forward = target > located.index;
  // The column leaves a gap behind it, so that what follows moves up by one.
  const size_t place = after ? (forward ? target : target + 1) : (forward ? target - 1 : target);
  MoveField(located.siblings, located.index, place);
  return next;
}

arrow::Status CheckIdentifier(const Schema& schema, std::string_view full_name,
                              const Field& field) {
  const auto refuse = [&](const char* why) {
    return arrow::Status::Invalid("column ", full_name, " cannot be an identifier: ", why);
  };
  if (!field.type.is_primitive()) return refuse("it is no single value");
  if (field.type.kind == TypeKind::kFloat || field.type.kind == TypeKind::kDouble) {
    return refuse("floating point values have no exact equality");
  }
  if (!field.required) return refuse("it is not required");
  for (size_t dot = full_name.find('.'); dot != std::string_view::npos;
       dot = full_name.find('.', dot + 1)) {
    const Field* parent = schema.FindField(full_name.substr(0, dot));
    if (parent == nullptr) continue;
    if (parent->type.kind != TypeKind::kStruct) return refuse("it lies in a list or map");
    if (!parent->required) return refuse("it lies in an optional struct");
  }
  return arrow::Status::OK();
}

}  // namespace

arrow::Result<ColumnChange> AddColumn(const Schema& schema, FieldId last_column_id,
                                      std::string_view full_name, const Type& type,
                                      std::string_view doc) {
  return AddColumn(schema, last_column_id, full_name, type,
                   NewColumnOptions{std::string(doc), false, {}});
}

arrow::Result<ColumnChange> AddColumn(const Schema& schema, FieldId last_column_id,
                                      std::string_view full_name, const Type& type,
                                      const NewColumnOptions& options) {
  if (options.required && !options.default_value) {
    return arrow::Status::Invalid("column ", full_name,
                                  ": a required column needs a default, since rows that are "
                                  "there have no value for it");
  }
  if (options.default_value) {
    ARROW_RETURN_NOT_OK(CheckDefault(type, *options.default_value, full_name));
  }
  ColumnChange change{schema, last_column_id};
  ARROW_ASSIGN_OR_RAISE(NewColumnPlace place, PlaceOfNewColumn(&change.schema, full_name));
  if (place.name.empty()) return arrow::Status::Invalid("a column needs a name");
  if (FindSibling(place.siblings, place.name) != nullptr) {
    return arrow::Status::Invalid("there is a column ", full_name, " already");
  }
  const FieldId highest = std::max(last_column_id, schema.HighestFieldId());
  Schema single;
  single.fields.push_back({FieldId(0), place.name, false, type, {}, {}, {}});
  ARROW_RETURN_NOT_OK(RefuseUnsupported(single.fields[0], "written"));
  single = AssignFreshIds(std::move(single), FieldId(highest.value + 1));
  Field& added = single.fields[0];
  if (!options.doc.empty()) added.doc = options.doc;
  added.required = options.required;
  added.initial_default = added.write_default = options.default_value;
  change.last_column_id = single.HighestFieldId();
  place.siblings->push_back(std::move(single.fields[0]));
  return change;
}

arrow::Result<Schema> RenameColumn(const Schema& schema, std::string_view full_name,
                                   std::string_view new_name) {
  Schema next = schema;
  ARROW_ASSIGN_OR_RAISE(const LocatedField located, LocateColumn(&next, full_name));
  ARROW_RETURN_NOT_OK(CheckNamedField(located, full_name));
  const std::string parent(full_name.substr(0, full_name.rfind('.') + 1));
  if (located.siblings != &next.fields && new_name.starts_with(parent)) {
    return arrow::Status::Invalid("'", new_name, "' is a path: expected the new name alone, '",
                                  new_name.substr(parent.size()), "'");
  }
  if (new_name.empty()) return arrow::Status::Invalid("a column needs a name");
  const Field* other = FindSibling(located.siblings, new_name);
  if (other != nullptr && other != &located.field()) {
    return arrow::Status::Invalid("there is a column ", new_name, " already");
  }
  located.field().name = std::string(new_name);
  return next;
}

arrow::Result<Schema> DropColumn(const Schema& schema, std::string_view full_name) {
  Schema next = schema;
  ARROW_ASSIGN_OR_RAISE(const LocatedField located, LocateColumn(&next, full_name));
  ARROW_RETURN_NOT_OK(CheckNamedField(located, full_name));
  if (HoldsIdentifier(schema, located.field())) {
    return arrow::Status::Invalid("column ", full_name,
                                  " is, or holds, an identifier field and cannot be dropped");
  }
  located.siblings->erase(located.siblings->begin() + static_cast<ptrdiff_t>(located.index));
  return next;
}

arrow::Result<Schema> WidenColumn(const Schema& schema, std::string_view full_name, const Type& to,
                                  int32_t format_version) {
  Schema next = schema;
  ARROW_ASSIGN_OR_RAISE(const LocatedField located, LocateColumn(&next, full_name));
  Field& field = located.field();
  if (located.within_map_key) {
    return arrow::Status::Invalid("column ", full_name, ": map keys cannot change");
  }
  if (!CanWiden(field.type, to, format_version)) {
    return arrow::Status::Invalid(
        "column ", full_name, ": type ", field.type.ToString(), " cannot be widened to ",
        to.ToString(),
        "; int becomes long, float double, decimal(P, S) a decimal of more digits and equal scale",
        "; in format version 3 date becomes timestamp or timestamp_ns, unknown any primitive type");
  }
  ARROW_ASSIGN_OR_RAISE(field.initial_default, WidenDefault(field.initial_default, to));
  ARROW_ASSIGN_OR_RAISE(field.write_default, WidenDefault(field.write_default, to));
  field.type = to;
  return next;
}

bool PromotionKeepsTransform(const Transform& transform, const Type& from, const Type& to) {
  if (from == to || transform.kind == TransformKind::kVoid) return true;
  if (transform.kind == TransformKind::kUnknown) return false;
  if (from.kind != TypeKind::kDate && from.kind != TypeKind::kUnknown) return true;
  return transform.kind != TransformKind::kIdentity && transform.kind != TransformKind::kBucket &&
         transform.kind != TransformKind::kTruncate;
}

arrow::Result<Schema> SetColumnDoc(const Schema& schema, std::string_view full_name,
                                   std::string_view doc) {
  Schema next = schema;
  ARROW_ASSIGN_OR_RAISE(const LocatedField located, LocateColumn(&next, full_name));
  ARROW_RETURN_NOT_OK(CheckNamedField(located, full_name));
  located.field().doc.reset();
  if (!doc.empty()) located.field().doc = std::string(doc);
  return next;
}

arrow::Result<Schema> SetWriteDefault(const Schema& schema, std::string_view full_name,
                                      const std::optional<LiteralValue>& value) {
  Schema next = schema;
  ARROW_ASSIGN_OR_RAISE(const LocatedField located, LocateColumn(&next, full_name));
  ARROW_RETURN_NOT_OK(CheckNamedField(located, full_name));
  Field& field = located.field();
  if (value) ARROW_RETURN_NOT_OK(CheckDefault(field.type, *value, full_name));
  if (!value && field.required && field.write_default) {
    return arrow::Status::Invalid("column ", full_name, " is required: its default stays a value");
  }
  field.write_default = value;
  return next;
}

arrow::Result<Schema> MakeColumnOptional(const Schema& schema, std::string_view full_name) {
  Schema next = schema;
  ARROW_ASSIGN_OR_RAISE(const LocatedField located, LocateColumn(&next, full_name));
  if (located.within_map_key) {
    return arrow::Status::Invalid("column ", full_name, ": map keys cannot change");
  }
  if (HoldsIdentifier(schema, located.field())) {
    return arrow::Status::Invalid("column ", full_name,
                                  " is, or holds, an identifier field and must be required");
  }
  located.field().required = false;
  return next;
}

arrow::Result<Schema> SetIdentifierColumns(const Schema& schema,
                                           const std::vector<std::string>& full_names) {
  Schema next = schema;
  next.identifier_field_ids.clear();
  for (const auto& name : full_names) {
    ARROW_ASSIGN_OR_RAISE(const Field* field, RequireField(schema, name));
    ARROW_RETURN_NOT_OK(CheckIdentifier(schema, name, *field));
    auto& ids = next.identifier_field_ids;
    if (std::find(ids.begin(), ids.end(), field->id) == ids.end()) ids.push_back(field->id);
  }
  return next;
}

arrow::Result<Schema> MoveColumnFirst(const Schema& schema, std::string_view full_name) {
  Schema next = schema;
  ARROW_ASSIGN_OR_RAISE(const LocatedField located, LocateColumn(&next, full_name));
  ARROW_RETURN_NOT_OK(CheckNamedField(located, full_name));
  MoveField(located.siblings, located.index, 0);
  return next;
}

arrow::Result<Schema> MoveColumnAfter(const Schema& schema, std::string_view full_name,
                                      std::string_view after) {
  return MoveBeside(schema, full_name, after, true);
}

arrow::Result<Schema> MoveColumnBefore(const Schema& schema, std::string_view full_name,
                                       std::string_view before) {
  return MoveBeside(schema, full_name, before, false);
}

}  // namespace artemis
