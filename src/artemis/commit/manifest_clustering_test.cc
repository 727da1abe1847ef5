// Facts of how manifests lie to partitions: what lets the first pass of planning drop them.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <random>

#include <gtest/gtest.h>

#include "artemis/commit/commit_fixture.h"
#include "artemis/expr/predicate.h"
#include "artemis/io/file_system.h"
#include "artemis/table/update.h"

namespace artemis {
namespace {

constexpr int kFirstDay = 19'000;

// The first moment of a day.
std::string DayText(int day) {
  const std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(kFirstDay + day))};
  char text[64];
  std::snprintf(text, sizeof(text), "%04d-%02u-%02uT00:00:00", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  return text;
}

class ManifestClusteringTest : public CommitTest {
 protected:
  // Partitioned by mission and day instead.
  void SetUp() override {
    CommitTest::SetUp();
    const auto changed = UpdateMetadata(
        *real_, name_, "alter", [](const TableMetadata& metadata) -> arrow::Result<TableMetadata> {
          Schema schema = metadata.CurrentSchema();
          Field day;
          day.id = FieldId(2);
          day.name = "ts";
          day.type = Type::Of(TypeKind::kTimestamp);
          schema.fields.push_back(day);
          ARROW_ASSIGN_OR_RAISE(auto next, SetCurrentSchema(metadata, schema, FieldId(2)));
          ARROW_ASSIGN_OR_RAISE(auto spec, ParsePartitionSpec("mission, day(ts)", schema));
          return SetDefaultSpec(std::move(next), std::move(spec));
        });
    ASSERT_TRUE(changed.ok()) << changed.status();
  }

  DataFile FileOf(const std::string& mission, int day) const {
    DataFile file = File(mission + "-" + std::to_string(day), mission);
    file.spec_id = Metadata()->default_spec_id;
    file.partition.push_back(LiteralValue(int32_t{kFirstDay + day}));
    return file;
  }

  ScanPlanSummary PlanFor(const std::string& mission, int first_day, int days) {
    const std::string json = R"({"op":"and","args":[{"op":"eq","column":"mission","value":")" +
                             mission + R"("},{"op":"ge","column":"ts","value":")" +
                             DayText(first_day) + R"("},{"op":"lt","column":"ts","value":")" +
                             DayText(first_day + days) + R"("}]})";
    const auto view = View();
    const auto predicate = Bind(PredicateFromJson(json).ValueOrDie(), *view.schema).ValueOrDie();
    PlanOptions options;
    options.prune_row_groups = false;
    return PlanScan(view, predicate, real_->files(), options).ValueOrDie().summary;
  }
};

std::string MissionOf(int number) {
  return (number == 7 ? "apollo-" : "mission-") + std::to_string(number);
}

TEST_F(ManifestClusteringTest, FortyMissionsOfAThousandDaysNeedFewManifestsForSixDaysOfOne) {
  const DataFile any = FileOf("", 0);
  std::vector<DataFile> files;
  for (int mission = 0; mission < 40; ++mission) {
    for (int day = 0; day < 1'000; ++day) {
      DataFile file = any;
      file.path += MissionOf(mission) + "-" + std::to_string(day);
      file.partition = {LiteralValue(MissionOf(mission)), LiteralValue(int32_t{kFirstDay + day})};
      files.push_back(std::move(file));
    }
  }
  // In the order in which anybody may give them.
  std::shuffle(files.begin(), files.end(), std::mt19937(5));
  options_.manifest_target_bytes = 512;
  Append(*real_, files);
  const auto plan = PlanFor("apollo-7", 500, 6);
  EXPECT_GE(plan.manifests_total, 200);
  EXPECT_LE(plan.manifests_kept, 6);
  EXPECT_EQ(plan.files_kept, 6);
  RecordProperty("manifests_total", std::to_string(plan.manifests_total));
  RecordProperty("manifests_kept", std::to_string(plan.manifests_kept));
}

// Forty appends of one mission each in turn, then a merge into manifests of about ten: each mission's lie together.
TEST_F(ManifestClusteringTest, MergingPutsNeighboursTogether) {
  options_.manifest_min_count_to_merge = 40;
  for (int append = 0; append < 40; ++append) {
    std::vector<DataFile> files;
    for (int i = 0; i < 50; ++i) {
      files.push_back(FileOf(MissionOf(append % 4), append / 4 * 50 + (i * 7) % 50));
    }
    if (append == 39) {
      options_.manifest_target_bytes = Manifests().front().length_bytes * 10 + 200;
    }
    Append(*real_, files);
  }
  const auto manifests = Manifests();
  ASSERT_GE(manifests.size(), 4u);
  ASSERT_LE(manifests.size(), 8u);
  for (int mission = 0; mission < 4; ++mission) {
    EXPECT_LE(PlanFor(MissionOf(mission), 0, 1'000).manifests_kept, 2) << mission;
    EXPECT_EQ(PlanFor(MissionOf(mission), 0, 1'000).files_kept, 500) << mission;
  }
}

}  // namespace
}  // namespace artemis
