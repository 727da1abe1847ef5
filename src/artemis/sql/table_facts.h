// The rows that functions on tables give, made at once. Only for sql/.
#pragma once

#include <string>
#include <vector>

#include <arrow/result.h>
#include <duckdb/common/types.hpp>
#include <duckdb/common/types/value.hpp>

#include "artemis/catalog/catalog.h"
#include "artemis/replay/resolve.h"

namespace artemis {

struct FactRows {
  duckdb::vector<std::string> names;
  duckdb::vector<duckdb::LogicalType> types;
  std::vector<duckdb::vector<duckdb::Value>> rows;
};

// What a function is asked about.
struct FactRequest {
  Catalog& catalog;
  const LoadedTable& table;
  // What the table is read as of; monostate: now. Only files, manifests and partitions look at it.
  ReplayTarget target;
};

using FactMaker = arrow::Result<FactRows> (*)(const FactRequest& request);

// The function that makes these rows; null when there is none of this name. "snapshots", "history", "files", "manifests", "partitions",
// "refs", "metadata_log".
FactMaker FindFactMaker(const std::string& name);

}  // namespace artemis
