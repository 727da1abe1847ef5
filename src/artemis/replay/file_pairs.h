// Which rows of two lists of manifests name the same data file.
//
// A manifest that is written again mostly keeps its entries in their order. So both lists are walked in step; where they part, some
// rows of the older list whose hashes are known tell where to go on. What is left over is looked up in a hash table.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "artemis/table/file_index.h"

namespace artemis {

// A row of one of several indexes.
struct IndexRow {
  uint32_t index = ~uint32_t{0};
  uint32_t row = ~uint32_t{0};

  bool is_none() const { return index == ~uint32_t{0}; }
  bool operator==(const IndexRow&) const = default;
};

struct FilePairs {
  // By index, by row: the partner in the other list; none where there is none.
  std::vector<std::vector<IndexRow>> of_older, of_newer;
  int64_t count = 0;
};

// Gives each row at most one partner with its path. Of the rows of one path as many are paired as both lists have; those of the same
// data sequence number go together first. Takes time in proportion to the rows, also where one path is there many times. The indexes must live as long as the call.
FilePairs PairFiles(const std::vector<const FileIndex*>& older,
                    const std::vector<const FileIndex*>& newer);

// A hash of a path, whole or in the two pieces that an index keeps.
uint64_t HashPath(std::string_view path);
uint64_t HashPath(std::string_view folder, std::string_view name);

}  // namespace artemis
