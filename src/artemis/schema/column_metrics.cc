// Looks metrics up by binary search.
#include "artemis/schema/column_metrics.h"

#include <algorithm>

namespace artemis {

const ColumnMetrics* FindMetrics(const FileMetrics& metrics, FieldId field_id) {
  const auto found = std::lower_bound(
      metrics.begin(), metrics.end(), field_id,
      [](const ColumnMetrics& column, FieldId id) { return column.field_id < id; });
  return found != metrics.end() && found->field_id == field_id ? &*found : nullptr;
}

}  // namespace artemis
