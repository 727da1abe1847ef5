// Evidence: a record of what a replay read and of what came out, by which anyone can check later that the same question to the same table
// still has the same answer. The format, the formulas and what they do not show: docs/evidence.md
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <arrow/result.h>
#include <arrow/util/cancel.h>

#include "artemis/replay/replay_session.h"
#include "artemis/replay/row_set_hash.h"

namespace artemis {

// A file of metadata, whole.
struct HashedFile {
  std::string location;
  int64_t size_bytes = 0;
  std::string sha256;

  bool operator==(const HashedFile&) const = default;
};

// A data or delete file as it was read.
struct EvidenceFile {
  std::string path;
  std::string content;  // "data", "position-deletes", "equality-deletes", "deletion-vector"
  std::string format;   // as the manifest names it, in lower case: "parquet", "puffin"
  int64_t size_bytes = 0;
  // By the manifest entry.
  int64_t record_count = 0;
  // The row groups that were read; nullopt: all.
  std::optional<std::vector<int>> row_groups;
  // Of a deletion vector, where its blob begins.
  std::optional<int64_t> blob_offset;
  // What is always hashed: of a Parquet file its footer with its length and magic number, of a deletion vector its blob; of
  // other formats the whole file.
  int64_t footer_bytes = 0;
  std::string footer_sha256;
  // Of the whole file; empty unless asked for.
  std::string sha256;

  bool operator==(const EvidenceFile&) const = default;
};

struct EvidenceColumn {
  int32_t field_id = 0;
  std::string name;
  std::string type;

  bool operator==(const EvidenceColumn&) const = default;
};

struct Evidence {
  TimestampMs created_at;
  std::string principal;
  std::map<std::string, std::string> versions;

  std::string catalog;
  std::string table;
  std::string table_uuid;
  // What the pin was taken from, and the snapshot's manifest list (none before the first commit, and in v1 tables without one).
  HashedFile metadata;
  std::optional<HashedFile> manifest_list;

  ReplayTarget target;
  std::optional<SnapshotId> snapshot_id;
  std::optional<TimestampMs> committed_at;
  SchemaId schema_id;
  std::vector<SpecId> spec_ids;
  ProjectionMode mode = ProjectionMode::kSnapshotTime;

  std::optional<Predicate> where;
  // As asked for; nullopt: all.
  std::optional<std::vector<std::string>> columns;
  std::optional<int64_t> limit;

  // Sorted by path, and by where blobs begin.
  std::vector<EvidenceFile> files;
  std::vector<EvidenceFile> delete_files;

  // What was given out.
  std::vector<EvidenceColumn> result_columns;
  int64_t result_rows = 0;
  std::string result_hash;

  bool operator==(const Evidence&) const = default;
};

struct EvidenceOptions {
  // Whole files are hashed, too.
  bool full = false;
  std::string principal;
  std::map<std::string, std::string> versions;
  TimestampMs now;
  // Files hashed at once.
  int threads = 1;
  arrow::StopToken stop = arrow::StopToken::Unstoppable();
  // Files done, and all.
  std::function<void(int64_t, int64_t)> progress;
};

// What evidence needs of a replay: rows that are the same each time. Only the rows of a limit are not, unless they are read in the plan's
// order; so a limit is then read by one thread.
void MakeRepeatable(ReplayOptions* options);

// The record of a session whose rows were read to their end, of which `rows` is the hash. Reads the metadata file, the manifest list and
// the footers. A file that is missing is explained as the session's rows would be; IOError, Cancelled.
arrow::Result<Evidence> CollectEvidence(Catalog& catalog, const ReplaySession& session,
                                        const RowSetHash& rows, const EvidenceOptions& options);

// The columns of rows, as a record names them.
std::vector<EvidenceColumn> EvidenceColumnsOf(const arrow::Schema& schema);

}  // namespace artemis
