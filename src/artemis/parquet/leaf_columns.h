// The leaf columns of an Arrow schema, in the order in which Parquet numbers them (depth first).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <arrow/result.h>
#include <arrow/type_fwd.h>

#include "artemis/base/ids.h"

namespace artemis {

struct LeafColumn {
  int leaf_index = 0;
  // Index of the top-level field it belongs to.
  int column = 0;
  // Which child to take at each struct below the top level; empty for a top-level leaf. Ends at the first list or map.
  std::vector<int> struct_path;
  // Inside a list or map: rows and values differ in number.
  bool repeated = false;
  // From "PARQUET:field_id".
  std::optional<FieldId> field_id;
  std::shared_ptr<arrow::DataType> type;
};

// Dictionary and extension types are leaves of their value and storage type.
std::vector<LeafColumn> LeafColumns(const arrow::Schema& schema);

// What a column of the type is stored as: the storage of an extension type, the values of a dictionary.
std::shared_ptr<arrow::DataType> StorageType(std::shared_ptr<arrow::DataType> type);

// Whether every leaf carries a field id.
bool HasFieldIds(const std::vector<LeafColumn>& leaves);

}  // namespace artemis
