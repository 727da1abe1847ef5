// Pin manifests as JSON.
#include <utility>

#include "artemis/base/time_text.h"
#include "artemis/replay/pins.h"
#include "artemis/replay/replay_json.h"

namespace artemis {

namespace {

constexpr int64_t kPinsFormat = 1;

OrderedJson PinJson(const SavedPin& pin) {
  OrderedJson json;
  json["table"] = pin.table;
  json["table_uuid"] = pin.table_uuid;
  json["target"] = TargetToJson(pin.target);
  json["snapshot_id"] = pin.snapshot_id ? OrderedJson(pin.snapshot_id->value) : OrderedJson();
  json["committed_at"] =
      pin.committed_at ? OrderedJson(FormatTime(*pin.committed_at)) : OrderedJson();
  json["schema_id"] = pin.schema_id.value;
  json["mode"] = ProjectionModeName(pin.mode);
  json["metadata_location"] = pin.metadata_location;
  return json;
}

arrow::Result<SavedPin> PinFromJson(const OrderedJson& json, const std::string& where) {
  if (!json.is_object()) return arrow::Status::Invalid(where, ": is no object");
  const JsonMembers members(json, where);
  SavedPin pin;
  ARROW_ASSIGN_OR_RAISE(pin.table, members.Text("table"));
  ARROW_ASSIGN_OR_RAISE(pin.table_uuid, members.Text("table_uuid"));
  ARROW_ASSIGN_OR_RAISE(pin.target, TargetFromJson(members, "target"));
  ARROW_ASSIGN_OR_RAISE(const auto id, members.NumberIf("snapshot_id"));
  if (id) pin.snapshot_id = SnapshotId(*id);
  ARROW_ASSIGN_OR_RAISE(pin.committed_at, members.TimeIf("committed_at"));
  ARROW_ASSIGN_OR_RAISE(const int64_t schema_id, members.Number("schema_id"));
  pin.schema_id = SchemaId(static_cast<int32_t>(schema_id));
  ARROW_ASSIGN_OR_RAISE(pin.mode, ModeFromJson(members, "mode"));
  ARROW_ASSIGN_OR_RAISE(pin.metadata_location, members.Text("metadata_location"));
  return pin;
}

}  // namespace

arrow::Result<std::string> PinManifestToJson(const PinManifest& manifest) {
  OrderedJson json;
  json["artemis_pins"] = kPinsFormat;
  json["created_at"] = FormatTime(manifest.created_at);
  json["principal"] = manifest.principal;
  json["catalog"] = manifest.catalog;
  json["pins"] = OrderedJson::array();
  for (const auto& pin : manifest.pins) json["pins"].push_back(PinJson(pin));
  ARROW_ASSIGN_OR_RAISE(const auto text, DumpJson(json, true));
  return text + "\n";
}

arrow::Result<PinManifest> PinManifestFromJson(std::string_view text, const std::string& path) {
  ARROW_ASSIGN_OR_RAISE(const OrderedJson json, ParseJsonObject(text, path));
  if (!json.contains("artemis_pins")) {
    return arrow::Status::Invalid(path, ": is no pin manifest ('artemis_pins' is missing)");
  }
  const JsonMembers members(json, path);
  ARROW_ASSIGN_OR_RAISE(const int64_t format, members.Number("artemis_pins"));
  if (format != kPinsFormat) {
    return arrow::Status::Invalid(path, ": is a manifest of format ", format,
                                  "; this version reads format ", kPinsFormat);
  }
  PinManifest manifest;
  ARROW_ASSIGN_OR_RAISE(manifest.created_at, members.Time("created_at"));
  ARROW_ASSIGN_OR_RAISE(manifest.principal, members.Text("principal"));
  ARROW_ASSIGN_OR_RAISE(manifest.catalog, members.Text("catalog"));
  ARROW_ASSIGN_OR_RAISE(const auto* pins, members.Array("pins"));
  for (const auto& pin : *pins) {
    const std::string where = path + ": pins[" + std::to_string(manifest.pins.size()) + "]";
    ARROW_ASSIGN_OR_RAISE(manifest.pins.emplace_back(), PinFromJson(pin, where));
  }
  return manifest;
}

}  // namespace artemis
