// A table that a command works on, with its catalog.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include <arrow/result.h>

#include "artemis/catalog/catalog.h"
#include "artemis/cli/command_context.h"
#include "artemis/commit/commit.h"

namespace artemis {

struct OpenedTable {
  std::shared_ptr<Catalog> catalog;
  LoadedTable table;

  const TableName& name() const { return table.name; }
  const TableMetadata& metadata() const { return *table.metadata; }
};

// Opens the catalog read-only and loads the table called `name`. Usage error for a malformed name;
// NoSuchTable names a table that is called nearly so.
arrow::Result<OpenedTable> OpenTableToRead(CommandContext& context, const std::string& name);
// The same with a catalog that can be committed to.
arrow::Result<OpenedTable> OpenTableToWrite(CommandContext& context, const std::string& name);

// What a commit with this --once key came to, where the table has seen one; nullopt for an empty or unknown key.
std::optional<CommitResult> AlreadyDone(const OpenedTable& opened, const std::string& once_key);

// `status`; where it says that a metadata file is not there, with a hint at --map. When the file is found below the
// warehouse that was asked for, the hint is the very option to add.
arrow::Status WithMapHint(const arrow::Status& status, CommandContext& context);

}  // namespace artemis
