// Actions: prepared statements, transactions, cancelling, sessions.
#include <chrono>
#include <set>
#include <utility>
#include <variant>

#include "artemis/serve/flight_service.h"
#include "artemis/serve/flight_status.h"

namespace artemis {

namespace {

namespace flight = arrow::flight;

struct Listed {
  const char* type;
  const char* description;
};

constexpr Listed kListed[] = {
    {"CreatePreparedStatement", "Prepares a statement"},
    {"ClosePreparedStatement", "Forgets a prepared statement"},
    {"BeginTransaction", "Begins a transaction"},
    {"EndTransaction", "Commits a transaction or rolls it back"},
    {"CancelFlightInfo", "Cancels a statement"},
    {"CancelQuery", "Cancels a statement (superseded by CancelFlightInfo)"},
    {"RenewFlightEndpoint", "Gives the endpoint back: endpoints do not expire"},
    {"SetSessionOptions", "Sets catalog, schema, artemis.as_of, artemis.projection_mode, timezone"},
    {"GetSessionOptions", "Gives the session's options"},
    {"CloseSession", "Ends the session"},
};

const std::set<std::string>& SettingNames() {
  static const std::set<std::string> names = {"schema", "artemis.as_of", "artemis.projection_mode",
                                              "timezone"};
  return names;
}

template <typename Message>
arrow::Result<std::optional<std::string>> Serialized(const Message& message) {
  ARROW_ASSIGN_OR_RAISE(auto bytes, message.SerializeToString());
  return std::optional<std::string>(std::move(bytes));
}

using OptionError = flight::SetSessionOptionErrorValue;

std::optional<OptionError> SetOption(FlightSession& session, const std::string& name,
                                     const flight::SessionOptionValue& value) {
  const auto* text = std::get_if<std::string>(&value);
  const bool clears = std::holds_alternative<std::monostate>(value);
  if (name == "catalog") {
    const bool ours = clears || (text != nullptr && *text == kFlightCatalog);
    return ours ? std::nullopt : std::optional(OptionError::kInvalidValue);
  }
  if (!SettingNames().contains(name)) return OptionError::kInvalidName;
  if (text == nullptr && !clears) return OptionError::kInvalidValue;
  const SettingChange change{name, clears ? std::nullopt : std::optional(*text)};
  if (session.Change(change).ok()) return std::nullopt;
  return OptionError::kInvalidValue;
}

}  // namespace

SqlInfoFacts FlightService::InfoFacts(const Caller& caller) const {
  return {parts_.limits.statements.timeout_ms, parts_.limits.idle_ms, caller.session->may_write()};
}

arrow::Status FlightService::ListActions(const CallContext& context,
                                         std::vector<flight::ActionType>* actions) {
  return Answer(context, "ListActions", [&](Caller&) {
    for (const auto& each : kListed) actions->push_back({each.type, each.description});
    return arrow::Status::OK();
  });
}

arrow::Status FlightService::DoAction(const CallContext& context, const flight::Action& action,
                                      std::unique_ptr<flight::ResultStream>* result) {
  return Answer(context, "DoAction", [&](Caller& caller) {
    const auto body = action.body ? action.body->ToString() : std::string();
    ARROW_ASSIGN_OR_RAISE(auto answer, Act(caller, action.type, body));
    std::vector<flight::Result> results;
    if (answer) results.push_back({arrow::Buffer::FromString(std::move(*answer))});
    *result = std::make_unique<flight::SimpleResultStream>(std::move(results));
    return arrow::Status::OK();
  });
}

FlightService::Body FlightService::Act(Caller& caller, const std::string& type,
                                       const std::string& body) {
  using Action = Body (FlightService::*)(Caller&, const std::string&);
  static const std::map<std::string, Action> kActions = {
      {"CreatePreparedStatement", &FlightService::CreatePrepared},
      {"ClosePreparedStatement", &FlightService::ClosePrepared},
      {"BeginTransaction", &FlightService::BeginTransaction},
      {"EndTransaction", &FlightService::EndTransaction},
      {"CancelFlightInfo", &FlightService::CancelInfo},
      {"CancelQuery", &FlightService::CancelQuery},
      {"RenewFlightEndpoint", &FlightService::RenewEndpoint},
      {"SetSessionOptions", &FlightService::SetOptions},
      {"GetSessionOptions", &FlightService::GetOptions},
      {"CloseSession", &FlightService::CloseSession}};
  const auto found = kActions.find(type);
  if (found == kActions.end()) {
    return arrow::Status::NotImplemented("there is no action ", type);
  }
  return (this->*found->second)(caller, body);
}

FlightService::Body FlightService::CreatePrepared(Caller& caller, const std::string& body) {
  ARROW_ASSIGN_OR_RAISE(const auto command, ParseCreatePrepared(body));
  ARROW_ASSIGN_OR_RAISE(const auto facts,
                        Inspect(caller, {"", command.query, command.transaction_id, nullptr}));
  auto handle = std::make_shared<PreparedHandle>();
  handle->session = caller.session;
  handle->sql = command.query;
  handle->transaction_id = command.transaction_id;
  handle->kind = facts.kind;
  handle->effect = facts.effect;
  handle->schema = facts.schema;
  handle->parameters = facts.parameters;
  CreatedPrepared created;
  created.is_update = facts.kind != StatementKind::kRows;
  if (!created.is_update) {
    ARROW_ASSIGN_OR_RAISE(created.dataset_schema, SchemaBytes(*facts.schema));
  }
  ARROW_ASSIGN_OR_RAISE(created.parameter_schema, SchemaBytes(*facts.parameters));
  ARROW_ASSIGN_OR_RAISE(created.handle,
                        parts_.prepared.Add(caller.identity.token->id, std::move(handle)));
  return CreatePreparedBytes(created);
}

FlightService::Body FlightService::ClosePrepared(Caller& caller, const std::string& body) {
  ARROW_ASSIGN_OR_RAISE(const auto handle, ParseClosePrepared(body));
  ARROW_RETURN_NOT_OK(parts_.prepared.Remove(caller.identity.token->id, handle));
  return std::nullopt;
}

FlightService::Body FlightService::BeginTransaction(Caller& caller, const std::string&) {
  if (parts_.runs.draining()) return RetryAfterStatus("the server is shutting down", 1000);
  ARROW_ASSIGN_OR_RAISE(
      const auto id, parts_.transactions.Add(caller.identity.token->id,
                                             std::make_shared<FlightTransaction>(caller.session)));
  return BeginTransactionBytes(id);
}

FlightService::Body FlightService::EndTransaction(Caller& caller, const std::string& body) {
  ARROW_ASSIGN_OR_RAISE(const auto end, ParseEndTransaction(body));
  const auto& owner = caller.identity.token->id;
  const auto transaction = parts_.transactions.Find(owner, end.transaction_id);
  // One that is gone was rolled back: after a commit that failed, when it was idle.
  if (!transaction.ok() && !end.commit) return std::nullopt;
  ARROW_RETURN_NOT_OK(transaction.status());
  const auto began = std::chrono::steady_clock::now();
  const arrow::Status ended = (*transaction)->End(end.commit);
  const Asked asked{end.transaction_id, end.commit ? "COMMIT" : "ROLLBACK", {}, nullptr};
  const auto elapsed = std::chrono::steady_clock::now() - began;
  parts_.runs.WriteEvent(
      FactsOf(caller, asked, true), OutcomeOf(ended), ended,
      {0, 0, 0, std::chrono::duration_cast<std::chrono::milliseconds>(elapsed).count()});
  if ((*transaction)->has_ended()) (void)parts_.transactions.Remove(owner, end.transaction_id);
  ARROW_RETURN_NOT_OK(ended);
  return std::nullopt;
}

CancelOutcome FlightService::Cancel(Caller& caller, const flight::FlightInfo& info) {
  auto outcome = CancelOutcome::kNotCancellable;
  for (const auto& endpoint : info.endpoints()) {
    const auto command = ParseFlightCommand(endpoint.ticket.ticket);
    if (!command.ok()) continue;
    std::string id;
    if (const auto* ticket = std::get_if<StatementTicket>(&*command)) id = ticket->id;
    if (const auto* prepared = std::get_if<PreparedCommand>(&*command)) id = prepared->handle;
    if (id.empty()) continue;
    const bool ran = parts_.runs.Cancel(caller.identity.token->id, id);
    if (!ran && std::holds_alternative<StatementTicket>(*command)) parts_.cancelled.Add(id);
    outcome = CancelOutcome::kCancelled;
  }
  return outcome;
}

FlightService::Body FlightService::CancelInfo(Caller& caller, const std::string& body) {
  ARROW_ASSIGN_OR_RAISE(const auto request, flight::CancelFlightInfoRequest::Deserialize(body));
  if (request.info == nullptr) return arrow::Status::Invalid("no FlightInfo to cancel was given");
  const auto outcome = Cancel(caller, *request.info);
  return Serialized(flight::CancelFlightInfoResult(static_cast<flight::CancelStatus>(outcome)));
}

FlightService::Body FlightService::CancelQuery(Caller& caller, const std::string& body) {
  ARROW_ASSIGN_OR_RAISE(const auto bytes, ParseCancelQuery(body));
  ARROW_ASSIGN_OR_RAISE(const auto info, flight::FlightInfo::Deserialize(bytes));
  return CancelQueryBytes(Cancel(caller, *info));
}

FlightService::Body FlightService::RenewEndpoint(Caller&, const std::string& body) {
  ARROW_ASSIGN_OR_RAISE(const auto request, flight::RenewFlightEndpointRequest::Deserialize(body));
  return Serialized(request.endpoint);
}

FlightService::Body FlightService::SetOptions(Caller& caller, const std::string& body) {
  ARROW_ASSIGN_OR_RAISE(const auto request, flight::SetSessionOptionsRequest::Deserialize(body));
  flight::SetSessionOptionsResult result;
  for (const auto& [name, value] : request.session_options) {
    if (const auto error = SetOption(*caller.session, name, value)) result.errors[name] = {*error};
  }
  const auto& names = caller.identity.names;
  if (names.login.empty() && names.cookie.empty()) {
    ARROW_ASSIGN_OR_RAISE(const auto cookie, RandomHex(16));
    parts_.sessions.AddCookie(names, cookie);
    caller.context.AddHeader("set-cookie", SetCookie(cookie));
  }
  return Serialized(result);
}

FlightService::Body FlightService::GetOptions(Caller& caller, const std::string&) {
  flight::GetSessionOptionsResult result;
  result.session_options["catalog"] = std::string(kFlightCatalog);
  for (const auto& [name, value] : caller.session->settings().values) {
    result.session_options[name] = value;
  }
  return Serialized(result);
}

FlightService::Body FlightService::CloseSession(Caller& caller, const std::string&) {
  const bool closed = parts_.sessions.Close(caller.identity.names);
  return Serialized(flight::CloseSessionResult(closed ? flight::CloseSessionStatus::kClosed
                                                      : flight::CloseSessionStatus::kNotClosable));
}

}  // namespace artemis
