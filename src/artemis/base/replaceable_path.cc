// Follows symbolic links one by one: the name of a descriptor is a link whose target must not be taken for the file it is.
#include "artemis/base/replaceable_path.h"

#include <sys/stat.h>
#include <unistd.h>

#include <climits>
#include <string_view>

namespace artemis {
namespace {

constexpr int kLinksMax = 40;

bool NamesDescriptor(std::string_view path) {
  return path.starts_with("/proc/") || path.starts_with("/dev/fd/") || path == "/dev/stdin" ||
         path == "/dev/stdout" || path == "/dev/stderr";
}

std::optional<std::string> LinkTarget(const std::string& path) {
  char target[PATH_MAX];
  const ssize_t size = ::readlink(path.c_str(), target, sizeof(target));
  if (size <= 0 || size == static_cast<ssize_t>(sizeof(target))) return std::nullopt;
  const std::string text(target, static_cast<size_t>(size));
  const size_t slash = path.rfind('/');
  if (text.front() == '/' || slash == std::string::npos) return text;
  return path.substr(0, slash + 1) + text;
}

bool IsFileOrFolderOrNothing(const std::string& path) {
  struct stat found = {};
  return ::stat(path.c_str(), &found) != 0 || S_ISREG(found.st_mode) || S_ISDIR(found.st_mode);
}

}  // namespace

std::optional<std::string> ReplaceablePath(const std::string& path) {
  std::string place = path;
  for (int i = 0; i < kLinksMax; ++i) {
    if (NamesDescriptor(place)) return std::nullopt;
    auto target = LinkTarget(place);
    if (!target) break;
    place = std::move(*target);
  }
  if (!IsFileOrFolderOrNothing(place)) return std::nullopt;
  return place;
}

}  // namespace artemis
