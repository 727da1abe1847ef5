// Changes of a table's columns as steps of a commit: each is applied to the newest metadata.
#pragma once

#include <string>
#include <string_view>

#include "artemis/commit/change.h"

namespace artemis {

// Errors of schema/evolution.h and of SetCurrentSchema (table/update.h), when applied.
MetadataChange AddingColumn(std::string_view full_name, std::string_view type);
MetadataChange RenamingColumn(std::string_view full_name, std::string_view new_name);
MetadataChange DroppingColumn(std::string_view full_name);
MetadataChange WideningColumn(std::string_view full_name, std::string_view type);

}  // namespace artemis
