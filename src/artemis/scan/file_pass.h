// The second pass: which files of a manifest may hold matching rows, by partition tuple and by bounds.
#pragma once

#include <vector>

#include "artemis/expr/predicate.h"
#include "artemis/scan/manifest_pass.h"
#include "artemis/table/file_index.h"

namespace artemis {

struct FilePass {
  // Rows of the index that are kept, ascending.
  std::vector<uint32_t> rows;
  // By tuple number: whether it may match at all.
  std::vector<uint8_t> tuples_kept;
  // What is left to check per row of a file: by position in `rows`, a number of `residuals`, of which the first is kTrue.
  std::vector<uint32_t> residual_of;
  std::vector<BoundPredicate> residuals;
};

// `projection` is that of the manifest's spec; `predicate` is bound to view.schema.
FilePass PassFiles(const FileIndex& index, const TableView& view, const BoundPredicate& predicate,
                   const SpecProjection& projection);

}  // namespace artemis
