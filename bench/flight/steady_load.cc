// Clients of a Flight server that ask now and then, as one process that costs little beside the server.
//
//   steady_load URI TOKEN CLIENTS PAUSE_MS SECONDS SEED SQL
//
// CLIENTS connections, a thread each: asks, reads all rows, and asks again PAUSE_MS after it has asked last, on average (half to one and a
// half times, by a generator of random numbers from SEED and the client's number). One that is late asks at once, once.
//
// Prints one JSON object: how long each answer took, and how many calls have failed.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <arrow/flight/client.h>
#include <arrow/result.h>
#include <arrow/table.h>

namespace artemis {
namespace {

namespace flight = arrow::flight;
using Steady = std::chrono::steady_clock;
using std::chrono::duration;
using std::chrono::microseconds;

struct LoadTarget {
  std::string uri, token, sql;

  flight::FlightCallOptions Options() const {
    flight::FlightCallOptions options;
    options.headers.emplace_back("authorization", "Bearer " + token);
    return options;
  }
  arrow::Result<std::unique_ptr<flight::FlightClient>> Connect() const {
    auto options = flight::FlightClientOptions::Defaults();
    // A connection of its own for each client.
    options.generic_options.emplace_back("grpc.use_local_subchannel_pool", 1);
    ARROW_ASSIGN_OR_RAISE(const auto location, flight::Location::Parse(uri));
    return flight::FlightClient::Connect(location, options);
  }
};

double MsSince(Steady::time_point begin) {
  return duration<double, std::milli>(Steady::now() - begin).count();
}

arrow::Status ReadAll(flight::FlightClient& client, const flight::FlightCallOptions& options,
                      const flight::Ticket& ticket) {
  ARROW_ASSIGN_OR_RAISE(auto reader, client.DoGet(options, ticket));
  return reader->ToTable().status();
}

struct SteadyClient {
  std::vector<double> times_ms;
  int64_t errors = 0;
  std::string last_error;
};

void RunSteady(const LoadTarget& target, double pause_ms, Steady::time_point until, unsigned seed,
               SteadyClient& out) {
  std::mt19937 random(seed);
  const auto pause = [&](double from, double to) {
    const double ms = std::uniform_real_distribution<double>(from, to)(random) * pause_ms;
    return microseconds(static_cast<int64_t>(1000 * ms));
  };
  auto connected = target.Connect();
  if (!connected.ok()) {
    ++out.errors;
    return;
  }
  const auto options = target.Options();
  auto due = Steady::now() + pause(0, 1);
  while (due < until) {
    std::this_thread::sleep_until(due);
    const auto begin = Steady::now();
    const auto status = ReadAll(**connected, options, flight::Ticket{target.sql});
    if (status.ok()) {
      out.times_ms.push_back(MsSince(begin));
    } else {
      ++out.errors;
      out.last_error = status.ToString();
    }
    due = std::max(due + pause(0.5, 1.5), Steady::now());
  }
}

int Steadily(const LoadTarget& target, int clients, double pause_ms, double seconds,
             unsigned seed) {
  const auto until = Steady::now() + microseconds(static_cast<int64_t>(seconds * 1e6));
  std::vector<SteadyClient> all(clients);
  std::vector<std::thread> threads;
  for (int i = 0; i < clients; ++i) {
    threads.emplace_back([&, i] { RunSteady(target, pause_ms, until, seed * 1000 + i, all[i]); });
  }
  for (auto& thread : threads) thread.join();
  int64_t errors = 0;
  const char* comma = "";
  std::cout << "{\"times_ms\": [";
  for (const auto& client : all) {
    errors += client.errors;
    if (!client.last_error.empty()) std::cerr << client.last_error << '\n';
    for (const double ms : client.times_ms) {
      std::cout << comma << ms;
      comma = ", ";
    }
  }
  std::cout << "], \"errors\": " << errors << "}\n";
  return 0;
}

int RunLoad(const std::vector<std::string>& arguments) {
  if (arguments.size() != 7) {
    std::cerr << "steady_load URI TOKEN CLIENTS PAUSE_MS SECONDS SEED SQL\n";
    return 2;
  }
  const auto number = [&](size_t i) { return std::strtod(arguments[i].c_str(), nullptr); };
  return Steadily({arguments[0], arguments[1], arguments[6]}, static_cast<int>(number(2)),
                  number(3), number(4), static_cast<unsigned>(number(5)));
}

}  // namespace
}  // namespace artemis

int main(int argc, char** argv) {
  return artemis::RunLoad(std::vector<std::string>(argv + 1, argv + argc));
}
