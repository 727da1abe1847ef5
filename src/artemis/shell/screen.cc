// Screens and pagers.
#include "artemis/shell/screen.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <utility>
#include <vector>

#include <arrow/util/io_util.h>
#include <spawn.h>

#include "artemis/base/program_error.h"
#include "artemis/output/text_table.h"

namespace artemis {

namespace {

size_t NumberIn(const char* name, size_t otherwise) {
  const char* text = std::getenv(name);
  const long number = text != nullptr ? std::strtol(text, nullptr, 10) : 0;
  return number > 0 ? static_cast<size_t>(number) : otherwise;
}

bool IsInPath(const std::string& program) {
  const char* path = std::getenv("PATH");
  std::string folders = path != nullptr ? path : "/usr/bin:/bin";
  for (size_t begin = 0; begin <= folders.size();) {
    const size_t end = std::min(folders.find(':', begin), folders.size());
    const std::string file = folders.substr(begin, end - begin) + "/" + program;
    if (::access(file.c_str(), X_OK) == 0) return true;
    begin = end + 1;
  }
  return false;
}

std::vector<char*> PagerEnvironment() {
  static std::string less = "LESS=FRSX";
  std::vector<char*> variables;
  bool has_less = false;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    has_less = has_less || std::string_view(*variable).starts_with("LESS=");
    variables.push_back(*variable);
  }
  if (!has_less) variables.push_back(less.data());
  variables.push_back(nullptr);
  return variables;
}

// The bytes at the end of `text` that begin a character and do not end it.
size_t CutBytes(std::string_view text) {
  for (size_t back = 1; back <= std::min<size_t>(3, text.size()); ++back) {
    const auto byte = static_cast<unsigned char>(text[text.size() - back]);
    if ((byte & 0xC0) == 0x80) continue;
    const size_t bytes = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1;
    return bytes > back ? back : 0;
  }
  return 0;
}

}  // namespace

ScreenSize SizeOfScreen(int descriptor) {
  winsize size = {};
  if (::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0) {
    return {size.ws_col, size.ws_row};
  }
  return {NumberIn("COLUMNS", 80), NumberIn("LINES", 24)};
}

std::string DefaultPager() {
  const char* pager = std::getenv("PAGER");
  if (pager == nullptr) return IsInPath("less") ? "less" : "";
  return std::string_view(pager) == "cat" ? "" : pager;
}

arrow::Result<std::unique_ptr<Pager>> Pager::Start(const std::string& command) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) {
    return arrow::internal::IOErrorFromErrno(errno, "cannot make a pipe for the pager");
  }
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, ends[0], STDIN_FILENO);
  // What this program ignores or handles is the pager's own business again.
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  sigset_t defaults;
  sigemptyset(&defaults);
  sigaddset(&defaults, SIGINT);
  sigaddset(&defaults, SIGPIPE);
  ::posix_spawnattr_setsigdefault(&attributes, &defaults);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
  std::string shell = "sh";
  std::string option = "-c";
  std::string text = command;
  char* const arguments[] = {shell.data(), option.data(), text.data(), nullptr};
  auto environment = PagerEnvironment();
  pid_t process = 0;
  const int failed =
      ::posix_spawn(&process, "/bin/sh", &actions, &attributes, arguments, environment.data());
  ::posix_spawn_file_actions_destroy(&actions);
  ::posix_spawnattr_destroy(&attributes);
  ::close(ends[0]);
  if (failed != 0) {
    ::close(ends[1]);
    return arrow::internal::IOErrorFromErrno(failed, "cannot start the pager ", command);
  }
  return std::unique_ptr<Pager>(new Pager(process, ends[1]));
}

Pager::~Pager() { Finish(); }

void Pager::Finish() {
  if (descriptor_ < 0) return;
  ::close(descriptor_);
  descriptor_ = -1;
  while (::waitpid(process_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

ScreenOutput::~ScreenOutput() { (void)Close(); }

bool ScreenOutput::IsLong() const {
  // The prompt and a line on the rows follow.
  const auto lines = static_cast<size_t>(std::count(waiting_.begin(), waiting_.end(), '\n'));
  return lines + 2 > size_.rows;
}

arrow::Status ScreenOutput::Write(const void* data, int64_t bytes) {
  written_ += bytes;
  std::string text = std::exchange(partial_, {});
  text.append(static_cast<const char*>(data), static_cast<size_t>(bytes));
  const size_t cut = CutBytes(text);
  partial_ = text.substr(text.size() - cut);
  text.erase(text.size() - cut);
  text = Printable(text, "\n\t");
  if (has_begun_) return WriteOut(text);
  waiting_ += text;
  if (pager_command_.empty() || IsLong()) return Begin();
  return arrow::Status::OK();
}

arrow::Status ScreenOutput::Begin() {
  has_begun_ = true;
  if (!pager_command_.empty() && IsLong()) {
    ARROW_ASSIGN_OR_RAISE(pager_, Pager::Start(pager_command_));
  }
  return WriteOut(std::exchange(waiting_, {}));
}

arrow::Status ScreenOutput::WriteOut(std::string_view text) {
  const int descriptor = pager_ != nullptr ? pager_->descriptor() : STDOUT_FILENO;
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0 && errno == EPIPE) {
      has_left_ = pager_ != nullptr;
      return ClosedPipeError();
    }
    if (written < 0) return arrow::internal::IOErrorFromErrno(errno, "cannot write to the screen");
    text.remove_prefix(static_cast<size_t>(written));
  }
  return arrow::Status::OK();
}

arrow::Status ScreenOutput::Close() {
  if (std::exchange(closed_, true)) return arrow::Status::OK();
  arrow::Status status;
  if (!has_left_) {
    waiting_ += Printable(std::exchange(partial_, {}));
    status = has_begun_ ? WriteOut(std::exchange(waiting_, {})) : Begin();
  }
  if (pager_ != nullptr) pager_->Finish();
  return has_left_ ? arrow::Status::OK() : status;
}

}  // namespace artemis
