// Facts as text and as JSON.
#include "artemis/output/facts.h"

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

TEST(HumanAge, ChoosesTheUnitThatReadsWell) {
  constexpr int64_t kSecond = 1000, kMinute = 60 * kSecond, kHour = 60 * kMinute, kDay = 24 * kHour;
  const auto age = [](int64_t ms) { return HumanAge(TimestampMs(0), TimestampMs(ms)); };
  EXPECT_EQ(age(0), "0 s ago");
  EXPECT_EQ(age(119 * kSecond), "119 s ago");
  EXPECT_EQ(age(120 * kSecond), "2 min ago");
  EXPECT_EQ(age(119 * kMinute), "119 min ago");
  EXPECT_EQ(age(2 * kHour), "2 h ago");
  EXPECT_EQ(age(2 * kDay), "2 d ago");
  EXPECT_EQ(age(3 * 366 * kDay), "3 years ago");
  // By a clock that goes ahead of ours.
  EXPECT_EQ(HumanAge(TimestampMs(5 * kSecond), TimestampMs(0)), "in 5 s");
}

TEST(FactTable, KeepsPathsWholeAndAgesForPeople) {
  FactTable table;
  table.keys = {"path", "age", "note"};
  table.text_only = {"age"};
  const std::string path(300, 'p');
  table.rows.push_back(
      {Fact::Text(path), Fact::Text("2 d ago"), Fact::Text(std::string(300, 'n'))});
  const std::string text = table.ToText();
  EXPECT_NE(text.find(path + "  2 d ago"), std::string::npos);
  EXPECT_EQ(text.find(std::string(121, 'n')), std::string::npos);
  EXPECT_EQ(table.ToJson().find("age"), std::string::npos);
}

}  // namespace
}  // namespace artemis
