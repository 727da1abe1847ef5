// Snapshot summaries as facts.
#include "artemis/cli/summary_facts.h"

#include <charconv>

namespace artemis {

namespace {

const std::string* FindMember(const Snapshot* snapshot, const char* key) {
  if (snapshot == nullptr) return nullptr;
  const auto found = snapshot->summary.find(key);
  return found == snapshot->summary.end() ? nullptr : &found->second;
}

}  // namespace

std::optional<int64_t> SummaryNumber(const Snapshot* snapshot, const char* key) {
  const std::string* text = FindMember(snapshot, key);
  if (text == nullptr) return std::nullopt;
  int64_t value = 0;
  const char* end = text->data() + text->size();
  const auto parsed = std::from_chars(text->data(), end, value);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return value;
}

Fact SummaryCount(const Snapshot* snapshot, const char* key) {
  return Fact::CountIf(SummaryNumber(snapshot, key));
}

Fact SummaryText(const Snapshot* snapshot, const char* key) {
  const std::string* text = FindMember(snapshot, key);
  return text != nullptr ? Fact::TextIf(*text) : Fact();
}

}  // namespace artemis
