// Checked members.
#include "artemis/replay/replay_json.h"

#include <utility>

#include "artemis/base/time_text.h"

namespace artemis {

namespace {

// Times of a record are checked by what they name, not by the clock.
constexpr TimestampMs kEndOfTime{253'402'300'799'000};

}  // namespace

arrow::Status JsonMembers::Wrong(const std::string& key, const std::string& expected) const {
  const auto found = object_.find(key);
  return arrow::Status::Invalid(
      where_, ": '", key, "' ", found == object_.end() ? "is missing" : "is no " + expected,
      found == object_.end() ? "" : std::string(": found ") + found->type_name());
}

arrow::Result<const OrderedJson*> JsonMembers::Member(const std::string& key) const {
  const auto found = object_.find(key);
  if (found == object_.end()) return Wrong(key, "member");
  return &*found;
}

arrow::Result<std::string> JsonMembers::Text(const std::string& key) const {
  ARROW_ASSIGN_OR_RAISE(const auto* member, Member(key));
  if (!member->is_string()) return Wrong(key, "text");
  return member->get<std::string>();
}

arrow::Result<int64_t> JsonMembers::Number(const std::string& key) const {
  ARROW_ASSIGN_OR_RAISE(const auto* member, Member(key));
  if (!member->is_number_integer()) return Wrong(key, "whole number");
  return member->get<int64_t>();
}

arrow::Result<TimestampMs> JsonMembers::Time(const std::string& key) const {
  ARROW_ASSIGN_OR_RAISE(const auto text, Text(key));
  const auto time = ParseTime(text, {kEndOfTime, std::nullopt});
  if (!time.ok()) return Wrong(key, "time");
  return time;
}

arrow::Result<std::optional<int64_t>> JsonMembers::NumberIf(const std::string& key) const {
  ARROW_ASSIGN_OR_RAISE(const auto* member, Member(key));
  if (member->is_null()) return std::nullopt;
  return Number(key);
}

arrow::Result<std::optional<TimestampMs>> JsonMembers::TimeIf(const std::string& key) const {
  ARROW_ASSIGN_OR_RAISE(const auto* member, Member(key));
  if (member->is_null()) return std::nullopt;
  return Time(key);
}

arrow::Result<const OrderedJson*> JsonMembers::Object(const std::string& key) const {
  ARROW_ASSIGN_OR_RAISE(const auto* member, Member(key));
  if (!member->is_object()) return Wrong(key, "object");
  return member;
}

arrow::Result<const OrderedJson*> JsonMembers::Array(const std::string& key) const {
  ARROW_ASSIGN_OR_RAISE(const auto* member, Member(key));
  if (!member->is_array()) return Wrong(key, "list");
  return member;
}

arrow::Result<OrderedJson> ParseJsonObject(std::string_view text, const std::string& where) {
  try {
    OrderedJson json = OrderedJson::parse(text);
    if (!json.is_object()) return arrow::Status::Invalid(where, ": is no JSON object");
    return json;
  } catch (const OrderedJson::parse_error& error) {
    return arrow::Status::Invalid(where, ": is cut off, or no JSON (at byte ", error.byte, " of ",
                                  text.size(), ")");
  }
}

arrow::Result<std::string> DumpJson(const OrderedJson& json, bool lines) {
  try {
    return json.dump(lines ? 1 : -1);
  } catch (const OrderedJson::exception& error) {
    return arrow::Status::Invalid("cannot be written as JSON: ", error.what());
  }
}

OrderedJson TargetToJson(const ReplayTarget& target) {
  OrderedJson json = OrderedJson::object();
  if (const auto* time = std::get_if<TimestampMs>(&target)) {
    json["time"] = FormatTime(*time);
  } else if (const auto* id = std::get_if<SnapshotId>(&target)) {
    json["snapshot_id"] = id->value;
  } else if (const auto* ref = std::get_if<std::string>(&target)) {
    json["ref"] = *ref;
  } else {
    json["current"] = true;
  }
  return json;
}

arrow::Result<ReplayTarget> TargetFromJson(const JsonMembers& members, const std::string& key) {
  ARROW_ASSIGN_OR_RAISE(const auto* object, members.Object(key));
  const JsonMembers target(*object, "'" + key + "'");
  if (object->contains("current")) return ReplayTarget();
  if (object->contains("time")) {
    ARROW_ASSIGN_OR_RAISE(const auto time, target.Time("time"));
    return ReplayTarget(time);
  }
  if (object->contains("ref")) {
    ARROW_ASSIGN_OR_RAISE(const auto ref, target.Text("ref"));
    return ReplayTarget(ref);
  }
  ARROW_ASSIGN_OR_RAISE(const int64_t id, target.Number("snapshot_id"));
  return ReplayTarget(SnapshotId(id));
}

std::string ProjectionModeName(ProjectionMode mode) {
  return mode == ProjectionMode::kCurrent ? "current" : "snapshot_time";
}

arrow::Result<ProjectionMode> ModeFromJson(const JsonMembers& members, const std::string& key) {
  ARROW_ASSIGN_OR_RAISE(const auto name, members.Text(key));
  if (name == "current") return ProjectionMode::kCurrent;
  if (name == "snapshot_time") return ProjectionMode::kSnapshotTime;
  return members.Wrong(key, "projection mode");
}

}  // namespace artemis
