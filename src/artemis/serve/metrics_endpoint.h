// Health and metrics over plain HTTP, on a port of its own: GET /health and GET /metrics.
//
//   /health   200 {"status":"ok"}, 503 {"status":"draining"} once the server stops taking statements
//   /metrics  Prometheus text, format 0.0.4
#pragma once

#include <functional>
#include <memory>
#include <string>

#include <arrow/result.h>

namespace artemis {

// A host and a port: "127.0.0.1:9400", "[::1]:9400", "ground-1:9400".
struct HostPort {
  std::string host;
  int port = 0;

  bool operator==(const HostPort&) const = default;
  // The machine itself: 127.0.0.0/8, ::1 or localhost.
  bool IsLoopback() const;
  std::string ToString() const;
};
// Invalid when it has not that shape or the port is over 65535.
arrow::Result<HostPort> ParseHostPort(const std::string& text);

class MetricsEndpoint {
 public:
  // Listens at once; IOError when the port cannot be had. The functions are called from threads of its own until it is destroyed.
  static arrow::Result<std::unique_ptr<MetricsEndpoint>> Open(const HostPort& at,
                                                              std::function<bool()> healthy,
                                                              std::function<std::string()> metrics);
  ~MetricsEndpoint();
  MetricsEndpoint(const MetricsEndpoint&) = delete;
  MetricsEndpoint& operator=(const MetricsEndpoint&) = delete;

  // The port that was had, where 0 was asked for.
  int port() const;

 private:
  struct Impl;
  explicit MetricsEndpoint(std::unique_ptr<Impl> impl);
  const std::unique_ptr<Impl> impl_;
};

}  // namespace artemis
