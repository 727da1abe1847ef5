// Raises the format version of a table, with the manifest lists that it needs for that.
#pragma once

#include <cstdint>

#include <arrow/result.h>

#include "artemis/commit/change.h"

namespace artemis {

// Raises the format version (table/update.h, UpgradeFormat): the one change that a v1 table takes. Snapshots of a v1 table that embed their
// manifests get manifest lists (write/manifest_lists.h), written before the swap (C1) and anew at every attempt (C3); those of a lost
// or failed attempt are removed, those of one whose outcome is unknown stay (C5). The manifests and data files stay what they are.
// Where the table has the version already: no commit. Besides the failures of commit.h, Invalid: a lower or an unknown version; and what
// reading an embedded manifest says, which names it.
arrow::Result<CommitResult> UpgradeTable(Catalog& catalog, const TableName& table,
                                         int32_t format_version, const CommitOptions& options = {});

}  // namespace artemis
