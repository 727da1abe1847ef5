// A range of time on a table that is partitioned by day reads the files of exactly the days it touches, before 1970 as well.
#include <gtest/gtest.h>

#include "artemis/scan/table_fixture.h"

namespace artemis {
namespace {

constexpr int64_t kDayInNanos = int64_t{86'400} * 1'000'000'000;

TestTableOptions ByDay() {
  TestTableOptions options;
  options.fields = {MakeField(1, "ts", TypeKind::kTimestampNs)};
  options.partition = "day(ts) as day";
  options.format_version = 3;
  return options;
}

DataFile FileOfDay(int32_t day) {
  const Type type = Type::Of(TypeKind::kTimestampNs);
  DataFile file = NamedFile("d" + std::to_string(day), {LiteralValue(day)});
  file.metrics = {
      Metrics(1, type, LiteralValue(day * kDayInNanos), LiteralValue((day + 1) * kDayInNanos - 1))};
  return file;
}

BoundPredicate TimesFrom(int64_t first, int64_t last) {
  BoundPredicate from;
  from.op = PredicateOp::kGe;
  from.field_id = FieldId(1);
  from.type = Type::Of(TypeKind::kTimestampNs);
  from.values = {LiteralValue(first)};
  BoundPredicate to = from;
  to.op = PredicateOp::kLe;
  to.values = {LiteralValue(last)};
  return And({from, to});
}

TEST(DayRangeTest, ReadsTheFilesOfExactlyTheDaysItTouches) {
  TestTable table(ByDay());
  std::vector<DataFile> files;
  for (int32_t day = -6; day <= 6; ++day) files.push_back(FileOfDay(day));
  table.Commit(files);
  PlanOptions options;
  options.prune_row_groups = false;
  for (int32_t from = -4; from <= 4; ++from) {
    for (int32_t to = from; to <= std::min(from + 2, 4); ++to) {
      // The first and the last nanosecond of the days at both ends.
      for (const int64_t first : {from * kDayInNanos, (from + 1) * kDayInNanos - 1}) {
        for (const int64_t last : {to * kDayInNanos, (to + 1) * kDayInNanos - 1}) {
          if (first > last) continue;
          std::vector<std::string> days;
          for (int32_t day = from; day <= to; ++day) days.push_back("d" + std::to_string(day));
          const auto plan = PlanScan(table.View(), TimesFrom(first, last), table.files(), options);
          ASSERT_TRUE(plan.ok()) << plan.status();
          EXPECT_EQ(StemsOf(plan->tasks), days) << first << " to " << last;
        }
      }
    }
  }
}

}  // namespace
}  // namespace artemis
