// artemis-table info, schema, spec: what a table is.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <arrow/status.h>

#include "artemis/cli/command_context.h"

namespace artemis {

struct InfoOptions {
  std::string table;
  FactFormat format = FactFormat::kText;
};

// {"table","uuid","format_version","location","metadata_location","created_at","last_updated",
// "current_snapshot_id","snapshots","rows","files","bytes","schema_id","columns","partitioning",
// "sort_order","refs","properties":{}}; counts are those of the current snapshot's summary.
arrow::Status RunInfo(const InfoOptions& options, CommandContext& context);

struct SchemaOptions {
  std::string table;
  // nullopt: the current one.
  std::optional<int32_t> schema_id;
  FactFormat format = FactFormat::kText;
};

// JSON: {"table","schema_id","schema":<the specification's JSON form>}. Text: a table of the
// columns, nested ones by their full names.
arrow::Status RunSchema(const SchemaOptions& options, CommandContext& context);

// {"table","specs":[{"spec_id","default","partitioning","fields"}],"sort_orders":[…]}
arrow::Status RunSpec(const InfoOptions& options, CommandContext& context);

}  // namespace artemis
