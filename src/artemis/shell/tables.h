// What .tables and .schema show.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <arrow/result.h>

#include "artemis/catalog/catalog.h"
#include "artemis/sql/session_inspector.h"

namespace artemis {

// Whether a table's name is what a pattern of .tables asks for: with stars the whole name fits; else its namespace is the pattern, or the
// pattern stands somewhere in the name. Without regard to case. An empty pattern fits all.
bool FitsTablePattern(std::string_view name, std::string_view pattern);

// "sda.observations", and temporary tables by their own name; sorted, those of the catalog first. No table is loaded.
arrow::Result<std::vector<std::string>> TableNames(Catalog& catalog,
                                                   const std::vector<LocalTable>& locals,
                                                   std::string_view pattern);

struct DescribedColumn {
  std::string name;
  std::string type;  // in SQL
  bool required = false;
};

// A table of these columns as a statement that makes one like it: names quoted where they have to be; `partitioning` and `sorting` as
// FormatPartitionSpec and FormatSortOrder have them. CREATE TABLE; of one with names of partition fields or with an order, which that has no
// words for, CALL artemis.create_table.
std::string CreateTableText(const std::string& table, const std::vector<DescribedColumn>& columns,
                            const std::string& partitioning, const std::string& sorting);

}  // namespace artemis
