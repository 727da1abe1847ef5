// Settings as statements.
#include "artemis/serve/session_settings.h"

#include <algorithm>
#include <cctype>

namespace artemis {

namespace {

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower;
}

std::string_view Trim(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t\r\n;");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n;") - first + 1);
}

std::string_view SkipComments(std::string_view text) {
  while (true) {
    text = Trim(text);
    size_t end = std::string_view::npos;
    if (text.starts_with("--")) {
      end = text.find('\n');
    } else if (text.starts_with("/*")) {
      end = text.find("*/");
      end = end == std::string_view::npos ? end : end + 2;
    } else {
      return text;
    }
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end);
  }
}

// Takes a word off the front when it is `word`, in any case.
bool TakeWord(std::string_view& text, std::string_view word) {
  if (text.size() <= word.size() || Lower(text.substr(0, word.size())) != word) return false;
  if (std::isspace(static_cast<unsigned char>(text[word.size()])) == 0) return false;
  text = Trim(text.substr(word.size()));
  return true;
}

// Without quotes around it, doubled ones within made single.
std::string Unquote(std::string_view text, char quote) {
  if (text.size() < 2 || text.front() != quote || text.back() != quote) return std::string(text);
  std::string plain;
  for (size_t i = 1; i + 1 < text.size(); ++i) {
    plain += text[i];
    if (text[i] == quote && i + 2 < text.size() && text[i + 1] == quote) ++i;
  }
  return plain;
}

std::string Quote(const std::string& text, char quote) {
  std::string quoted(1, quote);
  for (const char c : text) {
    quoted += c;
    if (c == quote) quoted += c;
  }
  return quoted + quote;
}

// "artemis.sda", "artemis"."ground.eu", sda: the namespace.
std::string SchemaOfPlace(std::string_view place) {
  for (const std::string_view catalog : {"artemis.", "\"artemis\"."}) {
    if (Lower(place.substr(0, catalog.size())) == catalog)
      return Unquote(Trim(place.substr(catalog.size())), '"');
  }
  return Unquote(place, '"');
}

std::string PlainName(std::string_view name) {
  std::string plain = Lower(name);
  std::erase(plain, '"');
  return plain;
}

std::optional<SettingChange> ParseSet(std::string_view text) {
  for (const auto* scope : {"session", "local"}) TakeWord(text, scope);
  const size_t name_end = text.find_first_of(" \t\r\n=");
  if (name_end == std::string_view::npos) return std::nullopt;
  const auto name = PlainName(text.substr(0, name_end));
  auto rest = Trim(text.substr(name_end));
  if (rest.starts_with("=")) {
    rest = Trim(rest.substr(1));
  } else if (!TakeWord(rest, "to")) {
    return std::nullopt;
  }
  if (rest.empty()) return std::nullopt;
  if (name == "schema") return SettingChange{name, SchemaOfPlace(Unquote(rest, '\''))};
  return SettingChange{name, Unquote(rest, '\'')};
}

}  // namespace

std::optional<SettingChange> ParseSetting(std::string_view sql) {
  auto text = SkipComments(sql);
  if (TakeWord(text, "set")) return ParseSet(text);
  if (TakeWord(text, "reset")) {
    for (const auto* scope : {"session", "local"}) TakeWord(text, scope);
    return SettingChange{PlainName(text), std::nullopt};
  }
  if (TakeWord(text, "use")) return SettingChange{"schema", SchemaOfPlace(text)};
  return std::nullopt;
}

std::string SettingStatement(const SettingChange& change) {
  if (change.name == "schema") {
    return change.value ? "USE artemis." + Quote(*change.value, '"') : "USE memory.main";
  }
  if (!change.value) return "RESET " + change.name;
  return "SET " + change.name + " = " + Quote(*change.value, '\'');
}

void SessionSettings::Apply(const SettingChange& change) {
  if (change.value) {
    values[change.name] = *change.value;
  } else {
    values.erase(change.name);
  }
}

}  // namespace artemis
