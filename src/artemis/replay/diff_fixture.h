// A table with commits of any kind, and its diffs as text, for the tests of diffs.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "artemis/commit/commit.h"
#include "artemis/read/catalog_fixture.h"
#include "artemis/read/rows_fixture.h"
#include "artemis/replay/replay.h"
#include "artemis/table/update.h"

namespace artemis {

struct DiffRows {
  Rows added, removed;
  int64_t files_added = 0, files_removed = 0, files_touched = 0, files_unchanged = 0;
};

// Columns id (long) and v (string), unless others are given.
class DiffTest : public ::testing::Test {
 protected:
  DiffTest();
  explicit DiffTest(std::vector<Field> fields, int32_t format_version = 2);

  // One file of the current schema, in no snapshot.
  DataFile File(const std::string& rows_json) { return table_.Write(rows_json).at(0); }
  SnapshotId Append(const std::vector<DataFile>& files);
  SnapshotId Append(const std::string& rows_json) { return Append(std::vector{File(rows_json)}); }
  SnapshotId Replace(const std::vector<DataFile>& removed, const std::vector<DataFile>& added);
  // A compaction: operation "replace".
  SnapshotId Compact(const std::vector<DataFile>& removed, const std::vector<DataFile>& added);
  void RollBackTo(SnapshotId id);
  void Expire(SnapshotId id);
  void DeleteFile(const DataFile& file);
  // Makes these columns the identifier of the current schema.
  void Identify(std::vector<FieldId> ids);
  DataFile EqualityDeletesOfIds(const std::string& rows_json);

  // The net difference.
  arrow::Result<DiffResult> Open(const ReplayTarget& from, const ReplayTarget& to,
                                 DiffProjection projection = DiffProjection::kNew);
  DiffRows Diff(const ReplayTarget& from, const ReplayTarget& to,
                DiffProjection projection = DiffProjection::kNew);
  // Commit by commit.
  arrow::Result<DiffResult> OpenGross(const ReplayTarget& from, const ReplayTarget& to,
                                      DiffProjection projection = DiffProjection::kNew);
  // Rows of the change feed without the commit's id, "insert|0|1|a". The streams of removed and added rows must say the same.
  Rows Feed(const ReplayTarget& from, const ReplayTarget& to, DiffKind kind = DiffKind::kGross,
            DiffProjection projection = DiffProjection::kNew);

  CatalogTable table_;
  ReplayOptions options_;
  DiffOptions diff_;
};

}  // namespace artemis
