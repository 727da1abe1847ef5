// Ports and the life of a server.
#include "artemis/serve/flight_server.h"

#include <atomic>
#include <chrono>
#include <thread>
#include <utility>
#include <vector>

#include <arrow/flight/server.h>
#include <arrow/flight/server_auth.h>

#include "artemis/base/clock.h"
#include "artemis/io/file_system.h"
#include "artemis/serve/flight_service.h"
#include "artemis/serve/flight_status.h"

namespace artemis {

namespace {

namespace flight = arrow::flight;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr int64_t kPemBytesMax = 1 << 20;
constexpr auto kLook = milliseconds(50);
constexpr auto kTokensLook = milliseconds(500);
constexpr auto kExpireLook = std::chrono::seconds(30);
// What calls may take to end once their statements were cancelled.
constexpr auto kShutdownGrace = std::chrono::seconds(2);
constexpr auto kRebindPatience = std::chrono::seconds(10);

struct Certificates {
  std::string cert;
  std::string key;
  std::string client_ca;

  bool operator==(const Certificates&) const = default;
};

arrow::Result<Certificates> ReadCertificates(const FlightServerConfig& config) {
  Certificates certificates;
  if (config.tls_cert_path.empty()) return certificates;
  auto& files = LocalFileSystem();
  ARROW_ASSIGN_OR_RAISE(certificates.cert, files.ReadAll(config.tls_cert_path, kPemBytesMax));
  ARROW_ASSIGN_OR_RAISE(certificates.key, files.ReadAll(config.tls_key_path, kPemBytesMax));
  if (!config.tls_client_ca_path.empty()) {
    ARROW_ASSIGN_OR_RAISE(certificates.client_ca,
                          files.ReadAll(config.tls_client_ca_path, kPemBytesMax));
  }
  for (const auto& [text, path] : {std::pair(&certificates.cert, &config.tls_cert_path),
                                   std::pair(&certificates.key, &config.tls_key_path)}) {
    if (text->find("-----BEGIN ") == std::string::npos) {
      return arrow::Status::Invalid(*path, " is no PEM file");
    }
  }
  return certificates;
}

}  // namespace

arrow::Status CheckTls(const FlightServerConfig& config) {
  const bool has_cert = !config.tls_cert_path.empty();
  if (has_cert != !config.tls_key_path.empty()) {
    return arrow::Status::Invalid("a TLS certificate and its key come together");
  }
  if (!config.tls_client_ca_path.empty() && !has_cert) {
    return arrow::Status::Invalid("certificates of clients can be asked for over TLS only");
  }
  if (!has_cert && !config.listen.IsLoopback()) {
    return arrow::Status::Invalid(
        config.listen.ToString(),
        " is not this machine alone: tokens must not cross a network in the clear; give a TLS "
        "certificate and key, or listen on 127.0.0.1");
  }
  return arrow::Status::OK();
}

struct FlightServer::Impl {
  FlightServerConfig config;
  FlightLimits limits;
  EventLog* events = nullptr;
  MetricsRegistry* metrics = nullptr;
  Certificates certificates;
  std::unique_ptr<FlightParts> parts;
  std::unique_ptr<FlightService> service;
  std::vector<std::jthread> retiring;
  std::unique_ptr<MetricsEndpoint> endpoint;
  std::atomic<bool> reload = false;
  std::atomic<bool> draining = false;
  int port = 0;

