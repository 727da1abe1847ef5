// Finds a snapshot's schema.
#include "artemis/replay/schema_recovery.h"

#include "artemis/io/file_system.h"
#include "artemis/scan/scan_plan.h"
#include "artemis/table/manifest_avro.h"
#include "artemis/table/metadata_json.h"

namespace artemis {

namespace {

constexpr int64_t kOldMetadataBytesMax = int64_t{1} << 30;

std::shared_ptr<const Schema> Share(Schema schema) {
  return std::make_shared<const Schema>(std::move(schema));
}

// From a manifest that the snapshot itself added; null when it added none.
arrow::Result<std::shared_ptr<const Schema>> FromManifests(Catalog& catalog,
                                                           const LoadedTable& table,
                                                           const Snapshot& snapshot) {
  const TableView view{table.metadata, snapshot.id, nullptr};
  ARROW_ASSIGN_OR_RAISE(const auto manifests, ListManifests(view, catalog.files()));
  for (const auto& manifest : manifests) {
    if (manifest.added_snapshot_id != snapshot.id) continue;
    ARROW_ASSIGN_OR_RAISE(const auto bytes,
                          catalog.files().ReadAll(manifest.path, kManifestBytesMax));
    ARROW_ASSIGN_OR_RAISE(auto header, ReadManifestHeader(bytes, manifest.path));
    return Share(std::move(header.schema));
  }
  return nullptr;
}

// From the last metadata file whose current snapshot was this one; null when none can be read.
arrow::Result<std::shared_ptr<const Schema>> FromOlderMetadata(Catalog& catalog,
                                                               const LoadedTable& table,
                                                               const Snapshot& snapshot) {
  ARROW_ASSIGN_OR_RAISE(const auto history, catalog.History(table));
  for (const auto& entry : history) {
    const auto text = catalog.files().ReadAll(entry.metadata_location, kOldMetadataBytesMax);
    if (!text.ok()) continue;
    const auto then = TableMetadataFromJson(*text, entry.metadata_location);
    if (then.ok() && then->current_snapshot_id == snapshot.id) return Share(then->CurrentSchema());
  }
  return nullptr;
}

}  // namespace

arrow::Result<std::shared_ptr<const Schema>> SchemaOfSnapshot(Catalog& catalog,
                                                              const LoadedTable& table,
                                                              const Snapshot& snapshot) {
  if (snapshot.schema_id) {
    if (const auto* schema = table.metadata->FindSchema(*snapshot.schema_id)) return Share(*schema);
  }
  ARROW_ASSIGN_OR_RAISE(auto schema, FromManifests(catalog, table, snapshot));
  if (schema != nullptr) return schema;
  ARROW_ASSIGN_OR_RAISE(schema, FromOlderMetadata(catalog, table, snapshot));
  if (schema != nullptr) return schema;
  return arrow::Status::Invalid(
      "the schema of snapshot ", snapshot.id.value, " of ", table.name.ToString(),
      " is recorded nowhere: use --mode current to read it with today's schema");
}

}  // namespace artemis
