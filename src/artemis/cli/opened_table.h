// A table that a command works on, with its catalog.
#pragma once

#include <memory>
#include <string>

#include <arrow/result.h>

#include "artemis/catalog/catalog.h"
#include "artemis/cli/command_context.h"

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

}  // namespace artemis
