// What text is a row, and what is said of text that is none.
#include "artemis/timetravel/json_records.h"

#include "artemis/timetravel/timetravel_fixture.h"

namespace artemis {
namespace {

class JsonRecordsTest : public TimeTravelTest {
 protected:
  Rows Read(const std::string& json) {
    return RowsOf(ReadJsonRecords(*MakeTable().Load().ValueOrDie().metadata, json));
  }
  std::string Error(const std::string& json) {
    const auto rows = TryRows(ReadJsonRecords(*MakeTable().Load().ValueOrDie().metadata, json));
    EXPECT_TRUE(rows.status().IsInvalid()) << json << ": " << rows.status();
    return rows.status().message();
  }
};

TEST_F(JsonRecordsTest, AnArrayLinesAndObjectsSideBySideAreTheSame) {
  const Rows expected = {"a|1", "b|2"};
  EXPECT_EQ(Read(R"([{"mission": "a", "volts": 1}, {"mission": "b", "volts": 2}])"), expected);
  EXPECT_EQ(Read("{\"mission\": \"a\", \"volts\": 1}\n{\"mission\": \"b\", \"volts\": 2}\n"),
            expected);
  EXPECT_EQ(Read(R"({"volts": 1, "mission": "a"}{"volts": 2, "mission": "b"})"), expected);
  EXPECT_EQ(Read("[\n  {\n    \"mission\": \"a\",\r\n    \"volts\": 1\n  },\n"
                 "  {\"mission\": \"b\", \"volts\": 2}\n]\n"),
            expected);
}

TEST_F(JsonRecordsTest, BracketsAndQuotesInTextAreText) {
  EXPECT_EQ(Read(R"([{"mission": "}],{\"[\\", "volts": 1}])"), Rows{R"(}],{"[\|1)"});
}

TEST_F(JsonRecordsTest, WhatIsLeftOutIsNull) {
  EXPECT_EQ(Read(R"([{"volts": 1}, {}, {"mission": null}])"),
            (Rows{"null|1", "null|null", "null|null"}));
}

TEST_F(JsonRecordsTest, NothingIsNoRows) {
  EXPECT_EQ(Read(""), Rows{});
  EXPECT_EQ(Read(" \n"), Rows{});
  EXPECT_EQ(Read("[]"), Rows{});
}

TEST_F(JsonRecordsTest, NamesTheRecordAndTheColumn) {
  EXPECT_NE(Error(R"([{"volts": 1}, {"volts": "x"}])").find("line 2, column 'volts'"),
            std::string::npos);
  EXPECT_NE(Error(R"({"amps": 1})").find("amps"), std::string::npos);
}

TEST_F(JsonRecordsTest, SaysWhatIsMissing) {
  EXPECT_EQ(Error("[{}"), "JSON records, after record 1: expected ']', found the end");
  EXPECT_EQ(Error("[{} {}]"), "JSON records, after record 1: expected ',' or ']', found '{'");
  EXPECT_EQ(Error("[{}] x"), "JSON records, after record 1: expected the end, found 'x'");
  EXPECT_EQ(Error("{\"volts\": 1"), "JSON records, after record 0: expected '}', found the end");
  EXPECT_EQ(Error("7"), "JSON records, after record 0: expected '{', found '7'");
  EXPECT_EQ(Error("[1]"), "JSON records, after record 0: expected '{', found '1'");
}

TEST_F(JsonRecordsTest, AFormerNameIsToldTheNewOne) {
  const Table table = MakeTable();
  ASSERT_TRUE(table.RenameColumn("volts", "panel_volts").ok());
  const auto status = table.AppendJson(R"({"volts": 1})").status();
  EXPECT_NE(status.message().find("panel_volts"), std::string::npos) << status;
}

}  // namespace
}  // namespace artemis
