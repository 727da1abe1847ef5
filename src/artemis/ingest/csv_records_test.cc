// Facts of CSV: quoting, the header, null and empty, and records that are wrong.
#include "artemis/ingest/csv_records.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "artemis/ingest/text_test_support.h"

namespace artemis {
namespace {

const arrow::FieldVector& TwoColumns() {
  static const arrow::FieldVector fields = {arrow::field("a", arrow::int64(), false),
                                            arrow::field("s", arrow::utf8())};
  return fields;
}

arrow::Result<std::vector<std::shared_ptr<arrow::RecordBatch>>> ReadCsv(
    const std::string& text, const arrow::FieldVector& fields = TwoColumns(),
    const TextRowsOptions& options = {}, Rejects* rejects = nullptr) {
  return ReadText(true, BytesOf(text), TargetOf(fields), options, rejects);
}

void ExpectRefusal(const std::string& text, const std::string& reason) {
  const auto status = ReadCsv(text).status();
  EXPECT_FALSE(status.ok()) << text;
  EXPECT_NE(status.message().find(reason), std::string::npos) << text << ": " << status;
}

TEST(CsvRecords, FollowRfc4180) {
  const auto batches = ReadCsv(
      "s,a\r\n"
      "plain,1\r\n"
      "\"with, comma\",2\n"
      "\"two\nlines \"\"quoted\"\"\",\"3\"\n"
      "\n"
      " blanks ,4");
  ASSERT_TRUE(batches.ok()) << batches.status();
  ExpectColumn(*batches, 0, "[1,2,3,4]");
  ExpectColumn(*batches, 1, R"(["plain","with, comma","two\nlines \"quoted\""," blanks "])");
}

TEST(CsvRecords, TellNullFromTheEmptyString) {
  const auto batches = ReadCsv("a,s\n1,\n2,\"\"\n3,x\n").ValueOrDie();
  ExpectColumn(batches, 1, R"([null,"","x"])");
  ExpectColumn(ReadCsv("s\n\n\"\"\nx\n", {TwoColumns()[1]}).ValueOrDie(), 0, R"([null,"","x"])");
  ExpectRefusal("a,s\n,x\n", "line 2, column 'a': a null");
  ExpectRefusal("a,s\n\"\",x\n", "line 2, column 'a': expected a whole number");
}

TEST(CsvRecords, ReadValuesOfEveryType) {
  const arrow::FieldVector fields = {
      arrow::field("b", arrow::boolean()),
      arrow::field("d", arrow::float64()),
      arrow::field("n", arrow::decimal128(9, 2)),
      arrow::field("day", arrow::date32()),
      arrow::field("t", arrow::timestamp(arrow::TimeUnit::MICRO, "UTC")),
      arrow::field("x", arrow::binary())};
  const auto batches = ReadCsv(
                           "b,d,n,day,t,x\nTRUE,NaN,1.5,1970-01-02,1970-01-01T00:00:01Z,0x61\n"
                           "false,-1e3,-2,1969-12-31,7,62\n",
                           fields)
                           .ValueOrDie();
  ExpectColumn(batches, 0, "[true,false]");
  ExpectColumn(batches, 1, "[NaN,-1000]");
  ExpectColumn(batches, 2, R"(["1.50","-2.00"])");
  ExpectColumn(batches, 3, "[1,-1]");
  ExpectColumn(batches, 4, "[1000000,7]");
  ExpectColumn(batches, 5, R"(["a","b"])");
}

TEST(CsvRecords, MatchTheHeaderByName) {
  ExpectColumn(ReadCsv("\xEF\xBB\xBF\"a\"\n1\n").ValueOrDie(), 1, "[null]");
  ExpectRefusal("", "expected a header");
  ExpectRefusal("s\nx\n", "does not have column 'a', which the table requires");
  ExpectRefusal("a,a\n1,2\n", "column 'a' twice");
  ExpectRefusal("a,S\n1,x\n", "column 'S' is not in the table (did you mean 's'?)");
  ExpectRefusal("a,\"s\n", "a quote is not closed");
  const auto nested = ReadCsv("l\n1\n", {arrow::field("l", arrow::list(arrow::int32()))}).status();
  EXPECT_NE(nested.message().find("column 'l' is nested"), std::string::npos) << nested;
  TextRowsOptions options;
  options.ignore_unknown = true;
  ExpectColumn(ReadCsv("x,a\n\"y,\",1\n", TwoColumns(), options).ValueOrDie(), 0, "[1]");
}

TEST(CsvRecords, TakeOtherDelimiters) {
  TextRowsOptions options;
  options.delimiter = '\t';
  ExpectColumn(ReadCsv("a\ts\n1\tx,y\n", TwoColumns(), options).ValueOrDie(), 1, R"(["x,y"])");
}

TEST(CsvRecords, NameTheLineOfWhatIsWrong) {
  ExpectRefusal("a,s\n1,\"x\ny\"\nbad,z\n", "in, line 4, column 'a': expected a whole number");
  ExpectRefusal("a,s\n1\n", "in, line 2: expected 2 fields as in the header, found 1");
  ExpectRefusal("a,s\n1,x,y\n", "in, line 2: expected 2 fields as in the header, found 3");
  ExpectRefusal("a,s\n1,5\" pipe\n", "in, line 2: a quote within a field without quotes");
  ExpectRefusal("a,s\n1,\"x\"y\n", "in, line 2: text behind a closing quote");
  ExpectRefusal("a,s\n1,\"x\n2,y\n", "in, line 2: a quote is not closed");
  ExpectRefusal("a,s\n1,\xff\n", "in, line 2: bytes that are no UTF-8");
}

TEST(CsvRecords, KeepRejectedRecordsWithTheirHeader) {
  const std::string path =
      ::testing::TempDir() + "csv_rejects_" + std::to_string(::getpid()) + ".csv";
  std::filesystem::remove(path);
  RejectsOptions options;
  options.path = path;
  const auto rejects = Rejects::Open(options).ValueOrDie();
  const std::string text = "a,s\r\n1,x\r\nbad,\"two\nlines\"\r\n2,y\r\n3\r\n";
  const auto batches = ReadCsv(text, TwoColumns(), {}, rejects.get()).ValueOrDie();
  ExpectColumn(batches, 0, "[1,2]");
  ExpectColumn(batches, 1, R"(["x","y"])");
  EXPECT_EQ(rejects->count(), 2);
  ASSERT_TRUE(rejects->Commit().ok());
  std::stringstream kept;
  kept << std::ifstream(path, std::ios::binary).rdbuf();
  EXPECT_EQ(kept.str(), "a,s\r\nbad,\"two\nlines\"\r\n3\r\n");
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace artemis
