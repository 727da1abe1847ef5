// One table pinned to one snapshot and one schema: what a scan is planned on. Never looks at a catalog again.
#pragma once

#include <memory>
#include <optional>

#include "artemis/table/metadata.h"

namespace artemis {

struct TableView {
  std::shared_ptr<const TableMetadata> metadata;
  // nullopt: the table before its first commit; a scan of it is empty.
  std::optional<SnapshotId> snapshot_id;
  // The schema rows are projected to; a member of metadata->schemas, or one recovered from older files.
  std::shared_ptr<const Schema> schema;
};

}  // namespace artemis
