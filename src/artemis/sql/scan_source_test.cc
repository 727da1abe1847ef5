// Scans of real tables in SQL: mapping by field id, deletes, pruning, NaN, and that pruning never changes an answer.
#include "artemis/sql/scan_source.h"

#include <mutex>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "artemis/sql/session.h"
#include "artemis/sql/test_tables.h"

namespace artemis {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// What a test sees and changes of the sources below a session.
struct SourceProbe {
  std::mutex mutex;
  std::vector<std::string> planned;  // predicates, as text
  bool prune = true;
  // Delete files to add to every task of a file with this path.
  std::map<std::string, std::vector<DataFile>> deletes;
  // Files of no snapshot, to be read as well.
  std::vector<DataFile> extra;
};

class ProbedSource : public ScanSource {
 public:
  ProbedSource(std::shared_ptr<ScanSource> real, std::shared_ptr<SourceProbe> probe)
      : real_(std::move(real)), probe_(std::move(probe)) {}

  const PinnedSnapshot& pin() const override { return real_->pin(); }
  std::optional<int64_t> RowEstimate() const override { return real_->RowEstimate(); }

  arrow::Result<std::shared_ptr<const ScanPlan>> Plan(
      const BoundPredicate& predicate) const override {
    std::lock_guard lock(probe_->mutex);
    probe_->planned.push_back(FormatPredicate(predicate, *pin().view.schema));
    ARROW_ASSIGN_OR_RAISE(const auto plan,
                          real_->Plan(probe_->prune ? predicate : BoundPredicate::True()));
    auto copy = std::make_shared<ScanPlan>(*plan);
    for (const DataFile& file : probe_->extra) {
      ScanTask task;
      task.file = file;
      copy->tasks.push_back(std::move(task));
    }
    for (ScanTask& task : copy->tasks) {
      for (const DataFile& file : probe_->deletes[task.file.path]) {
        task.deletes.push_back({file, SequenceNumber(100)});
      }
    }
    return copy;
  }

  // Not noted: it chooses no files.
  arrow::Result<std::shared_ptr<const ScanPlan>> PlanWithMetrics(
      const BoundPredicate& predicate) const override {
    return real_->PlanWithMetrics(predicate);
  }

  arrow::Result<std::vector<int64_t>> DeletedRows(const ScanTask& task) const override {
    return real_->DeletedRows(task);
  }

 private:
  const std::shared_ptr<ScanSource> real_;
  const std::shared_ptr<SourceProbe> probe_;
};

Type TypeOf(TypeKind kind) { return Type::Of(kind); }

class SqlScanTest : public ::testing::Test {
 protected:
  std::unique_ptr<SqlSession> OpenSession(std::shared_ptr<SourceProbe> probe) {
    SqlOptions options;
    options.temp_folder = tables_.folder() + "/tmp";
    options.threads = 2;
    options.scan_source = [this, probe](const LoadedTable&, const PinnedSnapshot& pin) {
      return std::make_shared<ProbedSource>(MakeScanSource(*tables_.catalog(), pin), probe);
    };
    auto opened = SqlSession::Open(tables_.catalog(), options);
    if (!opened.ok()) throw std::runtime_error(opened.status().ToString());
    return std::move(*opened);
  }

  SqlSession& session() {
    if (!session_) session_ = OpenSession(probe_);
    return *session_;
  }
  std::string Rows(const std::string& sql) { return RowsOf(session(), sql); }
  std::string Explain(const std::string& sql) { return Rows("EXPLAIN " + sql); }

  // Four files of ten rows: id 0..39, x = id / 2.0, name = 'n' and two digits, day of March = id / 10 + 1.
  void MakeNumbers(const std::string& table) {
    const std::vector<Field> fields = {TestField(1, "id", TypeOf(TypeKind::kLong)),
                                       TestField(2, "x", TypeOf(TypeKind::kDouble)),
                                       TestField(3, "name", TypeOf(TypeKind::kString)),
                                       TestField(4, "ts", TypeOf(TypeKind::kTimestamptz)),
                                       TestField(5, "day", TypeOf(TypeKind::kDate))};
    tables_.Create(table, fields);
    std::vector<TestFile> files;
    for (int f = 0; f < 4; ++f) {
      std::string rows = "[";
      for (int r = 0; r < 10; ++r) {
        const int id = f * 10 + r;
        char row[200];
        snprintf(row, sizeof(row),
                 R"(%s{"id": %d, "x": %g, "name": "n%02d", "ts": %lld, "day": %d})", r ? ", " : "",
                 id, id / 2.0, id, (19783LL + f) * 86'400'000'000LL + r * 3'600'000'000LL,
                 19783 + f);
        rows += row;
      }
      TestFile file;
      file.rows_json = rows + "]";
      file.columns = fields;
      file.row_group_rows = 5;
      files.push_back(file);
    }
    tables_.Append(table, files);
  }

