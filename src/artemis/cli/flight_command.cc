// artemis-flight.
#include "artemis/cli/flight_command.h"

#include <signal.h>

#include <atomic>
#include <memory>
#include <utility>

#include "artemis/base/clock.h"
#include "artemis/base/event_log.h"
#include "artemis/base/program_error.h"
#include "artemis/base/time_text.h"
#include "artemis/cli/mapped_scan_source.h"
#include "artemis/scan/plan_caches.h"
#include "artemis/serve/flight_limits.h"
#include "artemis/serve/flight_server.h"
#include "artemis/serve/token_file.h"
#include "artemis/sql/scan_source.h"

namespace artemis {

namespace {

// Of each statement that writes rows; what does not fit goes to files, or waits in the folder for temporary files.
constexpr int64_t kWriteBufferBytes = int64_t{64} << 20;

std::atomic<FlightServer*> g_served{nullptr};

void ReloadServed(int) {
  if (auto* server = g_served.load(); server != nullptr) server->Reload();
}

// SIGHUP reloads the server as long as this lives.
class HangupReload {
 public:
  explicit HangupReload(FlightServer& server) {
    g_served = &server;
    struct sigaction action = {};
    action.sa_handler = ReloadServed;
    sigemptyset(&action.sa_mask);
    action.sa_flags = SA_RESTART;
    sigaction(SIGHUP, &action, &before_);
  }
  ~HangupReload() {
    sigaction(SIGHUP, &before_, nullptr);
    g_served = nullptr;
  }
  HangupReload(const HangupReload&) = delete;
  HangupReload& operator=(const HangupReload&) = delete;

