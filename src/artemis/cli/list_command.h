// artemis-table list and namespace: what a catalog holds.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <arrow/status.h>

#include "artemis/cli/command_context.h"

namespace artemis {

struct ListOptions {
  std::optional<std::string> namespace_name;
  FactFormat format = FactFormat::kText;
};

// Text: a name a line. JSON: {"tables":[{"table","namespace","name"}]}.
arrow::Status RunList(const ListOptions& options, CommandContext& context);

enum class NamespaceAction : uint8_t { kList, kCreate, kDrop, kSet, kShow };

struct NamespaceOptions {
  NamespaceAction action = NamespaceAction::kList;
  std::string name;  // all but list
  // create, set: key=value; an empty value removes the property.
  std::vector<std::string> properties;
  FactFormat format = FactFormat::kText;
};

// list: text, a name a line; JSON {"namespaces":[…]}. create, drop, set: a sentence; {"namespace"}. show: a property a line;
// {"namespace","properties":{}}. AlreadyExists; NoSuchTable for a namespace that is not there; Invalid for one that is not
// empty.
arrow::Status RunNamespace(const NamespaceOptions& options, CommandContext& context);

}  // namespace artemis
