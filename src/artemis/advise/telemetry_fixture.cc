// Makes telemetry, writes it, commits it.
#include "artemis/advise/telemetry_fixture.h"

#include <gtest/gtest.h>

#include "artemis/layout/clustering.h"
#include "artemis/schema/arrow_schema.h"
#include "artemis/synth/telemetry.h"

namespace artemis {

namespace {

Schema TelemetrySchema() {
  return AssignFreshIds(SchemaFromArrow(*CanonicalTelemetrySchema()).ValueOrDie());
}

TestTableOptions TableOptions(const TelemetryTableOptions& options) {
  const Schema schema = TelemetrySchema();
  TestTableOptions table;
  table.fields = schema.fields;
  table.partition = options.partition;
  const auto order = ParseRowOrder(options.order, schema);
  EXPECT_TRUE(order.ok()) << order.status();
  if (order.ok() && order->clustering.is_none()) table.sort = options.order;
  if (order.ok() && !order->clustering.is_none()) {
    table.properties[kClusteringProperty] = ClusteringText(order->clustering, schema);
  }
  if (options.target_file_bytes > 0) {
    table.properties["write.target-file-size-bytes"] = std::to_string(options.target_file_bytes);
  }
  return table;
}

}  // namespace

TelemetryTable::TelemetryTable(const TelemetryTableOptions& options)
    : TestTable(TableOptions(options)) {
  TelemetryOptions generator;
  generator.rows = options.rows;
  generator.seed = options.seed;
  generator.missions = options.missions;
  generator.days = options.days;
  const auto reader = GenerateTelemetry(generator).ValueOrDie();
  Commit(Write(reader->ToRecordBatches().ValueOrDie()));
}

QueryLog TelemetryLog(const TelemetryTableOptions& table, int64_t queries, uint64_t seed) {
  QueryLogOptions options;
  options.queries = queries;
  options.seed = seed;
  options.missions = table.missions;
  options.days = table.days;
  QueryLog log;
  log.queries = MakeQueryLog(options).ValueOrDie();
  for (size_t i = 0; i < log.queries.size(); ++i) log.queries[i].line = static_cast<int64_t>(i + 1);
  return log;
}

}  // namespace artemis