 private:
  struct sigaction before_ = {};
};

int64_t Milliseconds(double seconds) { return static_cast<int64_t>(seconds * 1000); }

SqlOptions SqlOf(const FlightCommandOptions& options, CommandContext& context,
                 const std::shared_ptr<Catalog>& catalog) {
  SqlOptions sql;
  sql.memory_limit_bytes = options.memory_limit_bytes;
  sql.threads = options.threads;
  sql.timezone = options.timezone;
  sql.write_buffer_bytes = kWriteBufferBytes;
  if (context.path_map().empty()) return sql;
  sql.scan_source = [&tables = *catalog, map = context.path_map(),
                     caches = std::make_shared<PlanCaches>()](const LoadedTable&,
                                                              const PinnedSnapshot& pin) {
    return MakeMappedScanSource(MakeScanSource(tables, pin, caches), map);
  };
  return sql;
}

arrow::Result<FlightServerConfig> ConfigOf(const FlightCommandOptions& options,
                                           CommandContext& context,
                                           const std::shared_ptr<Catalog>& catalog) {
  FlightServerConfig config;
  auto listen = ParseHostPort(options.listen);
  ARROW_RETURN_NOT_OK(AsUsageError(listen.status()));
  config.listen = *listen;
  if (!options.metrics_listen.empty()) {
    auto metrics = ParseHostPort(options.metrics_listen);
    ARROW_RETURN_NOT_OK(AsUsageError(metrics.status()));
    config.metrics_listen = *metrics;
  }
  config.tokens_path = options.tokens;
  config.tls_cert_path = options.tls_cert;
  config.tls_key_path = options.tls_key;
  config.tls_client_ca_path = options.tls_client_ca;
  ARROW_RETURN_NOT_OK(AsUsageError(CheckTls(config)));
  config.allow_writes = options.allow_writes;
  config.sql = SqlOf(options, context, catalog);
  auto limits = std::make_shared<FlightLimits>();
  limits->statements.timeout_ms = Milliseconds(options.statement_timeout_s);
  limits->statements.stall_ms = Milliseconds(options.stall_timeout_s);
  limits->statements_max = options.statements_max;
  limits->idle_ms = Milliseconds(options.idle_timeout_s);
  config.limits = std::move(limits);
  config.drain_ms = Milliseconds(options.drain_timeout_s);
  return config;
}

arrow::Status Serve(const FlightCommandOptions& options, CommandContext& context) {
  if (options.listen.empty()) return UsageError("say where to listen: --listen HOST:PORT");
  ARROW_ASSIGN_OR_RAISE(const auto catalog,
                        options.allow_writes ? context.OpenToWrite() : context.OpenToRead());
  ARROW_ASSIGN_OR_RAISE(const auto config, ConfigOf(options, context, catalog));
  ARROW_ASSIGN_OR_RAISE(
      const auto server,
      FlightServer::Start(catalog, config, context.clock(), context.events(), context.metrics()));
  const HangupReload hangup(*server);
  const bool tls = !options.tls_cert.empty();
  const HostPort at{config.listen.host, server->port()};
  std::string line =
      "listening on " + std::string(tls ? "grpc+tls://" : "grpc+tcp://") + at.ToString();
  if (config.metrics_listen) {
    const HostPort metrics{config.metrics_listen->host, server->metrics_port()};
    line += ", health and metrics on http://" + metrics.ToString();
  }
  context.Note(line);
  return server->Run(context.stop());
}

arrow::Result<std::optional<TimestampMs>> Expiry(const std::string& text, CommandContext& context) {
  if (text.empty()) return std::nullopt;
  const auto now = context.clock().Now();
  const auto mirrored = ParseTime("-" + text, {now, std::nullopt});
  if (!mirrored.ok()) {
    return UsageError("'" + text + "' is no span of time: expected 90d, 12h or 1d12h");
  }
  return std::optional(TimestampMs(now.value + (now.value - mirrored->value)));
}

arrow::Status CreateToken(const FlightCommandOptions& options, CommandContext& context) {
  NewToken token;
  token.principal = options.principal;
  ARROW_ASSIGN_OR_RAISE(token.expires, Expiry(options.expires_in, context));
  token.scope = {options.namespaces, options.write};
  token.budget = {options.requests_per_s, options.request_burst, options.statements,
                  options.bytes_per_s};
  auto text = AddToken(options.tokens, token, context.clock());
  if (text.status().IsInvalid()) return AsUsageError(text.status());
  ARROW_RETURN_NOT_OK(text);
  return context.Print(*text + "\n");
}

std::string StateOf(const Token& token, TimestampMs now) {
  if (token.revoked) return "revoked";
  return token.ValidAt(now) ? "valid" : "expired";
}

std::string Joined(const std::vector<std::string>& names) {
  std::string joined;
  for (const auto& name : names) joined += (joined.empty() ? "" : ", ") + name;
  return joined;
}

arrow::Status ListTokens(const FlightCommandOptions& options, CommandContext& context) {
  ARROW_ASSIGN_OR_RAISE(const auto file, ReadTokenFile(options.tokens));
  FactTable table;
  table.keys = {"id",         "principal",  "state", "created",        "expires",
                "revoked",    "namespaces", "write", "requests_per_s", "request_burst",
                "statements", "bytes_per_s"};
  for (const auto& token : file.tokens) {
    table.rows.push_back(
        {Fact::Text(token.id), Fact::Text(token.principal),
         Fact::Text(StateOf(token, context.clock().Now())), Fact::Time(token.created),
         Fact::TimeIf(token.expires), Fact::TimeIf(token.revoked),
         Fact::TextIf(Joined(token.scope.namespaces)), Fact::Flag(token.scope.write),
         Fact::Count(static_cast<int64_t>(token.budget.requests_per_s)),
         Fact::Count(token.budget.request_burst), Fact::Count(token.budget.statements),
         Fact::Count(token.budget.bytes_per_s)});
  }
  return context.Print(FactRecord(), "tokens", table, options.format);
}

}  // namespace

arrow::Status RunFlight(const FlightCommandOptions& options, CommandContext& context) {
  if (options.tokens.empty()) return UsageError("name the file of tokens: --tokens FILE");
  switch (options.action) {
    case FlightAction::kServe:
      return Serve(options, context);
    case FlightAction::kTokenCreate:
      return CreateToken(options, context);
    case FlightAction::kTokenList:
      return ListTokens(options, context);
    case FlightAction::kTokenRevoke:
      return RevokeToken(options.tokens, options.token_id, context.clock());
  }
  return arrow::Status::OK();
}

}  // namespace artemis
