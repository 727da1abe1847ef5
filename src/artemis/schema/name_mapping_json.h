// The JSON form of name mappings (specification, Appendix C "Name Mapping Serialization").
#pragma once

#include <string>
#include <string_view>

#include <arrow/result.h>

#include "artemis/schema/name_mapping.h"

namespace artemis {

// Reads [{"field-id", "names", "fields"}]. Invalid: other shapes, or a name twice among siblings.
// LimitExceeded: nesting deeper than 64.
arrow::Result<NameMapping> NameMappingFromJson(std::string_view json);
std::string NameMappingToJson(const NameMapping& mapping);

}  // namespace artemis
