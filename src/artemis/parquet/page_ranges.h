// Reads some rows of a row group without decoding pages that hold none of them.
//
// Columns are decoded side by side, so a page may be left out only where every other column leaves out the same rows: wanted rows
// are widened to rows at which a page of each column begins. Writers that end pages by a number of rows, as Arrow and parquet-java do
// (20,000), have such rows all over.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <vector>

#include <parquet/file_reader.h>

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

// A file, opened with `properties`, of which chosen pages only are seen. `choices` may grow until the row group is opened; it must outlive the result.
std::unique_ptr<parquet::ParquetFileReader> ReaderOfPages(
    std::unique_ptr<parquet::ParquetFileReader::Contents> file, const PageChoices* choices,
    const parquet::ReaderProperties& properties);

}  // namespace artemis
