// Virtual columns that are made row by row: row lineage that is stored for some rows only, and partition fields of columns within
// structs in files of an older spec (specification, "Row Lineage", "Partitioning").
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "artemis/schema/literal.h"
#include "artemis/schema/metadata_columns.h"
#include "artemis/sql/session.h"
#include "artemis/sql/test_tables.h"
#include "artemis/table/update.h"

namespace artemis {
namespace {

constexpr int64_t kDayMicros = int64_t{86'400} * 1'000'000;
constexpr int32_t kPiDay = 19'796;  // days from 1970-01-01 to 2024-03-14

class ComputedColumnsTest : public ::testing::Test {
 protected:
  ComputedColumnsTest() { options_.temp_folder = tables_.folder() + "/tmp"; }

  std::string Rows(const std::string& sql) {
    if (!session_) {
      options_.threads = 2;
      session_ = SqlSession::Open(tables_.catalog(), options_).ValueOrDie();
    }
    return RowsOf(*session_, sql);
  }

  // A row of id 1, then as a rewrite leaves them: a row that was moved, one that was changed, a new one.
  void MakeLineage() {
    tables_.Create("sda.v3", {TestField(1, "id", Type::Of(TypeKind::kLong))}, "", {}, 3);
    tables_.Append("sda.v3", R"([{"id": 1}])");
    tables_.Change("sda.v3", [](TableMetadata& m) { m.next_row_id = 1000; });
    TestFile file;
    file.columns = {TestField(1, "id", Type::Of(TypeKind::kLong)),
                    TestField(kRowIdColumn.value, "_row_id", Type::Of(TypeKind::kLong)),
                    TestField(kLastUpdatedColumn.value, "_last_updated_sequence_number",
                              Type::Of(TypeKind::kLong))};
    file.rows_json = R"([{"id": 7, "_row_id": 700, "_last_updated_sequence_number": 1},
                         {"id": 8, "_row_id": 800, "_last_updated_sequence_number": null},
                         {"id": 9, "_row_id": null, "_last_updated_sequence_number": null}])";
    file.row_group_rows = 2;
    tables_.Append("sda.v3", {file});
  }

  Type Position(bool with_place) {
    std::vector<Field> fields = {TestField(3, "ts", Type::Of(TypeKind::kTimestamp))};
    if (with_place) {
      fields.push_back(TestField(4, "place",
                                 Type::Struct({TestField(5, "lat", Type::Of(TypeKind::kInt)),
                                               TestField(6, "zone", Type::Of(TypeKind::kInt))})));
    }
    return Type::Struct(std::move(fields));
  }

  std::string RowAt(int64_t micros, int id) {
    return "{\"id\":" + std::to_string(id) + ",\"s\":{\"ts\":" + std::to_string(micros) +
           ",\"place\":{\"lat\":" + std::to_string(id * 10) +
           ",\"zone\":" + std::to_string(id * 100) + "}}}";
  }

  // Three files: one from before s.place was, one unpartitioned, one by day(s.ts) and s.place.zone.
  void MakeNested() {
    const auto fields = [&](bool with_place) {
      return std::vector<Field>{TestField(1, "id", Type::Of(TypeKind::kInt)),
                                TestField(2, "s", Position(with_place))};
    };
    tables_.Create("sda.nested", fields(false));
    tables_.Append("sda.nested", R"([{"id": 1, "s": {"ts": 0}}, {"id": 2, "s": null}])");
    tables_.SetSchema("sda.nested", fields(true));
    tables_.Append("sda.nested", "[" + RowAt(kPiDay * kDayMicros - 1, 3) + "," +
                                     RowAt(kPiDay * kDayMicros, 4) +
                                     R"(,{"id": 5, "s": {"ts": null, "place": null}}])");
    tables_.Change("sda.nested", [&](TableMetadata& m) {
      auto spec =
          ParsePartitionSpec("day(s.ts) as day, s.place.zone as zone", m.CurrentSchema(), SpecId(1))
              .ValueOrDie();
      m.last_partition_id = spec.HighestFieldId();
      m.default_spec_id = spec.id;
      m.partition_specs.push_back(std::move(spec));
    });
    TestFile file;
    file.columns = fields(true);
    file.partition = {LiteralValue(kPiDay + 1), LiteralValue(int32_t{600})};
    file.rows_json = "[" + RowAt((kPiDay + 1) * kDayMicros, 6) + "]";
    tables_.Append("sda.nested", {file});
  }

