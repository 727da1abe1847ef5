// What a check found to be wrong with a table.
#pragma once

#include <string>
#include <vector>

namespace artemis {

struct Problem {
  // The rule that is broken, one of a fixed set of words that scripts may rely on (docs/operations.md):
  // missing, unreadable, size, counts, summary, sequence, reference, metadata, partition, field-ids,
  // pages, metrics.
  std::string rule;
  // A file's location, or "snapshot 123", "ref audit", "metadata".
  std::string where;
  // What was expected and what was found.
  std::string what;

  bool operator==(const Problem&) const = default;
};

using Problems = std::vector<Problem>;

// "expected 12, found 9"
template <typename A, typename B>
std::string ExpectedFound(const A& expected, const B& found) {
  return "expected " + std::to_string(expected) + ", found " + std::to_string(found);
}

}  // namespace artemis
