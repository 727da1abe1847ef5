// Facts: what commands print that do not stream rows, once as text for people and once as JSON for
// scripts (--format text|json). The keys are the same in both and stable.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "artemis/base/ids.h"

namespace artemis {

enum class FactFormat : uint8_t { kText, kJson };

// One value. Its text is empty where there is none, its JSON then null.
class Fact {
 public:
  Fact() = default;
  static Fact Text(std::string text);
  // "1,234,567"; in JSON the bare number.
  static Fact Count(int64_t value);
  // An id: digits without separators.
  static Fact Id(int64_t value);
  // "12.4 MiB"; in JSON the number of bytes.
  static Fact Bytes(int64_t bytes);
  // UTC RFC 3339 with milliseconds.
  static Fact Time(TimestampMs time);
  // The same with the age behind it in the text: "2024-03-15T07:00:00.000Z (2 h ago)".
  static Fact TimeWithAge(TimestampMs time, TimestampMs now);
  static Fact Flag(bool value);  // "yes", "no"; true, false
  // `json` must be one JSON value.
  static Fact Json(std::string text, std::string json);

  template <typename Tag, typename Rep>
  static Fact Id(StrongId<Tag, Rep> id) {
    return Id(static_cast<int64_t>(id.value));
  }
  template <typename T>
  static Fact IdIf(const std::optional<T>& id) {
    return id ? Id(*id) : Fact();
  }
  static Fact CountIf(const std::optional<int64_t>& value) {
    return value ? Count(*value) : Fact();
  }
  static Fact TimeIf(const std::optional<TimestampMs>& time) { return time ? Time(*time) : Fact(); }
  // Null for an empty text.
  static Fact TextIf(std::string text) { return text.empty() ? Fact() : Text(std::move(text)); }

  const std::string& text() const { return text_; }
  const std::string& json() const { return json_; }
  bool is_number() const { return is_number_; }

 private:
  Fact(std::string text, std::string json, bool is_number)
      : text_(std::move(text)), json_(std::move(json)), is_number_(is_number) {}

  std::string text_;
  std::string json_ = "null";
  bool is_number_ = false;
};

// A file's path: in text relative to `location` where it lies in it, in JSON whole.
Fact PathFact(const std::string& path, const std::string& location);

// Rows of facts under keys. Text: an aligned table, in which cells over 120 columns are cut, but for those called
// "path" and "where". JSON: an array of objects.
struct FactTable {
  std::vector<std::string> keys;
  std::vector<std::vector<Fact>> rows;  // one fact a key

  // Columns whose key is listed are left out of the text: they are for scripts.
  std::vector<std::string> json_only;
  // And the other way round: what is for people and follows from the rest, such as ages.
  std::vector<std::string> text_only;

  std::string ToText() const;
  std::string ToJson() const;
};

// Named facts. Text: a line each, those without a value left out. JSON: an object.
struct FactRecord {
  std::vector<std::pair<std::string, Fact>> members;

  void Add(std::string key, Fact fact);
  // A table as a member: in JSON an array; in text it is left out.
  void AddTable(std::string key, const FactTable& table);
  std::string ToText() const;
  std::string ToJson() const;
};

// "2,000,000"
std::string GroupDigits(int64_t value);
// "1 file", "21 files"
std::string CountOf(int64_t value, const std::string& noun);
// "512 B", "12.4 MiB"
std::string HumanBytes(int64_t bytes);
// "812 ms", "3.2 s", "2 min 5 s"
std::string HumanDuration(int64_t elapsed_ms);
// How long before `now` a moment was: "4 s ago", "12 min ago", "3 h ago", "45 d ago", "3 years ago"; a moment ahead of it,
// by a clock that goes ahead, is "in 4 s".
std::string HumanAge(TimestampMs time, TimestampMs now);

}  // namespace artemis
