// Counters and gauges of one program run, written as Prometheus text (exposition format 0.0.4) at its end.
// Names are Prometheus names with their unit: artemis_replay_rows_total, artemis_commit_seconds.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <arrow/status.h>

namespace artemis {

// A number that several threads change.
class MetricValue {
 public:
  void Add(double by) { value_.fetch_add(by, std::memory_order_relaxed); }
  void Set(double to) { value_.store(to, std::memory_order_relaxed); }
  double value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<double> value_{0};
};

using MetricLabels = std::vector<std::pair<std::string, std::string>>;

// Thread-safe. References it gives out live as long as the registry.
class MetricsRegistry {
 public:
  // The metric of this name and these labels, made at the first call. Requires a name of [a-zA-Z_:][a-zA-Z0-9_:]*, label names
  // of [a-zA-Z_][a-zA-Z0-9_]*, and one kind per name. `help` is kept from the first call.
  MetricValue& Counter(const std::string& name, std::string_view help,
                       const MetricLabels& labels = {});
  MetricValue& Gauge(const std::string& name, std::string_view help,
                     const MetricLabels& labels = {});

  // All metrics, sorted by name and labels, with HELP and TYPE lines.
  std::string PrometheusText() const;
  // Writes the text beside `path` and renames it there (replaceable_path.h), so that a reader never sees half of it. IOError names the path.
  arrow::Status WritePrometheusText(const std::string& path) const;

 private:
  struct Family {
    const char* kind;
    std::string help;
    std::map<std::string, MetricValue> values;  // by label text
  };

  MetricValue& Find(const char* kind, const std::string& name, std::string_view help,
                    const MetricLabels& labels);

  mutable std::mutex mutex_;
  std::map<std::string, Family> families_;
};

}  // namespace artemis
