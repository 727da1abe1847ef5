// The limits of one Flight server.
#pragma once

#include <cstdint>

namespace artemis {

struct StatementLimits {
  // Of a statement as a whole, its rows read; 0: none.
  int64_t timeout_ms = 600'000;
  // A client that takes no rows for so long is gone.
  int64_t stall_ms = 300'000;
};

// Of refusals that are answered late (held_refusals.h). Each keeps a thread.
struct HoldLimits {
  int64_t hold_max_ms = 1000;
  int64_t per_token_max = 32;
  int64_t all_max = 128;
};

struct FlightLimits {
  StatementLimits statements;
  int64_t statements_max = 32;
  HoldLimits holds;
  // For each token.
  int64_t sessions_max = 256;
  int64_t prepared_max = 256;
  int64_t transactions_max = 64;
  // Sessions, prepared statements and transactions that nobody uses for so long end.
  int64_t idle_ms = 3'600'000;
  // Parameters of one statement, of all its rows.
  int64_t parameter_bytes_max = int64_t{64} << 20;
};

}  // namespace artemis
