// Takes pins together, and again.
#include "artemis/replay/pins.h"

#include <algorithm>
#include <set>
#include <utility>

#include "artemis/base/error.h"
#include "artemis/io/file_system.h"
#include "artemis/replay/schema_recovery.h"
#include "artemis/table/metadata_json.h"

namespace artemis {

namespace {

constexpr int kInstantAttemptsMax = 16;

arrow::Result<std::vector<LoadedTable>> LoadAll(Catalog& catalog,
                                                const std::vector<TableName>& names) {
  std::vector<LoadedTable> tables;
  for (const auto& name : names) {
    ARROW_ASSIGN_OR_RAISE(tables.emplace_back(), catalog.Load(name));
  }
  return tables;
}

bool AreUnchanged(const std::vector<LoadedTable>& before, const std::vector<LoadedTable>& after) {
  return std::equal(before.begin(), before.end(), after.begin(),
                    [](const LoadedTable& a, const LoadedTable& b) {
                      return a.metadata_location == b.metadata_location;
                    });
}

// States that were in force together: between the end of one pass and the beginning of the next.
arrow::Result<std::vector<LoadedTable>> LoadAtOneInstant(Catalog& catalog,
                                                         const std::vector<TableName>& names) {
  ARROW_ASSIGN_OR_RAISE(auto tables, LoadAll(catalog, names));
  for (int attempt = 0; names.size() > 1; ++attempt) {
    ARROW_ASSIGN_OR_RAISE(auto again, LoadAll(catalog, names));
    if (AreUnchanged(tables, again)) break;
    if (attempt == kInstantAttemptsMax) {
      return LimitExceededError("the tables change faster than they can be pinned together: " +
                                std::to_string(attempt) + " attempts; pin them at a time");
    }
    tables = std::move(again);
  }
  return tables;
}

arrow::Status CheckNames(const std::vector<TableName>& names) {
  std::set<TableName> seen;
  for (const auto& name : names) {
    if (!seen.insert(name).second) {
      return arrow::Status::Invalid("table ", name.ToString(), " is named twice");
    }
  }
  return arrow::Status::OK();
}

// The metadata a pin was taken from, else what the table has.
arrow::Result<LoadedTable> PinnedMetadata(Catalog& catalog, const LoadedTable& table,
                                          const std::string& location) {
  if (location == table.metadata_location) return table;
  const auto text = catalog.files().ReadAll(location, kMetadataTextBytesMax);
  if (IsFileNotFound(text.status())) return table;
  ARROW_RETURN_NOT_OK(text.status());
  ARROW_ASSIGN_OR_RAISE(auto metadata, TableMetadataFromJson(*text, location));
  return LoadedTable{table.name, location,
                     std::make_shared<const TableMetadata>(std::move(metadata))};
}

arrow::Result<std::shared_ptr<const Schema>> PinnedSchema(Catalog& catalog,
                                                          const LoadedTable& table,
                                                          const SavedPin& saved) {
  if (const auto* schema = table.metadata->FindSchema(saved.schema_id)) {
    return std::make_shared<const Schema>(*schema);
  }
  const auto* snapshot =
      saved.snapshot_id ? table.metadata->FindSnapshot(*saved.snapshot_id) : nullptr;
  if (snapshot != nullptr) {
    ARROW_ASSIGN_OR_RAISE(auto schema, SchemaOfSnapshot(catalog, table, *snapshot));
    if (schema->id == saved.schema_id) return schema;
  }
  return arrow::Status::Invalid("table ", saved.table, " no longer has the schema ",
                                saved.schema_id.value, " that it was pinned under");
}

}  // namespace

arrow::Result<std::vector<PinnedTable>> PinTables(Catalog& catalog,
                                                  const std::vector<TableName>& names,
                                                  const ReplayTarget& target, ProjectionMode mode) {
  if (std::holds_alternative<SnapshotId>(target) || std::holds_alternative<std::string>(target)) {
    return arrow::Status::Invalid(
        "several tables share a time, not a snapshot or a ref: name a time");
  }
  ARROW_RETURN_NOT_OK(CheckNames(names));
  ARROW_ASSIGN_OR_RAISE(const auto tables, LoadAtOneInstant(catalog, names));
  std::vector<PinnedTable> pinned;
  for (const auto& table : tables) {
    auto pin = Resolve(catalog, table, target, mode);
    if (!pin.ok()) return WithContext(pin.status(), table.name.ToString());
    pinned.push_back({table.name, *std::move(pin)});
  }
  return pinned;
}

SavedPin SavePin(const TableName& name, const PinnedSnapshot& pin) {
  return {name.ToString(),       pin.view.metadata->table_uuid,
          pin.metadata_location, pin.target,
          pin.view.snapshot_id,  pin.committed_at,
          pin.view.schema->id,   pin.mode};
}

arrow::Result<PinnedSnapshot> RestorePin(Catalog& catalog, const LoadedTable& table,
                                         const SavedPin& saved) {
  if (table.metadata->table_uuid != saved.table_uuid) {
    return arrow::Status::Invalid("table ", saved.table, " is another table than was pinned: uuid ",
                                  table.metadata->table_uuid, ", pinned was ", saved.table_uuid);
  }
  if (saved.snapshot_id) {
    // For its errors: which of expired and unknown it is.
    ARROW_RETURN_NOT_OK(Resolve(catalog, table, ReplayTarget(*saved.snapshot_id)).status());
  }
  ARROW_ASSIGN_OR_RAISE(LoadedTable pinned,
                        PinnedMetadata(catalog, table, saved.metadata_location));
  if (saved.snapshot_id && pinned.metadata->FindSnapshot(*saved.snapshot_id) == nullptr) {
    pinned = table;
  }
  PinnedSnapshot pin;
  pin.view.metadata = pinned.metadata;
  pin.view.snapshot_id = saved.snapshot_id;
  ARROW_ASSIGN_OR_RAISE(pin.view.schema, PinnedSchema(catalog, pinned, saved));
  pin.metadata_location = pinned.metadata_location;
  pin.committed_at = saved.committed_at;
  pin.target = saved.target;
  pin.mode = saved.mode;
  return pin;
}

const SavedPin* PinManifest::Find(const std::string& table) const {
  const auto found = std::find_if(pins.begin(), pins.end(),
                                  [&](const SavedPin& pin) { return pin.table == table; });
  return found == pins.end() ? nullptr : &*found;
}

}  // namespace artemis
