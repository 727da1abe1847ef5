// Times without a zone go through text, so that one parser decides what they mean.
#include "artemis/sql/at_clause.h"

#include <optional>
#include <string>

#include <duckdb/main/setting_info.hpp>

#include "artemis/base/time_text.h"
#include "artemis/sql/error_wall.h"
#include "artemis/sql/session_context.h"

namespace artemis {
namespace {

// The option unless SET TimeZone has said otherwise since; that it says what holds anyway (UTC) counts, too.
std::optional<std::string> ZoneOf(duckdb::ClientContext& context, const SessionState& state) {
  duckdb::Value setting;
  auto found = context.TryGetCurrentSetting("TimeZone", setting);
  if (!found || setting.IsNull()) return state.timezone();
  const bool was_set = found.GetScope() == duckdb::SettingScope::LOCAL;
  if (was_set || setting.ToString() != state.engine_zone()) return setting.ToString();
  return state.timezone();
}

constexpr int64_t kFileConcurrencyDefault = 64;
constexpr int64_t kLastMs = 253'402'300'799'999;  // the year 9999

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

void CheckProjectionMode(duckdb::ClientContext&, duckdb::SetScope, duckdb::Value& value) {
  const std::string mode = duckdb::StringUtil::Lower(value.ToString());
  if (mode != "current" && mode != "snapshot_time") {
    throw duckdb::InvalidInputException(
        "artemis.projection_mode is 'snapshot_time' or 'current', found: '%s'", value.ToString());
  }
}

void CheckFileConcurrency(duckdb::ClientContext&, duckdb::SetScope, duckdb::Value& value) {
  if (value.IsNull() || value.GetValue<int64_t>() < 1) {
    throw duckdb::InvalidInputException("artemis.file_concurrency is at least 1, found: %s",
                                        value.ToString());
  }
}

void CheckAsOf(duckdb::ClientContext& context, duckdb::SetScope scope, duckdb::Value& value) {
  if (scope == duckdb::SetScope::GLOBAL) {
    throw duckdb::InvalidInputException("artemis.as_of is a setting of a session");
  }
  const auto state = SessionOf(context, nullptr);
  if (state == nullptr || value.IsNull() || value.ToString().empty()) return;
  const auto target = UnwrapOrThrow(*state, TimeTarget(value, context, *state));
  value = duckdb::Value(FormatTime(std::get<TimestampMs>(target)));
}

}  // namespace

ReplayTarget DefaultTargetOf(duckdb::ClientContext& context) {
  duckdb::Value setting;
  if (!context.TryGetCurrentSetting(kAsOfSetting, setting) || setting.IsNull()) return {};
  const std::string text = setting.ToString();
  if (text.empty()) return {};
  // What SET has checked against the clock is not checked again.
  const auto time = ParseTime(text, {TimestampMs(kLastMs), std::nullopt});
  return time.ok() ? ReplayTarget(*time) : ReplayTarget();
}

void AddSessionSettings(duckdb::DBConfig& config) {
  config.AddExtensionOption(
      kProjectionModeSetting,
      "Which schema rows of an old snapshot are read in: that of the snapshot, or the current one",
      duckdb::LogicalType::VARCHAR, duckdb::Value("snapshot_time"), CheckProjectionMode);
  config.AddExtensionOption(kAsOfSetting,
                            "The instant every table is read as of where no clause says otherwise",
                            duckdb::LogicalType::VARCHAR, duckdb::Value(""), CheckAsOf);
  config.AddExtensionOption(kFileConcurrencySetting,
                            "How many threads read the files of one scan at most",
                            duckdb::LogicalType::BIGINT,
                            duckdb::Value::BIGINT(kFileConcurrencyDefault), CheckFileConcurrency);
}

int64_t FileConcurrencyOf(duckdb::ClientContext& context) {
  duckdb::Value setting;
  if (!context.TryGetCurrentSetting(kFileConcurrencySetting, setting) || setting.IsNull()) {
    return kFileConcurrencyDefault;
  }
  return setting.GetValue<int64_t>();
}

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

arrow::Result<ReplayTarget> TargetOf(const duckdb::Value& value, duckdb::ClientContext& context,
                                     const SessionState& state) {
  if (value.IsNull())
    return arrow::Status::Invalid("expected a time, a snapshot or a ref, found NULL");
  if (value.type().IsIntegral() || value.type().id() == duckdb::LogicalTypeId::VARCHAR) {
    return VersionTarget(value);
  }
  return TimeTarget(value, context, state);
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