  DataFile OnlyFile(const std::string& table) {
    const LoadedTable loaded = tables_.Load(table);
    const TableView view{loaded.metadata, loaded.metadata->current_snapshot_id,
                         std::make_shared<Schema>(loaded.metadata->CurrentSchema())};
    const auto plan = PlanScan(view, BoundPredicate::True(), tables_.catalog()->files());
    return plan.ValueOrDie().tasks.at(0).file;
  }

  DataFile PositionDeletes(const std::string& table, const std::string& path,
                           const std::vector<int>& positions) {
    TestFile file;
    file.columns = {TestField(2147483546, "file_path", TypeOf(TypeKind::kString), true),
                    TestField(2147483545, "pos", TypeOf(TypeKind::kLong), true)};
    for (const int position : positions) {
      file.rows_json += (file.rows_json.empty() ? "[" : ", ");
      file.rows_json +=
          R"({"file_path": ")" + path + R"(", "pos": )" + std::to_string(position) + "}";
    }
    file.rows_json += "]";
    DataFile entry = tables_.Write(table, file);
    entry.content = FileContent::kPositionDeletes;
    return entry;
  }

  TestTables tables_;
  std::shared_ptr<SourceProbe> probe_ = std::make_shared<SourceProbe>();
  std::unique_ptr<SqlSession> session_;
};

TEST_F(SqlScanTest, FindsColumnsByFieldId) {
  tables_.Create("a.t", {TestField(1, "id", TypeOf(TypeKind::kInt)),
                         TestField(2, "old_name", TypeOf(TypeKind::kString)),
                         TestField(3, "gone", TypeOf(TypeKind::kInt))});
  tables_.Append("a.t", R"([{"id": 1, "old_name": "x", "gone": 5}])");
  tables_.SetSchema("a.t", {TestField(4, "gone", TypeOf(TypeKind::kString)),
                            TestField(2, "id", TypeOf(TypeKind::kString)),
                            TestField(1, "key", TypeOf(TypeKind::kInt))});
  tables_.Append("a.t", R"([{"gone": "new", "id": "y", "key": 2}])");
  EXPECT_EQ(Rows("SELECT key, id, gone FROM artemis.a.t ORDER BY key"), "1|x|NULL\n2|y|new");
  EXPECT_EQ(Rows("SELECT key FROM artemis.a.t WHERE gone IS NULL"), "1");
  EXPECT_EQ(Rows("SELECT key FROM artemis.a.t WHERE id = 'x'"), "1");
}

TEST_F(SqlScanTest, FillsMissingColumnsWithTheirInitialDefault) {
  tables_.Create("a.t", {TestField(1, "id", TypeOf(TypeKind::kInt))});
  tables_.Append("a.t", R"([{"id": 1}])");
  Field added = TestField(2, "unit", TypeOf(TypeKind::kString));
  added.initial_default = LiteralValue(std::string("volt"));
  tables_.SetSchema("a.t", {TestField(1, "id", TypeOf(TypeKind::kInt)), added});
  tables_.Append("a.t", R"([{"id": 2, "unit": "ampere"}, {"id": 3, "unit": null}])");
  EXPECT_EQ(Rows("FROM artemis.a.t ORDER BY id"), "1|volt\n2|ampere\n3|NULL");
  EXPECT_EQ(Rows("SELECT id FROM artemis.a.t WHERE unit = 'volt'"), "1");
  EXPECT_EQ(Rows("SELECT id FROM artemis.a.t WHERE unit <> 'volt'"), "2");
}

TEST_F(SqlScanTest, MapsNestedColumnsByFieldId) {
  const Type old_struct = Type::Struct(
      {TestField(3, "lat", TypeOf(TypeKind::kInt)), TestField(4, "lon", TypeOf(TypeKind::kInt))});
  const Type new_struct = Type::Struct({TestField(4, "longitude", TypeOf(TypeKind::kInt)),
                                        TestField(9, "alt", TypeOf(TypeKind::kInt)),
                                        TestField(3, "lat", TypeOf(TypeKind::kLong))});
  const Field tags = TestField(
      5, "tags", Type::List(FieldId(6), TypeOf(TypeKind::kString), /*element_required=*/false));
  const Field attributes = TestField(7, "attributes",
                                     Type::Map(FieldId(10), TypeOf(TypeKind::kString), FieldId(11),
                                               TypeOf(TypeKind::kInt), false));
  tables_.Create("a.t", {TestField(1, "id", TypeOf(TypeKind::kInt)),
                         TestField(2, "position", old_struct), tags, attributes});
  tables_.Append("a.t", R"([{"id": 1, "position": {"lat": 5, "lon": 6}, "tags": ["a", null],
                            "attributes": [["k", 1]]},
                           {"id": 2, "position": null, "tags": [], "attributes": null}])");
  EXPECT_EQ(Rows("SELECT id, position.lat, position.lon, len(tags), attributes['k'] "
                 "FROM artemis.a.t ORDER BY id"),
            "1|5|6|2|1\n2|NULL|NULL|0|NULL");
  tables_.SetSchema("a.t", {TestField(2, "place", new_struct),
                            TestField(1, "id", TypeOf(TypeKind::kInt)), tags, attributes});
  EXPECT_EQ(Rows("SELECT id, place.longitude, place.alt, place.lat, tags[1] FROM artemis.a.t "
                 "ORDER BY id"),
            "1|6|NULL|5|a\n2|NULL|NULL|NULL|NULL");
  EXPECT_EQ(Rows("SELECT id FROM artemis.a.t WHERE place.lat = 5"), "1");
  EXPECT_EQ(Rows("SELECT id FROM artemis.a.t WHERE place IS NULL"), "2");
  EXPECT_EQ(Rows("SELECT id FROM artemis.a.t WHERE place.alt IS NULL ORDER BY id"), "1\n2");
}

