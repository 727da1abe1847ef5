// Bytes to and fro.
#include "artemis/catalog/socket_proxy_fixture.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>

namespace artemis {

namespace {

constexpr char kSocketName[] = "/.s.PGSQL.5432";
constexpr int kTickMs = 20;

sockaddr_un AddressOf(const std::string& folder) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  const std::string path = folder + kSocketName;
  std::strncpy(address.sun_path, path.c_str(), sizeof(address.sun_path) - 1);
  return address;
}

bool SendAll(int socket, const char* data, ssize_t size) {
  while (size > 0) {
    const ssize_t sent = ::send(socket, data, static_cast<size_t>(size), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    data += sent;
    size -= sent;
  }
  return true;
}

}  // namespace

SocketProxy::SocketProxy(std::string server_folder, std::string word)
    : server_folder_(std::move(server_folder)), word_(std::move(word)) {
  listening_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_un address = AddressOf(folder_.path());
  EXPECT_EQ(::bind(listening_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0)
      << std::strerror(errno);
  EXPECT_EQ(::listen(listening_, 16), 0);
  accepting_ = std::thread([this] { Accept(); });
}

SocketProxy::~SocketProxy() {
  ended_ = true;
  accepting_.join();
  for (auto& line : lines_) line.join();
  ::close(listening_);
}

void SocketProxy::Accept() {
  while (!ended_) {
    pollfd waiting = {listening_, POLLIN, 0};
    if (::poll(&waiting, 1, kTickMs) <= 0) continue;
    const int client = ::accept(listening_, nullptr, nullptr);
    if (client < 0) continue;
    ++connections_;
    lines_.emplace_back([this, client] { Serve(client); });
  }
}

void SocketProxy::Serve(int client) {
  const int server = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_un address = AddressOf(server_folder_);
  bool open = ::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  bool cut_at_answer = false;
  bool silent = false;
  while (open && !ended_) {
    pollfd waiting[2] = {{client, POLLIN, 0}, {server, POLLIN, 0}};
    if (::poll(waiting, 2, kTickMs) <= 0) continue;
    char buffer[8192];
    if (waiting[0].revents != 0) {
      const ssize_t size = ::recv(client, buffer, sizeof(buffer), 0);
      if (size <= 0) break;
      const bool meant =
          std::string(buffer, static_cast<size_t>(size)).find(word_) != std::string::npos;
      const LineFault fault = meant ? fault_.exchange(LineFault::kNone) : LineFault::kNone;
      if (fault == LineFault::kCutBefore) break;
      cut_at_answer = cut_at_answer || fault == LineFault::kCutAfter;
      silent = silent || fault == LineFault::kSilence;
      if (!silent) open = SendAll(server, buffer, size);
    }
    if (waiting[1].revents != 0) {
      const ssize_t size = ::recv(server, buffer, sizeof(buffer), 0);
      if (size <= 0 || cut_at_answer) break;
      if (!silent) open = SendAll(client, buffer, size);
    }
  }
  ::close(server);
  ::close(client);
}

}  // namespace artemis
