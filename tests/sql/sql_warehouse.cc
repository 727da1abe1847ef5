// Small tables with every kind of column and transform.
#include "sql_warehouse.h"

#include "artemis/schema/literal.h"

namespace artemis {
namespace {

constexpr int64_t kDayUs = int64_t{86'400} * 1'000'000;
constexpr int64_t kHourUs = int64_t{3'600} * 1'000'000;
constexpr int32_t kMarch14 = 19'796;  // 2024-03-14

Field Column(int32_t id, const char* name, TypeKind kind) {
  return TestField(id, name, Type::Of(kind));
}

// A column of every type, and a null in each.
void MakeTypes(TestTables* tables) {
  tables->Create("sda.types",
                 {Column(1, "id", TypeKind::kInt), Column(2, "l", TypeKind::kLong),
                  Column(3, "f", TypeKind::kFloat), Column(4, "d", TypeKind::kDouble),
                  Column(5, "b", TypeKind::kBoolean), Column(6, "s", TypeKind::kString),
                  Column(7, "dt", TypeKind::kDate), Column(8, "ts", TypeKind::kTimestamp),
                  Column(9, "tz", TypeKind::kTimestamptz),
                  TestField(10, "dec", Type::Decimal(9, 2)), Column(11, "bin", TypeKind::kBinary)});
  tables->Append("sda.types", R"([
    {"id": 1, "l": -5, "f": 1.5, "d": 0.25, "b": true, "s": "alpha", "dt": 0,
     "ts": -1000000, "tz": 0, "dec": "1.50", "bin": "ab"},
    {"id": 2, "l": 0, "f": -2.0, "d": 10.0, "b": false, "s": "Beta", "dt": 19796,
     "ts": 1710374400000000, "tz": 1710374400000000, "dec": "-2.25", "bin": ""},
    {"id": 3, "l": 9007199254740993, "f": 0.0, "d": -7.5, "b": true, "s": "", "dt": -1,
     "ts": 1710460799999999, "tz": 1710460799999999, "dec": "0.00", "bin": "zz"},
    {"id": 4, "l": null, "f": null, "d": null, "b": null, "s": null, "dt": null,
     "ts": null, "tz": null, "dec": null, "bin": null},
    {"id": 5, "l": 7, "f": 3.0, "d": 10.0, "b": false, "s": "übung_%", "dt": 19797,
     "ts": 1710460800000000, "tz": 1710460800000000, "dec": "99.99", "bin": "ab"}])");
}

// Four files: two missions on two days, three rows each.
void MakeTelemetry(TestTables* tables) {
  tables->Create(
      "sda.tele",
      {Column(1, "mission_id", TypeKind::kString), Column(2, "ts", TypeKind::kTimestamptz),
       Column(3, "x", TypeKind::kInt), Column(4, "notes", TypeKind::kString)},
      "mission_id, day(ts) as day");
  std::vector<TestFile> files;
  int x = 0;
  for (const std::string mission : {"apollo-7", "artemis-2"}) {
    for (const int32_t day : {kMarch14, kMarch14 + 1}) {
      TestFile file;
      file.columns = tables->Load("sda.tele").metadata->CurrentSchema().fields;
      file.partition = {LiteralValue(mission), LiteralValue(day)};
      for (int i = 0; i < 3; ++i) {
        file.rows_json += std::string(i == 0 ? "[" : ",") + "{\"mission_id\":\"" + mission +
                          "\",\"ts\":" + std::to_string(day * kDayUs + i * kHourUs) +
                          ",\"x\":" + std::to_string(x++) + ",\"notes\":\"" +
                          (i == 1 ? "warm" : "cold") + "\"}";
      }
      file.rows_json += "]";
      files.push_back(file);
    }
  }
  tables->Append("sda.tele", files);
}

// One file for each row, by one transform of its only other column.
void MakeTransform(TestTables* tables, const std::string& name, Field source,
                   const std::string& spec,
                   const std::vector<std::pair<std::string, LiteralValue>>& rows) {
  tables->Create(name, {std::move(source), Column(2, "x", TypeKind::kInt)}, spec);
  std::vector<TestFile> files;
  int x = 0;
  for (const auto& [value, tuple] : rows) {
    TestFile file;
    file.columns = tables->Load(name).metadata->CurrentSchema().fields;
    file.partition = {tuple};
    file.rows_json = "[{\"c\":" + value + ",\"x\":" + std::to_string(++x) + "}]";
    files.push_back(file);
  }
  TestFile null_row;
  null_row.columns = tables->Load(name).metadata->CurrentSchema().fields;
  null_row.partition = {std::nullopt};
  null_row.rows_json = "[{\"c\":null,\"x\":" + std::to_string(++x) + "}]";
  files.push_back(null_row);
  tables->Append(name, files);
}

LiteralValue Int(int32_t value) { return value; }

void MakeTransforms(TestTables* tables) {
  const auto time = [](int32_t day, int hour) {
    return std::to_string(day * kDayUs + hour * kHourUs);
  };
  MakeTransform(tables, "tr.ident", Column(1, "c", TypeKind::kLong), "c",
                {{"-3", LiteralValue(int64_t{-3})},
                 {"0", LiteralValue(int64_t{0})},
                 {"8", LiteralValue(int64_t{8})}});
  // Hash of 34 as a long: 2017239379 (specification, appendix B).
  MakeTransform(tables, "tr.bucket", Column(1, "c", TypeKind::kLong), "bucket(16, c) as p",
                {{"34", Int(3)}});
  MakeTransform(tables, "tr.trunc", Column(1, "c", TypeKind::kInt), "truncate(10, c) as p",
                {{"-1", Int(-10)}, {"5", Int(0)}, {"34", Int(30)}});
  MakeTransform(tables, "tr.trunc_text", Column(1, "c", TypeKind::kString), "truncate(3, c) as p",
                {{"\"ab\"", LiteralValue(std::string("ab"))},
                 {"\"iceberg\"", LiteralValue(std::string("ice"))},
                 {"\"icy\"", LiteralValue(std::string("icy"))}});
  MakeTransform(tables, "tr.years", Column(1, "c", TypeKind::kTimestamp), "year(c) as p",
                {{time(-1, 0), Int(-1)}, {time(0, 0), Int(0)}, {time(kMarch14, 7), Int(54)}});
  MakeTransform(tables, "tr.months", Column(1, "c", TypeKind::kTimestamp), "month(c) as p",
                {{time(-1, 0), Int(-1)}, {time(0, 0), Int(0)}, {time(kMarch14, 7), Int(650)}});
  MakeTransform(
      tables, "tr.days", Column(1, "c", TypeKind::kTimestamp), "day(c) as p",
      {{time(-1, 23), Int(-1)}, {time(0, 0), Int(0)}, {time(kMarch14, 7), Int(kMarch14)}});
  MakeTransform(
      tables, "tr.hours", Column(1, "c", TypeKind::kTimestamp), "hour(c) as p",
      {{time(-1, 23), Int(-1)}, {time(0, 0), Int(0)}, {time(kMarch14, 7), Int(kMarch14 * 24 + 7)}});
  MakeTransform(tables, "tr.date_months", Column(1, "c", TypeKind::kDate), "month(c) as p",
                {{"-1", Int(-1)}, {"0", Int(0)}, {std::to_string(kMarch14), Int(650)}});
}

// Three states: two rows; then three; then a column renamed and one added, and a fourth row. Tag v1 is the first.
void MakeEvolved(TestTables* tables) {
  tables->Create("sda.evolved",
                 {Column(1, "id", TypeKind::kLong), Column(2, "name", TypeKind::kString)});
  const SnapshotId first =
      tables->Append("sda.evolved", R"([{"id": 1, "name": "one"}, {"id": 2, "name": "two"}])");
  tables->Append("sda.evolved", R"([{"id": 3, "name": "three"}])");
  tables->Change("sda.evolved", [&](TableMetadata& metadata) {
    metadata.refs["v1"] = SnapshotRef{first, SnapshotRef::Kind::kTag, {}, {}, {}};
  });
  tables->SetSchema("sda.evolved",
                    {Column(1, "id", TypeKind::kLong), Column(2, "label", TypeKind::kString),
                     Column(3, "score", TypeKind::kDouble)});
  tables->Append("sda.evolved", R"([{"id": 4, "label": "four", "score": 4.5}])");
}

}  // namespace

void MakeSqlWarehouse(TestTables* tables) {
  MakeEvolved(tables);
  MakeTypes(tables);
  MakeTelemetry(tables);
  MakeTransforms(tables);
  tables->Create("ground.eu.passes",
                 {Column(1, "station", TypeKind::kString), Column(2, "minutes", TypeKind::kInt)});
  tables->Append("ground.eu.passes",
                 R"([{"station": "Kiruna", "minutes": 11}, {"station": "Redu", "minutes": 7}])");
  tables->Create("sda.empty", {Column(1, "a", TypeKind::kInt), Column(2, "b", TypeKind::kString)});
}

}  // namespace artemis
