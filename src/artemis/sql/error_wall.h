// Where our statuses become DuckDB's exceptions, and its errors become statuses with our details. Only for sql/.
#pragma once

#include <utility>

#include <arrow/result.h>
#include <duckdb/common/error_data.hpp>

#include "artemis/sql/session_state.h"

namespace artemis {

// Throws `status` into DuckDB. Never as an internal or fatal error: those invalidate the database.
[[noreturn]] void ThrowStatus(SessionState& state, const arrow::Status& status);

// The value, or the status thrown into DuckDB.
template <typename T>
T UnwrapOrThrow(SessionState& state, arrow::Result<T> result) {
  if (!result.ok()) ThrowStatus(state, result.status());
  return std::move(result).ValueUnsafe();
}

// What DuckDB failed with. An error that we threw comes out as the status it was, details included.
arrow::Status StatusFromError(const SessionState& state, const duckdb::ErrorData& error);

// Runs `body`, which returns a Status or a Result, and turns what DuckDB throws into a status.
template <typename Body>
auto CatchDuckDb(const SessionState& state, Body&& body) -> decltype(body()) {
  try {
    return body();
  } catch (const std::exception& exception) {
    return StatusFromError(state, duckdb::ErrorData(exception));
  }
}

}  // namespace artemis
