// Authentication of calls.
#include "artemis/serve/call_identity.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "artemis/serve/flight_status.h"

namespace artemis {

namespace {

namespace flight = arrow::flight;

constexpr size_t kSessionDigits = 32;
constexpr char kAnyUser[] = "token";

bool IsSessionName(std::string_view text) {
  return text.size() == kSessionDigits &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string_view HeaderOf(const flight::ServerCallContext& context, const char* name) {
  const auto& headers = context.incoming_headers();
  const auto found = headers.find(name);
  return found == headers.end() ? std::string_view() : found->second;
}

struct Credentials {
  // The token's text.
  std::string text;
  // The principal it is said to be of; empty: none.
  std::string user;
  std::string login;
  bool is_login = false;
};

std::optional<Credentials> CredentialsIn(std::string_view header) {
  if (auto basic = ParseBasic(header)) {
    return Credentials{std::move(basic->password), std::move(basic->user), {}, true};
  }
  auto bearer = ParseBearer(header);
  if (!bearer) return std::nullopt;
  const size_t dot = bearer->find('.');
  if (dot == std::string::npos) return Credentials{std::move(*bearer), {}, {}, false};
  auto login = bearer->substr(dot + 1);
  if (!IsSessionName(login)) return std::nullopt;
  return Credentials{bearer->substr(0, dot), {}, std::move(login), false};
}

class CallCheck : public flight::ServerMiddlewareFactory {
 public:
  CallCheck(const TokenStore& tokens, Budgets& budgets, HeldRefusals& held, EventLog& events,
            MetricsRegistry& metrics)
      : tokens_(tokens), budgets_(budgets), held_(held), events_(events), metrics_(metrics) {}

  arrow::Status StartCall(const flight::CallInfo& info, const flight::ServerCallContext& context,
                          std::shared_ptr<flight::ServerMiddleware>* middleware) override {
    metrics_
        .Counter("artemis_flight_calls_total", "Calls, by method.",
                 {{"method", flight::ToString(info.method)}})
        .Add(1);
    const auto credentials = CredentialsIn(HeaderOf(context, "authorization"));
    if (!credentials) return Refuse(context, "no token: expected a Basic or Bearer authorization");
    auto token = tokens_.Verify(credentials->text);
    if (token == nullptr || !IsUser(*token, credentials->user)) {
      return Refuse(context, "the token is not valid");
    }
    if (const auto refusal = budgets_.Request(*token)) return Throttle(context, *token, refusal);
    auto identity = std::make_shared<CallIdentity>();
    identity->names = {token->id, credentials->login,
                       CookieIn(HeaderOf(context, "cookie"), kSessionCookie), context.peer()};
    identity->token = std::move(token);
    if (credentials->is_login || info.method == flight::FlightMethod::Handshake) {
      ARROW_RETURN_NOT_OK(LogIn(*credentials, context, *identity));
    }
    *middleware = std::move(identity);
    return arrow::Status::OK();
  }

 private:
  static bool IsUser(const Token& token, const std::string& user) {
    return user.empty() || user == kAnyUser || user == token.principal;
  }

  arrow::Status LogIn(const Credentials& credentials, const flight::ServerCallContext& context,
                      CallIdentity& identity) {
    ARROW_ASSIGN_OR_RAISE(identity.names.login, RandomHex(kSessionDigits / 2));
    identity.bearer = credentials.text + "." + identity.names.login;
    identity.new_cookie = identity.names.login;
    WriteEvent(context, EventLevel::kInfo, identity.token.get(), "done");
    return arrow::Status::OK();
  }

  arrow::Status Refuse(const flight::ServerCallContext& context, const char* why) {
    metrics_.Counter("artemis_flight_unauthenticated_total", "Calls without a valid token.").Add(1);
    WriteEvent(context, EventLevel::kWarning, nullptr, "refused");
    return UnauthenticatedStatus(why);
  }

  arrow::Status Throttle(const flight::ServerCallContext& context, const Token& token,
                         const BudgetRefusal& refusal) {
    metrics_
        .Counter("artemis_flight_throttled_total", "Calls over a token's budget.",
                 {{"budget", refusal.what}})
        .Add(1);
    held_.Hold(token, refusal,
               [&] { return context.is_cancelled() || !tokens_.IsValid(token.id); });
    const int64_t retry_after_ms = std::max<int64_t>(1, budgets_.RequestWaitMs(token));
    context.AddHeader("retry-after-ms", std::to_string(retry_after_ms));
    return RetryAfterStatus(std::string("the token is over its budget of ") + refusal.what,
                            retry_after_ms);
  }

  void WriteEvent(const flight::ServerCallContext& context, EventLevel level, const Token* token,
                  const char* outcome) {
    EventFields fields = {{"peer", context.peer()}, {"outcome", outcome}};
    if (token != nullptr) {
      fields.emplace_back("principal", token->principal);
      fields.emplace_back("token_id", token->id);
    }
    events_.Write(level, "flight_login", fields);
  }

  const TokenStore& tokens_;
  Budgets& budgets_;
  HeldRefusals& held_;
  EventLog& events_;
  MetricsRegistry& metrics_;
};

}  // namespace

void CallIdentity::SendingHeaders(flight::AddCallHeaders* outgoing) {
  if (!bearer.empty()) outgoing->AddHeader("authorization", "Bearer " + bearer);
  if (!new_cookie.empty()) outgoing->AddHeader("set-cookie", SetCookie(new_cookie));
}

std::shared_ptr<flight::ServerMiddlewareFactory> CheckCalls(const TokenStore& tokens,
                                                            Budgets& budgets, HeldRefusals& held,
                                                            EventLog& events,
                                                            MetricsRegistry& metrics) {
  return std::make_shared<CallCheck>(tokens, budgets, held, events, metrics);
}

std::string CookieIn(std::string_view header, std::string_view name) {
  while (!header.empty()) {
    const size_t end = header.find(';');
    auto cookie = header.substr(0, end);
    cookie.remove_prefix(std::min(cookie.find_first_not_of(' '), cookie.size()));
    const size_t equals = cookie.find('=');
    if (equals != std::string_view::npos && cookie.substr(0, equals) == name) {
      auto value = cookie.substr(equals + 1);
      if (value.size() > 1 && value.front() == '"') value = value.substr(1, value.size() - 2);
      return IsSessionName(value) ? std::string(value) : std::string();
    }
    header = end == std::string_view::npos ? std::string_view() : header.substr(end + 1);
  }
  return {};
}

std::string SetCookie(const std::string& value) {
  return std::string(kSessionCookie) + "=" + value + "; HttpOnly; SameSite=Strict";
}

}  // namespace artemis
