// Arrays without Arrow's extension types, whose values most of Arrow's kernels do not take.
#pragma once

#include <memory>

#include <arrow/memory_pool.h>
#include <arrow/result.h>
#include <arrow/type_fwd.h>

namespace artemis {

// The array with every extension type in it, at any depth, replaced by its storage; arrow.bool8, whose storage is numbers, by booleans
// (Arrow's canonical extensions, "8-bit Boolean": all but zero is true). The array itself where there is none. Extensions within
// dictionaries and unions stay.
arrow::Result<std::shared_ptr<arrow::Array>> ToStorage(const std::shared_ptr<arrow::Array>& array,
                                                       arrow::MemoryPool* pool);

}  // namespace artemis
