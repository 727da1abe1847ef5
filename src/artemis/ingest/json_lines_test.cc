// Facts of JSON lines: every type, every way a line can be wrong, and that a bad line leaves nothing behind.
#include "artemis/ingest/json_lines.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "artemis/base/error.h"
#include "artemis/ingest/text_test_support.h"

namespace artemis {
namespace {

using Batches = std::vector<std::shared_ptr<arrow::RecordBatch>>;

arrow::Result<Batches> ReadJson(const std::string& text, const arrow::FieldVector& fields,
                                const TextRowsOptions& options = {}, Rejects* rejects = nullptr) {
  return ReadText(false, BytesOf(text), TargetOf(fields), options, rejects);
}

// Reads `json` as the value of a column c; the values found must be `expected`.
void ExpectValue(const std::shared_ptr<arrow::DataType>& type, const std::string& json,
                 const std::string& expected) {
  SCOPED_TRACE(type->ToString() + " from " + json);
  const auto batches = ReadJson("{\"c\":" + json + "}\n", {arrow::field("c", type)});
  ASSERT_TRUE(batches.ok()) << batches.status();
  ExpectColumn(*batches, 0, "[" + expected + "]");
}

// The reason why a line is refused.
std::string RefusalOf(const std::string& line, const arrow::FieldVector& fields,
                      const TextRowsOptions& options = {}) {
  const auto batches = ReadJson(line + "\n", fields, options);
  EXPECT_TRUE(batches.status().IsInvalid()) << line << ": " << batches.status();
  return batches.status().message();
}

void ExpectRefusal(const std::string& line, const arrow::FieldVector& fields,
                   const std::string& reason) {
  const std::string found = RefusalOf(line, fields);
  EXPECT_NE(found.find(reason), std::string::npos) << line << ": " << found;
}

TEST(JsonLines, ReadsEveryType) {
  ExpectValue(arrow::boolean(), "true", "true");
  ExpectValue(arrow::int8(), "-128", "-128");
  ExpectValue(arrow::uint32(), "4294967295", "4294967295");
  ExpectValue(arrow::int64(), "9223372036854775807", "9223372036854775807");
  ExpectValue(arrow::uint64(), "18446744073709551615", "18446744073709551615");
  ExpectValue(arrow::int64(), "\"-12\"", "-12");
  ExpectValue(arrow::float32(), "1.5", "1.5");
  ExpectValue(arrow::float64(), "1e300", "1e300");
  ExpectValue(arrow::float64(), "\"NaN\"", "NaN");
  ExpectValue(arrow::float64(), "NaN", "NaN");
  ExpectValue(arrow::float64(), "-Infinity", "-Inf");
  ExpectValue(arrow::decimal128(38, 10), "1234567890123456789012345678.0123456789",
              "\"1234567890123456789012345678.0123456789\"");
  ExpectValue(arrow::date32(), "\"1970-01-11\"", "10");
  ExpectValue(arrow::time64(arrow::TimeUnit::MICRO), "\"00:00:01\"", "1000000");
  ExpectValue(arrow::timestamp(arrow::TimeUnit::MICRO, "UTC"), "\"1970-01-01T00:00:01Z\"",
              "1000000");
  ExpectValue(arrow::timestamp(arrow::TimeUnit::NANO), "12", "12");
  ExpectValue(arrow::utf8(), R"("ä\u00e4\n\"")", R"("ää\n\"")");
  ExpectValue(arrow::utf8(), "\"\"", "\"\"");
  ExpectValue(arrow::binary(), "\"616263\"", "\"abc\"");
  ExpectValue(arrow::fixed_size_binary(3), "\"0x616263\"", "\"abc\"");
  ExpectValue(arrow::null(), "null", "null");
  ExpectValue(arrow::list(arrow::int32()), "[1,null,3]", "[1,null,3]");
  ExpectValue(arrow::list(arrow::list(arrow::int32())), "[[],[1]]", "[[],[1]]");
  ExpectValue(arrow::map(arrow::utf8(), arrow::int32()), R"({"a":1,"b":null})",
              R"([["a",1],["b",null]])");
  ExpectValue(arrow::map(arrow::int32(), arrow::int32()), R"([{"key":7,"value":1},{"key":8}])",
              "[[7,1],[8,null]]");
  const auto position = arrow::struct_(
      {arrow::field("x", arrow::float64()), arrow::field("y", arrow::list(arrow::utf8()))});
  ExpectValue(position, R"({"y":["a"],"x":1.5})", R"({"x":1.5,"y":["a"]})");
  ExpectValue(position, "{}", R"({"x":null,"y":null})");
}

TEST(JsonLines, TakesNullForEveryType) {
  for (const auto& type : {arrow::boolean(), arrow::int64(), arrow::decimal128(9, 2), arrow::utf8(),
                           arrow::fixed_size_binary(4), arrow::list(arrow::int32()),
                           arrow::map(arrow::utf8(), arrow::int32()),
                           arrow::struct_({arrow::field("x", arrow::int32(), false)})}) {
    ExpectValue(type, "null", "null");
  }
}

TEST(JsonLines, RefusesValuesOfOtherTypes) {
  const auto refuse = [](const std::shared_ptr<arrow::DataType>& type, const std::string& json,
                         const std::string& reason) {
    ExpectRefusal("{\"c\":" + json + "}", {arrow::field("c", type)},
                  "in, line 1, column 'c': " + reason);
  };
  refuse(arrow::int64(), "1.5", "expected a whole number");
  refuse(arrow::int64(), "9223372036854775808", "expected a whole number");
  refuse(arrow::int64(), "true", "expected a whole number");
  refuse(arrow::int64(), "[1]", "expected a whole number");
  refuse(arrow::int64(), "{}", "expected a whole number");
  refuse(arrow::uint8(), "256", "expected a whole number from 0 to 255, found 256");
  refuse(arrow::float64(), "9007199254740993", "expected a whole number that the column's type");
  refuse(arrow::float64(), "1e999", "expected a number in the column's range");
  refuse(arrow::utf8(), "5", "expected a string, found 5");
  refuse(arrow::utf8(), "false", "expected a string, found false");
  refuse(arrow::boolean(), "1", "expected true or false");
  refuse(arrow::decimal128(9, 2), "1.234", "expected a number of at most 9 digits");
  refuse(arrow::timestamp(arrow::TimeUnit::MICRO, "UTC"), "\"2024-01-01T00:00:00\"",
         "expected a time with its zone");
  refuse(arrow::list(arrow::int32()), "1", "expected an array, found 1");
  refuse(arrow::list(arrow::int32()), "{}", "expected an array, found {");
  refuse(arrow::struct_({arrow::field("x", arrow::int32())}), "[]", "expected an object, found [");
  refuse(arrow::null(), "1", "expected null");
  for (const char* number : {"01", "1.", "+1", ".5", "-", "0x1", "1e"}) {
    EXPECT_FALSE(
        ReadJson("{\"c\":" + std::string(number) + "}\n", {arrow::field("c", arrow::float64())})
            .ok())
        << number;
  }
}

TEST(JsonLines, NamesNestedColumns) {
  const auto fields = arrow::FieldVector{
      arrow::field("p", arrow::struct_({arrow::field("lat", arrow::float64(), false)})),
      arrow::field("l", arrow::list(arrow::field("element", arrow::int32(), false))),
      arrow::field("m", arrow::map(arrow::utf8(), arrow::int32()))};
  ExpectRefusal(R"({"p":{"lat":"x"}})", fields, "column 'p.lat': expected a number");
  ExpectRefusal(R"({"p":{}})", fields, "column 'p.lat': is missing");
  ExpectRefusal(R"({"p":{"lat":1,"lon":2}})", fields, "column 'p.lon': is not in the table");
  ExpectRefusal(R"({"p":{"lat":1,"lat":2}})", fields, "column 'p.lat': is there twice");
  ExpectRefusal(R"({"l":[1,null]})", fields, "column 'l.element': a null");
  ExpectRefusal(R"({"m":{"a":"x"}})", fields, "column 'm.value': expected a whole number");
  ExpectRefusal(R"({"m":[{"value":1}]})", fields, "column 'm.key': is missing");
  ExpectRefusal(R"({"m":[1]})", fields, "column 'm': expected entries");
}

TEST(JsonLines, MatchesMembersByNameInAnyOrder) {
  const arrow::FieldVector fields = {arrow::field("a", arrow::int64(), false),
                                     arrow::field("b", arrow::utf8()),
                                     arrow::field("c", arrow::float64())};
  const auto batches = ReadJson(
      "{\"a\":1,\"b\":\"x\",\"c\":1.5}\n{\"c\":2.5,\"a\":2}\r\n\n  \n { \"b\" : null , \"a\" : 3 }",
      fields);
  ASSERT_TRUE(batches.ok()) << batches.status();
  ExpectColumn(*batches, 0, "[1,2,3]");
  ExpectColumn(*batches, 1, R"(["x",null,null])");
  ExpectColumn(*batches, 2, "[1.5,2.5,null]");
  ExpectRefusal("{\"b\":\"x\"}", fields, "column 'a': is missing, and the table requires it");
  ExpectRefusal("{\"a\":null}", fields, "column 'a': a null");
  ExpectRefusal("{\"a\":1,\"a\":2}", fields, "column 'a': is there twice");
  ExpectRefusal("{\"a\":1,\"\\u0061\":2}", fields, "column 'a': is there twice");
}

TEST(JsonLines, RefusesUnknownMembersUnlessTheyAreIgnored) {
  auto target =
      TargetOf({arrow::field("mission_id", arrow::utf8()), arrow::field("remarks", arrow::utf8())});
  target->former_names["notes"] = "remarks";
  const auto refusal = [&](const std::string& line) {
    return ReadText(false, BytesOf(line), target).status().message();
  };
  EXPECT_NE(refusal(R"({"misson_id":"x"})").find("did you mean 'mission_id'"), std::string::npos);
  EXPECT_NE(refusal(R"({"notes":"x"})").find("it was renamed to 'remarks'"), std::string::npos);

  TextRowsOptions options;
  options.ignore_unknown = true;
  const auto batches =
      ReadText(false, BytesOf(R"({"x":{"deep":[1,{"a":"}"}]},"mission_id":"m","y":1.5,"z":"s"})"),
               target, options);
  ASSERT_TRUE(batches.ok()) << batches.status();
  ExpectColumn(*batches, 0, R"(["m"])");
}

TEST(JsonLines, FillsDefaultsOfColumnsThatAreLeftOut) {
  auto target =
      TargetOf({arrow::field("a", arrow::int64(), false), arrow::field("b", arrow::utf8())});
  target->defaults = {{"a", "7"}, {"b", "x"}};
  const auto batches = ReadText(false, BytesOf("{}\n{\"a\":1,\"b\":null}\n"), target).ValueOrDie();
  ExpectColumn(batches, 0, "[7,1]");
  ExpectColumn(batches, 1, R"(["x",null])");
}

TEST(JsonLines, RefusesWhatIsNoJson) {
  const arrow::FieldVector fields = {arrow::field("a", arrow::int64()),
                                     arrow::field("b", arrow::utf8())};
  for (const std::string line : {"{",
                                 "}",
                                 "{\"a\":1",
                                 "{\"a\":1,}",
                                 "{\"a\" 1}",
                                 "{\"a\":1 \"b\":\"x\"}",
                                 "{a:1}",
                                 "{\"a\":}",
                                 "{\"b\":\"x}",
                                 "{\"b\":\"\\x\"}",
                                 "{\"b\":\"\\ud800\"}",
                                 "{\"a\":1}}",
                                 "{\"a\":1}{\"a\":2}",
                                 "{\"a\":1} x",
                                 "{\"a\":nul}",
                                 "{\"a\":nulll}",
                                 "{\"a\":truee}",
                                 "{\"b\":'x'}",
                                 "{\"b\":\"\x01\"}",
                                 "{\"b\":\"\xff\"}",
                                 "{\"b\":\"\xc0\xaf\"}",
                                 "{\"b\":\"\xed\xa0\x80\"}",
                                 "{,}",
                                 "{\"a\":1,,\"b\":\"x\"}"}) {
    const auto batches = ReadJson(line + "\n", fields);
    EXPECT_TRUE(batches.status().IsInvalid()) << line << ": " << batches.status();
    EXPECT_NE(batches.status().message().find("in, line 1"), std::string::npos) << batches.status();
  }
  ExpectRefusal("[1]", fields, "expected an object, found [1]");
  ExpectRefusal("5", fields, "expected an object, found 5");
  ExpectRefusal("{\"b\":\"\xff\"}", fields, "no UTF-8");
}

TEST(JsonLines, SurvivesDeepNesting) {
  TextRowsOptions options;
  options.ignore_unknown = true;
  const auto nested = [](size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_TRUE(
      ReadJson("{\"x\":" + nested(200) + "}\n", {arrow::field("a", arrow::int64())}, options).ok());
  for (const std::string& deep : {std::string(1'000'000, '['), nested(1'000'000)}) {
    const auto batches =
        ReadJson("{\"x\":" + deep + "}\n", {arrow::field("a", arrow::int64())}, options);
    EXPECT_NE(batches.status().message().find("nested deeper than 256"), std::string::npos)
        << batches.status();
  }
  auto type = arrow::int32();
  for (int i = 0; i < 100; ++i) type = arrow::list(type);
  EXPECT_NE(RefusalOf("{}", {arrow::field("a", type)}).find("nested deeper than 64"),
            std::string::npos);
}

TEST(JsonLines, RefusesTypesWithoutATextForm) {
  EXPECT_NE(RefusalOf("{}", {arrow::field("a", arrow::duration(arrow::TimeUnit::SECOND))})
                .find("column 'a'"),
            std::string::npos);
}

TEST(JsonLines, TakesTheEpochUnitFromTheOptionThenTheName) {
  const auto micros = arrow::timestamp(arrow::TimeUnit::MICRO, "UTC");
  const arrow::FieldVector fields = {arrow::field("t_ns", micros), arrow::field("t_ms", micros),
                                     arrow::field("t", micros)};
  const auto batches = ReadJson(R"({"t_ns":5000,"t_ms":5,"t":5})", fields).ValueOrDie();
  ExpectColumn(batches, 0, "[5]");
  ExpectColumn(batches, 1, "[5000]");
  ExpectColumn(batches, 2, "[5]");
  TextRowsOptions seconds;
  seconds.values.epoch_unit = arrow::TimeUnit::SECOND;
  ExpectColumn(ReadJson(R"({"t_ns":5})", fields, seconds).ValueOrDie(), 0, "[5000000]");
}

TEST(JsonLines, EndsBatchesByRowsAndByBytes) {
  std::string text;
  for (int i = 0; i < 10; ++i) text += "{\"a\":" + std::to_string(i) + "}\n";
  TextRowsOptions options;
  options.batch_rows = 4;
  const auto by_rows = ReadJson(text, {arrow::field("a", arrow::int64())}, options).ValueOrDie();
  ASSERT_EQ(by_rows.size(), 3u);
  EXPECT_EQ(by_rows.back()->num_rows(), 2);
  ExpectColumn(by_rows, 0, "[0,1,2,3,4,5,6,7,8,9]");
  options.batch_rows = 1000;
  options.batch_text_bytes = 16;  // two lines of eight bytes
  EXPECT_EQ(ReadJson(text, {arrow::field("a", arrow::int64())}, options)->size(), 5u);
}

class JsonRejects : public ::testing::Test {
 protected:
  void SetUp() override {
    path_ = ::testing::TempDir() + "rejects_" + std::to_string(::getpid()) + "_" +
            ::testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::remove(path_);
  }
  void TearDown() override { std::filesystem::remove(path_); }

  std::string FileText() const {
    std::stringstream text;
    text << std::ifstream(path_, std::ios::binary).rdbuf();
    return text.str();
  }

  std::unique_ptr<Rejects> Open(int64_t lines_max = INT64_MAX) {
    RejectsOptions options;
    options.path = path_;
    options.lines_max = lines_max;
    options.on_line = [this](const RejectedLine& line) { told_.push_back(RejectedLineText(line)); };
    return Rejects::Open(std::move(options)).ValueOrDie();
  }

  std::string path_;
  std::vector<std::string> told_;
};

TEST_F(JsonRejects, KeepBadLinesVerbatimAndLeaveNothingInTheBatch) {
  const arrow::FieldVector fields = {
      arrow::field("a", arrow::int64(), false), arrow::field("s", arrow::utf8()),
      arrow::field("l", arrow::list(arrow::field("element", arrow::utf8()))),
      arrow::field("p", arrow::struct_({arrow::field("x", arrow::int64())}))};
  const auto rejects = Open();
  const auto batches = ReadJson(
      "{\"a\":1,\"s\":\"x\",\"l\":[\"u\"],\"p\":{\"x\":1}}\n"
      "{\"s\":\"lost\",\"l\":[\"v\",\"w\"],\"p\":{\"x\":2},\"a\":\"no\"}\r\n"
      "\xff{\n"
      "{\"l\":[\"y\"],\"p\":{\"x\":3},\"a\":2}\n"
      "{\"a\":3,\"l\":[\"z\",5]}",
      fields, {}, rejects.get());
  ASSERT_TRUE(batches.ok()) << batches.status();
  ExpectColumn(*batches, 0, "[1,2]");
  ExpectColumn(*batches, 1, R"(["x",null])");
  ExpectColumn(*batches, 2, R"([["u"],["y"]])");
  ExpectColumn(*batches, 3, R"([{"x":1},{"x":3}])");
  EXPECT_EQ(rejects->count(), 3);
  EXPECT_FALSE(std::filesystem::exists(path_));
  ASSERT_TRUE(rejects->Commit().ok());
  EXPECT_EQ(FileText(),
            "{\"s\":\"lost\",\"l\":[\"v\",\"w\"],\"p\":{\"x\":2},\"a\":\"no\"}\r\n\xff{\n"
            "{\"a\":3,\"l\":[\"z\",5]}\n");
  ASSERT_EQ(told_.size(), 3u);
  EXPECT_EQ(told_[0],
            "in, line 2, column 'a': expected a whole number from -9223372036854775808 to "
            "9223372036854775807, found 'no'");
  EXPECT_EQ(told_[2], "in, line 5, column 'l.element': expected a string, found 5");
}

TEST_F(JsonRejects, EndTheLoadBeyondTheirNumber) {
  const auto rejects = Open(1);
  const auto status =
      ReadJson("x\ny\n", {arrow::field("a", arrow::int64())}, {}, rejects.get()).status();
  EXPECT_TRUE(status.IsInvalid());
  EXPECT_NE(status.message().find("more than 1 bad lines, the last at in, line 2"),
            std::string::npos)
      << status;
}

TEST_F(JsonRejects, MakeNoFileWithoutLinesAndReplaceNone) {
  const auto rejects = Open();
  ASSERT_TRUE(ReadJson("{\"a\":1}\n", {arrow::field("a", arrow::int64())}, {}, rejects.get()).ok());
  ASSERT_TRUE(rejects->Commit().ok());
  EXPECT_FALSE(std::filesystem::exists(path_));
  std::ofstream(path_) << "mine";
  RejectsOptions options;
  options.path = path_;
  EXPECT_TRUE(Rejects::Open(options).status().IsAlreadyExists());
  EXPECT_EQ(FileText(), "mine");
}

TEST_F(JsonRejects, GoAgainWhenTheLoadFails) {
  const auto rejects = Open();
  ASSERT_TRUE(ReadJson("x\n", {arrow::field("a", arrow::int64())}, {}, rejects.get()).ok());
  ASSERT_TRUE(rejects->Commit().ok());
  EXPECT_EQ(FileText(), "x\n");
  rejects->Discard();
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST(JsonLines, CountsTheRowsBeforeBrokenGzip) {
  std::string text;
  for (int i = 0; i < 200'000; ++i) text += "{\"a\":" + std::to_string(i) + "}\n";
  const std::string packed = Gzip(text);
  auto target = TargetOf({arrow::field("a", arrow::int64())});
  const auto whole =
      ReadText(false, MakeUnpacker(BytesOf(packed), Packing::kGzip).ValueOrDie(), target);
  int64_t rows = 0;
  for (const auto& batch : *whole) rows += batch->num_rows();
  EXPECT_EQ(rows, 200'000);

  const std::string cut = packed.substr(0, packed.size() / 2);
  const auto status =
      ReadText(false, MakeUnpacker(BytesOf(cut), Packing::kGzip).ValueOrDie(), target).status();
  const auto* corrupt = FindDetail<CorruptFile>(status);
  ASSERT_NE(corrupt, nullptr) << status;
  EXPECT_EQ(corrupt->path, "in");
  EXPECT_NE(status.message().find("cut off"), std::string::npos) << status;
  EXPECT_EQ(status.message().find("after 0 rows"), std::string::npos) << status;
}

}  // namespace
}  // namespace artemis
