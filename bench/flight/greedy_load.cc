// One client that asks a Flight server RATE times a second, whatever it is answered: no call waits for another.
//
//   greedy_load PORT TOKEN RATE SECONDS SQL [STREAMS]
//
// It speaks HTTP/2 on one connection to 127.0.0.1 by itself (RFC 9113, RFC 7541, gRPC over HTTP/2), with each call's bytes made once, so
// that its own work stays small beside the server's: a client of gRPC takes as much processor time for a refused call as the server does.
// Each call is a DoGet with the statement as its ticket. Limits of the protocol are kept: windows, and the streams that the server
// allows at once, or a proxy before it would (STREAMS); calls that these hold up wait, and are still counted as offered when they were due.
//
// Prints one JSON object: calls offered (those due, and those of them that were sent), served, refused (UNAVAILABLE), failed otherwise and
// not answered within a second of the end, how many waited for an answer at most, and the mean time that a refusal took.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Steady = std::chrono::steady_clock;

enum FrameType : uint8_t {
  kData = 0,
  kHeaders = 1,
  kReset = 3,
  kSettings = 4,
  kPing = 6,
  kGoAway = 7,
  kWindowUpdate = 8,
};
constexpr uint8_t kEndStream = 1;  // also: an acknowledgement
constexpr uint8_t kEndHeaders = 4;
constexpr uint16_t kSettingTableSize = 1, kSettingStreamsMax = 3, kSettingWindow = 4;
constexpr uint32_t kBigWindow = 1 << 30;
constexpr size_t kFrameHead = 9;

std::string BigEndian(uint64_t value, int bytes) {
  std::string text;
  for (int i = bytes - 1; i >= 0; --i) text += static_cast<char>(value >> (8 * i));
  return text;
}

uint32_t ReadBigEndian(std::string_view bytes) {
  uint32_t value = 0;
  for (const char c : bytes) value = value << 8 | static_cast<uint8_t>(c);
  return value;
}

std::string FrameOf(FrameType type, uint8_t flags, uint32_t stream, std::string_view payload) {
  std::string frame = BigEndian(payload.size(), 3);
  frame += static_cast<char>(type);
  frame += static_cast<char>(flags);
  return frame + BigEndian(stream, 4) + std::string(payload);
}

std::string Setting(uint16_t id, uint32_t value) { return BigEndian(id, 2) + BigEndian(value, 4); }

std::string Varint(uint64_t value, int prefix_bits) {
  const uint64_t most = (uint64_t{1} << prefix_bits) - 1;
  if (value < most) return std::string(1, static_cast<char>(value));
  std::string text(1, static_cast<char>(most));
  for (value -= most; value >= 128; value /= 128) text += static_cast<char>(value % 128 + 128);
  return text + static_cast<char>(value);
}

// Literal fields without indexing: by the number of a name of the static table, or with a name of their own.
std::string NamedField(uint64_t name, const std::string& value) {
  return Varint(name, 4) + Varint(value.size(), 7) + value;
}
std::string Field(const std::string& name, const std::string& value) {
  return std::string(1, '\0') + Varint(name.size(), 7) + name + Varint(value.size(), 7) + value;
}

std::string CallHeaders(const std::string& token, int port) {
  std::string block = "\x83\x86";  // :method POST, :scheme http
  block += NamedField(4, "/arrow.flight.protocol.FlightService/DoGet");
  block += NamedField(1, "127.0.0.1:" + std::to_string(port));
  block += NamedField(31, "application/grpc");
  block += Field("te", "trailers");
  return block + NamedField(23, "Bearer " + token);
}

// A message of gRPC with a Ticket{ticket = 1}.
std::string CallMessage(const std::string& sql) {
  if (sql.size() > 127) throw std::runtime_error("the statement is too long");
  const std::string ticket = "\x0a" + std::string(1, static_cast<char>(sql.size())) + sql;
  return std::string(1, '\0') + BigEndian(ticket.size(), 4) + ticket;
}

struct GreedyCounts {
  int64_t due = 0, sent = 0, served = 0, refused = 0, failed = 0, waiting_max = 0;
  double refused_ms = 0;
};

