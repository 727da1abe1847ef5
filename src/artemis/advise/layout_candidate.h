// Which layouts are worth a try for a log of queries: partition specs and row orders of the columns that it tests.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <arrow/result.h>

#include "artemis/advise/bound_log.h"
#include "artemis/layout/clustering.h"
#include "artemis/schema/partition_spec.h"

namespace artemis {

// How the log uses one column, and what the sample says of it.
struct ColumnUse {
  Field field;
  std::string name;
  // Queries that every matching row's value must pass a test of (bound_log.h), of each kind and in all.
  int64_t equality = 0, range = 0, prefix = 0, any = 0;
  // Length of the shortest prefix that is asked for; 0: none.
  int32_t prefix_length = 0;
  // Different values in the sample.
  int64_t distinct = 0;
  // Greatest minus least value of a column of numbers or times in the sample, in the type's own unit; 0 for others.
  double width = 0;
  // The share of rows that a query that tests the column keeps by that test alone, on average over such queries.
  double selectivity = 1;
};

// A partition spec and an order of rows within it.
struct LayoutCandidate {
  PartitionSpec spec;
  RowOrder order;

  bool operator==(const LayoutCandidate& other) const {
    return spec == other.spec && order.sort == other.order.sort &&
           order.clustering == other.order.clustering;
  }
};

// Queries of the log, at least this share of them, must test a column for it to be tried.
inline constexpr double kCoverageLeast = 0.05;
// A partition per value is tried up to so many values.
inline constexpr int64_t kIdentityValuesMax = 1'000;

// The columns that enough of the queries test, those of most queries first.
std::vector<ColumnUse> UsedColumns(const BoundLog& log, const Schema& schema);

// Specs to try, each once: no partitions; of each of the four most used columns the transforms that suit its tests (identity for
// equality on few values, bucket for equality on many, month, day and hour for ranges of time, truncate for ranges of numbers and
// prefixes); and of two columns, each pair of them. `uses` come with what the sample says.
std::vector<PartitionSpec> CandidateSpecs(const std::vector<ColumnUse>& uses, const Schema& schema);

// About how many partitions a spec makes of rows whose columns have so many values, and so wide ranges; at least 1. For
// columns that `uses` does not tell of, 1.
double PartitionsOf(const PartitionSpec& spec, const std::vector<ColumnUse>& uses);

// Orders to try within `spec`: none; ascending by one of the four most used columns that do not have one value per partition, and
// by each ordered pair of them; Z-order and Hilbert order over the first two, three and four of them.
std::vector<RowOrder> CandidateOrders(const std::vector<ColumnUse>& uses,
                                      const PartitionSpec& spec);

// Whether both specs partition alike, whatever their names and ids.
bool PartitionsAlike(const PartitionSpec& a, const PartitionSpec& b);

// As create and alter take them: "mission_id, day(ts)", "zorder(a, b)"; empty for none.
std::string PartitionText(const PartitionSpec& spec, const Schema& schema);
std::string OrderText(const RowOrder& order, const Schema& schema);

}  // namespace artemis