  TestTables tables_;
  SqlOptions options_;
  std::unique_ptr<SqlSession> session_;
};

TEST_F(ComputedColumnsTest, KeepsTheLineageThatAFileStoresAndInheritsTheRest) {
  MakeLineage();
  // The second file's rows are numbered from 1000 on, and its sequence number is 2.
  EXPECT_EQ(
      Rows("SELECT id, _row_id, _last_updated_sequence_number FROM artemis.sda.v3 ORDER BY 1"),
      "1|0|1\n7|700|1\n8|800|2\n9|1002|2");
  EXPECT_EQ(Rows("SELECT _row_id FROM artemis.sda.v3 ORDER BY 1"), "0\n700\n800\n1002");
  EXPECT_EQ(Rows("SELECT _pos, _row_id FROM artemis.sda.v3 WHERE id >= 8 ORDER BY id"),
            "1|800\n2|1002");
  EXPECT_EQ(Rows("SELECT _row_id, _pos, _row_id + _pos FROM artemis.sda.v3 WHERE id = 9"),
            "1002|2|1004");
}

TEST_F(ComputedColumnsTest, FindsRowsByRowIdsOfBothKinds) {
  MakeLineage();
  EXPECT_EQ(Rows("SELECT id FROM artemis.sda.v3 WHERE _row_id = 1002"), "9");
  EXPECT_EQ(Rows("SELECT id FROM artemis.sda.v3 WHERE _row_id = 800"), "8");
  EXPECT_EQ(Rows("SELECT id FROM artemis.sda.v3 WHERE _row_id IN (0, 1002) ORDER BY id"), "1\n9");
  EXPECT_EQ(Rows("SELECT count(*) FROM artemis.sda.v3 WHERE _row_id IS NULL"), "0");
  EXPECT_EQ(Rows("SELECT a.id FROM artemis.sda.v3 a JOIN artemis.sda.v3 b "
                 "ON a._row_id = b._row_id WHERE b.id > 7 ORDER BY 1"),
            "8\n9");
  EXPECT_EQ(Rows("SELECT _row_id, * FROM artemis.sda.v3 ORDER BY _row_id DESC LIMIT 2"),
            "1002|9\n800|8");
}

TEST_F(ComputedColumnsTest, KeepsRowIdsOfBothKindsWhenRowsChange) {
  MakeLineage();
  EXPECT_EQ(Rows("UPDATE artemis.sda.v3 SET id = id + 10 WHERE id IN (8, 9)"), "");
  EXPECT_EQ(Rows("DELETE FROM artemis.sda.v3 WHERE _row_id = 0"), "");
  // Row lineage of a changed row: the same id, the sequence number of the change, which is the third.
  EXPECT_EQ(
      Rows("SELECT id, _row_id, _last_updated_sequence_number FROM artemis.sda.v3 ORDER BY 1"),
      "7|700|1\n18|800|3\n19|1002|3");
}

TEST_F(ComputedColumnsTest, FindsRowsWhereTheTablesOwnColumnsHaveTheNames) {
  for (const int version : {2, 3}) {
    const std::string name = "sda.odd" + std::to_string(version);
    const std::string table = "artemis." + name;
    tables_.Create(name,
                   {TestField(1, "_pos", Type::Of(TypeKind::kLong)),
                    TestField(2, "_File", Type::Of(TypeKind::kString)),
                    TestField(3, "x", Type::Of(TypeKind::kInt))},
                   "", {}, version);
    tables_.Append(name, R"([{"_pos": 2, "_File": "f", "x": 1}])");
    tables_.Append(name, R"([{"_pos": 1, "_File": "g", "x": 2}, {"_pos": 0, "_File": "h", "x": 3},
                             {"_pos": 0, "_File": "i", "x": 4}])");
    EXPECT_EQ(Rows("SELECT _pos, _pos_2 FROM " + table + " ORDER BY x"), "2|0\n1|0\n0|1\n0|2");
    EXPECT_EQ(Rows("DELETE FROM " + table + " WHERE _pos = 1"), "");
    EXPECT_EQ(Rows("UPDATE " + table + " SET x = 9 WHERE _File = 'h'"), "");
    EXPECT_EQ(Rows("SELECT * FROM " + table + " ORDER BY x"), "2|f|1\n0|i|4\n0|h|9");
  }
}

