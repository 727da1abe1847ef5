// One function for each kind of row. Names follow Iceberg's metadata tables.
#include "artemis/sql/table_facts.h"

#include <map>
#include <set>
#include <utility>

#include "artemis/io/file_system.h"
#include "artemis/read/partition_column.h"
#include "artemis/scan/snapshot_files.h"
#include "artemis/schema/partition_key.h"
#include "artemis/sql/duck_types.h"
#include "artemis/sql/virtual_columns.h"

namespace artemis {
namespace {

using duckdb::LogicalType;
using duckdb::Value;

Value Time(TimestampMs time) {
  return Value::TIMESTAMPTZ(duckdb::timestamp_tz_t(time.value * 1000));
}
Value Number(int64_t number) { return Value::BIGINT(number); }

template <typename T>
Value OrNull(const std::optional<T>& value, LogicalType type) {
  if (!value) return Value(std::move(type));
  if constexpr (requires { value->value; }) {
    return Value::Numeric(type, value->value);
  } else {
    return Value::Numeric(type, *value);
  }
}

Value Text(const std::string& text) {
  return text.empty() ? Value(LogicalType::VARCHAR) : Value(text);
}

struct FactColumn {
  const char* name;
  LogicalType type;
};

class Facts {
 public:
  explicit Facts(std::initializer_list<FactColumn> columns) {
    for (const FactColumn& column : columns) {
      facts_.names.emplace_back(column.name);
      facts_.types.push_back(column.type);
    }
  }
  void Row(duckdb::vector<Value> row) { facts_.rows.push_back(std::move(row)); }
  FactRows Take() { return std::move(facts_); }

