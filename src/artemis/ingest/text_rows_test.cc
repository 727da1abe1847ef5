// Facts of lines and rows together: damaged text gives rows or rejected lines, never both, never neither, and valid batches.
#include "artemis/ingest/text_rows.h"

#include <unistd.h>

#include <filesystem>
#include <random>

#include "artemis/ingest/text_test_support.h"

namespace artemis {
namespace {

constexpr uint32_t kRounds = 3000;

arrow::FieldVector Columns() {
  return {arrow::field("id", arrow::int64(), false),
          arrow::field("value", arrow::float64()),
          arrow::field("price", arrow::decimal128(9, 2)),
          arrow::field("at", arrow::timestamp(arrow::TimeUnit::MICRO, "UTC")),
          arrow::field("name", arrow::utf8()),
          arrow::field("raw", arrow::fixed_size_binary(2)),
          arrow::field("tags", arrow::list(arrow::utf8())),
          arrow::field("place", arrow::struct_({arrow::field("lat", arrow::float64(), false)})),
          arrow::field("counts", arrow::map(arrow::utf8(), arrow::int32()))};
}

const std::string kJsonLine =
    R"({"id":12,"value":1.5e3,"price":"12.25","at":"2024-03-15T07:00:00Z","name":"a\u00e4\"b",)"
    R"("raw":"00ff","tags":["x",null],"place":{"lat":-1},"counts":{"k":1}})"
    "\n";
const std::string kCsvLine = "12,1.5e3,12.25,2024-03-15T07:00:00Z,\"a \"\"b\"\",\",00ff\n";

// Changes, inserts or removes some bytes; prefers those that mean something.
std::string Damaged(std::string text, std::mt19937& random) {
  constexpr std::string_view kBytes = "\"\\{}[]:,0-9.eE+ntfu\n\r\t \x00\x7f\x80\xc3\xff";
  for (uint32_t i = 1 + random() % 4; i > 0; --i) {
    const size_t at = random() % text.size();
    const char byte = kBytes[random() % kBytes.size()];
    switch (random() % 3) {
      case 0:
        text[at] = byte;
        break;
      case 1:
        text.insert(at, 1, byte);
        break;
      default:
        text.erase(at, 1);
    }
  }
  return text;
}

class TextRowsTest : public ::testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    path_ = ::testing::TempDir() + "text_rows_" + std::to_string(::getpid()) + "_" +
            std::to_string(GetParam());
    std::filesystem::remove(path_);
  }
  void TearDown() override { std::filesystem::remove(path_); }

  std::string path_;
};

TEST_P(TextRowsTest, MakeEveryLineARowOrARejectedLine) {
  const bool csv = GetParam();
  arrow::FieldVector columns = Columns();
  if (csv) columns.resize(6);
  const auto target = TargetOf(columns);
  const std::string header = csv ? "id,value,price,at,name,raw\n" : "";
  const std::string& good = csv ? kCsvLine : kJsonLine;
  std::mt19937 random(7);
  int64_t rejected_in_all = 0;
  for (uint32_t round = 0; round < kRounds; ++round) {
    const std::string damaged = Damaged(good, random);
    SCOPED_TRACE(damaged);
    RejectsOptions options;
    options.path = path_;
    std::string set_aside;
    options.on_line = [&](const RejectedLine& line) { set_aside += line.verbatim; };
    const auto rejects = Rejects::Open(std::move(options)).ValueOrDie();
    const auto batches =
        ReadText(csv, BytesOf(header + good + damaged + good), target, {}, rejects.get());
    ASSERT_TRUE(batches.ok()) << batches.status();
    int64_t rows = 0;
    for (const auto& batch : *batches) rows += batch->num_rows();
    EXPECT_GE(rows, 1);
    EXPECT_GE(rows + rejects->count(), 2);
    EXPECT_NE((good + damaged + good).find(set_aside.substr(0, set_aside.find('\n'))),
              std::string::npos);
    rejected_in_all += rejects->count();
  }
  EXPECT_GT(rejected_in_all, kRounds / 2);
}

INSTANTIATE_TEST_SUITE_P(Formats, TextRowsTest, ::testing::Values(false, true),
                         [](const auto& csv) { return csv.param ? "Csv" : "JsonLines"; });

TEST(TextRows, RefuseColumnsBeforeAnythingIsRead) {
  const auto status = ReadText(false, BytesOf(""),
                               TargetOf({arrow::field("u", arrow::uint64()),
                                         arrow::field("d", arrow::decimal256(50, 2))}))
                          .status();
  EXPECT_TRUE(status.IsInvalid());
  EXPECT_NE(status.message().find("in: column 'd'"), std::string::npos) << status;
}

TEST(TextRows, KeepTheSchemaOfTheTarget) {
  const auto target = TargetOf(Columns());
  const auto batches = ReadText(false, BytesOf(kJsonLine), target).ValueOrDie();
  ASSERT_EQ(batches.size(), 1u);
  EXPECT_TRUE(batches[0]->schema()->Equals(*target->schema, true));
  EXPECT_TRUE(ReadText(false, BytesOf("\n\n"), target)->empty());
}

}  // namespace
}  // namespace artemis
