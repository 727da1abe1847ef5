// Keys of partition tuples.
#include "artemis/schema/partition_key.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "artemis/schema/literal.h"

namespace artemis {

namespace {

template <typename V>
void AppendBytes(std::string& key, V value) {
  char raw[sizeof(value)];
  std::memcpy(raw, &value, sizeof(value));
  key.append(raw, sizeof(raw));
}

struct KeyAppender {
  std::string& key;

  void operator()(const std::string& bytes) const {
    AppendBytes(key, bytes.size());
    key += bytes;
  }
  void operator()(const arrow::Decimal128& value) const {
    AppendBytes(key, value.high_bits());
    AppendBytes(key, value.low_bits());
  }
  template <typename V>
  void operator()(V value) const {
    if constexpr (std::is_floating_point_v<V>) {
      if (std::isnan(value)) value = std::numeric_limits<V>::quiet_NaN();
      if (value == 0) value = 0;
    }
    AppendBytes(key, value);
  }
};

}  // namespace

std::string PartitionKey(const PartitionTuple& tuple) {
  std::string key;
  for (const auto& value : tuple) {
    key += value ? 'v' : 'n';
    if (value) std::visit(KeyAppender{key}, *value);
  }
  return key;
}

bool IsTupleBefore(const PartitionTuple& a, const PartitionTuple& b) {
  for (size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    if (!a[i] || !b[i]) {
      if (a[i].has_value() != b[i].has_value()) return !a[i];
      continue;
    }
    if (a[i]->index() != b[i]->index()) return a[i]->index() < b[i]->index();
    const auto order = CompareValues(*a[i], *b[i]);
    if (order != 0) return order < 0;
  }
  return a.size() < b.size();
}

}  // namespace artemis