  arrow::Result<std::unique_ptr<FlightService>> Listen(int on_port);
  void ReloadAll();
  arrow::Status ReplaceCertificates(Certificates next);
  void LookAtTokens();
  void Expire();
  std::string MetricsText();
  arrow::Status DrainAndStop();
  void WriteReload(const arrow::Status& status);
};

arrow::Result<std::unique_ptr<FlightService>> FlightServer::Impl::Listen(int on_port) {
  const bool tls = !certificates.cert.empty();
  ARROW_ASSIGN_OR_RAISE(const auto location,
                        tls ? flight::Location::ForGrpcTls(config.listen.host, on_port)
                            : flight::Location::ForGrpcTcp(config.listen.host, on_port));
  flight::FlightServerOptions options(location);
  // Without a handler the handshake is not answered at all; the check of calls is what authenticates it.
  options.auth_handler = std::make_shared<flight::NoOpAuthHandler>();
  options.middleware.emplace_back(
      kCallIdentityKey, CheckCalls(*parts->tokens, parts->budgets, parts->held, *events, *metrics));
  if (tls) options.tls_certificates.push_back({certificates.cert, certificates.key});
  options.verify_client = !certificates.client_ca.empty();
  options.root_certificates = certificates.client_ca;
  auto listening = std::make_unique<FlightService>(*parts);
  const auto status = listening->Init(options);
  if (status.ok()) return listening;
  return arrow::Status::IOError("cannot listen on ",
                                HostPort{config.listen.host, on_port}.ToString(), ": ",
                                status.message());
}

void FlightServer::Impl::WriteReload(const arrow::Status& status) {
  EventFields fields = {{"tokens", static_cast<int64_t>(parts->tokens->size())},
                        {"outcome", std::string(status.ok() ? "done" : "failed")}};
  if (!status.ok()) fields.emplace_back("error", status.message());
  events->Write(status.ok() ? EventLevel::kInfo : EventLevel::kError, "flight_reload", fields);
}

void FlightServer::Impl::ReloadAll() {
  auto status = parts->tokens->Reload();
  auto next = ReadCertificates(config);
  if (next.ok() && !(*next == certificates)) {
    const auto replaced = ReplaceCertificates(std::move(*next));
    if (status.ok()) status = replaced;
  } else if (status.ok()) {
    status = next.status();
  }
  WriteReload(status);
}

// The old service stops listening at once and ends with its last call; the new one takes the port over.
arrow::Status FlightServer::Impl::ReplaceCertificates(Certificates next) {
  const auto before = std::exchange(certificates, std::move(next));
  std::shared_ptr<FlightService> old = std::move(service);
  retiring.emplace_back([old] { (void)old->Shutdown(); });
  const auto until = steady_clock::now() + kRebindPatience;
  arrow::Status status;
  do {
    auto listening = Listen(port);
    status = listening.status();
    if (status.ok()) {
      service = std::move(*listening);
      return status;
    }
    std::this_thread::sleep_for(kLook);
    // A certificate that cannot be used must not leave the server without one that can.
    if (steady_clock::now() > until - kRebindPatience / 2) certificates = before;
  } while (steady_clock::now() < until);
  return status;
}

// What tokens hold goes with them: the files of transactions, too.
void FlightServer::Impl::LookAtTokens() {
  const auto status = parts->tokens->ReloadIfChanged();
  if (!status.ok()) WriteReload(status);
  const auto gone = [this](const std::string& token_id) {
    return !parts->tokens->IsValid(token_id);
  };
  parts->prepared.RemoveOwners(gone);
  parts->transactions.RemoveOwners(gone);
  parts->sessions.RemoveTokens(gone);
}

void FlightServer::Impl::Expire() {
  const auto before = steady_clock::now() - milliseconds(limits.idle_ms);
  parts->prepared.Expire(before);
  parts->transactions.Expire(before);
  parts->sessions.Expire(before);
}

std::string FlightServer::Impl::MetricsText() {
  const auto set = [this](const char* name, const char* help, int64_t value) {
    metrics->Gauge(name, help).Set(static_cast<double>(value));
  };
  set("artemis_flight_running_statements", "Statements that run now.", parts->runs.running());
  set("artemis_flight_held_refusals", "Calls over a budget that wait for their refusal.",
      parts->held.held());
  set("artemis_flight_sessions", "Sessions of clients.",
      static_cast<int64_t>(parts->sessions.size()));
  set("artemis_flight_prepared_statements", "Prepared statements that clients hold.",
      static_cast<int64_t>(parts->prepared.size()));
  set("artemis_flight_transactions", "Transactions that clients have begun.",
      static_cast<int64_t>(parts->transactions.size()));
  set("artemis_flight_tokens", "Tokens in the file, whether in force or not.",
      static_cast<int64_t>(parts->tokens->size()));
  set("artemis_flight_draining", "1 once the server takes no more statements.", draining ? 1 : 0);
  return metrics->PrometheusText();
}

arrow::Status FlightServer::Impl::DrainAndStop() {
  draining = true;
  parts->runs.Drain();
  parts->held.Stop();
  if (!parts->runs.WaitUntilNone(config.drain_ms)) {
    parts->runs.StopAll(flight::MakeFlightError(flight::FlightStatusCode::Unavailable,
                                                "the server is shutting down"));
    parts->runs.WaitUntilNone(std::chrono::duration_cast<milliseconds>(kShutdownGrace).count());
  }
  arrow::Status status;
  if (service != nullptr) {
    const auto deadline = std::chrono::system_clock::now() + kShutdownGrace;
    status = service->Shutdown(&deadline);
  }
  retiring.clear();
  return status;
}

FlightServer::FlightServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

FlightServer::~FlightServer() {
  if (!impl_->draining) (void)impl_->DrainAndStop();
  impl_->endpoint.reset();
}

arrow::Result<std::unique_ptr<FlightServer>> FlightServer::Start(std::shared_ptr<Catalog> catalog,
                                                                 const FlightServerConfig& config,
                                                                 const Clock& clock,
                                                                 EventLog& events,
                                                                 MetricsRegistry& metrics) {
  ARROW_RETURN_NOT_OK(CheckTls(config));
  auto impl = std::make_unique<Impl>();
  impl->config = config;
  if (config.limits) impl->limits = *config.limits;
  impl->events = &events;
  impl->metrics = &metrics;
  ARROW_ASSIGN_OR_RAISE(impl->certificates, ReadCertificates(config));
  ARROW_ASSIGN_OR_RAISE(auto tokens, TokenStore::Open(config.tokens_path, clock));
  auto sql = config.sql;
  sql.confined = true;
  sql.read_only = !config.allow_writes;
  sql.events = &events;
  ARROW_ASSIGN_OR_RAISE(auto engine, LiveEngine::Open(catalog, sql));
  impl->parts =
      std::make_unique<FlightParts>(std::move(tokens), std::move(engine), std::move(catalog),
                                    events, metrics, impl->limits, config.allow_writes);
  ARROW_ASSIGN_OR_RAISE(impl->service, impl->Listen(config.listen.port));
  impl->port = impl->service->port();
  if (config.metrics_listen) {
    auto* raw = impl.get();
    ARROW_ASSIGN_OR_RAISE(impl->endpoint,
                          MetricsEndpoint::Open(
                              *config.metrics_listen, [raw] { return !raw->draining; },
                              [raw] { return raw->MetricsText(); }));
  }
  return std::unique_ptr<FlightServer>(new FlightServer(std::move(impl)));
}

int FlightServer::port() const { return impl_->port; }

int FlightServer::metrics_port() const { return impl_->endpoint ? impl_->endpoint->port() : 0; }

void FlightServer::Reload() { impl_->reload = true; }

arrow::Status FlightServer::Run(const arrow::StopToken& stop) {
  auto tokens_looked = steady_clock::now();
  auto expired = tokens_looked;
  while (!stop.IsStopRequested()) {
    std::this_thread::sleep_for(kLook);
    if (impl_->reload.exchange(false)) impl_->ReloadAll();
    const auto now = steady_clock::now();
    if (now - tokens_looked >= kTokensLook) {
      tokens_looked = now;
      impl_->LookAtTokens();
    }
    if (now - expired >= kExpireLook) {
      expired = now;
      impl_->Expire();
    }
  }
  return impl_->DrainAndStop();
}

}  // namespace artemis
