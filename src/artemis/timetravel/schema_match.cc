// Compares two structs of fields, name by name.
#include "artemis/timetravel/schema_match.h"

#include <vector>

namespace artemis {

namespace {

constexpr char kAbsent[] = "no such column";

const Field* FindSibling(const std::vector<Field>& fields, const std::string& name) {
  for (const auto& field : fields) {
    if (field.name == name) return &field;
  }
  return nullptr;
}

std::string DescribeField(const Field& field) {
  return (field.required ? "required " : "optional ") + field.type.ToString();
}

arrow::Status Differs(const std::string& field, const std::string& expected,
                      const std::string& found) {
  return arrow::Status(arrow::StatusCode::AlreadyExists,
                       "the table exists with other columns: '" + field + "': expected " +
                           expected + ", found " + found,
                       std::make_shared<SchemaMismatch>(field, expected, found));
}

// Struct, list and map are compared by what they hold.
bool SameType(const Type& a, const Type& b) {
  if (a.kind != b.kind) return false;
  return !a.is_primitive() || a == b;
}

class ColumnComparison {
 public:
  explicit ColumnComparison(FieldIdentity identity) : identity_(identity) {}

  arrow::Status Compare(const std::vector<Field>& expected, const std::vector<Field>& found,
                        const std::string& prefix) const {
    for (const auto& field : expected) {
      const std::string name = prefix + field.name;
      const Field* other = FindSibling(found, field.name);
      if (other == nullptr) return Differs(name, DescribeField(field), kAbsent);
      ARROW_RETURN_NOT_OK(CompareField(field, *other, name));
    }
    for (const auto& field : found) {
      if (FindSibling(expected, field.name) == nullptr) {
        return Differs(prefix + field.name, kAbsent, DescribeField(field));
      }
    }
    return arrow::Status::OK();
  }

 private:
  arrow::Status CompareField(const Field& expected, const Field& found,
                             const std::string& name) const {
    if (!SameType(expected.type, found.type) || expected.required != found.required) {
      return Differs(name, DescribeField(expected), DescribeField(found));
    }
    if (identity_ == FieldIdentity::kNameAndId && expected.id != found.id) {
      return Differs(name, "field id " + artemis::ToString(expected.id),
                     "field id " + artemis::ToString(found.id));
    }
    return Compare(expected.type.fields, found.type.fields, name + ".");
  }

  const FieldIdentity identity_;
};

}  // namespace

std::string SchemaMismatch::ToString() const {
  return "SchemaMismatch{field=" + field + ", expected=" + expected + ", found=" + found + "}";
}

arrow::Status CheckSameColumns(const Schema& expected, const Schema& found,
                               FieldIdentity identity) {
  return ColumnComparison(identity).Compare(expected.fields, found.fields, "");
}

}  // namespace artemis
