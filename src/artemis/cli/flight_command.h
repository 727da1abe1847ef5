// artemis-flight: serves SQL over the tables of a catalog as Arrow Flight SQL, and keeps the tokens of its clients.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <arrow/status.h>

#include "artemis/cli/command_context.h"

namespace artemis {

enum class FlightAction : uint8_t { kServe, kTokenCreate, kTokenList, kTokenRevoke };

struct FlightCommandOptions {
  FlightAction action = FlightAction::kServe;
  std::string tokens;

  // Serving. Addresses are host:port.
  std::string listen;
  std::string metrics_listen;
  std::string tls_cert;
  std::string tls_key;
  std::string tls_client_ca;
  bool allow_writes = false;
  std::optional<std::string> timezone;
  int64_t memory_limit_bytes = int64_t{2} << 30;
  int threads = 0;
  int64_t statements_max = 32;
  double statement_timeout_s = 600;
  double stall_timeout_s = 300;
  double idle_timeout_s = 3600;
  double drain_timeout_s = 30;

  // token create.
  std::string principal;
  std::string expires_in;  // "90d"; empty: never
  std::vector<std::string> namespaces;
  bool write = false;
  double requests_per_s = 100;
  int64_t request_burst = 200;
  int64_t statements = 8;
  int64_t bytes_per_s = 0;
  // token revoke.
  std::string token_id;
  // token list.
  FactFormat format = FactFormat::kText;
};

// Serving: the catalog is opened read-only, or with allow_writes for writing, which fails at the start where it cannot be; one line on standard error says where it listens. SIGTERM and SIGINT drain and end it,
// SIGHUP reads tokens and certificates again (serve/flight_server.h). Usage error for an address off loopback without TLS.
//
// token create prints the token, alone, on standard output: it is kept nowhere. list prints all that is known of them, as JSON
// {"tokens":[{"id","principal","state","created","expires","revoked","namespaces","write","requests_per_s","request_burst",
// "statements","bytes_per_s"}]}.
arrow::Status RunFlight(const FlightCommandOptions& options, CommandContext& context);

}  // namespace artemis
