// The name mapping that a table needs before files without field ids can be read (specification, "Name Mapping Serialization").
#pragma once

#include <optional>

#include "artemis/schema/name_mapping.h"

namespace artemis {

// `existing` with every field of `schema` in it under its current name, at every depth; the default mapping where there is none.
// What `existing` says stays: files that are in the table already are read by it. A name that it gives to another field (a column
// that was dropped or renamed since) is not given to a second one, so such a field may be without that name.
NameMapping MappingWithSchema(const std::optional<NameMapping>& existing, const Schema& schema);

}  // namespace artemis
