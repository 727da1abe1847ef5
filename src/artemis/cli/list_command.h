// artemis-table list and namespace: what a catalog holds.
#pragma once

#include <optional>
#include <string>

#include <arrow/status.h>

#include "artemis/cli/command_context.h"

namespace artemis {

struct ListOptions {
  std::optional<std::string> namespace_name;
  FactFormat format = FactFormat::kText;
};

// Text: a name a line. JSON: {"tables":[{"table","namespace","name"}]}.
arrow::Status RunList(const ListOptions& options, CommandContext& context);

struct NamespaceOptions {
  // Empty: list them.
  std::string create;
  FactFormat format = FactFormat::kText;
};

// Text: a name a line. JSON: {"namespaces":[…]}. AlreadyExists.
arrow::Status RunNamespace(const NamespaceOptions& options, CommandContext& context);

}  // namespace artemis