TEST_F(ComputedColumnsTest, HasNoLineageBeforeTheUpgrade) {
  tables_.Create("sda.up", {TestField(1, "id", Type::Of(TypeKind::kLong))});
  tables_.Append("sda.up", R"([{"id": 1}, {"id": 2}])");
  const std::string before = ToString(*tables_.Load("sda.up").metadata->current_snapshot_id);
  tables_.Change("sda.up", [](TableMetadata& m) { m = UpgradeFormat(m, 3).ValueOrDie(); });
  const std::string lineage = "SELECT id, _row_id, _last_updated_sequence_number FROM ";
  EXPECT_EQ(Rows(lineage + "artemis.sda.up ORDER BY 1"), "1|NULL|NULL\n2|NULL|NULL");
  tables_.Append("sda.up", R"([{"id": 3}])");
  // The first commit after the upgrade numbers all rows, in the order of its manifest list: the new file is first.
  EXPECT_EQ(Rows(lineage + "artemis.sda.up ORDER BY 1"), "1|1|1\n2|2|1\n3|0|2");
  EXPECT_EQ(Rows(lineage + "artemis.sda.up AS OF SNAPSHOT " + before + " ORDER BY 1"),
            "1|NULL|NULL\n2|NULL|NULL");
}

TEST_F(ComputedColumnsTest, MakesPartitionFieldsOfColumnsWithinStructs) {
  MakeNested();
  EXPECT_EQ(Rows("SELECT id, day, zone FROM artemis.sda.nested ORDER BY id"),
            "1|1970-01-01|NULL\n2|NULL|NULL\n3|2024-03-13|300\n4|2024-03-14|400\n5|NULL|NULL\n"
            "6|2024-03-15|600");
  EXPECT_EQ(Rows("SELECT day FROM artemis.sda.nested WHERE zone = 400"), "2024-03-14");
  EXPECT_EQ(Rows("SELECT id FROM artemis.sda.nested WHERE day = '2024-03-13'"), "3");
  EXPECT_EQ(Rows("SELECT id FROM artemis.sda.nested WHERE day IS NULL ORDER BY id"), "2\n5");
  EXPECT_EQ(Rows("SELECT count(*) FROM artemis.sda.nested WHERE day >= '2024-03-14'"), "2");
  EXPECT_EQ(Rows("SELECT max(day), min(zone) FROM artemis.sda.nested"), "2024-03-15|300");
}

TEST_F(ComputedColumnsTest, MakesPartitionFieldsBesideOtherFieldsOfTheirStructs) {
  MakeNested();
  EXPECT_EQ(Rows("SELECT s.place.lat, zone, day FROM artemis.sda.nested WHERE id IN (1, 3, 6) "
                 "ORDER BY id"),
            "NULL|NULL|1970-01-01\n30|300|2024-03-13\n60|600|2024-03-15");
  EXPECT_EQ(Rows("SELECT zone, s.ts::DATE = day FROM artemis.sda.nested WHERE s.place.lat = 40"),
            "400|true");
  EXPECT_EQ(Rows("SELECT id, day, zone, s.place.zone = zone FROM artemis.sda.nested "
                 "WHERE s.place.zone BETWEEN 300 AND 400 ORDER BY id"),
            "3|2024-03-13|300|true\n4|2024-03-14|400|true");
  EXPECT_EQ(Rows("SELECT s.place, day FROM artemis.sda.nested WHERE id = 4"),
            Rows("SELECT {'lat': 40, 'zone': 400}, DATE '2024-03-14'"));
}

}  // namespace
}  // namespace artemis
