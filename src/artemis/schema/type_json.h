// The JSON form of types and fields (specification, Appendix C "Schemas"). Only *_json.cc files include this.
#pragma once

#include <arrow/result.h>
#include <nlohmann/json.hpp>

#include "artemis/schema/type.h"

namespace artemis {

// A primitive's name as text, or a struct, list or map object. `what` names the field in messages.
// Invalid: unknown type names, missing members, decimals beyond 38 digits.
arrow::Result<Type> TypeFromJsonValue(const nlohmann::json& json, const std::string& what);
arrow::Result<std::vector<Field>> FieldsFromJsonValue(const nlohmann::json& array,
                                                      const std::string& what);

nlohmann::ordered_json TypeToJsonValue(const Type& type);
nlohmann::ordered_json FieldsToJsonValue(const std::vector<Field>& fields);

}  // namespace artemis
