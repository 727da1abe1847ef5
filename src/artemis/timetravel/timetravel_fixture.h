// A warehouse of its own with a clock that stands still, and rows as text, for the tests of the plain API.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "artemis/base/clock.h"
#include "artemis/read/rows_fixture.h"
#include "artemis/timetravel/table.h"

namespace artemis {

class TimeTravelTest : public ::testing::Test {
 protected:
  // 2026-03-15T12:00:00Z.
  static constexpr int64_t kNoonMs = 1'773'576'000'000;
  static constexpr int64_t kMinuteMs = 60'000;
  static constexpr int64_t kHourMs = 60 * kMinuteMs;
  static constexpr int64_t kDayMs = 24 * kHourMs;
  static TimestampMs Noon(int64_t plus_ms = 0) { return TimestampMs(kNoonMs + plus_ms); }

  void SetUp() override;
  void TearDown() override;

  // mission (string, id 1) and volts (double, id 2), both optional.
  static Schema MissionAndVolts();
  static Field OptionalField(int id, const std::string& name, const std::string& type);
  TableOptions Options();
  // In the catalog of the folder.
  Table MakeTable(const std::string& name = "lab.readings");

  // At a time, in one snapshot. Each fails the test where it fails.
  SnapshotId AppendAt(const Table& table, TimestampMs time, const std::string& json);
  SnapshotView Travel(const Table& table, const ReplayTarget& target = {},
                      ProjectionMode mode = ProjectionMode::kSnapshotTime);
  // "apollo-7|28.1", sorted.
  Rows RowsAt(const Table& table, const ReplayTarget& target = {},
              ProjectionMode mode = ProjectionMode::kSnapshotTime);
  Rows RowsWhere(const SnapshotView& view, const Predicate& where);
  static std::vector<std::string> ColumnsOf(const SnapshotView& view);
  // Below data/ of a table.
  size_t DataFilesOnDisk(const std::string& table_folder) const;

  std::filesystem::path folder_;
  FixedClock clock_{Noon()};
};

// A batch of any schema from JSON rows in the order of its columns: [["apollo-7", 28.1]].
std::shared_ptr<arrow::RecordBatch> BatchOf(const std::shared_ptr<arrow::Schema>& schema,
                                            const std::string& json);

}  // namespace artemis