TEST_F(SqlScanTest, ReadsWidenedColumns) {
  tables_.Create(
      "a.t", {TestField(1, "n", TypeOf(TypeKind::kInt)),
              TestField(2, "f", TypeOf(TypeKind::kFloat)), TestField(3, "d", Type::Decimal(5, 2))});
  tables_.Append("a.t", R"([{"n": 1, "f": 0.5, "d": "1.25"}, {"n": 2, "f": 1.5, "d": "999.99"}])");
  tables_.SetSchema("a.t", {TestField(1, "n", TypeOf(TypeKind::kLong)),
                            TestField(2, "f", TypeOf(TypeKind::kDouble)),
                            TestField(3, "d", Type::Decimal(20, 2))});
  tables_.Append("a.t", R"([{"n": 3000000000, "f": 0.1, "d": "123456789012345678.25"}])");
  EXPECT_EQ(Rows("FROM artemis.a.t ORDER BY n"),
            "1|0.5|1.25\n2|1.5|999.99\n3000000000|0.1|123456789012345678.25");
  EXPECT_EQ(Rows("SELECT n FROM artemis.a.t WHERE n = 3000000000"), "3000000000");
  EXPECT_EQ(Rows("SELECT n FROM artemis.a.t WHERE n > 1 AND n < 3000000000"), "2");
  EXPECT_EQ(Rows("SELECT n FROM artemis.a.t WHERE f = 0.5"), "1");
  EXPECT_EQ(Rows("SELECT n FROM artemis.a.t WHERE f < 0.2"), "3000000000");
  EXPECT_EQ(Rows("SELECT n FROM artemis.a.t WHERE d = 999.99"), "2");
  EXPECT_EQ(Rows("SELECT n FROM artemis.a.t WHERE n IN (1, 3000000000) ORDER BY n"),
            "1\n3000000000");
}

// The constants lie between two floats, and are nearest to one that is there.
TEST_F(SqlScanTest, ComparesWidenedFloatsAsDoubles) {
  tables_.Create("a.t", {TestField(1, "f", TypeOf(TypeKind::kFloat))});
  tables_.Append("a.t", R"([{"f":0.25},{"f":0.5},{"f":null}])");
  tables_.SetSchema("a.t", {TestField(1, "f", TypeOf(TypeKind::kDouble))});
  const std::string query = "SELECT f FROM artemis.a.t WHERE ";
  EXPECT_EQ(Rows(query + "f <> 0.25000000000000006e0 ORDER BY f"), "0.25\n0.5");
  EXPECT_EQ(Rows(query + "f = 0.25000000000000006e0"), "");
  EXPECT_EQ(Rows(query + "f > 0.24999999999999997e0 AND f < 0.4"), "0.25");
  EXPECT_EQ(Rows(query + "f IN (0.25000000000000006e0, 0.5)"), "0.5");
  EXPECT_EQ(Rows(query + "f >= 0.25000000000000006e0 OR f IS NULL ORDER BY f"), "0.5\nNULL");
  EXPECT_EQ(Rows("SELECT max(f) FROM artemis.a.t WHERE f < 0.25000000000000006e0"), "0.25");
  EXPECT_EQ(Rows("SELECT f FROM artemis.a.t ORDER BY f DESC NULLS LAST LIMIT 1"), "0.5");
}

