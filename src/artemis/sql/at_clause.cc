// Times without a zone go through text, so that one parser decides what they mean.
#include "artemis/sql/at_clause.h"

#include <optional>
#include <string>

#include "artemis/base/time_text.h"

namespace artemis {
namespace {

// The option unless SET TimeZone has said otherwise since.
std::optional<std::string> ZoneOf(duckdb::ClientContext& context, const SessionState& state) {
  duckdb::Value setting;
  const bool has_setting = context.TryGetCurrentSetting("TimeZone", setting) && !setting.IsNull();
  if (has_setting && setting.ToString() != state.engine_zone()) return setting.ToString();
  return state.options().timezone;
}

int64_t FloorToMillis(int64_t micros) { return micros / 1000 - (micros % 1000 < 0 ? 1 : 0); }

arrow::Result<ReplayTarget> TimeTarget(const duckdb::Value& value, duckdb::ClientContext& context,
                                       const SessionState& state) {
  using duckdb::LogicalTypeId;
  const TimestampMs now = state.catalog().clock().Now();
  switch (value.type().id()) {
    case LogicalTypeId::TIMESTAMP_TZ: {
      const TimestampMs time(FloorToMillis(value.GetValueUnsafe<duckdb::timestamp_t>().value));
      if (time.value > now.value + kFutureToleranceMs) {
        return arrow::Status::Invalid("the time lies in the future: ", FormatTime(time),
                                      ", now is ", FormatTime(now));
      }
      return ReplayTarget(time);
    }
    case LogicalTypeId::VARCHAR:
    case LogicalTypeId::TIMESTAMP:
    case LogicalTypeId::TIMESTAMP_SEC:
    case LogicalTypeId::TIMESTAMP_MS:
    case LogicalTypeId::DATE:
    case LogicalTypeId::INTEGER:
    case LogicalTypeId::BIGINT: {
      ARROW_ASSIGN_OR_RAISE(const TimestampMs time,
                            ParseTime(value.ToString(), {now, ZoneOf(context, state)}));
      return ReplayTarget(time);
    }
    default:
      return arrow::Status::Invalid("a table is read at a time, found: ", value.ToString(), " (",
                                    value.type().ToString(), ")");
  }
}

arrow::Result<ReplayTarget> VersionTarget(const duckdb::Value& value) {
  if (value.type().IsIntegral()) {
    duckdb::Value id;
    std::string error;
    if (!value.DefaultTryCastAs(duckdb::LogicalType::BIGINT, id, &error)) {
      return arrow::Status::Invalid("no snapshot id: ", value.ToString());
    }
    return ReplayTarget(SnapshotId(id.GetValue<int64_t>()));
  }
  if (value.type().id() == duckdb::LogicalTypeId::VARCHAR) {
    return ReplayTarget(duckdb::StringValue::Get(value));
  }
  return arrow::Status::Invalid(
      "expected a snapshot id, or the name of a tag or branch in quotes, found: ", value.ToString(),
      " (", value.type().ToString(), ")");
}

}  // namespace

arrow::Result<ReplayTarget> TargetOf(const duckdb::BoundAtClause& at,
                                     duckdb::ClientContext& context, const SessionState& state) {
  if (at.GetValue().IsNull()) {
    return arrow::Status::Invalid("a table cannot be read AT (", at.Unit(), " => NULL)");
  }
  if (duckdb::StringUtil::CIEquals(at.Unit(), "timestamp")) {
    return TimeTarget(at.GetValue(), context, state);
  }
  if (duckdb::StringUtil::CIEquals(at.Unit(), "version")) return VersionTarget(at.GetValue());
  return arrow::Status::Invalid("expected AT (TIMESTAMP => …) or AT (VERSION => …), found: ",
                                at.Unit());
}

ProjectionMode ProjectionModeOf(duckdb::ClientContext& context) {
  duckdb::Value setting;
  if (context.TryGetCurrentSetting(kProjectionModeSetting, setting) && !setting.IsNull() &&
      duckdb::StringUtil::CIEquals(setting.ToString(), "current")) {
    return ProjectionMode::kCurrent;
  }
  return ProjectionMode::kSnapshotTime;
}

}  // namespace artemis
