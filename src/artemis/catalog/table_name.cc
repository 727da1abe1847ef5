// Parses and prints table names.
#include "artemis/catalog/catalog.h"

namespace artemis {

namespace {

constexpr size_t kNameLengthMax = 255;

bool IsPlainPart(const std::string& part) {
  if (part.empty() || part == "..") return false;
  for (char c : part) {
    if (static_cast<unsigned char>(c) < 0x20 || c == '/' || c == '\\') return false;
  }
  return true;
}

}  // namespace

std::vector<std::string> SplitNamespace(std::string_view text) {
  std::vector<std::string> parts;
  size_t begin = 0;
  for (size_t dot = text.find('.'); dot != std::string_view::npos; dot = text.find('.', begin)) {
    parts.emplace_back(text.substr(begin, dot - begin));
    begin = dot + 1;
  }
  parts.emplace_back(text.substr(begin));
  return parts;
}

std::string TableName::Namespace() const {
  std::string joined;
  for (const auto& part : namespace_parts) {
    if (!joined.empty()) joined += '.';
    joined += part;
  }
  return joined;
}

std::string TableName::ToString() const { return Namespace() + "." + name; }

arrow::Result<TableName> ParseTableName(std::string_view text) {
  auto parts = SplitNamespace(text);
  for (const auto& part : parts) {
    if (!IsPlainPart(part)) {
      return arrow::Status::Invalid("'", text,
                                    "' is no table name: expected namespace.table, such as "
                                    "sda.observations, without '/' or empty parts");
    }
  }
  if (parts.size() < 2) {
    return arrow::Status::Invalid(
        "'", text, "' names no namespace: expected namespace.table, such as sda.", text);
  }
  if (text.size() > kNameLengthMax) {
    return arrow::Status::Invalid("the table name has ", text.size(), " bytes, the limit is ",
                                  kNameLengthMax);
  }
  TableName name;
  name.name = std::move(parts.back());
  parts.pop_back();
  name.namespace_parts = std::move(parts);
  return name;
}

arrow::Status CheckTableName(const TableName& name) {
  ARROW_ASSIGN_OR_RAISE(const auto parsed, ParseTableName(name.ToString()));
  if (parsed == name) return arrow::Status::OK();
  return arrow::Status::Invalid("the table name ", name.ToString(),
                                " has a part with a dot: dots part namespaces");
}

arrow::Status CheckNamespace(const std::string& name) {
  const auto parsed = ParseTableName(name + ".t");
  if (parsed.ok()) return arrow::Status::OK();
  return arrow::Status::Invalid("'", name,
                                "' is no namespace: expected names parted by dots, such as "
                                "ground.eu, without '/' or empty parts");
}

}  // namespace artemis
