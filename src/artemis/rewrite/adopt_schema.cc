// Walks the file's columns and the table's side by side; leaves are counted as Parquet numbers them.
#include "artemis/rewrite/adopt_schema.h"

#include <algorithm>
#include <set>

#include <arrow/extension_type.h>
#include <arrow/type.h>
#include <parquet/metadata.h>
#include <parquet/schema.h>

#include "artemis/base/near_match.h"
#include "artemis/parquet/leaf_columns.h"
#include "artemis/rewrite/adopt_type.h"
#include "artemis/schema/arrow_schema.h"

namespace artemis {

namespace {

constexpr char kByName[] = ": artemis-table append finds columns by their names";

class ColumnMatch {
 public:
  ColumnMatch(const ParquetFooter& footer, const TableMetadata& metadata, bool lacks_ids)
      : metadata_(metadata), parquet_schema_(*footer.metadata->schema()), lacks_ids_(lacks_ids) {}

  // Matches `found` with `expected`, siblings of the struct `prefix`; the fields that are not found go to `missing`.
  arrow::Status MatchFields(const std::string& prefix, const std::vector<Field>& expected,
                            const arrow::FieldVector& found, std::vector<Field>* missing) {
    std::set<FieldId> seen;
    for (const auto& field : found) {
      const std::string name = prefix + field->name();
      ARROW_ASSIGN_OR_RAISE(const Field* const match, FindMatch(name, expected, *field));
      if (!seen.insert(match->id).second) {
        return arrow::Status::Invalid("column ", name, " is in the file twice");
      }
      ARROW_RETURN_NOT_OK(MatchType(name, match->type, field->type()));
    }
    for (const Field& field : expected) {
      if (!seen.contains(field.id)) missing->push_back(field);
    }
    return arrow::Status::OK();
  }

 private:
  arrow::Result<const Field*> FindMatch(const std::string& name, const std::vector<Field>& expected,
                                        const arrow::Field& found) const {
    const auto same_name = std::find_if(expected.begin(), expected.end(), [&](const Field& field) {
      return field.name == found.name();
    });
    const auto id = FieldIdOf(found);
    if (!id) return WithoutId(name, expected, same_name != expected.end());
    const auto same_id = std::find_if(expected.begin(), expected.end(),
                                      [&](const Field& field) { return field.id == *id; });
    if (same_id == expected.end()) return UnknownId(name, *id);
    if (same_id == same_name) return &*same_id;
    if (lacks_ids_) {
      if (same_name == expected.end()) return &*same_id;
      return arrow::Status::Invalid("column ", name, ": the table's name mapping reads it as ",
                                    same_id->name, kByName);
    }
    if (EverCalled(same_id->id, found.name())) return &*same_id;
    return arrow::Status::Invalid("column ", name, " has field id ", id->value, ", which is ",
                                  same_id->name, " in the table", kByName);
  }

  arrow::Status WithoutId(const std::string& name, const std::vector<Field>& expected,
                          bool in_table) const {
    if (!lacks_ids_) {
      return arrow::Status::Invalid("column ", name, " has no field id, and other columns do");
    }
    if (in_table) {
      return arrow::Status::Invalid("column ", name,
                                    ": the table's name mapping gives this name to no column");
    }
    std::vector<std::string> names;
    for (const Field& field : expected) names.push_back(field.name);
    return arrow::Status::Invalid("column ", name, " is not in the table",
                                  DidYouMean(name.substr(name.rfind('.') + 1), names));
  }

  arrow::Status UnknownId(const std::string& name, FieldId id) const {
    for (const Schema& schema : metadata_.schemas) {
      if (schema.FindField(id) == nullptr) continue;
      return arrow::Status::Invalid("column ", name, " has field id ", id.value,
                                    ", a column that the table has dropped");
    }
    return arrow::Status::Invalid("column ", name, " has field id ", id.value,
                                  ", which the table does not have", kByName);
  }

  // Whether a schema of the table has, or had, the field under this name.
  bool EverCalled(FieldId id, const std::string& name) const {
    return std::any_of(metadata_.schemas.begin(), metadata_.schemas.end(), [&](const Schema& each) {
      const Field* field = each.FindField(id);
      return field != nullptr && field->name == name;
    });
  }

  arrow::Status MatchType(const std::string& name, const Type& expected,
                          const std::shared_ptr<arrow::DataType>& found) {
    const auto type = StorageType(found);
    const auto id = type->id();
    if (id == arrow::Type::STRUCT && expected.kind == TypeKind::kStruct) {
      return MatchStruct(name, expected, type->fields());
    }
    if ((id == arrow::Type::LIST || id == arrow::Type::LARGE_LIST) &&
        expected.kind == TypeKind::kList) {
      return MatchChild(name + ".element", expected.fields[0], *type->field(0));
    }
    if (id == arrow::Type::MAP && expected.kind == TypeKind::kMap) {
      const auto& map = static_cast<const arrow::MapType&>(*type);
      ARROW_RETURN_NOT_OK(MatchChild(name + ".key", expected.fields[0], *map.key_field()));
      return MatchChild(name + ".value", expected.fields[1], *map.item_field());
    }
    if (type->num_fields() > 0 || !expected.is_primitive()) {
      return arrow::Status::Invalid("column ", name, " is ", type->ToString(),
                                    " in the file: expected ", expected.ToString());
    }
    return CheckStoredType(name, expected, *type, *parquet_schema_.Column(next_leaf_++));
  }

  arrow::Status MatchStruct(const std::string& name, const Type& expected,
                            const arrow::FieldVector& found) {
    std::vector<Field> missing;
    ARROW_RETURN_NOT_OK(MatchFields(name + ".", expected.fields, found, &missing));
    for (const Field& field : missing) {
      if (field.required && !field.initial_default) {
        return arrow::Status::Invalid("the required field ", name, ".", field.name, " is missing");
      }
    }
    return arrow::Status::OK();
  }

  // What files call the children of lists and maps differs, and means nothing.
  arrow::Status MatchChild(const std::string& name, const Field& expected,
                           const arrow::Field& found) {
    const auto id = FieldIdOf(found);
    if (!id || *id != expected.id) {
      return arrow::Status::Invalid("column ", name, ": expected field id ", expected.id.value,
                                    ", found ", id ? ToString(*id) : "none");
    }
    return MatchType(name, expected.type, found.type());
  }

  const TableMetadata& metadata_;
  const parquet::SchemaDescriptor& parquet_schema_;
  const bool lacks_ids_;
  int next_leaf_ = 0;
};

}  // namespace

arrow::Result<MatchedColumns> MatchColumns(const ParquetFooter& footer,
                                           const TableMetadata& metadata,
                                           const NameMapping& mapping) {
  MatchedColumns matched;
  matched.lacks_ids = !HasFieldIds(*footer.arrow_schema);
  matched.schema =
      matched.lacks_ids ? ApplyNameMapping(*footer.arrow_schema, mapping) : footer.arrow_schema;
  ColumnMatch match(footer, metadata, matched.lacks_ids);
  ARROW_RETURN_NOT_OK(match.MatchFields("", metadata.CurrentSchema().fields,
                                        matched.schema->fields(), &matched.missing));
  return matched;
}

}  // namespace artemis
