// Moves the values of a column that comes in pieces to given places.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include <arrow/array.h>
#include <arrow/result.h>

#include "artemis/layout/large_buffer.h"

namespace artemis {

// Value i of piece p becomes value places[p][i] of the result. The places of all pieces are all numbers below `rows`, once each; they ascend
// in few streams, or this is slow. Pieces have one type, any; at least one. Strings and binaries of few distinct values come back as a
// dictionary array of 32-bit indices, all else in the type of the pieces. Pieces of strings or binaries may be dictionary arrays of them
// without nulls among their values, all with 16-bit indices, in part or all: the result is the same.
//
// Invalid: more than 2 GiB in a column of strings or binaries.
arrow::Result<std::shared_ptr<arrow::Array>> ScatterColumn(
    const arrow::ArrayVector& pieces, const std::vector<std::span<const uint32_t>>& places,
    int64_t rows, LargeBuffers* memory);

}  // namespace artemis
