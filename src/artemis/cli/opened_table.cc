// Opening tables by name.
#include "artemis/cli/opened_table.h"

#include <utility>
#include <vector>

#include "artemis/base/error.h"
#include "artemis/base/near_match.h"

namespace artemis {

namespace {

arrow::Status WithNearTable(Catalog& catalog, const TableName& name, const arrow::Status& status) {
  if (FindDetail<NoSuchTable>(status) == nullptr) return status;
  const auto tables = catalog.ListTables(std::nullopt);
  if (!tables.ok()) return status;
  std::vector<std::string> names;
  for (const auto& each : *tables) names.push_back(each.ToString());
  return status.WithMessage(status.message(), DidYouMean(name.ToString(), names), " in ",
                            catalog.Uri());
}

arrow::Result<OpenedTable> OpenTable(const std::string& text,
                                     arrow::Result<std::shared_ptr<Catalog>> catalog) {
  ARROW_ASSIGN_OR_RAISE(const auto name, TableArgument(text));
  OpenedTable opened;
  ARROW_ASSIGN_OR_RAISE(opened.catalog, std::move(catalog));
  auto table = opened.catalog->Load(name);
  if (!table.ok()) return WithNearTable(*opened.catalog, name, table.status());
  opened.table = *std::move(table);
  return opened;
}

}  // namespace

arrow::Result<OpenedTable> OpenTableToRead(CommandContext& context, const std::string& name) {
  ARROW_RETURN_NOT_OK(TableArgument(name).status());
  return OpenTable(name, context.OpenToRead());
}

arrow::Result<OpenedTable> OpenTableToWrite(CommandContext& context, const std::string& name) {
  ARROW_RETURN_NOT_OK(TableArgument(name).status());
  return OpenTable(name, context.OpenToWrite());
}

}  // namespace artemis
