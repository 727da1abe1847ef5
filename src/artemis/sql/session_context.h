// Which of our sessions a DuckDB client context belongs to. Only for sql/.
#pragma once

#include <memory>

#include <duckdb/main/client_context.hpp>

#include "artemis/sql/session_state.h"

namespace artemis {

// Makes `state` the session of `context`, for as long as the context lives.
void SetSession(duckdb::ClientContext& context, std::shared_ptr<SessionState> state);

// The session of `context`; `otherwise` where there is none, as for connections of DuckDB's own.
std::shared_ptr<SessionState> SessionOf(duckdb::ClientContext& context,
                                        const std::shared_ptr<SessionState>& otherwise);

}  // namespace artemis
