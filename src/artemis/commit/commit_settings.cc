// Resolves options against table properties.
#include "artemis/commit/commit_settings.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>

namespace artemis {

namespace {

class Properties {
 public:
  explicit Properties(const std::map<std::string, std::string>& all) : all_(all) {}

  std::optional<std::string> Text(const char* key) const {
    const auto found = all_.find(key);
    return found == all_.end() ? std::nullopt : std::optional(found->second);
  }

  template <typename T>
  void Number(const char* key, int64_t least, int64_t most, T* value) const {
    const auto text = Text(key);
    if (!text) return;
    int64_t number = 0;
    const auto end = text->data() + text->size();
    const auto parsed = std::from_chars(text->data(), end, number);
    if (parsed.ec != std::errc() || parsed.ptr != end || number < least || number > most) return;
    *value = static_cast<T>(number);
  }

 private:
  const std::map<std::string, std::string>& all_;
};

constexpr int64_t kMillisecondsMax = int64_t{1} << 40;
constexpr int64_t kAttemptsMax = 1'000'000;

void ReadCodec(const Properties& properties, CommitSettings* settings) {
  const std::string codec = properties.Text("write.manifest.compression-codec").value_or("gzip");
  if (codec == "zstd" || codec == "zstandard") {
    settings->manifest_codec = AvroCodec::kZstandard;
  } else if (codec == "none" || codec == "uncompressed") {
    settings->manifest_codec = AvroCodec::kNull;
  }
  properties.Number("write.manifest.compression-level", 0, 19, &settings->manifest_codec_level);
}

void ReadProperties(const Properties& properties, CommitSettings* settings) {
  int64_t retries = settings->attempts_max - 1;
  properties.Number("commit.retry.num-retries", 0, kAttemptsMax, &retries);
  settings->attempts_max = static_cast<int>(retries) + 1;
  properties.Number("commit.retry.min-wait-ms", 0, kMillisecondsMax, &settings->backoff_min_ms);
  properties.Number("commit.retry.max-wait-ms", 0, kMillisecondsMax, &settings->backoff_max_ms);
  properties.Number("commit.retry.total-timeout-ms", 0, kMillisecondsMax,
                    &settings->total_timeout_ms);
  properties.Number("commit.manifest.target-size-bytes", 1, int64_t{1} << 30,
                    &settings->manifest_target_bytes);
  properties.Number("commit.manifest.min-count-to-merge", 1, std::numeric_limits<int>::max(),
                    &settings->manifest_min_count_to_merge);
  settings->merge_manifests = properties.Text("commit.manifest-merge.enabled") != "false";
  properties.Number("write.summary.partition-limit", 0, std::numeric_limits<int>::max(),
                    &settings->partitions_in_summary_max);
  ReadCodec(properties, settings);
}

}  // namespace

CommitSettings ResolveSettings(const CommitOptions& options,
                               const std::map<std::string, std::string>& properties) {
  CommitSettings settings;
  ReadProperties(Properties(properties), &settings);
  settings.attempts_max = std::max(1, options.attempts_max.value_or(settings.attempts_max));
  settings.backoff_min_ms = options.backoff_min_ms.value_or(settings.backoff_min_ms);
  settings.backoff_max_ms = options.backoff_max_ms.value_or(settings.backoff_max_ms);
  settings.total_timeout_ms = options.total_timeout_ms.value_or(settings.total_timeout_ms);
  settings.manifest_target_bytes =
      options.manifest_target_bytes.value_or(settings.manifest_target_bytes);
  settings.manifest_min_count_to_merge =
      options.manifest_min_count_to_merge.value_or(settings.manifest_min_count_to_merge);
  settings.merge_manifests = settings.merge_manifests && !options.fast_append;
  return settings;
}

}  // namespace artemis
