// The page index of a Parquet file (parquet-format, PageIndex.md): where the pages of a column chunk begin, and the bounds of each.
// It is believed as far as the format allows; an index that is missing, broken or over the limit says nothing.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include <arrow/io/interfaces.h>
#include <arrow/result.h>

#include "artemis/parquet/file_reader.h"

namespace artemis {

// Of one leaf column in one row group.
struct LeafPages {
  // The row that each data page begins with, counted in the row group: 0 first, ascending. Empty: not known.
  std::vector<int64_t> first_rows;
  // By page; bounds may be wider than the values. Empty where the file has none that one may believe, and for leaves in lists and maps,
  // whose values are no rows.
  std::vector<LeafStatistics> statistics;
};

// What was read of a file's page index. Kept with its footer; thread-safe. Bounded: past 2^20 pages nothing more is kept.
class PageIndexMemory {
 public:
  std::shared_ptr<const LeafPages> Find(int row_group, int leaf) const;
  void Insert(int row_group, int leaf, std::shared_ptr<const LeafPages> pages);
  // What is kept takes of memory, about.
  int64_t MemoryBytes() const;

 private:
  mutable std::mutex mutex_;
  std::map<std::pair<int, int>, std::shared_ptr<const LeafPages>> pages_;
  size_t kept_ = 0;
  int64_t bytes_ = 0;
};

// Opens the file of a footer; called only where something is read.
using OpenFile = std::function<arrow::Result<std::shared_ptr<arrow::io::RandomAccessFile>>()>;

// Whether the footer names a column index and an offset index of the leaf, each of 1 byte to 8 MiB (others are never read), and does not
// say that the leaf has one data page, which its row group's statistics tell as much of.
bool HasPageBounds(const ParquetFooter& footer, int row_group, int leaf);

// Never null. IOError of the file, with its path.
arrow::Result<std::shared_ptr<const LeafPages>> ReadLeafPages(const ParquetFooter& footer,
                                                              int row_group, int leaf,
                                                              const OpenFile& open);

}  // namespace artemis
