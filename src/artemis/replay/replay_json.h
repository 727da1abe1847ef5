// Targets, predicates and other parts that evidence records and pin manifests share, in JSON. For *_json.cc alone.
#pragma once

#include <optional>
#include <string>

#include <arrow/result.h>
#include <nlohmann/json.hpp>

#include "artemis/replay/resolve.h"

namespace artemis {

using OrderedJson = nlohmann::ordered_json;

// Reads members of an object, each of which must be there and of its type; Invalid says which is not.
class JsonMembers {
 public:
  // `where` leads the messages: "evidence.json". Both must outlive this.
  JsonMembers(const OrderedJson& object, std::string where)
      : object_(object), where_(std::move(where)) {}

  arrow::Result<const OrderedJson*> Member(const std::string& key) const;
  arrow::Result<std::string> Text(const std::string& key) const;
  arrow::Result<int64_t> Number(const std::string& key) const;
  arrow::Result<TimestampMs> Time(const std::string& key) const;
  // Null is nullopt.
  arrow::Result<std::optional<int64_t>> NumberIf(const std::string& key) const;
  arrow::Result<std::optional<TimestampMs>> TimeIf(const std::string& key) const;
  arrow::Result<const OrderedJson*> Object(const std::string& key) const;
  arrow::Result<const OrderedJson*> Array(const std::string& key) const;
  arrow::Status Wrong(const std::string& key, const std::string& expected) const;

 private:
  const OrderedJson& object_;
  const std::string where_;
};

// The text as an object; Invalid led by `where`: "evidence.json: is cut off, or no JSON (at byte 120)".
arrow::Result<OrderedJson> ParseJsonObject(std::string_view text, const std::string& where);
// Compact, or over lines; Invalid where text is not UTF-8.
arrow::Result<std::string> DumpJson(const OrderedJson& json, bool lines);

// {"time":"…"}, {"snapshot_id":7}, {"ref":"main"}, {"current":true}
OrderedJson TargetToJson(const ReplayTarget& target);
arrow::Result<ReplayTarget> TargetFromJson(const JsonMembers& members, const std::string& key);

// "snapshot_time", "current"
std::string ProjectionModeName(ProjectionMode mode);
arrow::Result<ProjectionMode> ModeFromJson(const JsonMembers& members, const std::string& key);

}  // namespace artemis
