// artemis-table files, manifests, inspect-manifest: what a snapshot is made of.
#pragma once

#include <optional>
#include <string>

#include <arrow/status.h>

#include "artemis/cli/command_context.h"
#include "artemis/cli/target_options.h"

namespace artemis {

struct FilesOptions {
  std::string table;
  TargetOptions target;
  std::optional<std::string> timezone;
  // files only: list what no metadata names (check_command.h), of this age at least.
  bool orphans = false;
  std::optional<std::string> older_than;
  // files only: the data files that may hold rows for this (where_text.h); and why each file of the snapshot is read or not.
  std::optional<std::string> where;
  bool explain = false;
  FactFormat format = FactFormat::kText;
};

// The live files, or with `orphans` what RunOrphans prints: {"table","snapshot_id","files":[{"path","content","partition","rows","bytes",
// "spec_id","added_snapshot_id","data_sequence_number"}]}. In text, paths are relative to the table's location. With `where`, the data
// files that a read of these rows opens; nothing else is different.
//
// With `explain`, every data manifest and every file of those that were read: {"table","snapshot_id","predicate","manifests_total",
// "manifests_kept","files_total","files_kept","row_groups_total","row_groups_kept","manifests":[{"kept","files","reason","path"}],
// "files":[{"kept","pass","row_groups_kept","row_groups_total","reason","path"}]}. "pass" is the pass that dropped the file, null where it
// is kept; row groups are null where no footer was read, or the file is not kept.
arrow::Status RunFiles(const FilesOptions& options, CommandContext& context);

// {"table","snapshot_id","manifests":[{"path","content","spec_id","bytes","added_snapshot_id",
// "sequence_number","added_files","existing_files","deleted_files"}]}
arrow::Status RunManifests(const FilesOptions& options, CommandContext& context);

struct InspectManifestOptions {
  // A manifest or a manifest list, as a path or a location.
  std::string path;
  FactFormat format = FactFormat::kText;
};

// What the file itself says, without inheritance: {"path","kind":"manifest","format_version",
// "content","spec_id","partitioning","schema_id","entries":[{"status","snapshot_id","rows","bytes",
// "partition","path","metrics":[{"field_id","column","lower","upper","nulls","nans","values"}]}]},
// or "kind":"manifest_list" and "manifests" as above. CorruptFile where it is neither.
arrow::Status RunInspectManifest(const InspectManifestOptions& options, CommandContext& context);

}  // namespace artemis
