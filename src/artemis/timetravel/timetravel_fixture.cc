// Makes and reads the tables of the tests.
#include "artemis/timetravel/timetravel_fixture.h"

#include <algorithm>

#include <arrow/json/from_string.h>

#include "artemis/base/uuid.h"
#include "artemis/schema/evolution.h"

namespace artemis {

namespace fs = std::filesystem;

void TimeTravelTest::SetUp() {
  folder_ = fs::path(::testing::TempDir()) / ("timetravel-" + RandomUuid());
  fs::create_directories(folder_);
}

void TimeTravelTest::TearDown() { fs::remove_all(folder_); }

Field TimeTravelTest::OptionalField(int id, const std::string& name, const std::string& type) {
  Field field;
  field.id = FieldId(id);
  field.name = name;
  field.type = ParseType(type).ValueOrDie();
  return field;
}

Schema TimeTravelTest::MissionAndVolts() {
  Schema schema;
  schema.fields = {OptionalField(1, "mission", "string"), OptionalField(2, "volts", "double")};
  return schema;
}

TableOptions TimeTravelTest::Options() {
  TableOptions options;
  options.catalog.warehouse = folder_.string();
  options.catalog.clock = &clock_;
  return options;
}

Table TimeTravelTest::MakeTable(const std::string& name) {
  return CreateTable(name, MissionAndVolts(), Options()).ValueOrDie();
}

SnapshotId TimeTravelTest::AppendAt(const Table& table, TimestampMs time, const std::string& json) {
  clock_.Set(time);
  const auto change = table.AppendJson(json);
  EXPECT_TRUE(change.ok()) << change.status();
  return change.ok() ? change->snapshot_id.value_or(SnapshotId(-1)) : SnapshotId(-1);
}

SnapshotView TimeTravelTest::Travel(const Table& table, const ReplayTarget& target,
                                    ProjectionMode mode) {
  return table.TimeTravel(target, mode).ValueOrDie();
}

Rows TimeTravelTest::RowsAt(const Table& table, const ReplayTarget& target, ProjectionMode mode) {
  const auto view = table.TimeTravel(target, mode);
  EXPECT_TRUE(view.ok()) << view.status();
  return view.ok() ? Sorted(RowsOf(view->Scan())) : Rows{"failed"};
}

Rows TimeTravelTest::RowsWhere(const SnapshotView& view, const Predicate& where) {
  ReplayOptions options;
  options.where = where;
  return Sorted(RowsOf(view.Scan(options)));
}

std::vector<std::string> TimeTravelTest::ColumnsOf(const SnapshotView& view) {
  std::vector<std::string> names;
  for (const auto& field : view.schema().fields) names.push_back(field.name);
  return names;
}

size_t TimeTravelTest::DataFilesOnDisk(const std::string& table_folder) const {
  const fs::path data = folder_ / table_folder / "data";
  if (!fs::exists(data)) return 0;
  const auto files = fs::recursive_directory_iterator(data);
  return static_cast<size_t>(std::count_if(
      begin(files), end(files), [](const auto& file) { return file.is_regular_file(); }));
}

std::shared_ptr<arrow::RecordBatch> BatchOf(const std::shared_ptr<arrow::Schema>& schema,
                                            const std::string& json) {
  const auto rows =
      arrow::json::ArrayFromJSONString(arrow::struct_(schema->fields()), json).ValueOrDie();
  return arrow::RecordBatch::FromStructArray(rows).ValueOrDie();
}

}  // namespace artemis
