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
  kMakeOptional,
  kSetPartition,
  kSetSort,
  kSetProperty,
  kUnsetProperty,
  kSetIdentifier,
  kUpgrade,
};

struct AlterOptions {
  std::string table;
  AlterAction action = AlterAction::kAddColumn;
  // add-column: NAME:TYPE, or NAME and `argument` TYPE. rename-column: OLD and `argument` NEW.
  // widen-column: NAME and `argument` TYPE. drop-column, move-column, make-optional: NAME.
  // set-partition, set-sort: the text of the spec or order. upgrade: the format version.
  std::string subject;
  std::string argument;
  // set-property: key=value, or key= to remove it. unset-property: keys. set-identifier: columns.
  std::vector<std::string> subjects;
  std::string doc;                           // add-column
  bool required = false;                     // add-column
  std::optional<std::string> default_value;  // add-column, v3
  bool first = false;                        // add-column, move-column
  std::optional<std::string> after, before;  // add-column, move-column
  bool none = false;                         // set-identifier
  CommitCommandOptions commit;
};

// Prints {"table","operation","changes":[],"format_version","schema_id","spec_id","sort_order_id","attempts","elapsed_ms"}; "changes" are what
// history will say (metadata_changes.h). A change that would leave the table as it is commits nothing, and "attempts" is 0.
arrow::Status RunAlter(const AlterOptions& options, CommandContext& context);

}  // namespace artemis
