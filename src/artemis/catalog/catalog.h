// The catalog: names of tables and the one atomic swap of a table's metadata location. Invariants: docs/design/commit.md
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <arrow/result.h>

#include "artemis/base/clock.h"
#include "artemis/table/metadata.h"

namespace artemis {

class FileSystem;

// "sda.observations", "ground.eu.passes": a namespace of one or more parts and a name.
struct TableName {
  std::vector<std::string> namespace_parts;
  std::string name;

  auto operator<=>(const TableName&) const = default;
  std::string Namespace() const;  // parts joined with '.'
  std::string ToString() const;   // "sda.observations"
};
// Invalid when empty parts or no namespace.
arrow::Result<TableName> ParseTableName(std::string_view text);
// The parts between the dots, whatever they hold.
std::vector<std::string> SplitNamespace(std::string_view text);
// What every catalog asks of a name before it enters it: that ParseTableName gives it back from its text (no dot within a part, no
// slash, nothing that leaves the warehouse). Names that others have entered are listed, loaded and dropped all the same.
arrow::Status CheckTableName(const TableName& name);
arrow::Status CheckNamespace(const std::string& name);

struct LoadedTable {
  TableName name;
  std::string metadata_location;
  // Parsed once per location and shared: metadata files are immutable.
  std::shared_ptr<const TableMetadata> metadata;
};

// What was in force from `time` on: one per swap (artemis_history), and one per older metadata file that metadata-log names.
struct HistoryEntry {
  TimestampMs time;
  std::string metadata_location;
  std::optional<SnapshotId> snapshot_id;
  std::optional<SchemaId> schema_id;
  std::optional<SpecId> spec_id;
  std::string operation;  // "create", "append", "alter", …; empty when unknown
  std::string principal;  // empty when unknown
};

// Who changes what, for artemis_history and the events.
struct CommitInfo {
  std::string operation;
  std::string principal;
};

// Thread-safe, and safe with any number of processes on one catalog. Every call reads the catalog anew.
// NoSuchTable where a table is asked for that is not there; IOError, PermissionDenied from below. Calls that change something
// give CommitUnknown when they may have done so. A table whose metadata is lost or broken fails when it is loaded, and hinders no
// call that does not need its metadata: listing, dropping, renaming.
class Catalog {
 public:
  virtual ~Catalog() = default;

  // "sqlite:/path/catalog.db", without secrets.
  virtual std::string Uri() const = 0;
  // The folder new tables are placed in.
  virtual std::string Warehouse() const = 0;
  virtual FileSystem& files() = 0;
  virtual const Clock& clock() const = 0;

  // Sorted. A namespace with a table in it is there, whether it was created or not.
  virtual arrow::Result<std::vector<std::string>> ListNamespaces() = 0;
  virtual arrow::Status CreateNamespace(const std::string& name) = 0;  // AlreadyExists
  // NoSuchTable names the namespace; Invalid says what it still holds, a namespace within it for one.
  virtual arrow::Status DropNamespace(const std::string& name);
  // NoSuchTable names the namespace.
  virtual arrow::Result<std::map<std::string, std::string>> NamespaceProperties(
      const std::string& name);
  // Sets those with a value and removes the others. NoSuchTable; NotImplemented where the catalog keeps none.
  virtual arrow::Status ChangeNamespaceProperties(
      const std::string& name, const std::map<std::string, std::optional<std::string>>& changes);
  // All tables, or those of one namespace. Sorted.
  virtual arrow::Result<std::vector<TableName>> ListTables(
      std::optional<std::string> namespace_name) = 0;

  virtual arrow::Result<LoadedTable> Load(const TableName& name) = 0;

  // Where a new table of this name goes: "file:///<warehouse>/<namespace>/<name>".
  virtual std::string DefaultLocation(const TableName& name) const = 0;
  // Writes the first metadata file and enters the table; makes the namespace. AlreadyExists when the name is taken.
  virtual arrow::Result<LoadedTable> Create(const TableName& name, TableMetadata metadata,
                                            const CommitInfo& info) = 0;

  // Writes `next` as the next metadata file (metadata-log extended by `base`, last-updated = max(now, previous + 1 ms) unless
  // `next` already has a later one) and swaps the location if it is still base.metadata_location.
  // CommitConflict: another swap came first; our metadata file is removed. CommitUnknown: the outcome is not known; nothing is removed.
  virtual arrow::Result<LoadedTable> Commit(const LoadedTable& base, TableMetadata next,
                                            const CommitInfo& info) = 0;

  // Enters an existing metadata file under a new name. AlreadyExists when the name is taken.
  virtual arrow::Result<LoadedTable> Register(const TableName& name,
                                              const std::string& metadata_location,
                                              const CommitInfo& info) = 0;
  virtual arrow::Status Rename(const TableName& from, const TableName& to) = 0;
  // Removes the name; files stay. Works on a table whose metadata cannot be read.
  virtual arrow::Status Drop(const TableName& name) = 0;
  // The same while `table` is what stands behind the name, else CommitConflict: for whoever then removes its files.
  virtual arrow::Status DropIfUnchanged(const LoadedTable& table);

  // The timeline of the table, oldest first: our own history merged with metadata-log. Reading never writes.
  virtual arrow::Result<std::vector<HistoryEntry>> History(const LoadedTable& table) = 0;
};

}  // namespace artemis
