// The second port, with cpp-httplib.
#include "artemis/serve/metrics_endpoint.h"

#include <charconv>
#include <thread>
#include <utility>

#include <httplib.h>

namespace artemis {

bool HostPort::IsLoopback() const {
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

std::string HostPort::ToString() const {
  const bool is_v6 = host.find(':') != std::string::npos;
  return (is_v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

arrow::Result<HostPort> ParseHostPort(const std::string& text) {
  const auto wrong =
      arrow::Status::Invalid("'", text, "' is no host and port: expected 127.0.0.1:9400");
  const size_t colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0) return wrong;
  HostPort parsed{text.substr(0, colon), 0};
  const char* end = text.data() + text.size();
  const auto number = std::from_chars(text.data() + colon + 1, end, parsed.port);
  if (number.ec != std::errc() || number.ptr != end || parsed.port < 0 || parsed.port > 65535) {
    return wrong;
  }
  if (parsed.host.starts_with('[') && parsed.host.ends_with(']')) {
    parsed.host = parsed.host.substr(1, parsed.host.size() - 2);
  } else if (parsed.host.find(':') != std::string::npos) {
    return wrong;
  }
  if (parsed.host.starts_with("127.") &&
      parsed.host.find_first_not_of("0123456789.") != std::string::npos) {
    return wrong;
  }
  return parsed;
}

struct MetricsEndpoint::Impl {
  httplib::Server server;
  int port = 0;
  std::thread thread;
};

MetricsEndpoint::MetricsEndpoint(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

MetricsEndpoint::~MetricsEndpoint() {
  impl_->server.stop();
  if (impl_->thread.joinable()) impl_->thread.join();
}

int MetricsEndpoint::port() const { return impl_->port; }

arrow::Result<std::unique_ptr<MetricsEndpoint>> MetricsEndpoint::Open(
    const HostPort& at, std::function<bool()> healthy, std::function<std::string()> metrics) {
  auto impl = std::make_unique<Impl>();
  auto& server = impl->server;
  server.new_task_queue = [] { return new httplib::ThreadPool(2); };
  server.set_payload_max_length(1024);
  server.set_read_timeout(5, 0);
  server.set_write_timeout(5, 0);
  server.Get("/health",
             [healthy = std::move(healthy)](const httplib::Request&, httplib::Response& reply) {
               const bool ok = healthy();
               reply.status = ok ? 200 : 503;
               reply.set_content(ok ? "{\"status\":\"ok\"}\n" : "{\"status\":\"draining\"}\n",
                                 "application/json");
             });
  server.Get("/metrics",
             [metrics = std::move(metrics)](const httplib::Request&, httplib::Response& reply) {
               reply.set_content(metrics(), "text/plain; version=0.0.4");
             });
  impl->port = at.port == 0 ? server.bind_to_any_port(at.host) : at.port;
  const bool bound = at.port == 0 ? impl->port > 0 : server.bind_to_port(at.host, at.port);
  if (!bound)
    return arrow::Status::IOError("cannot listen on ", at.ToString(), " for health and metrics");
  impl->thread = std::thread([&server] { server.listen_after_bind(); });
  return std::unique_ptr<MetricsEndpoint>(new MetricsEndpoint(std::move(impl)));
}

}  // namespace artemis
