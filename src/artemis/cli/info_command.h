// artemis-table info, partitions, schema, spec: what a table is.
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
// "current_snapshot_id","operation","author","message","snapshots","first_snapshot_at","rows","files","bytes",
// "delete_files","deletes","average_file_bytes","small_files","small_file_bytes","partitions","schema_id","schemas",
// "columns","partitioning","sort_order","refs","properties":{},
// "fields":[{"id","column","type","required","partition","sort","doc"}],
// "ref_list":[{"name","type","snapshot_id","committed_at"}]}
//
// "rows", "files" and "bytes" are those of the current snapshot's summary; the counts of delete files, small files
// (below "small_file_bytes", three quarters of write.target-file-size-bytes) and partitions come from its manifests, and
// are null, with a line on standard error, where these cannot be read.
arrow::Status RunInfo(const InfoOptions& options, CommandContext& context);

// Sizes by partition of the current snapshot: {"table","snapshot_id","partitions":[{"partition","spec_id","files",
// "small_files","rows","bytes","average_file_bytes","delete_files","deletes","last_added"}]}.
arrow::Status RunPartitions(const InfoOptions& options, CommandContext& context);

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
