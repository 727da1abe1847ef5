// Bounds, sorted.
#include "artemis/sql/file_order.h"

#include <algorithm>
#include <mutex>
#include <utility>

#include <duckdb/planner/filter/conjunction_filter.hpp>
#include <duckdb/planner/filter/constant_filter.hpp>
#include <duckdb/planner/filter/optional_filter.hpp>

#include "artemis/schema/literal.h"
#include "artemis/sql/duck_types.h"
#include "artemis/sql/file_statistics.h"

namespace artemis {
namespace {

using duckdb::ExpressionType;

// What a top-N of DuckDB puts on the column of its first order, if the filter is that.
duckdb::shared_ptr<duckdb::DynamicFilterData> TopNFilter(const duckdb::TableFilter& filter) {
  if (filter.filter_type == duckdb::TableFilterType::OPTIONAL_FILTER) {
    const auto& child = filter.Cast<duckdb::OptionalFilter>().child_filter;
    return child ? TopNFilter(*child) : nullptr;
  }
  if (filter.filter_type == duckdb::TableFilterType::CONJUNCTION_AND) {
    for (const auto& child : filter.Cast<duckdb::ConjunctionAndFilter>().child_filters) {
      if (auto found = TopNFilter(*child)) return found;
    }
  }
  if (filter.filter_type != duckdb::TableFilterType::DYNAMIC_FILTER) return nullptr;
  return filter.Cast<duckdb::DynamicFilter>().filter_data;
}

std::optional<bool> IsDescending(ExpressionType comparison) {
  switch (comparison) {
    case ExpressionType::COMPARE_GREATERTHAN:
    case ExpressionType::COMPARE_GREATERTHANOREQUALTO:
      return true;
    case ExpressionType::COMPARE_LESSTHAN:
    case ExpressionType::COMPARE_LESSTHANOREQUALTO:
      return false;
    default:
      return std::nullopt;
  }
}

bool IsFloating(TypeKind kind) { return kind == TypeKind::kFloat || kind == TypeKind::kDouble; }

// NaN is no bound, and DuckDB's greatest number.
bool MayHideNan(const Field& field, const ColumnMetrics& metrics) {
  return IsFloating(field.type.kind) && metrics.nan_count != 0;
}

std::optional<LiteralValue> FirstValue(const Field& field, const ColumnMetrics* metrics,
                                       bool descending) {
  if (metrics == nullptr || (descending && MayHideNan(field, *metrics))) return std::nullopt;
  const auto& bound = descending ? metrics->upper_bound : metrics->lower_bound;
  if (!bound) return std::nullopt;
  auto value = FromBytes(field.type, *bound);
  return value.ok() ? std::optional(*std::move(value)) : std::nullopt;
}

}  // namespace

bool FileOrder::IsTopN(const duckdb::TableFilter& filter) { return TopNFilter(filter) != nullptr; }

std::shared_ptr<const FileOrder> FileOrder::Make(const LazyPlan& plan, std::vector<size_t> tasks,
                                                 const Field& field,
                                                 const duckdb::TableFilter& filter) {
  auto found = TopNFilter(filter);
  if (!found || !found->filter || tasks.size() < 2) return nullptr;
  if (!HasExactBounds(field.type.kind) && !IsFloating(field.type.kind)) return nullptr;
  const auto descending = IsDescending(found->filter->comparison_type);
  if (!descending) return nullptr;
  struct Place {
    std::optional<LiteralValue> first;
    size_t task;
  };
  std::vector<Place> places;
  const auto made = plan.Get();
  for (const size_t task : tasks) {
    const auto* metrics = plan.FindMetrics(made->tasks[task].file.path, field.id);
    places.push_back({FirstValue(field, metrics, *descending), task});
  }
  std::stable_sort(places.begin(), places.end(), [&](const Place& a, const Place& b) {
    if (!a.first || !b.first) return !a.first && b.first;
    const auto order = CompareValues(*a.first, *b.first);
    return *descending ? order > 0 : order < 0;
  });
  std::shared_ptr<FileOrder> result(new FileOrder);
  for (size_t i = 0; i < places.size(); ++i) {
    result->tasks_.push_back(places[i].task);
    auto& first = result->first_values_.emplace_back();
    if (places[i].first) first = ToDuckValue(field.type, *places[i].first);
  }
  result->found_ = std::move(found);
  return result;
}

bool FileOrder::EndsBefore(size_t place) const {
  if (!first_values_[place] || !found_->initialized) return false;
  std::lock_guard lock(found_->lock);
  return !found_->filter->Compare(*first_values_[place]);
}

}  // namespace artemis