class GreedyClient {
 public:
  GreedyClient(int port, const std::string& token, const std::string& sql, uint32_t streams_max)
      : headers_(CallHeaders(token, port)), message_(CallMessage(sql)), streams_max_(streams_max) {
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) {
      throw std::runtime_error("cannot connect");
    }
    const int on = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    out_ = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    out_ += FrameOf(kSettings, 0, 0,
                    Setting(kSettingTableSize, 0) + Setting(kSettingWindow, kBigWindow));
    out_ += FrameOf(kWindowUpdate, 0, 0, BigEndian(kBigWindow, 4));
  }
  ~GreedyClient() { ::close(socket_); }
  GreedyClient(const GreedyClient&) = delete;
  GreedyClient& operator=(const GreedyClient&) = delete;

  GreedyCounts Run(double rate, double seconds) {
    const auto begin = Steady::now();
    const auto total = static_cast<int64_t>(rate * seconds);
    while (true) {
      const double at = std::chrono::duration<double>(Steady::now() - begin).count();
      if (at > seconds + 1 || (counts_.due == total && waiting_.empty())) return counts_;
      counts_.due = std::min(total, static_cast<int64_t>(at * rate));
      while (counts_.sent < counts_.due && MaySend()) SendCall();
      counts_.waiting_max = std::max(counts_.waiting_max, static_cast<int64_t>(waiting_.size()));
      Exchange(std::clamp(static_cast<int>(1000 / rate), 1, 10));
    }
  }

 private:
  bool MaySend() const {
    return waiting_.size() < streams_max_ && window_ >= static_cast<int64_t>(message_.size());
  }

  void SendCall() {
    out_ += FrameOf(kHeaders, kEndHeaders, next_stream_, headers_);
    out_ += FrameOf(kData, kEndStream, next_stream_, message_);
    window_ -= static_cast<int64_t>(message_.size());
    waiting_[next_stream_] = {Steady::now(), false, {}};
    next_stream_ += 2;
    ++counts_.sent;
  }

  void Exchange(int wait_ms) {
    pollfd ready = {socket_, static_cast<short>(out_.empty() ? POLLIN : POLLIN | POLLOUT), 0};
    if (::poll(&ready, 1, wait_ms) <= 0) return;
    if (ready.revents & POLLOUT) {
      const auto wrote = ::send(socket_, out_.data(), out_.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
      if (wrote > 0) out_.erase(0, static_cast<size_t>(wrote));
    }
    if (!(ready.revents & (POLLIN | POLLHUP | POLLERR))) return;
    char buffer[65536];
    const auto got = ::recv(socket_, buffer, sizeof(buffer), MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) throw std::runtime_error("the server has closed the connection");
    in_.append(buffer, static_cast<size_t>(got));
    size_t at = 0;
    while (in_.size() - at >= kFrameHead) {
      const size_t size = ReadBigEndian(std::string_view(in_).substr(at, 3));
      if (in_.size() - at < kFrameHead + size) break;
      TakeFrame(std::string_view(in_).substr(at, kFrameHead + size));
      at += kFrameHead + size;
    }
    in_.erase(0, at);
  }

  void TakeFrame(std::string_view frame) {
    const auto flags = static_cast<uint8_t>(frame[4]);
    const uint32_t stream = ReadBigEndian(frame.substr(5, 4));
    const auto payload = frame.substr(kFrameHead);
    switch (frame[3]) {
      case kData:
      case kHeaders:
        TakeAnswer(stream, static_cast<FrameType>(frame[3]), flags, payload);
        break;
      case kReset:
        End(stream);
        break;
      case kSettings:
        if (!(flags & kEndStream)) TakeSettings(payload);
        break;
      case kPing:
        if (!(flags & kEndStream)) out_ += FrameOf(kPing, kEndStream, 0, payload);
        break;
      case kGoAway:
        throw std::runtime_error("the server sends the client away");
      case kWindowUpdate:
        if (stream == 0) window_ += ReadBigEndian(payload);
        break;
      default:
        break;
    }
  }

  void TakeSettings(std::string_view payload) {
    for (; payload.size() >= 6; payload.remove_prefix(6)) {
      if (ReadBigEndian(payload.substr(0, 2)) == kSettingStreamsMax) {
        streams_max_ = std::min(streams_max_, ReadBigEndian(payload.substr(2, 4)));
      }
    }
    out_ += FrameOf(kSettings, kEndStream, 0, {});
  }

  void TakeAnswer(uint32_t stream, FrameType type, uint8_t flags, std::string_view payload) {
    const auto call = waiting_.find(stream);
    if (call == waiting_.end()) return;
    if (type == kData) {
      call->second.has_rows = true;
      received_ += static_cast<int64_t>(payload.size());
      if (received_ > kBigWindow / 2) {
        out_ += FrameOf(kWindowUpdate, 0, 0, BigEndian(static_cast<uint64_t>(received_), 4));
        received_ = 0;
      }
    } else {
      call->second.last_headers = payload;
    }
    if (flags & kEndStream) End(stream);
  }

  void End(uint32_t stream) {
    const auto call = waiting_.find(stream);
    if (call == waiting_.end()) return;
    // Without a dynamic table the server sends names and values as they are.
    const bool unavailable = call->second.last_headers.find(
                                 "grpc-status\x02"
                                 "14") != std::string::npos;
    const bool done = call->second.last_headers.find(
                          "grpc-status\x01"
                          "0") != std::string::npos;
    if (unavailable) {
      ++counts_.refused;
      counts_.refused_ms +=
          std::chrono::duration<double, std::milli>(Steady::now() - call->second.sent).count();
    } else if (done && call->second.has_rows) {
      ++counts_.served;
    } else {
      ++counts_.failed;
    }
    waiting_.erase(call);
  }

  struct Call {
    Steady::time_point sent;
    bool has_rows = false;
    std::string last_headers;
  };

  const std::string headers_, message_;
  uint32_t streams_max_;
  int socket_ = -1;
  std::string in_, out_;
  uint32_t next_stream_ = 1;
  int64_t window_ = 65535;
  int64_t received_ = 0;
  std::map<uint32_t, Call> waiting_;
  GreedyCounts counts_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 6 && argc != 7) {
    std::cerr << "greedy_load PORT TOKEN RATE SECONDS SQL [STREAMS]\n";
    return 2;
  }
  try {
    GreedyClient client(std::atoi(argv[1]), argv[2], argv[5],
                        argc == 7 ? static_cast<uint32_t>(std::atoi(argv[6])) : UINT32_MAX);
    const auto counts = client.Run(std::atof(argv[3]), std::atof(argv[4]));
    const int64_t answered = counts.served + counts.refused + counts.failed;
    std::cout << "{\"offered\": " << counts.due << ", \"sent\": " << counts.sent
              << ", \"served\": " << counts.served << ", \"refused\": " << counts.refused
              << ", \"failed\": " << counts.failed << ", \"unanswered\": " << counts.sent - answered
              << ", \"waiting_max\": " << counts.waiting_max
              << ", \"refused_ms\": " << counts.refused_ms / std::max<int64_t>(1, counts.refused)
              << "}\n";
  } catch (const std::exception& error) {
    std::cerr << "greedy_load: " << error.what() << '\n';
    return 1;
  }
  return 0;
}
