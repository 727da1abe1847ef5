// Every file that a table's metadata names.
#pragma once

#include <string>
#include <unordered_set>

#include <arrow/result.h>
#include <arrow/util/cancel.h>

#include "artemis/catalog/catalog.h"

namespace artemis {

// Adds, as local paths in normal form (NormalPath):
//   the metadata file in force, those of metadata-log and of the catalog's history, version-hint.text
//   the statistics files
//   the manifest lists and manifests of every snapshot, and their live data and delete files; files
//   that a snapshot only says it removed are not named by it
// All snapshots of the metadata are walked, those that only a branch or a tag holds among them: each
// snapshot in memory is one manifest list, each manifest is read once.
//
// Fails where anything cannot be read: a set that lacks a file must not be taken for the whole.
arrow::Status AddNamedFiles(Catalog& catalog, const LoadedTable& table,
                            const arrow::StopToken& stop, std::unordered_set<std::string>* names);

// A location as a path with no scheme, no "." and "..", and no doubled slashes.
std::string NormalPath(const std::string& location);

}  // namespace artemis
