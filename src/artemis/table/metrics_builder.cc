// Merges maps of metrics by field id.
#include "artemis/table/metrics_builder.h"

#include <algorithm>

namespace artemis {

namespace {

bool IsBefore(const ColumnMetrics& a, const ColumnMetrics& b) { return a.field_id < b.field_id; }

template <typename T>
void TakeIfSet(std::optional<T>& from, std::optional<T>* to) {
  if (from) *to = std::move(from);
}

void MergeInto(ColumnMetrics&& from, ColumnMetrics* to) {
  TakeIfSet(from.column_size_bytes, &to->column_size_bytes);
  TakeIfSet(from.value_count, &to->value_count);
  TakeIfSet(from.null_count, &to->null_count);
  TakeIfSet(from.nan_count, &to->nan_count);
  TakeIfSet(from.lower_bound, &to->lower_bound);
  TakeIfSet(from.upper_bound, &to->upper_bound);
}

}  // namespace

void MetricsBuilder::Begin(FileMetrics* metrics) {
  metrics->reserve(expected_);
  metrics_ = metrics;
  hint_ = 0;
  stragglers_.clear();
}

ColumnMetrics* MetricsBuilder::Locate(FieldId field_id) {
  FileMetrics& metrics = *metrics_;
  if (hint_ >= metrics.size()) hint_ = 0;
  if (hint_ < metrics.size() && metrics[hint_].field_id == field_id) return &metrics[hint_++];
  if (metrics.empty() || metrics.back().field_id < field_id) {
    ColumnMetrics& added = metrics.emplace_back();
    added.field_id = field_id;
    hint_ = metrics.size();
    return &added;
  }
  const auto found =
      std::lower_bound(metrics.begin(), metrics.end(), field_id,
                       [](const ColumnMetrics& m, FieldId id) { return m.field_id < id; });
  if (found->field_id == field_id) {
    hint_ = static_cast<size_t>(found - metrics.begin()) + 1;
    return &*found;
  }
  ColumnMetrics& straggler = stragglers_.emplace_back();
  straggler.field_id = field_id;
  return &straggler;
}

void MetricsBuilder::Finish() {
  expected_ = metrics_->size();
  if (stragglers_.empty()) return;
  FileMetrics& metrics = *metrics_;
  std::move(stragglers_.begin(), stragglers_.end(), std::back_inserter(metrics));
  std::stable_sort(metrics.begin(), metrics.end(), IsBefore);
  size_t kept = 0;
  for (size_t i = 1; i < metrics.size(); ++i) {
    if (metrics[i].field_id == metrics[kept].field_id) {
      MergeInto(std::move(metrics[i]), &metrics[kept]);
    } else if (++kept != i) {
      metrics[kept] = std::move(metrics[i]);
    }
  }
  metrics.resize(kept + 1);
}

}  // namespace artemis
