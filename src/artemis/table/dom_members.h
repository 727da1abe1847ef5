// Typed members of JSON objects, over simdjson's tree. Only the readers of table metadata include this.
//
// A missing member and a null are the same. Each failure is Invalid and names the member: "expected
// member 'location' to be a string".
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <arrow/result.h>
#include <simdjson.h>

namespace artemis {

using JsonElement = simdjson::dom::element;

// The member, or nullopt. `object` may be anything.
std::optional<JsonElement> FindJson(JsonElement object, const char* key);
arrow::Result<JsonElement> RequireJson(JsonElement object, const char* key);

arrow::Result<std::optional<int64_t>> OptionalInt64(JsonElement object, const char* key);
arrow::Result<int64_t> RequireInt64(JsonElement object, const char* key);
// Also Invalid when the value needs more than 32 bits.
arrow::Result<std::optional<int32_t>> OptionalInt32(JsonElement object, const char* key);
arrow::Result<int32_t> RequireInt32(JsonElement object, const char* key);
arrow::Result<std::optional<std::string>> OptionalString(JsonElement object, const char* key);
arrow::Result<std::string> RequireString(JsonElement object, const char* key);
// An object of strings; numbers and booleans become their text, nulls are left out. Absent: empty.
arrow::Result<std::map<std::string, std::string>> OptionalStringMap(JsonElement object,
                                                                    const char* key);
// The elements of an array; nullopt when it is absent.
arrow::Result<std::optional<std::vector<JsonElement>>> OptionalArray(JsonElement object,
                                                                     const char* key);
// The JSON text of a value.
std::string JsonTextOf(JsonElement value);

}  // namespace artemis
