// The schema of a snapshot, also where the metadata no longer says it.
#pragma once

#include <memory>

#include <arrow/result.h>

#include "artemis/catalog/catalog.h"

namespace artemis {

// By the snapshot's schema-id. Where that is absent (v1) or its schema was removed, the schema is taken from the header of a manifest the
// snapshot added, else from the metadata file that was in force when it was committed. Never the current schema by guess: Invalid
// when neither can be read.
arrow::Result<std::shared_ptr<const Schema>> SchemaOfSnapshot(Catalog& catalog,
                                                              const LoadedTable& table,
                                                              const Snapshot& snapshot);

}  // namespace artemis
