// Commits changes of a table as snapshots or metadata changes: optimistic, with retry that re-applies the change to the newest
// metadata (never the result). Invariants C1 to C12 and the rules of conflict: docs/design/commit.md
//
// Common to all: files that are named must be durable (C1). Thread-safe where the catalog is.
// CommitConflict: every attempt lost, or the change no longer applies; unchanged, and our manifests are removed.
// CommitUnknown: the swap may have happened; nothing is removed (C5). Repeat with the same once_key, or load the table and look.
// NoSuchTable; NoSuchSnapshot for a snapshot, tag or branch that is not there; Invalid for a change that never applies; NotImplemented
// for a v1 table (`alter upgrade` first); what the file system and the catalog say.
// Data files of a failed commit stay: they are the caller's.
#pragma once

#include <string>
#include <vector>

#include <arrow/result.h>

#include "artemis/commit/change.h"
#include "artemis/commit/transaction.h"

namespace artemis {

// Adds data files as one append snapshot. Invalid when a file is named twice. Whether it is in the table already is not looked at.
arrow::Result<CommitResult> AppendFiles(Catalog& catalog, const TableName& table,
                                        std::vector<DataFile> files,
                                        const CommitOptions& options = {});

// CommitConflict (besides): a removed file is no longer live; a row delete for a removed file came after validate_from; with
// serializable isolation, a data file came for which `conflicts` holds.
arrow::Result<CommitResult> ReplaceFiles(Catalog& catalog, const TableName& table,
                                         ReplaceFilesChange change,
                                         const CommitOptions& options = {});

// CommitConflict (besides): a referenced or removed file is no longer live; another deletion vector came for one of the same data
// files; where rows are added, a row delete came for a referenced file; with serializable isolation, a data file for which
// `conflicts` holds.
arrow::Result<CommitResult> RowDelta(Catalog& catalog, const TableName& table,
                                     RowDeltaChange change, const CommitOptions& options = {});

// Removes whole data files, by path, with the row deletes that point at them. Invalid names a path that is not live.
arrow::Result<CommitResult> DeleteFiles(Catalog& catalog, const TableName& table,
                                        std::vector<std::string> paths,
                                        const CommitOptions& options = {});

// CommitConflict (besides): a removed file is no longer live; a row delete for a removed file came after validate_from (with a
// data_sequence_number, equality deletes are let in).
arrow::Result<CommitResult> RewriteFiles(Catalog& catalog, const TableName& table,
                                         RewriteFilesChange change,
                                         const CommitOptions& options = {});

// Applies the change of another snapshot (of a branch, or staged) to the branch: the snapshot itself where its parent is the branch's
// head, else a new one with its added files, for an append or an overwrite of whole partitions that nobody has touched since.
// Invalid: it is in the branch already, or its change cannot be applied again.
arrow::Result<CommitResult> CherryPick(Catalog& catalog, const TableName& table,
                                       SnapshotId snapshot_id, const CommitOptions& options = {});

// A metadata-only change: `change` gets the newest metadata and returns the next one; called once per attempt. `operation` is what the
// catalog's history and the event call it.
arrow::Result<CommitResult> UpdateMetadata(Catalog& catalog, const TableName& table,
                                           const std::string& operation,
                                           const MetadataChange& change,
                                           const CommitOptions& options = {});

// Makes an ancestor of main's snapshot the current one again. NoSuchSnapshot; Invalid when it is no ancestor (unless `any`).
arrow::Result<CommitResult> RollbackTo(Catalog& catalog, const TableName& table,
                                       SnapshotId snapshot_id, bool any = false,
                                       const CommitOptions& options = {});
// The same with the snapshot that was current at a time: by snapshot-log, the last entry not after it.
// SnapshotExpired when that one is gone or the log does not reach back so far.
arrow::Result<CommitResult> RollbackToTime(Catalog& catalog, const TableName& table,
                                           TimestampMs time, const CommitOptions& options = {});

// Makes or changes a tag or branch. AlreadyExists; Invalid for main's snapshot (RollbackTo moves it), retention a tag does not have.
arrow::Result<CommitResult> SetRef(Catalog& catalog, const TableName& table,
                                   const RefChange& change, const CommitOptions& options = {});
// NoSuchSnapshot when it is not there, Invalid for main or when it is of another `kind`.
arrow::Result<CommitResult> RemoveRef(Catalog& catalog, const TableName& table,
                                      const std::string& name,
                                      std::optional<SnapshotRef::Kind> kind = {},
                                      const CommitOptions& options = {});
// Moves `branch` to the snapshot of the ref `to`, whose ancestor it must be (Invalid). Where it is there already: no commit.
arrow::Result<CommitResult> FastForward(Catalog& catalog, const TableName& table,
                                        const std::string& branch, const std::string& to,
                                        const CommitOptions& options = {});

}  // namespace artemis
