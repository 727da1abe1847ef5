// A Flight server from start to end: ports, TLS, tokens and certificates read anew, draining.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include <arrow/result.h>
#include <arrow/util/cancel.h>

#include "artemis/serve/metrics_endpoint.h"
#include "artemis/sql/session.h"

namespace artemis {

class Catalog;
class Clock;
class EventLog;
class MetricsRegistry;
struct FlightLimits;

struct FlightServerConfig {
  HostPort listen;
  std::string tokens_path;
  // PEM files; all empty: no TLS, which only a loopback address may have.
  std::string tls_cert_path;
  std::string tls_key_path;
  // Clients must show a certificate of this authority, besides their token.
  std::string tls_client_ca_path;
  std::optional<HostPort> metrics_listen;
  // Tokens with the right to write change tables. The catalog must be opened for writing, then.
  bool allow_writes = false;
  // `confined`, `read_only` and `statement_timeout_ms` are set by the server.
  SqlOptions sql;
  std::shared_ptr<const FlightLimits> limits;  // null: the defaults
  // How long statements may run on once the server is to stop.
  int64_t drain_ms = 30'000;
};

// Invalid: an address off loopback without TLS, a certificate without a key, clients' certificates without TLS.
arrow::Status CheckTls(const FlightServerConfig& config);

// Serves until it is stopped. Start, then Run from one thread; Reload from any.
class FlightServer {
 public:
  // Opens everything and listens. Fails as CheckTls; IOError: a file that cannot be read, a port that cannot be had; else as
  // TokenStore and SqlEngine do. Events and metrics must outlive the server.
  static arrow::Result<std::unique_ptr<FlightServer>> Start(std::shared_ptr<Catalog> catalog,
                                                            const FlightServerConfig& config,
                                                            const Clock& clock, EventLog& events,
                                                            MetricsRegistry& metrics);
  ~FlightServer();
  FlightServer(const FlightServer&) = delete;
  FlightServer& operator=(const FlightServer&) = delete;

  int port() const;
  // 0 without a second port.
  int metrics_port() const;

  // Reads tokens and certificates again at the next look of Run; what cannot be read leaves those in force, with an event
  // `flight_reload`. A new certificate is for new connections; streams that run go on.
  void Reload();

  // Serves until `stop` is requested, then drains: new calls are Unavailable, statements that run have drain_ms to end, then are
  // cancelled. A token file that changes is read within a second. Returns when all is done.
  arrow::Status Run(const arrow::StopToken& stop);

 private:
  struct Impl;
  explicit FlightServer(std::unique_ptr<Impl> impl);
  const std::unique_ptr<Impl> impl_;
};

}  // namespace artemis
