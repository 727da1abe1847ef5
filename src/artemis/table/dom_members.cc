// Typed lookups in simdjson's tree.
#include "artemis/table/dom_members.h"

#include <limits>

namespace artemis {

namespace {

arrow::Status WrongType(const char* key, const char* expected) {
  return arrow::Status::Invalid("expected member '", key, "' to be ", expected);
}

arrow::Status Missing(const char* key) {
  return arrow::Status::Invalid("expected member '", key, "', found none");
}

}  // namespace

std::optional<JsonElement> FindJson(JsonElement object, const char* key) {
  JsonElement member;
  if (object[key].get(member) != simdjson::SUCCESS || member.is_null()) return std::nullopt;
  return member;
}

arrow::Result<JsonElement> RequireJson(JsonElement object, const char* key) {
  const auto member = FindJson(object, key);
  if (!member) return Missing(key);
  return *member;
}

arrow::Result<std::optional<int64_t>> OptionalInt64(JsonElement object, const char* key) {
  const auto member = FindJson(object, key);
  if (!member) return std::optional<int64_t>();
  int64_t value;
  if (member->get(value) != simdjson::SUCCESS) return WrongType(key, "an integer");
  return std::optional<int64_t>(value);
}

arrow::Result<int64_t> RequireInt64(JsonElement object, const char* key) {
  ARROW_ASSIGN_OR_RAISE(const auto value, OptionalInt64(object, key));
  if (!value) return Missing(key);
  return *value;
}

arrow::Result<std::optional<int32_t>> OptionalInt32(JsonElement object, const char* key) {
  ARROW_ASSIGN_OR_RAISE(const auto value, OptionalInt64(object, key));
  if (!value) return std::optional<int32_t>();
  if (*value != static_cast<int32_t>(*value)) return WrongType(key, "an integer of 32 bits");
  return std::optional<int32_t>(static_cast<int32_t>(*value));
}

arrow::Result<int32_t> RequireInt32(JsonElement object, const char* key) {
  ARROW_ASSIGN_OR_RAISE(const auto value, OptionalInt32(object, key));
  if (!value) return Missing(key);
  return *value;
}

arrow::Result<std::optional<std::string>> OptionalString(JsonElement object, const char* key) {
  const auto member = FindJson(object, key);
  if (!member) return std::optional<std::string>();
  std::string_view value;
  if (member->get(value) != simdjson::SUCCESS) return WrongType(key, "a string");
  return std::optional<std::string>(value);
}

arrow::Result<std::string> RequireString(JsonElement object, const char* key) {
  ARROW_ASSIGN_OR_RAISE(auto value, OptionalString(object, key));
  if (!value) return Missing(key);
  return std::move(*value);
}

arrow::Result<std::map<std::string, std::string>> OptionalStringMap(JsonElement object,
                                                                    const char* key) {
  std::map<std::string, std::string> map;
  const auto member = FindJson(object, key);
  if (!member) return map;
  simdjson::dom::object entries;
  if (member->get(entries) != simdjson::SUCCESS) return WrongType(key, "an object");
  for (const auto entry : entries) {
    std::string_view text;
    if (entry.value.is_null()) continue;
    if (entry.value.is_object() || entry.value.is_array()) {
      return WrongType(key, "an object of strings");
    }
    const bool is_text = entry.value.get(text) == simdjson::SUCCESS;
    // Most writers sort their keys.
    map.insert_or_assign(map.end(), std::string(entry.key),
                         is_text ? std::string(text) : JsonTextOf(entry.value));
  }
  return map;
}

arrow::Result<std::optional<std::vector<JsonElement>>> OptionalArray(JsonElement object,
                                                                     const char* key) {
  const auto member = FindJson(object, key);
  if (!member) return std::optional<std::vector<JsonElement>>();
  simdjson::dom::array array;
  if (member->get(array) != simdjson::SUCCESS) return WrongType(key, "an array");
  return std::make_optional(std::vector<JsonElement>(array.begin(), array.end()));
}

std::string JsonTextOf(JsonElement value) { return simdjson::minify(value); }

}  // namespace artemis
