// Kept among the context's registered states.
#include "artemis/sql/session_context.h"

#include <utility>

#include <duckdb/main/client_context_state.hpp>

namespace artemis {
namespace {

constexpr char kSessionKey[] = "artemis_session";

struct SessionContextState : public duckdb::ClientContextState {
  explicit SessionContextState(std::shared_ptr<SessionState> the_state)
      : state(std::move(the_state)) {}
  const std::shared_ptr<SessionState> state;
};

}  // namespace

void SetSession(duckdb::ClientContext& context, std::shared_ptr<SessionState> state) {
  context.registered_state->Insert(kSessionKey,
                                   duckdb::make_shared_ptr<SessionContextState>(std::move(state)));
}

std::shared_ptr<SessionState> SessionOf(duckdb::ClientContext& context,
                                        const std::shared_ptr<SessionState>& otherwise) {
  const auto found = context.registered_state->Get<SessionContextState>(kSessionKey);
  return found ? found->state : otherwise;
}

}  // namespace artemis
