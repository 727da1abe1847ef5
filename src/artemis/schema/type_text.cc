// Names by table; decimals and fixed by their numbers.
#include "artemis/schema/type_text.h"

#include <charconv>
#include <optional>
#include <utility>

#include "artemis/base/near_match.h"
#include "artemis/schema/evolution.h"

namespace artemis {
namespace {

constexpr std::pair<std::string_view, TypeKind> kTypeNames[] = {
    {"boolean", TypeKind::kBoolean},
    {"int", TypeKind::kInt},
    {"long", TypeKind::kLong},
    {"float", TypeKind::kFloat},
    {"double", TypeKind::kDouble},
    {"date", TypeKind::kDate},
    {"time", TypeKind::kTime},
    {"timestamp", TypeKind::kTimestamp},
    {"timestamptz", TypeKind::kTimestamptz},
    {"timestamp_ns", TypeKind::kTimestampNs},
    {"timestamptz_ns", TypeKind::kTimestamptzNs},
    {"string", TypeKind::kString},
    {"uuid", TypeKind::kUuid},
    {"binary", TypeKind::kBinary},
    {"unknown", TypeKind::kUnknown},
};

// SQL's and other engines' names.
constexpr std::pair<std::string_view, TypeKind> kTypeAliases[] = {
    {"bool", TypeKind::kBoolean},
    {"integer", TypeKind::kInt},
    {"int32", TypeKind::kInt},
    {"smallint", TypeKind::kInt},
    {"tinyint", TypeKind::kInt},
    {"bigint", TypeKind::kLong},
    {"int64", TypeKind::kLong},
    {"real", TypeKind::kFloat},
    {"float32", TypeKind::kFloat},
    {"float64", TypeKind::kDouble},
    {"double precision", TypeKind::kDouble},
    {"text", TypeKind::kString},
    {"varchar", TypeKind::kString},
    {"utf8", TypeKind::kString},
    {"bytes", TypeKind::kBinary},
    {"bytea", TypeKind::kBinary},
    {"blob", TypeKind::kBinary},
    {"varbinary", TypeKind::kBinary},
    {"timestamp with time zone", TypeKind::kTimestamptz},
};

std::string_view TrimBlanks(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::optional<int32_t> TypeNumber(std::string_view text) {
  const std::string_view digits = TrimBlanks(text);
  int32_t value = 0;
  const char* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, value);
  return error == std::errc() && stop == end ? std::optional(value) : std::nullopt;
}

// What stands between `open` behind `name` and `close` at the end; nullopt when `text` has another
// shape.
std::optional<std::string_view> Bracketed(std::string_view text, std::string_view name, char open,
                                          char close) {
  if (!text.starts_with(name)) return std::nullopt;
  const std::string_view rest = TrimBlanks(text.substr(name.size()));
  if (rest.size() < 2 || rest.front() != open || rest.back() != close) return std::nullopt;
  return rest.substr(1, rest.size() - 2);
}

arrow::Result<Type> ParseDecimalType(std::string_view text, std::string_view numbers) {
  const size_t comma = numbers.find(',');
  const auto precision = TypeNumber(numbers.substr(0, comma));
  const auto scale = comma == std::string_view::npos ? std::optional<int32_t>(0)
                                                     : TypeNumber(numbers.substr(comma + 1));
  if (!precision || !scale || *precision < 1 || *precision > 38 || *scale < 0 ||
      *scale > *precision) {
    return arrow::Status::Invalid("type '", text,
                                  "': expected decimal(P, S) with 1 <= P <= 38 and 0 <= S <= P");
  }
  return Type::Decimal(*precision, *scale);
}

arrow::Result<Type> ParseFixedType(std::string_view text, std::string_view number) {
  const auto length = TypeNumber(number);
  if (!length || *length < 1) {
    return arrow::Status::Invalid("type '", text, "': expected fixed[L] with L > 0");
  }
  return Type::Fixed(*length);
}

// "variant", "geometry", "geometry(C)", "geography(C, A)".
bool IsUnsupportedTypeName(std::string_view name) {
  return name == "variant" || name == "geometry" || name == "geography" ||
         Bracketed(name, "geometry", '(', ')') || Bracketed(name, "geography", '(', ')');
}

arrow::Status UnknownType(std::string_view text) {
  std::vector<std::string> names = {"decimal(P, S)", "fixed[L]"};
  std::string list = "decimal(P, S), fixed[L]";
  for (const auto& [name, kind] : kTypeNames) {
    names.emplace_back(name);
    list += ", " + std::string(name);
  }
  return arrow::Status::Invalid("unknown type '", text, "'", DidYouMean(text, names),
                                "; the types are: ", list);
}

}  // namespace

arrow::Result<Type> ParseTypeName(std::string_view name) {
  for (const auto& [known, kind] : kTypeNames) {
    if (name == known) return Type::Of(kind);
  }
  if (const auto numbers = Bracketed(name, "decimal", '(', ')')) {
    return ParseDecimalType(name, *numbers);
  }
  if (const auto number = Bracketed(name, "fixed", '[', ']')) return ParseFixedType(name, *number);
  if (IsUnsupportedTypeName(name)) return Type::Unsupported(std::string(name));
  return UnknownType(name);
}

arrow::Result<Type> ParseType(std::string_view text) {
  const std::string name = AsciiLower(TrimBlanks(text));
  for (const auto& [alias, kind] : kTypeAliases) {
    if (name == alias) return Type::Of(kind);
  }
  if (const auto numbers = Bracketed(name, "numeric", '(', ')')) {
    return ParseDecimalType(text, *numbers);
  }
  ARROW_ASSIGN_OR_RAISE(const Type type, ParseTypeName(name));
  if (type.kind == TypeKind::kUnsupported) {
    return arrow::Status::NotImplemented("type ", type.spelling, " is neither read nor written");
  }
  return type;
}

}  // namespace artemis
