// Walks the fields of a schema down to its leaves.
#include "artemis/parquet/leaf_columns.h"

#include <algorithm>

#include <arrow/extension_type.h>
#include <arrow/type.h>

#include "artemis/schema/arrow_schema.h"

namespace artemis {
namespace {

class LeafWalk {
 public:
  explicit LeafWalk(std::vector<LeafColumn>* out) : out_(out) {}

  void Column(int index, const arrow::Field& field) {
    place_ = LeafColumn{};
    place_.column = index;
    Visit(field);
  }

 private:
  void Visit(const arrow::Field& field) {
    const std::shared_ptr<arrow::DataType> type = StorageType(field.type());
    if (type->num_fields() == 0) {
      LeafColumn leaf = place_;
      leaf.leaf_index = static_cast<int>(out_->size());
      leaf.field_id = FieldIdOf(field);
      leaf.type = type;
      out_->push_back(std::move(leaf));
      return;
    }
    const LeafColumn before = place_;
    for (int i = 0; i < type->num_fields(); ++i) {
      place_ = before;
      Descend(*type, i);
    }
    place_ = before;
  }

  // A map has one child, its entries struct, which is no field of its own in a table.
  void Descend(const arrow::DataType& type, int child) {
    if (type.id() == arrow::Type::STRUCT) {
      if (!place_.repeated) place_.struct_path.push_back(child);
    } else {
      place_.repeated = true;
    }
    Visit(*type.field(child));
  }

  std::vector<LeafColumn>* out_;
  LeafColumn place_;
};

}  // namespace

std::shared_ptr<arrow::DataType> StorageType(std::shared_ptr<arrow::DataType> type) {
  while (true) {
    if (type->id() == arrow::Type::EXTENSION) {
      type = static_cast<const arrow::ExtensionType&>(*type).storage_type();
    } else if (type->id() == arrow::Type::DICTIONARY) {
      type = static_cast<const arrow::DictionaryType&>(*type).value_type();
    } else {
      return type;
    }
  }
}

std::vector<LeafColumn> LeafColumns(const arrow::Schema& schema) {
  std::vector<LeafColumn> leaves;
  LeafWalk walk(&leaves);
  for (int i = 0; i < schema.num_fields(); ++i) walk.Column(i, *schema.field(i));
  return leaves;
}

bool HasFieldIds(const std::vector<LeafColumn>& leaves) {
  return !leaves.empty() && std::all_of(leaves.begin(), leaves.end(), [](const LeafColumn& leaf) {
    return leaf.field_id.has_value();
  });
}

}  // namespace artemis
