// Optimal string alignment distance over three rows.
#include "artemis/base/near_match.h"

#include <algorithm>

namespace artemis {
namespace {

constexpr size_t kLongestComparedName = 256;

size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
    std::swap(before, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

}  // namespace

std::string AsciiLower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

std::optional<std::string> NearMatch(std::string_view asked,
                                     const std::vector<std::string>& candidates) {
  if (asked.size() > kLongestComparedName) return std::nullopt;
  const std::string lower = AsciiLower(asked);
  size_t best = asked.size() <= 3 ? 2 : 3;
  std::optional<std::string> found;
  for (const std::string& candidate : candidates) {
    const std::string other = AsciiLower(candidate);
    if (other == lower) return candidate;
    const size_t gap =
        other.size() > lower.size() ? other.size() - lower.size() : lower.size() - other.size();
    if (gap >= best) continue;
    const size_t distance = EditDistance(lower, other);
    if (distance < best && distance < std::max(lower.size(), other.size())) {
      best = distance;
      found = candidate;
    }
  }
  return found;
}

std::string DidYouMean(std::string_view asked, const std::vector<std::string>& candidates) {
  const auto near = NearMatch(asked, candidates);
  return near ? " (did you mean '" + *near + "'?)" : "";
}

}  // namespace artemis
