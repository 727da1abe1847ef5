// Reading JSON members with errors that name them, over nlohmann's values. Only *_json.cc files include this.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <arrow/result.h>
#include <arrow/status.h>
#include <nlohmann/json.hpp>

namespace artemis {

inline constexpr int kJsonDepthMax = 64;

// Parses one JSON document. Invalid with the position where it is malformed; LimitExceeded when it nests deeper than
// kJsonDepthMax (looked at before anything is built). `what` names the document in messages.
arrow::Result<nlohmann::json> ParseJson(std::string_view text, std::string_view what);

// The member of an object. Absent or null: nullptr.
const nlohmann::json* FindMember(const nlohmann::json& object, const char* name);
// Invalid when `object` is no object, or has no such member: "schema: expected member 'fields', found none".
arrow::Result<const nlohmann::json*> RequireMember(const nlohmann::json& object, const char* name,
                                                   std::string_view what);

// Typed members; Invalid names `what`, the member, the expected type and the found one. Integers out of range are Invalid.
arrow::Result<int32_t> Int32Member(const nlohmann::json& object, const char* name,
                                   std::string_view what);
arrow::Result<int64_t> Int64Member(const nlohmann::json& object, const char* name,
                                   std::string_view what);
arrow::Result<bool> BoolMember(const nlohmann::json& object, const char* name,
                               std::string_view what);
arrow::Result<std::string> StringMember(const nlohmann::json& object, const char* name,
                                        std::string_view what);
// The value itself, not a member.
arrow::Result<int32_t> Int32Value(const nlohmann::json& value, std::string_view what);

// The JSON text of a value; bytes that are no UTF-8 become U+FFFD.
std::string JsonDump(const nlohmann::ordered_json& value);

}  // namespace artemis
