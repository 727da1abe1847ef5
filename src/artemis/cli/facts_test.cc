// Facts as text and as JSON.
#include "artemis/cli/facts.h"

#include <limits>

#include <gtest/gtest.h>

namespace artemis {
namespace {

TEST(GroupDigits, PutsACommaBetweenThousands) {
  EXPECT_EQ(GroupDigits(0), "0");
  EXPECT_EQ(GroupDigits(999), "999");
  EXPECT_EQ(GroupDigits(1000), "1,000");
  EXPECT_EQ(GroupDigits(-123456), "-123,456");
  EXPECT_EQ(GroupDigits(-100), "-100");
  EXPECT_EQ(GroupDigits(std::numeric_limits<int64_t>::min()), "-9,223,372,036,854,775,808");
}

TEST(CountOf, KnowsOneFromMany) {
  EXPECT_EQ(CountOf(0, "row"), "0 rows");
  EXPECT_EQ(CountOf(1, "row"), "1 row");
  EXPECT_EQ(CountOf(2'000'000, "row"), "2,000,000 rows");
}

TEST(HumanBytes, ChangesItsUnitAtItsThousand) {
  EXPECT_EQ(HumanBytes(0), "0 B");
  EXPECT_EQ(HumanBytes(1023), "1023 B");
  EXPECT_EQ(HumanBytes(1024), "1.0 KiB");
  EXPECT_EQ(HumanBytes(1024 * 1024 - 1), "1.0 MiB");
  EXPECT_EQ(HumanBytes(int64_t{128} << 20), "128.0 MiB");
  EXPECT_EQ(HumanBytes(int64_t{3} << 40), "3.0 TiB");
}

TEST(HumanDuration, HasTheUnitThatFits) {
  EXPECT_EQ(HumanDuration(0), "0 ms");
  EXPECT_EQ(HumanDuration(999), "999 ms");
  EXPECT_EQ(HumanDuration(3250), "3.2 s");
  EXPECT_EQ(HumanDuration(125'000), "2 min 5 s");
}

TEST(FactTable, IsAnArrayOfObjectsInJson) {
  FactTable table;
  table.keys = {"name", "rows", "hidden"};
  table.json_only = {"hidden"};
  table.rows.push_back({Fact::Text("a \"b\""), Fact::Count(1234), Fact::Flag(true)});
  table.rows.push_back({Fact(), Fact::Count(5), Fact()});
  EXPECT_EQ(table.ToJson(),
            "[{\"name\":\"a \\\"b\\\"\",\"rows\":1234,\"hidden\":true},"
            "{\"name\":null,\"rows\":5,\"hidden\":null}]");
  EXPECT_EQ(table.ToText(),
            "name    rows\n"
            "-----  -----\n"
            "a \"b\"  1,234\n"
            "           5\n");
}

TEST(FactRecord, LeavesOutOfTheTextWhatHasNoValue) {
  FactRecord record;
  record.Add("table", Fact::Text("sda.t"));
  record.Add("snapshot_id", Fact());
  record.Add("at", Fact::Time(TimestampMs(0)));
  record.AddTable("files", FactTable{});
  EXPECT_EQ(record.ToText(), "table  sda.t\nat     1970-01-01T00:00:00.000Z\n");
  EXPECT_EQ(record.ToJson(),
            "{\"table\":\"sda.t\",\"snapshot_id\":null,\"at\":\"1970-01-01T00:00:00.000Z\","
            "\"files\":[]}");
}

TEST(PathFact, IsRelativeInTextOnly) {
  const auto inside = PathFact("file:///w/t/data/a.parquet", "file:///w/t");
  EXPECT_EQ(inside.text(), "data/a.parquet");
  EXPECT_EQ(inside.json(), "\"file:///w/t/data/a.parquet\"");
  EXPECT_EQ(PathFact("file:///w/tt/a", "file:///w/t").text(), "file:///w/tt/a");
}

}  // namespace
}  // namespace artemis
