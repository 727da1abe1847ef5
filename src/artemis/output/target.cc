// Standard output and files that appear whole.
#include "artemis/output/target.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "artemis/base/replaceable_path.h"
#include "artemis/io/atomic_file.h"
#include "artemis/io/posix_file.h"
#include "artemis/output/descriptor_output.h"

namespace artemis {

namespace {

bool NamesStandardOutput(const std::string& path) {
  return path == "-" || path == "/dev/stdout" || path == "/dev/fd/1" || path == "/proc/self/fd/1";
}

bool IsFolder(const std::string& path) {
  struct stat found = {};
  return ::stat(path.c_str(), &found) == 0 && S_ISDIR(found.st_mode);
}

}  // namespace

arrow::Result<std::unique_ptr<OutputTarget>> OutputTarget::Open(
    const std::optional<std::string>& path) {
  std::unique_ptr<OutputTarget> target(new OutputTarget());
  if (!path || NamesStandardOutput(*path)) {
    target->stream_ = std::make_shared<DescriptorOutput>(STDOUT_FILENO, false, "standard output");
    target->is_standard_output_ = true;
    target->is_terminal_ = ::isatty(STDOUT_FILENO) == 1;
    return target;
  }
  if (IsFolder(*path)) {
    return arrow::Status::Invalid(*path, " is a folder: expected the name of a file");
  }
  const auto place = ReplaceablePath(*path);
  if (!place) {
    const int descriptor = ::open(path->c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
    if (descriptor < 0) return ErrnoStatus(errno, "cannot open", *path);
    target->is_terminal_ = ::isatty(descriptor) == 1;
    target->stream_ = std::make_shared<DescriptorOutput>(descriptor, true, *path);
    return target;
  }
  ARROW_ASSIGN_OR_RAISE(target->file_, AtomicFile::Open(*place, {.replace = true}));
  target->stream_ = target->file_->stream();
  return target;
}

OutputTarget::~OutputTarget() = default;

arrow::Status OutputTarget::Write(std::string_view text) {
  return stream_->Write(text.data(), static_cast<int64_t>(text.size()));
}

arrow::Status OutputTarget::Finish() {
  if (file_ != nullptr) return file_->Commit();
  return is_standard_output_ ? stream_->Flush() : stream_->Close();
}

}  // namespace artemis
