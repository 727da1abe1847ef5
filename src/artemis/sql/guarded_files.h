// The only files a confined engine opens: data files that a plan of ours names, to read, under names nobody can guess.
//
// A plan's file /w/data/f.parquet is handed to DuckDB as artemis://<secret>/w/data/f.parquet. DuckDB's own allow-list lets only this
// prefix through, and this file system opens under it only what is in the list of open paths. Only for sql/.
#pragma once

#include <memory>

#include <duckdb/common/file_system.hpp>

#include "artemis/sql/open_paths.h"

namespace artemis {

// Opens what `paths` holds, for reading; refuses everything else.
duckdb::unique_ptr<duckdb::FileSystem> MakeGuardedFileSystem(
    std::shared_ptr<const OpenPaths> paths);

}  // namespace artemis
