// Verification of evidence: asks the table the same question again and says what, if anything, differs.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <arrow/result.h>
#include <arrow/util/cancel.h>

#include "artemis/catalog/catalog.h"
#include "artemis/replay/evidence.h"

namespace artemis {

struct EvidenceDifference {
  // "table": another table has the name. "metadata": the metadata file was changed. "target": the time, ref or current state leads to
  // another snapshot. "manifest_list": it was changed or is missing. "plan": the snapshot can no longer be planned on, or other files or
  // row groups are to be read. "file", "delete_file": size, footer or bytes differ, or it is missing. "columns", "rows", "hash": of the
  // result.
  std::string what;
  std::string path;  // empty where it is no matter of one file
  std::string expected;
  std::string found;

  bool operator==(const EvidenceDifference&) const = default;
};

struct Verification {
  std::vector<EvidenceDifference> differences;
  // What could not be checked, and changes that are no contradiction: a branch that went on, a metadata file that was cleaned up.
  std::vector<std::string> notes;
  int64_t files_checked = 0;
  int64_t bytes_checked = 0;
  // Of the rows that were read again; nullopt where they could not be.
  std::optional<int64_t> rows;
  std::string hash;

  bool is_same() const { return differences.empty(); }
};

struct VerifyOptions {
  int threads = 1;
  std::optional<int64_t> deadline_ms;
  arrow::StopToken stop = arrow::StopToken::Unstoppable();
  // Files checked, and all.
  std::function<void(int64_t, int64_t)> progress;
};

// Restores the pin, compares the table, its metadata, the plan and every file, and reads the rows again. A difference is a result, not an
// error. Errors: NoSuchTable; SnapshotExpired, also for a file that went with its snapshot; Cancelled; DeadlineExceeded; PermissionDenied; and
// IOErrors that say nothing about the bytes.
arrow::Result<Verification> VerifyEvidence(Catalog& catalog, const Evidence& evidence,
                                           const VerifyOptions& options = {});

}  // namespace artemis
