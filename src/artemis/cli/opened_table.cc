// Opening tables by name.
#include "artemis/cli/opened_table.h"

#include <string_view>
#include <utility>
#include <vector>

#include "artemis/base/error.h"
#include "artemis/base/near_match.h"
#include "artemis/commit/once.h"
#include "artemis/io/file_system.h"
#include "artemis/io/location.h"

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

// The path of a metadata file that a message names, empty where it names none.
std::string MetadataPathIn(const std::string& message) {
  constexpr std::string_view kEnding = ".metadata.json";
  const size_t ending = message.find(kEnding);
  if (ending == std::string::npos) return "";
  const size_t blank = message.find_last_of(" '\"(", ending);
  const size_t begin = blank == std::string::npos ? 0 : blank + 1;
  return LocalPath(message.substr(begin, ending + kEnding.size() - begin));
}

// OLD=NEW for a file that lies in the warehouse under the last folders of its path; empty when it does not.
std::string FindMap(const std::string& path, CommandContext& context) {
  const std::string warehouse = LocalPath(FileUri(context.common().warehouse));
  for (size_t slash = path.find('/', 1); slash != std::string::npos;
       slash = path.find('/', slash + 1)) {
    const auto there = context.files().Exists(warehouse + path.substr(slash));
    if (there.ok() && *there) return path.substr(0, slash) + "=" + warehouse;
  }
  return "";
}

arrow::Result<OpenedTable> OpenTable(const std::string& text, CommandContext& context,
                                     arrow::Result<std::shared_ptr<Catalog>> catalog) {
  ARROW_ASSIGN_OR_RAISE(const auto name, TableArgument(text));
  OpenedTable opened;
  ARROW_ASSIGN_OR_RAISE(opened.catalog, std::move(catalog));
  auto table = opened.catalog->Load(name);
  if (!table.ok()) {
    return WithMapHint(WithNearTable(*opened.catalog, name, table.status()), context);
  }
  opened.table = *std::move(table);
  return opened;
}

}  // namespace

arrow::Result<OpenedTable> OpenTableToRead(CommandContext& context, const std::string& name) {
  ARROW_RETURN_NOT_OK(TableArgument(name).status());
  return OpenTable(name, context, context.OpenToRead());
}

arrow::Result<OpenedTable> OpenTableToWrite(CommandContext& context, const std::string& name) {
  ARROW_RETURN_NOT_OK(TableArgument(name).status());
  return OpenTable(name, context, context.OpenToWrite());
}

std::optional<CommitResult> AlreadyDone(const OpenedTable& opened, const std::string& once_key) {
  if (once_key.empty()) return std::nullopt;
  const auto done = FindOnceRecord(opened.metadata(), once_key);
  if (!done) return std::nullopt;
  return CommitResult{opened.table, done->snapshot_id, 0, true};
}

arrow::Status WithMapHint(const arrow::Status& status, CommandContext& context) {
  if (!IsFileNotFound(status) || !context.path_map().empty()) return status;
  const std::string path = MetadataPathIn(status.message());
  if (path.empty()) return status;
  const std::string map = FindMap(path, context);
  return status.WithMessage(status.message(), "; where the warehouse was moved, --map ",
                            map.empty() ? "OLD=NEW" : map, " reads it where it lies");
}

}  // namespace artemis
