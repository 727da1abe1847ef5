// Pin manifests in files.
#include "artemis/cli/replay_pins.h"

#include <utility>

#include "artemis/base/error.h"
#include "artemis/base/program_error.h"
#include "artemis/cli/replay_facts.h"
#include "artemis/io/file_system.h"
#include "artemis/output/target.h"

namespace artemis {

namespace {

PinManifest ManifestOf(Catalog& catalog, const std::vector<PinnedTable>& pins,
                       const CommandContext& context) {
  PinManifest manifest{context.clock().Now(), UserName(), catalog.Uri(), {}};
  for (const auto& table : pins) manifest.pins.push_back(SavePin(table.name, table.pin));
  return manifest;
}

}  // namespace

arrow::Result<PinManifest> ReadPins(const std::string& path) {
  ARROW_ASSIGN_OR_RAISE(const auto text, LocalFileSystem().ReadAll(path, kPinManifestBytesMax));
  return PinManifestFromJson(text, path);
}

arrow::Result<PinnedSnapshot> PinFrom(const PinManifest& manifest, const std::string& path,
                                      Catalog& catalog, const LoadedTable& table) {
  const SavedPin* saved = manifest.Find(table.name.ToString());
  if (saved == nullptr) {
    return arrow::Status::Invalid(path, ": does not pin the table ", table.name.ToString());
  }
  return RestorePin(catalog, table, *saved);
}

arrow::Result<std::vector<PinnedTable>> PinQueriedTables(const ReplayQueryOptions& options,
                                                         ProjectionMode mode, Catalog& catalog,
                                                         CommandContext& context) {
  std::vector<TableName> names;
  for (const auto& text : options.tables) {
    ARROW_ASSIGN_OR_RAISE(names.emplace_back(), TableArgument(text));
  }
  if (options.target.snapshot || options.target.ref) {
    return UsageError("several tables share a time, not a snapshot or a ref: use --at");
  }
  if (options.pins.empty()) {
    ARROW_ASSIGN_OR_RAISE(const auto target,
                          ParseTarget(options.target, options.rows.timezone, context));
    return PinTables(catalog, names, target, mode);
  }
  ARROW_ASSIGN_OR_RAISE(const auto manifest, ReadPins(options.pins));
  std::vector<PinnedTable> pins;
  for (const auto& name : names) {
    ARROW_ASSIGN_OR_RAISE(const auto table, catalog.Load(name));
    auto pin = PinFrom(manifest, options.pins, catalog, table);
    if (!pin.ok()) return WithContext(pin.status(), name.ToString());
    pins.push_back({name, *std::move(pin)});
  }
  return pins;
}

arrow::Status WritePins(const std::string& path, Catalog& catalog,
                        const std::vector<PinnedTable>& pins, CommandContext& context) {
  ARROW_ASSIGN_OR_RAISE(const auto text, PinManifestToJson(ManifestOf(catalog, pins, context)));
  ARROW_ASSIGN_OR_RAISE(auto target, OutputTarget::Open(path));
  ARROW_RETURN_NOT_OK(target->Write(text));
  return target->Finish();
}

arrow::Status PrintPins(Catalog& catalog, const std::vector<PinnedTable>& pins,
                        const std::string& format, CommandContext& context) {
  if (format == "json") {
    return WritePins("-", catalog, pins, context);
  }
  if (!format.empty() && format != "table") {
    return UsageError("pins are facts: their formats are table and json");
  }
  FactTable table;
  for (const auto& [name, pin] : pins) {
    const FactRecord facts = PinFacts(name.ToString(), pin);
    table.keys.clear();
    auto& row = table.rows.emplace_back();
    for (const auto& [key, fact] : facts.members) {
      table.keys.push_back(key);
      row.push_back(fact);
    }
  }
  return context.Print(table.ToText());
}

}  // namespace artemis
