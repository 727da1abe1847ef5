// Reads and writes the property of --once keys.
#include "artemis/commit/once.h"

#include <charconv>
#include <string_view>
#include <utility>
#include <vector>

#include "artemis/commit/summary.h"

namespace artemis {

namespace {

std::string EncodeKey(std::string_view key) {
  static constexpr std::string_view kHex = "0123456789ABCDEF";
  static constexpr std::string_view kPlain = "-._~:/@+";
  std::string text;
  for (const char c : key) {
    const bool is_plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                          (c >= 'A' && c <= 'Z') || kPlain.find(c) != std::string_view::npos;
    if (is_plain) {
      text += c;
    } else {
      const auto byte = static_cast<uint8_t>(c);
      text += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return text;
}

// "encoded key=snapshot id" of the property, oldest first.
std::vector<std::string_view> Records(const TableMetadata& metadata) {
  std::vector<std::string_view> records;
  const auto property = metadata.properties.find(kOnceKeysProperty);
  std::string_view rest =
      property == metadata.properties.end() ? std::string_view() : property->second;
  while (!rest.empty()) {
    const size_t comma = rest.find(',');
    if (comma != 0) records.push_back(rest.substr(0, comma));
    rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
  }
  return records;
}

bool IsOf(std::string_view record, std::string_view encoded_key) {
  return record.size() > encoded_key.size() && record.starts_with(encoded_key) &&
         record[encoded_key.size()] == '=';
}

}  // namespace

std::optional<OnceRecord> FindOnceRecord(const TableMetadata& metadata, const std::string& key) {
  if (const Snapshot* snapshot = FindOnce(metadata, key)) return OnceRecord{snapshot->id};
  const std::string encoded = EncodeKey(key);
  for (const auto record : Records(metadata)) {
    if (!IsOf(record, encoded)) continue;
    const auto id = record.substr(encoded.size() + 1);
    int64_t number = 0;
    const auto parsed = std::from_chars(id.data(), id.data() + id.size(), number);
    if (id.empty() || parsed.ec != std::errc()) return OnceRecord{};
    return OnceRecord{SnapshotId(number)};
  }
  return std::nullopt;
}

void RecordOnce(const std::string& key, std::optional<SnapshotId> snapshot_id,
                TableMetadata* metadata) {
  const std::string encoded = EncodeKey(key);
  const auto records = Records(*metadata);
  std::string text;
  const size_t first = records.size() >= kOnceKeysMax ? records.size() - kOnceKeysMax + 1 : 0;
  for (size_t i = first; i < records.size(); ++i) {
    if (IsOf(records[i], encoded)) continue;
    text += records[i];
    text += ',';
  }
  text += encoded + "=" + (snapshot_id ? ToString(*snapshot_id) : "");
  metadata->properties[kOnceKeysProperty] = std::move(text);
}

}  // namespace artemis
