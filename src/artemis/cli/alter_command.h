// artemis-table alter: changes of a table's schema, layout and properties. Rows are not touched.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <arrow/status.h>

#include "artemis/cli/commit_options.h"

namespace artemis {

enum class AlterAction : uint8_t {
  kAddColumn,
  kRenameColumn,
  kDropColumn,
  kWidenColumn,
  kMoveColumn,
  kSetPartition,
  kSetSort,
  kSetProperty,
};

struct AlterOptions {
  std::string table;
  AlterAction action = AlterAction::kAddColumn;
  // add-column: NAME:TYPE, or NAME and `argument` TYPE. rename-column: OLD and `argument` NEW.
  // widen-column: NAME and `argument` TYPE. drop-column, move-column: NAME.
  // set-partition, set-sort: the text of the spec or order.
  std::string subject;
  std::string argument;
  std::string doc;                      // add-column
  bool first = false;                   // move-column
  std::optional<std::string> after;     // move-column
  std::vector<std::string> properties;  // set-property: key=value, or key= to remove it
  CommitCommandOptions commit;
};

// Prints {"table","operation","schema_id","spec_id","sort_order_id","attempts","elapsed_ms"}.
arrow::Status RunAlter(const AlterOptions& options, CommandContext& context);

}  // namespace artemis
