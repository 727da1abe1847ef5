// The warehouse that the .test files ask about; README.md shows its rows.
#pragma once

#include "artemis/sql/test_tables.h"

namespace artemis {

// Makes the tables. The clock stands at 2024-03-09T16:00:00Z when the first is made, and a second passes with each step.
void MakeSqlWarehouse(TestTables* tables);

}  // namespace artemis
