// A query log bound to one schema: what each query tests, and which kind of question it is.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "artemis/expr/predicate.h"
#include "artemis/scan/query_log.h"
#include "artemis/schema/schema.h"

namespace artemis {

// How a predicate tests a column; several of them as bits.
enum ColumnTest : uint8_t {
  kTestsEquality = 1,  // =, IN
  kTestsRange = 2,     // <, <=, >, >=
  kTestsPrefix = 4,    // STARTS WITH
  kTestsOther = 8      // nulls, NaN, !=, NOT IN
};

// By field: tests that every matching row passes, so that files can be left out by that column alone. A column that only some
// branches of an OR test is not in it.
using ColumnTests = std::map<FieldId, uint8_t>;
ColumnTests TestsOf(const BoundPredicate& predicate);

struct BoundQuery {
  std::string id;
  int64_t line = 0;
  // Its place among the log's queries.
  size_t number = 0;
  BoundPredicate predicate;
  ColumnTests tests;
  // The kind of question: its tests in the order of the schema's columns, "mission_id =, sample_timestamp_ns range"; "all rows"
  // where nothing is tested.
  std::string shape;
};

struct BoundLog {
  std::vector<BoundQuery> queries;
  // The log's own, and lines that name no column of the schema or a value of another type.
  std::vector<SkippedLine> skipped;
  int64_t skipped_count = 0;
};

// Never fails: a query that cannot be bound is a skipped line. Skipped lines are in the order of their numbers.
BoundLog BindLog(const QueryLog& log, const Schema& schema);

// Every field that a predicate of the log names, in the order of their ids.
std::vector<Field> FieldsOf(const BoundLog& log, const Schema& schema);

}  // namespace artemis