 private:
  FactRows facts_;
};

arrow::Result<FactRows> Snapshots(const FactRequest& request) {
  const LogicalType summary = LogicalType::MAP(LogicalType::VARCHAR, LogicalType::VARCHAR);
  Facts facts({{"committed_at", LogicalType::TIMESTAMP_TZ},
               {"snapshot_id", LogicalType::BIGINT},
               {"parent_id", LogicalType::BIGINT},
               {"sequence_number", LogicalType::BIGINT},
               {"operation", LogicalType::VARCHAR},
               {"schema_id", LogicalType::INTEGER},
               {"manifest_list", LogicalType::VARCHAR},
               {"summary", summary}});
  for (const Snapshot& snapshot : request.table.metadata->snapshots) {
    duckdb::vector<Value> keys, values;
    for (const auto& [key, value] : snapshot.summary) {
      keys.emplace_back(key);
      values.emplace_back(value);
    }
    facts.Row({Time(snapshot.timestamp), Number(snapshot.id.value),
               OrNull(snapshot.parent_id, LogicalType::BIGINT),
               Number(snapshot.sequence_number.value), Text(snapshot.operation()),
               OrNull(snapshot.schema_id, LogicalType::INTEGER), Text(snapshot.manifest_list),
               Value::MAP(LogicalType::VARCHAR, LogicalType::VARCHAR, keys, values)});
  }
  return facts.Take();
}

arrow::Result<FactRows> History(const FactRequest& request) {
  const TableMetadata& metadata = *request.table.metadata;
  std::set<SnapshotId> ancestors;
  const Snapshot* snapshot = metadata.CurrentSnapshot();
  while (snapshot != nullptr && ancestors.insert(snapshot->id).second) {
    snapshot = snapshot->parent_id ? metadata.FindSnapshot(*snapshot->parent_id) : nullptr;
  }
  Facts facts({{"made_current_at", LogicalType::TIMESTAMP_TZ},
               {"snapshot_id", LogicalType::BIGINT},
               {"parent_id", LogicalType::BIGINT},
               {"is_current_ancestor", LogicalType::BOOLEAN}});
  for (const SnapshotLogEntry& entry : metadata.snapshot_log) {
    const Snapshot* of = metadata.FindSnapshot(entry.snapshot_id);
    facts.Row({Time(entry.timestamp), Number(entry.snapshot_id.value),
               OrNull(of == nullptr ? std::nullopt : of->parent_id, LogicalType::BIGINT),
               Value::BOOLEAN(ancestors.contains(entry.snapshot_id))});
  }
  return facts.Take();
}

arrow::Result<FactRows> Refs(const FactRequest& request) {
  Facts facts({{"name", LogicalType::VARCHAR},
               {"type", LogicalType::VARCHAR},
               {"snapshot_id", LogicalType::BIGINT},
               {"max_ref_age_ms", LogicalType::BIGINT},
               {"min_snapshots_to_keep", LogicalType::INTEGER},
               {"max_snapshot_age_ms", LogicalType::BIGINT}});
  for (const auto& [name, ref] : request.table.metadata->refs) {
    facts.Row({Value(name), Value(ref.kind == SnapshotRef::Kind::kTag ? "TAG" : "BRANCH"),
               Number(ref.snapshot_id.value), OrNull(ref.max_ref_age_ms, LogicalType::BIGINT),
               OrNull(ref.min_snapshots_to_keep, LogicalType::INTEGER),
               OrNull(ref.max_snapshot_age_ms, LogicalType::BIGINT)});
  }
  return facts.Take();
}

arrow::Result<FactRows> MetadataLog(const FactRequest& request) {
  ARROW_ASSIGN_OR_RAISE(const auto history, request.catalog.History(request.table));
  Facts facts({{"timestamp", LogicalType::TIMESTAMP_TZ},
               {"file", LogicalType::VARCHAR},
               {"snapshot_id", LogicalType::BIGINT},
               {"schema_id", LogicalType::INTEGER},
               {"spec_id", LogicalType::INTEGER},
               {"operation", LogicalType::VARCHAR},
               {"principal", LogicalType::VARCHAR}});
  for (const HistoryEntry& entry : history) {
    facts.Row({Time(entry.time), Text(entry.metadata_location),
               OrNull(entry.snapshot_id, LogicalType::BIGINT),
               OrNull(entry.schema_id, LogicalType::INTEGER),
               OrNull(entry.spec_id, LogicalType::INTEGER), Text(entry.operation),
               Text(entry.principal)});
  }
  return facts.Take();
}

arrow::Result<TableView> ViewOf(const FactRequest& request) {
  ARROW_ASSIGN_OR_RAISE(PinnedSnapshot pin,
                        Resolve(request.catalog, request.table, request.target));
  return std::move(pin.view);
}

arrow::Result<FactRows> Manifests(const FactRequest& request) {
  ARROW_ASSIGN_OR_RAISE(const TableView view, ViewOf(request));
  Facts facts({{"content", LogicalType::VARCHAR},
               {"path", LogicalType::VARCHAR},
               {"length", LogicalType::BIGINT},
               {"partition_spec_id", LogicalType::INTEGER},
               {"added_snapshot_id", LogicalType::BIGINT},
               {"sequence_number", LogicalType::BIGINT},
               {"added_files_count", LogicalType::BIGINT},
               {"existing_files_count", LogicalType::BIGINT},
               {"deleted_files_count", LogicalType::BIGINT},
               {"added_rows_count", LogicalType::BIGINT},
               {"existing_rows_count", LogicalType::BIGINT},
               {"deleted_rows_count", LogicalType::BIGINT}});
  if (!view.snapshot_id) return facts.Take();
  ARROW_ASSIGN_OR_RAISE(const auto manifests, ListManifests(view, request.catalog.files()));
  for (const ManifestFile& manifest : manifests) {
    const auto count = [](const std::optional<int64_t>& value) {
      return OrNull(value, LogicalType::BIGINT);
    };
    facts.Row({Value(manifest.content == ManifestContent::kData ? "data" : "deletes"),
               Value(manifest.path), Number(manifest.length_bytes),
               Value::INTEGER(manifest.spec_id.value), Number(manifest.added_snapshot_id.value),
               Number(manifest.sequence_number.value), count(manifest.added_files),
               count(manifest.existing_files), count(manifest.deleted_files),
               count(manifest.added_rows), count(manifest.existing_rows),
               count(manifest.deleted_rows)});
  }
  return facts.Take();
}

const char* ContentName(FileContent content) {
  switch (content) {
    case FileContent::kData:
      return "data";
    case FileContent::kPositionDeletes:
      return "position_deletes";
    case FileContent::kEqualityDeletes:
      return "equality_deletes";
  }
  return "data";
}

// The tuple of a file; null where the table was never partitioned.
Value TupleOf(const Field& column, const TableMetadata& metadata, const DataFile& file) {
  if (column.type.fields.empty()) return Value(LogicalType::VARCHAR);
  return PartitionStruct(column.type, metadata, file);
}

LogicalType TupleType(const Field& column) {
  return column.type.fields.empty() ? LogicalType::VARCHAR : ToDuckType(column.type);
}

arrow::Result<FactRows> Files(const FactRequest& request) {
  ARROW_ASSIGN_OR_RAISE(const TableView view, ViewOf(request));
  ARROW_ASSIGN_OR_RAISE(const Field partition, PartitionColumn(*view.metadata));
  Facts facts({{"content", LogicalType::VARCHAR},
               {"file_path", LogicalType::VARCHAR},
               {"file_format", LogicalType::VARCHAR},
               {"spec_id", LogicalType::INTEGER},
               {"partition", TupleType(partition)},
               {"record_count", LogicalType::BIGINT},
               {"file_size_in_bytes", LogicalType::BIGINT},
               {"sort_order_id", LogicalType::INTEGER},
               {"snapshot_id", LogicalType::BIGINT},
               {"sequence_number", LogicalType::BIGINT}});
  if (!view.snapshot_id) return facts.Take();
  ARROW_ASSIGN_OR_RAISE(const auto entries, ListFiles(view, request.catalog.files()));
  for (const ManifestEntry& entry : entries) {
    const DataFile& file = entry.file;
    facts.Row({Value(ContentName(file.content)), Value(file.path), Value(file.format),
               Value::INTEGER(file.spec_id.value), TupleOf(partition, *view.metadata, file),
               Number(file.record_count), Number(file.file_size_bytes),
               OrNull(file.sort_order_id, LogicalType::INTEGER), Number(entry.snapshot_id.value),
               Number(entry.data_sequence_number.value)});
  }
  return facts.Take();
}

arrow::Result<FactRows> Partitions(const FactRequest& request) {
  ARROW_ASSIGN_OR_RAISE(const TableView view, ViewOf(request));
  ARROW_ASSIGN_OR_RAISE(const Field partition, PartitionColumn(*view.metadata));
  Facts facts({{"partition", TupleType(partition)},
               {"spec_id", LogicalType::INTEGER},
               {"record_count", LogicalType::BIGINT},
               {"file_count", LogicalType::BIGINT},
               {"total_data_file_size_in_bytes", LogicalType::BIGINT},
               {"position_delete_file_count", LogicalType::BIGINT},
               {"equality_delete_file_count", LogicalType::BIGINT}});
  if (!view.snapshot_id) return facts.Take();
  struct Sums {
    Value tuple;
    int64_t rows = 0, files = 0, bytes = 0, position_deletes = 0, equality_deletes = 0;
  };
  std::map<std::pair<SpecId, std::string>, Sums> partitions;
  ARROW_ASSIGN_OR_RAISE(const auto entries, ListFiles(view, request.catalog.files()));
  for (const ManifestEntry& entry : entries) {
    const DataFile& file = entry.file;
    Sums& sums = partitions[{file.spec_id, PartitionKey(file.partition)}];
    sums.tuple = TupleOf(partition, *view.metadata, file);
    if (file.content == FileContent::kPositionDeletes) ++sums.position_deletes;
    if (file.content == FileContent::kEqualityDeletes) ++sums.equality_deletes;
    if (file.content != FileContent::kData) continue;
    sums.rows += file.record_count;
    sums.bytes += file.file_size_bytes;
    ++sums.files;
  }
  for (auto& [key, sums] : partitions) {
    facts.Row({std::move(sums.tuple), Value::INTEGER(key.first.value), Number(sums.rows),
               Number(sums.files), Number(sums.bytes), Number(sums.position_deletes),
               Number(sums.equality_deletes)});
  }
  return facts.Take();
}

}  // namespace

FactMaker FindFactMaker(const std::string& name) {
  static const std::map<std::string, FactMaker> makers = {
      {"snapshots", Snapshots},     {"history", History},       {"files", Files},
      {"manifests", Manifests},     {"partitions", Partitions}, {"refs", Refs},
      {"metadata_log", MetadataLog}};
  const auto found = makers.find(name);
  return found == makers.end() ? nullptr : found->second;
}

}  // namespace artemis
