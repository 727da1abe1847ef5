// Locations as text.
#include "artemis/io/location.h"

#include <filesystem>

namespace artemis {

std::string_view SchemeOf(std::string_view location) {
  const size_t colon = location.find(':');
  if (colon == std::string_view::npos || colon == 0) return {};
  for (const char c : location.substr(0, colon)) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool other = (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
    if (!letter && !other) return {};
  }
  // A bare name such as "a:b/c" is no URI: a scheme is followed by a slash.
  return colon + 1 < location.size() && location[colon + 1] == '/' ? location.substr(0, colon)
                                                                   : std::string_view();
}

std::string LocalPath(std::string_view location) {
  if (SchemeOf(location) != "file") return std::string(location);
  std::string_view path = location.substr(5);
  if (path.starts_with("//")) {
    path.remove_prefix(2);
    if (path.starts_with("localhost/")) path.remove_prefix(9);
    if (!path.starts_with('/')) return std::string(location);
  }
  return std::string(path);
}

std::string FileUri(std::string_view path) {
  if (!SchemeOf(path).empty()) return std::string(path);
  std::string absolute =
      std::filesystem::absolute(std::filesystem::path(path)).lexically_normal().string();
  while (absolute.size() > 1 && absolute.back() == '/') absolute.pop_back();
  return "file://" + absolute;
}

std::string JoinLocation(std::string_view folder, std::string_view name) {
  std::string joined(folder);
  if (!joined.ends_with('/')) joined += '/';
  return joined + std::string(name);
}

std::string FolderOf(std::string_view location) {
  const size_t slash = location.rfind('/');
  if (slash == std::string_view::npos) return ".";
  const std::string_view folder = location.substr(0, slash);
  return LocalPath(location).rfind('/') == 0 ? std::string(folder) + "/" : std::string(folder);
}

bool SameLocation(std::string_view a, std::string_view b) {
  std::string left = LocalPath(a);
  std::string right = LocalPath(b);
  for (std::string* path : {&left, &right}) {
    while (path->size() > 1 && path->back() == '/') path->pop_back();
  }
  return left == right;
}

}  // namespace artemis
