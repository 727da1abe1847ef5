// The settings of a client's session: what it SET, and what Flight's session options say, which are the same thing.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace artemis {

// A statement that changes a setting, taken apart.
struct SettingChange {
  // "artemis.as_of", "timezone", in lower case; "schema" for USE.
  std::string name;
  // The value as text, without its quotes; nullopt: the setting goes back to what it was at first.
  std::optional<std::string> value;
};

// Reads SET name = value, SET name TO value, RESET name, USE place. Comments before it are skipped. nullopt for every other statement.
std::optional<SettingChange> ParseSetting(std::string_view sql);

// The statement that makes a session's setting: SET artemis.as_of = '…', USE artemis."ground.eu".
std::string SettingStatement(const SettingChange& change);

// What differs from a fresh session, by name. A plain value.
struct SessionSettings {
  std::map<std::string, std::string> values;

  bool operator==(const SessionSettings&) const = default;
  void Apply(const SettingChange& change);
};

}  // namespace artemis
