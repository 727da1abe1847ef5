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
  location.remove_prefix(5);
  if (location.starts_with("//")) {
    const size_t slash = location.find('/', 2);
    const std::string_view host =
        location.substr(2, slash == std::string_view::npos ? slash : slash - 2);
    if (host.empty() || host == "localhost") location.remove_prefix(2 + host.size());
  }
  return std::string(location);
}

std::string FileUri(std::string_view path) {
  if (!SchemeOf(path).empty()) return std::string(path);
  std::string absolute =
      std::filesystem::absolute(std::filesystem::path(path)).lexically_normal().string();
  while (absolute.size() > 1 && absolute.back() == '/') absolute.pop_back();
  return "file://" + absolute;
}

}  // namespace artemis
