// For tests: Arrow arrays made of literal values, in the forms that a column can have.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include <arrow/array.h>
#include <arrow/result.h>

#include "artemis/schema/type.h"

namespace artemis {

using NullableValues = std::vector<std::optional<LiteralValue>>;

enum class ArrayForm : uint8_t {
  kPlain,
  kSliced,          // with an offset of three rows into a longer array
  kLarge,           // 64-bit offsets, for string and binary; plain for others
  kDictionary,      // int32 indices, each value once, nulls in the indices
  kDictionaryNull,  // int8 indices, nulls as an entry of the dictionary; at most 100 values
};

// An array of ToArrowType(type), or the form of it asked for.
arrow::Result<std::shared_ptr<arrow::Array>> MakeValueArray(const Type& type,
                                                            const NullableValues& values,
                                                            ArrayForm form = ArrayForm::kPlain);

}  // namespace artemis
