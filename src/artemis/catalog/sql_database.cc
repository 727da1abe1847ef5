// Cells of a row.
#include "artemis/catalog/sql_database.h"

namespace artemis {

std::string SqlRow::Text(size_t column) const {
  if (const auto* text = std::get_if<std::string>(&values[column])) return *text;
  const auto number = Integer(column);
  return number ? std::to_string(*number) : std::string();
}

std::optional<int64_t> SqlRow::Integer(size_t column) const {
  if (const auto* number = std::get_if<int64_t>(&values[column])) return *number;
  return std::nullopt;
}

bool SqlRow::IsNull(size_t column) const {
  return std::holds_alternative<std::monostate>(values[column]);
}

}  // namespace artemis
