// What an AT clause asks for. Only for sql/.
#pragma once

#include <arrow/result.h>
#include <duckdb/main/client_context.hpp>
#include <duckdb/main/config.hpp>
#include <duckdb/planner/tableref/bound_at_clause.hpp>

#include "artemis/replay/resolve.h"
#include "artemis/sql/session_state.h"

namespace artemis {

// AT (TIMESTAMP => …): text as of base/time_text.h, TIMESTAMPTZ, epoch milliseconds, or TIMESTAMP and DATE, which have no zone:
// they are taken in the session's timezone (the option, or what SET TimeZone says), else they are refused.
// AT (VERSION => …): an integer is a snapshot id, text is a tag or a branch.
// Invalid: null, another type, a time more than a minute ahead.
arrow::Result<ReplayTarget> TargetOf(const duckdb::BoundAtClause& at,
                                     duckdb::ClientContext& context, const SessionState& state);

// The same of a value alone: an integer is a snapshot id, text a tag or a branch, a timestamp or date a time.
arrow::Result<ReplayTarget> TargetOf(const duckdb::Value& value, duckdb::ClientContext& context,
                                     const SessionState& state);

// What a table without an AT clause is read as of: the session's setting of artemis.as_of, else what stands now.
ReplayTarget DefaultTargetOf(duckdb::ClientContext& context);

// The session's setting of artemis.projection_mode.
ProjectionMode ProjectionModeOf(duckdb::ClientContext& context);

// The session's setting of artemis.file_concurrency.
int64_t FileConcurrencyOf(duckdb::ClientContext& context);

// Adds the settings of a session: artemis.as_of, artemis.projection_mode and artemis.file_concurrency. What SET gives them is checked there and then; as_of
// becomes a fixed instant ('-2h' counts from the SET).
void AddSessionSettings(duckdb::DBConfig& config);

inline constexpr char kProjectionModeSetting[] = "artemis.projection_mode";
inline constexpr char kFileConcurrencySetting[] = "artemis.file_concurrency";
inline constexpr char kAsOfSetting[] = "artemis.as_of";

}  // namespace artemis
