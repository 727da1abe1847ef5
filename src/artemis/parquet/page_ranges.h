// Reads some rows of a row group without decoding pages that hold none of them.
//
// Columns are decoded side by side, so a page may be left out only where every other column leaves out the same rows: wanted rows
// are widened to rows at which a page of each column begins. Writers that end pages by a number of rows, as Arrow and parquet-java do
// (20,000), have such rows all over.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include <arrow/io/interfaces.h>
#include <parquet/file_reader.h>
#include <parquet/properties.h>

#include "artemis/parquet/row_range.h"

namespace artemis {

struct PageChoice {
  // The rows that are read: ascending, apart, at least those wanted.
  std::vector<RowRange> rows;
  // By leaf: whether each of its data pages is read.
  std::map<int, std::vector<bool>> pages;
};

// `first_rows`, by leaf that is read: the row that each data page begins with. nullopt: nothing can be left out.
std::optional<PageChoice> ChoosePages(const std::vector<RowRange>& wanted, int64_t group_rows,
                                      const std::map<int, std::vector<int64_t>>& first_rows);

// Rows at which a page of every leaf begins, and the group's end. Requires leaves whose pages are known.
std::vector<int64_t> CommonRows(int64_t group_rows,
                                const std::map<int, std::vector<int64_t>>& first_rows);

// By row group; what is not in it is read whole.
using PageChoices = std::map<int, PageChoice>;

// A file whose pages are read, a window of each column chunk at a time (chunk_stream.h).
struct PagedFile {
  std::shared_ptr<arrow::io::RandomAccessFile> input;
  int64_t window_bytes = int64_t{256} << 10;
  parquet::ReaderProperties properties;
};

// The file that `contents` is of, of which chosen pages only are seen. `choices` may grow until the row group is opened; it must outlive the
// result.
std::unique_ptr<parquet::ParquetFileReader> ReaderOfPages(
    std::unique_ptr<parquet::ParquetFileReader::Contents> contents, PagedFile file,
    const PageChoices* choices);

}  // namespace artemis
