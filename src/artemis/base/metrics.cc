// The registry and the exposition format.
#include "artemis/base/metrics.h"

#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <fstream>

#include "artemis/base/error.h"
#include "artemis/base/replaceable_path.h"

namespace artemis {
namespace {

// Escapes backslashes and newlines, and quotes where they end the text.
std::string EscapeMetricText(std::string_view text, bool escape_quotes) {
  std::string escaped;
  for (const char c : text) {
    if (c == '\n') {
      escaped += "\\n";
      continue;
    }
    if (c == '\\' || (escape_quotes && c == '"')) escaped += '\\';
    escaped += c;
  }
  return escaped;
}

std::string LabelText(const MetricLabels& labels) {
  if (labels.empty()) return "";
  std::string text = "{";
  for (const auto& [name, value] : labels) {
    if (text.size() > 1) text += ',';
    text += name + "=\"" + EscapeMetricText(value, true) + '"';
  }
  return text + "}";
}

std::string MetricNumber(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0 ? "-Inf" : "+Inf";
  char buffer[64];
  return std::string(buffer, std::to_chars(buffer, buffer + sizeof(buffer), value).ptr);
}

bool IsMetricName(std::string_view name) {
  for (size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':';
    if (!letter && !(i > 0 && c >= '0' && c <= '9')) return false;
  }
  return !name.empty();
}

}  // namespace

MetricValue& MetricsRegistry::Find(const char* kind, const std::string& name, std::string_view help,
                                   const MetricLabels& labels) {
  ARTEMIS_CHECK(IsMetricName(name));
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto [entry, added] = families_.try_emplace(name);
  Family& family = entry->second;
  if (added) {
    family.kind = kind;
    family.help = std::string(help);
  }
  ARTEMIS_CHECK(std::string_view(family.kind) == kind);
  return family.values[LabelText(labels)];
}

MetricValue& MetricsRegistry::Counter(const std::string& name, std::string_view help,
                                      const MetricLabels& labels) {
  return Find("counter", name, help, labels);
}

MetricValue& MetricsRegistry::Gauge(const std::string& name, std::string_view help,
                                    const MetricLabels& labels) {
  return Find("gauge", name, help, labels);
}

std::string MetricsRegistry::PrometheusText() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  std::string text;
  for (const auto& [name, family] : families_) {
    text += "# HELP " + name + " " + EscapeMetricText(family.help, false) + "\n";
    text += "# TYPE " + name + " " + family.kind + "\n";
    for (const auto& [labels, value] : family.values) {
      text += name + labels + " " + MetricNumber(value.value()) + "\n";
    }
  }
  return text;
}

arrow::Status MetricsRegistry::WritePrometheusText(const std::string& path) const {
  const auto place = ReplaceablePath(path);
  const std::string unfinished =
      place ? *place + "." + std::to_string(::getpid()) + ".inprogress" : path;
  std::ofstream file(unfinished, std::ios::binary | (place ? std::ios::trunc : std::ios::app));
  file << PrometheusText();
  file.close();
  if (!file.fail() && (!place || std::rename(unfinished.c_str(), place->c_str()) == 0))
    return arrow::Status::OK();
  const int error = errno;
  if (place) (void)std::remove(unfinished.c_str());
  return arrow::Status::IOError("cannot write metrics to ", path, ": ", std::strerror(error));
}

}  // namespace artemis