TEST_F(SqlScanTest, JoinsOnWidenedColumnsWithFiltersOfTheJoin) {
  tables_.Create("a.t", {TestField(1, "n", TypeOf(TypeKind::kInt))});
  tables_.Append("a.t", R"([{"n": 1}, {"n": 2}, {"n": 77}])");
  tables_.SetSchema("a.t", {TestField(1, "n", TypeOf(TypeKind::kLong))});
  EXPECT_EQ(Rows("SELECT count(*) FROM artemis.a.t JOIN (SELECT (i * 7)::BIGINT AS k "
                 "FROM range(50000) r(i)) u ON n = k"),
            "1");
  EXPECT_EQ(Rows("SELECT count(*) FROM (SELECT (i * 7)::BIGINT AS k FROM range(50000) r(i)) u "
                 "JOIN (SELECT a.n FROM artemis.a.t a, range(20000)) b ON b.n = u.k"),
            "20000");
}

TEST_F(SqlScanTest, ReadsFilesWithoutFieldIdsByTheNameMapping) {
  const std::vector<Field> fields = {
      TestField(1, "id", TypeOf(TypeKind::kInt)), TestField(2, "label", TypeOf(TypeKind::kString)),
      TestField(3, "place", Type::Struct({TestField(4, "lat", TypeOf(TypeKind::kInt))}))};
  tables_.Create("a.t", fields, "",
                 {{"schema.name-mapping.default",
                   R"([{"field-id": 1, "names": ["id"]}, {"field-id": 2, "names": ["old", "label"]},
                       {"field-id": 3, "names": ["place"], "fields": [{"field-id": 4, "names": ["y"]}]}])"}});
  TestFile file;
  file.columns = {TestField(1, "unmapped", TypeOf(TypeKind::kInt)),
                  TestField(2, "old", TypeOf(TypeKind::kString)),
                  TestField(3, "id", TypeOf(TypeKind::kInt)),
                  TestField(4, "place", Type::Struct({TestField(5, "y", TypeOf(TypeKind::kInt))}))};
  file.field_ids = false;
  file.metrics = false;
  file.rows_json = R"([{"unmapped": 9, "old": "x", "id": 1, "place": {"y": 3}}])";
  tables_.Append("a.t", {file});
  EXPECT_EQ(Rows("SELECT id, label, place.lat FROM artemis.a.t"), "1|x|3");
  EXPECT_EQ(Rows("SELECT id FROM artemis.a.t WHERE label = 'x' AND id = 1"), "1");
}

TEST_F(SqlScanTest, RefusesFilesWithoutFieldIdsWhereNoMappingIs) {
  tables_.Create("a.t", {TestField(1, "id", TypeOf(TypeKind::kInt))});
  TestFile file;
  file.columns = {TestField(1, "id", TypeOf(TypeKind::kInt))};
  file.field_ids = false;
  file.rows_json = R"([{"id": 1}])";
  tables_.Append("a.t", {file});
  EXPECT_THAT(Rows("FROM artemis.a.t"), HasSubstr("schema.name-mapping.default"));
  EXPECT_EQ(Rows("SELECT 1"), "1");
}

TEST_F(SqlScanTest, TakesIdentityPartitionValuesForColumnsTheFileLacks) {
  tables_.Create("a.t",
                 {TestField(1, "id", TypeOf(TypeKind::kInt)),
                  TestField(2, "mission", TypeOf(TypeKind::kString))},
                 "mission");
  std::vector<TestFile> files(2);
  for (int f = 0; f < 2; ++f) {
    files[f].columns = {TestField(1, "id", TypeOf(TypeKind::kInt))};
    files[f].rows_json = "[{\"id\": " + std::to_string(f) + "}]";
    files[f].partition = {LiteralValue(std::string(f == 0 ? "apollo" : "gemini"))};
    files[f].metrics = false;
  }
  tables_.Append("a.t", files);
  EXPECT_EQ(Rows("SELECT mission, id FROM artemis.a.t ORDER BY id"), "apollo|0\ngemini|1");
  EXPECT_EQ(Rows("SELECT id FROM artemis.a.t WHERE mission = 'gemini'"), "1");
  EXPECT_EQ(Rows("SELECT id FROM artemis.a.t WHERE mission IN ('apollo', 'x')"), "0");
  EXPECT_THAT(Explain("SELECT id FROM artemis.a.t WHERE mission = 'gemini'"),
              HasSubstr("Files: 1 of 2"));
}

TEST_F(SqlScanTest, LeavesOutRowsOfPositionDeletes) {
  MakeNumbers("a.t");
  const DataFile file = OnlyFile("a.t");
  probe_->deletes[file.path] = {PositionDeletes("a.t", file.path, {0, 3, 9}),
                                PositionDeletes("a.t", file.path, {3, 4})};
  EXPECT_EQ(Rows("SELECT id FROM artemis.a.t WHERE id < 11 ORDER BY id"), "1\n2\n5\n6\n7\n8\n10");
  EXPECT_EQ(Rows("SELECT count(*) FROM artemis.a.t"), "36");
  EXPECT_EQ(Rows("SELECT id FROM artemis.a.t WHERE id IN (3, 5)"), "5");
  EXPECT_EQ(Rows("SELECT id, name FROM artemis.a.t ORDER BY id LIMIT 3"), "1|n01\n2|n02\n5|n05");
}

TEST_F(SqlScanTest, LeavesOutRowsOfEqualityDeletes) {
  MakeNumbers("a.t");
  const DataFile file = OnlyFile("a.t");
  TestFile keys;
  keys.columns = {TestField(3, "name", TypeOf(TypeKind::kString)),
                  TestField(2, "x", TypeOf(TypeKind::kDouble))};
  keys.rows_json = R"([{"name": "n01", "x": 0.5}, {"name": "n02", "x": 99}])";
  DataFile entry = tables_.Write("a.t", keys);
  entry.content = FileContent::kEqualityDeletes;
  entry.equality_ids = {FieldId(3), FieldId(2)};
  probe_->deletes[file.path] = {entry, PositionDeletes("a.t", file.path, {0})};
  EXPECT_EQ(Rows("SELECT id FROM artemis.a.t WHERE id < 4 ORDER BY id"), "2\n3");
  EXPECT_EQ(Rows("SELECT count(*) FROM artemis.a.t"), "38");
}

TEST_F(SqlScanTest, CountsRowsFromTheManifests) {
  MakeNumbers("a.t");
  EXPECT_EQ(Rows("SELECT count(*) FROM artemis.a.t"), "40");
  EXPECT_THAT(Explain("SELECT count(*) FROM artemis.a.t"), Not(HasSubstr("ARTEMIS_SCAN")));
  EXPECT_EQ(Rows("SELECT count(*) FROM artemis.a.t WHERE id % 2 = 0"), "20");
}

TEST_F(SqlScanTest, PlansOnceWithAllPushedFilters) {
  MakeNumbers("a.t");
  EXPECT_EQ(Rows("SELECT id FROM artemis.a.t WHERE id >= 12 AND id < 14 AND name LIKE 'n1%'"),
            "12\n13");
  ASSERT_EQ(probe_->planned.size(), 1U);
  for (const char* part : {"id >= 12", "id < 14", "n1"})
    EXPECT_THAT(probe_->planned[0], HasSubstr(part));
  probe_->planned.clear();
  EXPECT_EQ(Rows("DESCRIBE artemis.a.t").substr(0, 2), "id");
  EXPECT_TRUE(StatusOf(session(), "PREPARE p AS SELECT id FROM artemis.a.t WHERE id = $1").ok());
  EXPECT_THAT(probe_->planned, testing::SizeIs(testing::Le(1)));
}

TEST_F(SqlScanTest, PrunesPreparedStatementsByTheirParameters) {
  MakeNumbers("a.t");
  ASSERT_TRUE(StatusOf(session(), "PREPARE p AS SELECT name FROM artemis.a.t WHERE id = $1").ok());
  EXPECT_EQ(Rows("EXECUTE p(33)"), "n33");
  EXPECT_THAT(probe_->planned.back(), HasSubstr("id = 33"));
  EXPECT_EQ(Rows("EXECUTE p(2)"), "n02");
  EXPECT_THAT(probe_->planned.back(), HasSubstr("id = 2"));
}

TEST_F(SqlScanTest, PrunesFilesByEveryUnderstoodFilter) {
  MakeNumbers("a.t");
  struct Pruned {
    std::string where;
    int files;
  };
  for (const Pruned& c : std::vector<Pruned>{
           {"id = 15", 1},
           {"15 = id", 1},
           {"id BETWEEN 8 AND 12", 2},
           {"id IN (1, 35)", 2},
           {"id = 1 OR id = 35", 2},
           {"NOT (id < 30)", 1},
           {"NOT (id BETWEEN 0 AND 29)", 1},
           {"id > 100", 0},
           {"id IS NULL", 0},
           {"id IS NOT NULL", 4},
           {"x >= 17.5", 1},
           {"x = 17", 1},
           {"name LIKE 'n3%'", 1},
           {"name LIKE 'n3%9'", 1},
           {"starts_with(name, 'n0')", 1},
           {"name > 'n35' AND id < 100", 1},
           {"ts >= TIMESTAMPTZ '2024-03-04 00:00:00Z'", 1},
           {"ts < '2024-03-02T00:00:00Z'", 1},
           {"CAST(ts AS DATE) = DATE '2024-03-02'", 1},
           {"ts::DATE <= DATE '2024-03-02'", 2},
           {"ts::DATE > DATE '2024-03-02' AND ts::DATE < DATE '2024-03-04'", 1},
           {"day = DATE '2024-03-03'", 1},
           {"day >= TIMESTAMP '2024-03-03 12:00:00'", 1},
           {"isnan(x)", 0},
           {"upper(name) = 'N01'", 4},
           {"id % 10 = 3", 4},
       }) {
    const std::string plan = Explain("SELECT id FROM artemis.a.t WHERE " + c.where);
    if (c.files == 0 && plan.find("EMPTY_RESULT") != std::string::npos) continue;
    EXPECT_THAT(plan, HasSubstr("Files: " + std::to_string(c.files) + " of 4")) << c.where << "\n"
                                                                                << plan;
  }
}

TEST_F(SqlScanTest, AnswersTheSameWithAndWithoutPruning) {
  MakeNumbers("a.t");
  auto unpruned = std::make_shared<SourceProbe>();
  unpruned->prune = false;
  const auto other = OpenSession(unpruned);
  const std::vector<std::string> leaves = {"id = 15",
                                           "id <> 15",
                                           "id < 12",
                                           "id >= 29",
                                           "id IN (3, 17, 44)",
                                           "id NOT IN (3, 17)",
                                           "id BETWEEN 5 AND 25",
                                           "x > 12.5",
                                           "x <= 3",
                                           "name LIKE 'n1%'",
                                           "name NOT LIKE 'n1%'",
                                           "name LIKE 'n%5'",
                                           "name > 'n2'",
                                           "ts::DATE = DATE '2024-03-02'",
                                           "ts::DATE <> DATE '2024-03-02'",
                                           "ts >= '2024-03-03T05:00:00Z'",
                                           "day < DATE '2024-03-03'",
                                           "day > TIMESTAMP '2024-03-02 01:00:00'",
                                           "id IS NULL",
                                           "id IS NOT NULL",
                                           "isnan(x)",
                                           "NOT isnan(x)",
                                           "id % 3 = 0"};
  std::vector<std::string> wheres = leaves;
  for (size_t i = 0; i < leaves.size(); ++i) {
    const std::string& a = leaves[i];
    const std::string& b = leaves[(i * 7 + 3) % leaves.size()];
    const std::string& c = leaves[(i * 5 + 11) % leaves.size()];
    wheres.push_back("NOT (" + a + ")");
    wheres.push_back("(" + a + " OR " + b + ") AND " + c);
    wheres.push_back("NOT (" + a + " AND (" + b + " OR NOT " + c + "))");
  }
  for (const std::string& where : wheres) {
    const std::string sql = "SELECT id, name FROM artemis.a.t WHERE " + where + " ORDER BY id";
    EXPECT_EQ(Rows(sql), RowsOf(*other, sql)) << where;
  }
}

TEST_F(SqlScanTest, ComparesNaNAsTheGreatestNumber) {
  const std::vector<Field> fields = {TestField(1, "id", TypeOf(TypeKind::kInt)),
                                     TestField(2, "x", TypeOf(TypeKind::kDouble)),
                                     TestField(3, "f", TypeOf(TypeKind::kFloat))};
  tables_.Create("a.t", fields);
  std::vector<TestFile> files(3);
  files[0].rows_json = R"([{"id": 1, "x": 1, "f": 1}, {"id": 2, "x": NaN, "f": NaN}])";
  files[1].rows_json = R"([{"id": 3, "x": NaN, "f": NaN}, {"id": 4, "x": NaN, "f": null}])";
  files[2].rows_json = R"([{"id": 5, "x": 5, "f": 5}, {"id": 6, "x": null, "f": 7}])";
  for (auto& file : files) file.columns = fields;
  files[2].metrics = false;
  tables_.Append("a.t", files);
  EXPECT_EQ(Rows("SELECT id FROM artemis.a.t WHERE x > 3 ORDER BY id"), "2\n3\n4\n5");
  EXPECT_EQ(Rows("SELECT id FROM artemis.a.t WHERE x > 1000 ORDER BY id"), "2\n3\n4");
  EXPECT_EQ(Rows("SELECT id FROM artemis.a.t WHERE x <> 1 ORDER BY id"), "2\n3\n4\n5");
  EXPECT_EQ(Rows("SELECT id FROM artemis.a.t WHERE NOT (x < 3) ORDER BY id"), "2\n3\n4\n5");
  EXPECT_EQ(Rows("SELECT id FROM artemis.a.t WHERE x = 'nan'::DOUBLE ORDER BY id"), "2\n3\n4");
  EXPECT_EQ(Rows("SELECT id FROM artemis.a.t WHERE isnan(x) ORDER BY id"), "2\n3\n4");
  EXPECT_EQ(Rows("SELECT id FROM artemis.a.t WHERE x < 3"), "1");
  EXPECT_EQ(Rows("SELECT id FROM artemis.a.t WHERE x IN (5, 'nan'::DOUBLE) ORDER BY id"),
            "2\n3\n4\n5");
  EXPECT_EQ(Rows("SELECT id FROM artemis.a.t WHERE f >= 6 ORDER BY id"), "2\n3\n6");
  EXPECT_EQ(Rows("SELECT max(x), min(x) FROM artemis.a.t"), "nan|1");
}

TEST_F(SqlScanTest, MaterialisesLateAcrossPrunedFiles) {
  MakeNumbers("a.t");
  const DataFile file = OnlyFile("a.t");
  probe_->deletes[file.path] = {PositionDeletes("a.t", file.path, {9})};
  EXPECT_EQ(Rows("SELECT * EXCLUDE (ts, day) FROM artemis.a.t WHERE id >= 8 ORDER BY x LIMIT 3"),
            "8|4|n08\n10|5|n10\n11|5.5|n11");
  EXPECT_EQ(
      Rows(
          "SELECT * EXCLUDE (ts, day) FROM artemis.a.t WHERE name > 'n25' ORDER BY x DESC LIMIT 2"),
      "39|19.5|n39\n38|19|n38");
  EXPECT_EQ(
      Rows("SELECT * EXCLUDE (ts, day) FROM artemis.a.t WHERE id % 10 = 5 ORDER BY x DESC LIMIT 2"),
      "35|17.5|n35\n25|12.5|n25");
}

TEST_F(SqlScanTest, PrunesByTheFiltersOfAJoin) {
  MakeNumbers("a.t");
  EXPECT_EQ(Rows("SELECT name FROM artemis.a.t JOIN (SELECT 21 AS k) ON id = k"), "n21");
  EXPECT_EQ(Rows("SELECT count(*) FROM artemis.a.t a JOIN artemis.a.t b ON a.id = b.id + 30"),
            "10");
}

TEST_F(SqlScanTest, ServesAllKindsOfQueries) {
  MakeNumbers("a.t");
  EXPECT_EQ(Rows("SELECT min(id), max(id), min(ts)::VARCHAR, count(DISTINCT day) FROM artemis.a.t"),
            "0|39|2024-03-01 00:00:00+00|4");
  EXPECT_EQ(Rows("SELECT count(*) FROM (SUMMARIZE artemis.a.t)"), "5");
  EXPECT_EQ(Rows("SELECT count(*) FROM artemis.a.t TABLESAMPLE 100%"), "40");
  EXPECT_EQ(Rows("SELECT day::VARCHAR, sum(id) FROM artemis.a.t GROUP BY ALL ORDER BY 1 LIMIT 1"),
            "2024-03-01|45");
  EXPECT_EQ(Rows("SELECT id FROM artemis.a.t QUALIFY row_number() OVER (PARTITION BY day ORDER BY "
                 "id DESC) = 1 "
                 "ORDER BY id"),
            "9\n19\n29\n39");
  EXPECT_EQ(Rows("SELECT count(*) FROM artemis.a.t WHERE id IN (SELECT id * 2 FROM artemis.a.t)"),
            "20");
  EXPECT_EQ(Rows("SELECT file_row_number, id FROM artemis.a.t WHERE id IN (0, 19, 25) ORDER BY id"),
            "0|0\n9|19\n5|25");
  EXPECT_EQ(Rows("SELECT id FROM artemis.a.t LIMIT 2 OFFSET 38"), "38\n39");
  const std::string copy = tables_.folder() + "/copy.parquet";
  ASSERT_TRUE(StatusOf(session(), "COPY (FROM artemis.a.t) TO '" + copy + "'").ok());
  EXPECT_EQ(Rows("SELECT count(*) FROM '" + copy + "'"), "40");
}

TEST_F(SqlScanTest, OpensPathsAsTheyAre) {
  tables_.Create("a.t", {TestField(1, "id", TypeOf(TypeKind::kInt))});
  tables_.Change("a.t", [&](TableMetadata& m) { m.location += "/we*rd [1] ?%2F é"; });
  tables_.Append("a.t", R"([{"id": 5}])");
  EXPECT_EQ(Rows("SELECT id FROM artemis.a.t"), "5");
  EXPECT_THAT(Rows("SELECT filename FROM artemis.a.t"), HasSubstr("we*rd [1] ?%2F é/data/"));
}

TEST_F(SqlScanTest, TellsColumnsApartThatDifferOnlyByCase) {
  tables_.Create("a.t", {TestField(1, "Temp", TypeOf(TypeKind::kInt)),
                         TestField(2, "temp", TypeOf(TypeKind::kInt)),
                         TestField(3, "temp_2", TypeOf(TypeKind::kInt))});
  tables_.Append("a.t", R"([{"Temp": 1, "temp": 2, "temp_2": 3}])");
  EXPECT_EQ(Rows("SELECT Temp, temp_3, temp_2 FROM artemis.a.t"), "1|2|3");
  const auto warnings = session().TakeWarnings();
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_THAT(warnings[0], HasSubstr("'temp' is called 'temp_3'"));
  EXPECT_EQ(Rows("SELECT Temp FROM artemis.a.t WHERE temp_3 = 2"), "1");
  EXPECT_TRUE(session().TakeWarnings().empty());
}

TEST_F(SqlScanTest, ReadsEveryType) {
  const std::vector<Field> fields = {TestField(1, "b", TypeOf(TypeKind::kBoolean)),
                                     TestField(2, "i", TypeOf(TypeKind::kInt)),
                                     TestField(3, "l", TypeOf(TypeKind::kLong)),
                                     TestField(4, "f", TypeOf(TypeKind::kFloat)),
                                     TestField(5, "d", TypeOf(TypeKind::kDouble)),
                                     TestField(6, "dec", Type::Decimal(38, 4)),
                                     TestField(7, "day", TypeOf(TypeKind::kDate)),
                                     TestField(8, "tod", TypeOf(TypeKind::kTime)),
                                     TestField(9, "ts", TypeOf(TypeKind::kTimestamp)),
                                     TestField(10, "tz", TypeOf(TypeKind::kTimestamptz)),
                                     TestField(11, "ns", TypeOf(TypeKind::kTimestampNs)),
                                     TestField(12, "s", TypeOf(TypeKind::kString)),
                                     TestField(13, "u", TypeOf(TypeKind::kUuid)),
                                     TestField(14, "x", Type::Fixed(3)),
                                     TestField(15, "bin", TypeOf(TypeKind::kBinary)),
                                     TestField(16, "tzns", TypeOf(TypeKind::kTimestamptzNs))};
  tables_.Create("a.t", fields, "", {}, 3);
  TestFile file;
  file.columns = fields;
  file.rows_json = R"([{"b": true, "i": -5, "l": 9007199254740993, "f": 0.25, "d": -1.5,
      "dec": "-12345678901234567890.1234", "day": -1, "tod": 3723000001, "ts": -1,
      "tz": 1710486000000001, "ns": 1710486000000000007, "s": "é", "u": "0123456789abcdef",
      "x": "abc", "bin": "xyz", "tzns": 1710486000000001999}])";
  probe_->extra = {tables_.Write("a.t", file)};
  struct Column {
    std::string name, type, text, where;
  };
  for (const Column& c : std::vector<Column>{
           {"b", "BOOLEAN", "true", "b"},
           {"i", "INTEGER", "-5", "i = -5"},
           {"l", "BIGINT", "9007199254740993", "l = 9007199254740993"},
           {"f", "FLOAT", "0.25", "f = 0.25"},
           {"d", "DOUBLE", "-1.5", "d < 0"},
           {"dec", "DECIMAL(38,4)", "-12345678901234567890.1234", "dec < -12345678901234567890.1"},
           {"day", "DATE", "1969-12-31", "day = DATE '1969-12-31'"},
           {"tod", "TIME", "01:02:03.000001", "tod = TIME '01:02:03.000001'"},
           {"ts", "TIMESTAMP", "1969-12-31 23:59:59.999999", "ts < TIMESTAMP '1970-01-01'"},
           {"tz", "TIMESTAMP WITH TIME ZONE", "2024-03-15 07:00:00.000001+00",
            "tz = TIMESTAMPTZ '2024-03-15T07:00:00.000001Z'"},
           {"ns", "TIMESTAMP_NS", "2024-03-15 07:00:00.000000007",
            "ns = TIMESTAMP_NS '2024-03-15 07:00:00.000000007'"},
           {"s", "VARCHAR", "é", "s = 'é'"},
           {"u", "UUID", "30313233-3435-3637-3839-616263646566",
            "u = '30313233-3435-3637-3839-616263646566'::UUID"},
           {"x", "BLOB", "abc", "x = 'abc'::BLOB"},
           {"bin", "BLOB", "xyz", "bin >= 'xyz'::BLOB"},
           {"tzns", "TIMESTAMP WITH TIME ZONE", "2024-03-15 07:00:00.000001+00",
            "tzns = TIMESTAMPTZ '2024-03-15T07:00:00.000001Z'"},
       }) {
    EXPECT_EQ(Rows("SELECT typeof(" + c.name + "), " + c.name + "::VARCHAR FROM artemis.a.t"),
              c.type + "|" + c.text);
    EXPECT_EQ(Rows("SELECT count(*) FROM artemis.a.t WHERE " + c.where), "1") << c.where;
    EXPECT_EQ(Rows("SELECT " + c.name + " IS NULL FROM artemis.a.t"), "false") << c.name;
  }
}

TEST_F(SqlScanTest, ReadsATableBeforeItsFirstSnapshot) {
  tables_.Create("a.t", {TestField(1, "id", TypeOf(TypeKind::kInt))});
  EXPECT_EQ(Rows("SELECT count(*) FROM artemis.a.t"), "0");
  EXPECT_EQ(Rows("FROM artemis.a.t WHERE id > 3"), "");
  EXPECT_THAT(Explain("FROM artemis.a.t"), HasSubstr("none yet"));
}

}  // namespace
}  // namespace artemis
