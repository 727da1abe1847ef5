// Rows deleted by the files that write/ makes, read back through a plan.
#include <gtest/gtest.h>

#include "artemis/read/rows_fixture.h"
#include "artemis/write/delete_files.h"

namespace artemis {
namespace {

class WrittenDeletesTest : public ::testing::TestWithParam<int32_t> {
 protected:
  static TestTableOptions Options() {
    TestTableOptions options;
    options.fields = {MakeField(1, "id", TypeKind::kLong),
                      MakeField(2, "mission", TypeKind::kString)};
    options.partition = "mission";
    options.format_version = GetParam();
    return options;
  }

  void Delete(const std::vector<PositionDeletes>& deletes) {
    const auto written = WriteDeletes(*table_.metadata(), table_.files(), deletes);
    ASSERT_TRUE(written.ok()) << written.status();
    table_.Commit(*written);
  }

  TestTable table_{Options()};
};

TEST_P(WrittenDeletesTest, TakesOutTheRowsOfEachFile) {
  const auto files = table_.Write(
      R"([{"id": 1, "mission": "a"}, {"id": 2, "mission": "a"}, {"id": 3, "mission": "b"},
          {"id": 4, "mission": "b"}, {"id": 5, "mission": "b"}, {"id": 6, "mission": "c"}])");
  ASSERT_EQ(files.size(), 3u);
  table_.Commit(files);
  Delete({{files[0], {1}}, {files[1], {0, 2}}});
  EXPECT_EQ(Sorted(ReadRows(table_)), (Rows{"1|a", "4|b", "6|c"}));
}

TEST_P(WrittenDeletesTest, ReadsWhatTheManifestSaysOfThem) {
  const auto files = table_.Write(R"([{"id": 1, "mission": "a"}, {"id": 2, "mission": "a"}])");
  table_.Commit(files);
  const auto written = WriteDeletes(*table_.metadata(), table_.files(), {{files[0], {0}}});
  ASSERT_TRUE(written.ok()) << written.status();
  table_.Commit(*written);
  const auto plan = PlanScan(table_.View(), {}, table_.files());
  ASSERT_TRUE(plan.ok()) << plan.status();
  ASSERT_EQ(plan->tasks.size(), 1u);
  ASSERT_EQ(plan->tasks[0].deletes.size(), 1u);
  EXPECT_EQ(plan->tasks[0].deletes[0].file, (*written)[0]);
}

INSTANTIATE_TEST_SUITE_P(FormatVersions, WrittenDeletesTest, ::testing::Values(2, 3));

}  // namespace
}  // namespace artemis
