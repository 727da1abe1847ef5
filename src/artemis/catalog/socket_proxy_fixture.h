// A proxy on a Unix socket between a client and PostgreSQL that breaks the line at a chosen word: the network as tests need it.
#pragma once

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "artemis/io/test_folder.h"

namespace artemis {

// What happens when the client sends the word.
enum class LineFault {
  kNone,
  kCutBefore,  // it does not arrive, and the line is cut
  kCutAfter,   // it arrives, the server answers, and the line is cut before the answer comes
  kSilence,    // it does not arrive, and nobody hears anything any more
};

// Listens from construction to destruction.
class SocketProxy {
 public:
  // `server_folder`: of the server's socket. `word`: what to wait for in what the client sends, "COMMIT".
  SocketProxy(std::string server_folder, std::string word);
  ~SocketProxy();

  // For host= in a URI.
  const std::string& folder() const { return folder_.path(); }
  // The fault at the next word; it happens once.
  void Set(LineFault fault) { fault_ = fault; }
  int connections() const { return connections_; }

 private:
  void Accept();
  void Serve(int client);

  const TestFolder folder_;
  const std::string server_folder_;
  const std::string word_;
  std::atomic<LineFault> fault_ = LineFault::kNone;
  std::atomic<int> connections_ = 0;
  std::atomic<bool> ended_ = false;
  int listening_ = -1;
  std::vector<std::thread> lines_;  // touched by the accepting thread, and after it has ended
  std::thread accepting_;
};

}  // namespace artemis
