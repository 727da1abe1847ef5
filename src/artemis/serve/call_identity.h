// Who calls: checked on every call from the authorization header, before anything of the call is looked at.
//
//   authorization: Basic <principal or "token">:<token>   any call, usually a handshake; answered with a Bearer of a new session
//   authorization: Bearer <token>                         a session by cookie or by peer
//   authorization: Bearer <token>.<login>                 what a login was answered with
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <arrow/flight/server_middleware.h>

#include "artemis/base/event_log.h"
#include "artemis/base/metrics.h"
#include "artemis/serve/budget.h"
#include "artemis/serve/flight_session.h"
#include "artemis/serve/held_refusals.h"
#include "artemis/serve/token_store.h"

namespace artemis {

inline constexpr char kCallIdentityKey[] = "identity";
inline constexpr char kSessionCookie[] = "artemis_session";

// What a checked call carries to its handler.
class CallIdentity : public arrow::flight::ServerMiddleware {
 public:
  std::string name() const override { return kCallIdentityKey; }
  // The login and the cookie of a client that has logged in.
  void SendingHeaders(arrow::flight::AddCallHeaders* outgoing) override;
  void CallCompleted(const arrow::Status&) override {}

  std::shared_ptr<const Token> token;
  SessionNames names;
  // Empty: none is sent.
  std::string bearer;
  std::string new_cookie;
};

// Refuses calls without a valid token as Unauthenticated, with an event `flight_login` that names the peer and never the token, and
// those over their token's budget as Unavailable, with the header `retry-after-ms`; these it holds for a while (held_refusals.h) and
// counts, but writes no event for. Neither reaches a handler, an engine or a session. What it is given must outlive it.
std::shared_ptr<arrow::flight::ServerMiddlewareFactory> CheckCalls(const TokenStore& tokens,
                                                                   Budgets& budgets,
                                                                   HeldRefusals& held,
                                                                   EventLog& events,
                                                                   MetricsRegistry& metrics);

// The value of a cookie in a "cookie" header, empty when it is not there or not 32 hex digits.
std::string CookieIn(std::string_view header, std::string_view name);
// The "set-cookie" header for it.
std::string SetCookie(const std::string& value);

}  // namespace artemis
