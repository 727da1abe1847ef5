// Depth is counted on the text, so that hostile input builds no tree.
#include "artemis/schema/read_json.h"

#include "artemis/base/error.h"

namespace artemis {
namespace {

bool NestsTooDeep(std::string_view text) {
  int depth = 0;
  bool in_string = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      if (++depth > kJsonDepthMax) return true;
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return false;
}

// Drops the library's own prefix "[json.exception.parse_error.101] ".
std::string_view WithoutPrefix(std::string_view message) {
  const size_t end = message.find("] ");
  return end == std::string_view::npos ? message : message.substr(end + 2);
}

arrow::Status UnexpectedType(std::string_view what, const char* name, const char* expected,
                             const nlohmann::json& found) {
  return arrow::Status::Invalid(what, ": member '", name, "': expected ", expected, ", found ",
                                found.type_name());
}

}  // namespace

arrow::Result<nlohmann::json> ParseJson(std::string_view text, std::string_view what) {
  if (NestsTooDeep(text)) {
    return LimitExceededError(std::string(what) + ": JSON nests deeper than " +
                              std::to_string(kJsonDepthMax));
  }
  try {
    return nlohmann::json::parse(text);
  } catch (const nlohmann::json::exception& e) {
    return arrow::Status::Invalid(what, ": ", WithoutPrefix(e.what()));
  }
}

const nlohmann::json* FindMember(const nlohmann::json& object, const char* name) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(name);
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

arrow::Result<const nlohmann::json*> RequireMember(const nlohmann::json& object, const char* name,
                                                   std::string_view what) {
  if (!object.is_object()) {
    return arrow::Status::Invalid(what, ": expected an object, found ", object.type_name());
  }
  if (const nlohmann::json* member = FindMember(object, name)) return member;
  return arrow::Status::Invalid(what, ": expected member '", name, "', found none");
}

arrow::Result<int64_t> Int64Member(const nlohmann::json& object, const char* name,
                                   std::string_view what) {
  ARROW_ASSIGN_OR_RAISE(const nlohmann::json* member, RequireMember(object, name, what));
  if (!member->is_number_integer()) return UnexpectedType(what, name, "a whole number", *member);
  if (member->is_number_unsigned() && member->get<uint64_t>() > uint64_t{INT64_MAX}) {
    return arrow::Status::Invalid(what, ": member '", name, "' is out of range: ", member->dump());
  }
  return member->get<int64_t>();
}

arrow::Result<int32_t> Int32Member(const nlohmann::json& object, const char* name,
                                   std::string_view what) {
  ARROW_ASSIGN_OR_RAISE(const int64_t value, Int64Member(object, name, what));
  if (value != static_cast<int32_t>(value)) {
    return arrow::Status::Invalid(what, ": member '", name, "' is out of range: ", value);
  }
  return static_cast<int32_t>(value);
}

arrow::Result<bool> BoolMember(const nlohmann::json& object, const char* name,
                               std::string_view what) {
  ARROW_ASSIGN_OR_RAISE(const nlohmann::json* member, RequireMember(object, name, what));
  if (!member->is_boolean()) return UnexpectedType(what, name, "a boolean", *member);
  return member->get<bool>();
}

arrow::Result<std::string> StringMember(const nlohmann::json& object, const char* name,
                                        std::string_view what) {
  ARROW_ASSIGN_OR_RAISE(const nlohmann::json* member, RequireMember(object, name, what));
  if (!member->is_string()) return UnexpectedType(what, name, "a string", *member);
  return member->get<std::string>();
}

arrow::Result<int32_t> Int32Value(const nlohmann::json& value, std::string_view what) {
  if (!value.is_number_integer() || value.get<double>() != value.get<int32_t>()) {
    return arrow::Status::Invalid(what, ": expected a 32-bit number, found ", value.type_name());
  }
  return value.get<int32_t>();
}

std::string JsonDump(const nlohmann::ordered_json& value) {
  return value.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace artemis
