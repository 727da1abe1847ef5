// Facts as text and as JSON.
#include "artemis/output/facts.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "artemis/base/json_text.h"
#include "artemis/base/time_text.h"
#include "artemis/output/text_table.h"

namespace artemis {

namespace {

constexpr size_t kFactWidthMax = 120;
// Paths are to be copied: they are never cut.
constexpr size_t kPathWidthMax = 4096;

bool Holds(const std::vector<std::string>& keys, const std::string& key) {
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

std::string JsonObject(const std::vector<std::pair<std::string, Fact>>& members) {
  std::string json = "{";
  for (const auto& [key, fact] : members) {
    if (json.size() > 1) json += ',';
    json += JsonString(key) + ":" + fact.json();
  }
  return json + "}";
}

}  // namespace

Fact Fact::Text(std::string text) {
  std::string json = JsonString(text);
  return Fact(std::move(text), std::move(json), false);
}

Fact Fact::Count(int64_t value) { return Fact(GroupDigits(value), std::to_string(value), true); }

Fact Fact::Id(int64_t value) { return Fact(std::to_string(value), std::to_string(value), true); }

Fact Fact::Bytes(int64_t bytes) { return Fact(HumanBytes(bytes), std::to_string(bytes), true); }

Fact Fact::Time(TimestampMs time) { return Text(FormatTime(time)); }

Fact Fact::TimeWithAge(TimestampMs time, TimestampMs now) {
  const std::string text = FormatTime(time);
  return Fact(text + " (" + HumanAge(time, now) + ")", JsonString(text), false);
}

Fact Fact::Flag(bool value) { return Fact(value ? "yes" : "no", value ? "true" : "false", false); }

Fact Fact::Json(std::string text, std::string json) {
  return Fact(std::move(text), std::move(json), false);
}

Fact PathFact(const std::string& path, const std::string& location) {
  const bool inside = path.starts_with(location + "/");
  return Fact::Json(inside ? path.substr(location.size() + 1) : path, JsonString(path));
}

std::string FactTable::ToText() const {
  std::vector<size_t> shown;
  for (size_t i = 0; i < keys.size(); ++i) {
    if (!Holds(json_only, keys[i])) shown.push_back(i);
  }
  TextTableLayout layout;
  layout.right_aligned.assign(shown.size(), false);
  const auto cells_of = [&](const auto& cell_at) {
    std::vector<std::string> cells;
    for (const size_t i : shown) cells.push_back(cell_at(i));
    return cells;
  };
  const auto headings = cells_of([&](size_t i) { return keys[i]; });
  layout.Fit(headings);
  std::vector<std::vector<std::string>> lines;
  for (const auto& row : rows) {
    lines.push_back(cells_of([&](size_t i) {
      const bool is_path = keys[i] == "path" || keys[i] == "where";
      return DisplayCell(row[i].text(), is_path ? kPathWidthMax : kFactWidthMax);
    }));
    layout.Fit(lines.back());
    for (size_t i = 0; i < shown.size(); ++i) {
      if (row[shown[i]].is_number()) layout.right_aligned[i] = true;
    }
  }
  std::string text;
  layout.AppendRow(headings, &text);
  layout.AppendRule(&text);
  for (const auto& line : lines) layout.AppendRow(line, &text);
  return text;
}

std::string FactTable::ToJson() const {
  std::string json = "[";
  for (const auto& row : rows) {
    if (json.size() > 1) json += ',';
    std::vector<std::pair<std::string, Fact>> members;
    for (size_t i = 0; i < keys.size(); ++i) {
      if (!Holds(text_only, keys[i])) members.emplace_back(keys[i], row[i]);
    }
    json += JsonObject(members);
  }
  return json + "]";
}

void FactRecord::Add(std::string key, Fact fact) {
  members.emplace_back(std::move(key), std::move(fact));
}

void FactRecord::AddTable(std::string key, const FactTable& table) {
  Add(std::move(key), Fact::Json("", table.ToJson()));
}

std::string FactRecord::ToText() const {
  size_t width = 0;
  for (const auto& [key, fact] : members) {
    if (!fact.text().empty()) width = std::max(width, DisplayWidth(key));
  }
  std::string text;
  for (const auto& [key, fact] : members) {
    if (fact.text().empty()) continue;
    text += key + std::string(width - DisplayWidth(key) + 2, ' ');
    text += DisplayCell(fact.text(), 4096) + "\n";
  }
  return text;
}

std::string FactRecord::ToJson() const { return JsonObject(members); }

std::string GroupDigits(int64_t value) {
  std::string digits = std::to_string(value);
  const size_t first = value < 0 ? 1 : 0;
  for (size_t at = digits.size(); at > first + 3;) {
    at -= 3;
    digits.insert(at, 1, ',');
  }
  return digits;
}

std::string CountOf(int64_t value, const std::string& noun) {
  return GroupDigits(value) + " " + noun + (value == 1 ? "" : "s");
}

std::string HumanBytes(int64_t bytes) {
  if (bytes < 1024) return std::to_string(bytes) + " B";
  static constexpr std::array kUnits = {"KiB", "MiB", "GiB", "TiB", "PiB"};
  double size = static_cast<double>(bytes) / 1024;
  size_t unit = 0;
  while (size >= 1023.95 && unit + 1 < kUnits.size()) {
    size /= 1024;
    ++unit;
  }
  char text[32];
  std::snprintf(text, sizeof(text), "%.1f %s", size, kUnits[unit]);
  return text;
}

std::string HumanDuration(int64_t elapsed_ms) {
  if (elapsed_ms < 1000) return std::to_string(elapsed_ms) + " ms";
  const int64_t seconds = elapsed_ms / 1000;
  if (seconds >= 60)
    return std::to_string(seconds / 60) + " min " + std::to_string(seconds % 60) + " s";
  return std::to_string(seconds) + "." + std::to_string(elapsed_ms % 1000 / 100) + " s";
}

std::string HumanAge(TimestampMs time, TimestampMs now) {
  struct Unit {
    int64_t seconds;
    // The first count of seconds for which the next unit reads better.
    int64_t below;
    const char* name;
  };
  static constexpr int64_t kMinute = 60, kHour = 3600, kDay = 86'400, kYear = 31'557'600;
  static constexpr Unit kUnits[] = {{1, 2 * kMinute, "s"},
                                    {kMinute, 2 * kHour, "min"},
                                    {kHour, 2 * kDay, "h"},
                                    {kDay, 2 * kYear, "d"},
                                    {kYear, INT64_MAX, "years"}};
  const bool ahead = time > now;
  const int64_t seconds = (ahead ? time.value - now.value : now.value - time.value) / 1000;
  for (const auto& unit : kUnits) {
    if (seconds >= unit.below) continue;
    const std::string count = std::to_string(seconds / unit.seconds) + " " + unit.name;
    return ahead ? "in " + count : count + " ago";
  }
  return "";
}

}  // namespace artemis
