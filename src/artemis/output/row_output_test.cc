// Streams of rows to files and folders.
#include "artemis/output/row_output.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include <arrow/array.h>
#include <arrow/builder.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "artemis/base/program_error.h"

namespace artemis {
namespace {

namespace fs = std::filesystem;

std::shared_ptr<arrow::RecordBatch> CountedRows(int64_t rows) {
  arrow::Int64Builder builder;
  for (int64_t row = 0; row < rows; ++row) EXPECT_TRUE(builder.Append(row).ok());
  return arrow::RecordBatch::Make(arrow::schema({arrow::field("n", arrow::int64())}), rows,
                                  {builder.Finish().ValueOrDie()});
}

std::string ReadText(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

class RowOutputTest : public ::testing::Test {
 protected:
  void SetUp() override { fs::create_directories(folder_); }
  void TearDown() override { fs::remove_all(folder_); }

  arrow::Result<std::unique_ptr<RowOutput>> Open(const RowOutputOptions& options) {
    return RowOutput::Open(
        options, CountedRows(0)->schema(),
        {.stop = source_.token(), .progress = ProgressMode::kOff, .program = "test"});
  }
  RowOutputOptions To(const std::string& name) const {
    RowOutputOptions options;
    options.output = (folder_ / name).string();
    return options;
  }
  // Names of all that lies in the folder.
  std::vector<std::string> Held() const {
    std::vector<std::string> names;
    for (const auto& each : fs::directory_iterator(folder_))
      names.push_back(each.path().filename());
    return names;
  }

  const fs::path folder_ =
      fs::path(::testing::TempDir()) / ("row_output_" + std::to_string(::getpid()));
  arrow::StopSource source_;
};

TEST_F(RowOutputTest, GivesAFileItsNameWhenItIsWhole) {
  const auto output = Open(To("rows.csv")).ValueOrDie();
  ASSERT_TRUE(output->Write(*CountedRows(2)).ok());
  EXPECT_FALSE(fs::exists(folder_ / "rows.csv"));
  ASSERT_TRUE(output->Finish().ok());
  EXPECT_EQ(ReadText(folder_ / "rows.csv"), "n\n0\n1\n");
  EXPECT_EQ(output->rows(), 2);
}

TEST_F(RowOutputTest, LeavesNothingOfAStreamThatIsStopped) {
  {
    const auto output = Open(To("rows.csv")).ValueOrDie();
    ASSERT_TRUE(output->Write(*CountedRows(2)).ok());
    source_.RequestStop();
    EXPECT_TRUE(output->Write(*CountedRows(2)).IsCancelled());
  }
  EXPECT_THAT(Held(), ::testing::IsEmpty());
}

TEST_F(RowOutputTest, PartsAFolderBySizeAndListsItLast) {
  auto options = To("parts/");
  options.format = "csv";
  options.max_file_bytes = 1;
  const auto output = Open(options).ValueOrDie();
  ASSERT_TRUE(output->Write(*CountedRows(1)).ok());
  ASSERT_TRUE(output->Write(*CountedRows(2)).ok());
  EXPECT_FALSE(fs::exists(folder_ / "parts" / "manifest.jsonl"));
  ASSERT_TRUE(output->Finish().ok());
  EXPECT_EQ(ReadText(folder_ / "parts" / "part-00000.csv"), "n\n0\n");
  EXPECT_EQ(ReadText(folder_ / "parts" / "part-00001.csv"), "n\n0\n1\n");
  EXPECT_EQ(ReadText(folder_ / "parts" / "manifest.jsonl"),
            "{\"path\":\"part-00000.csv\",\"rows\":1,\"bytes\":4}\n"
            "{\"path\":\"part-00001.csv\",\"rows\":2,\"bytes\":6}\n");
}

TEST_F(RowOutputTest, RefusesAFolderThatHoldsSomething) {
  fs::create_directories(folder_ / "parts");
  std::ofstream(folder_ / "parts" / "other") << "x";
  EXPECT_TRUE(Open(To("parts/")).status().IsAlreadyExists());
  EXPECT_EQ(ReadText(folder_ / "parts" / "other"), "x");
}

TEST_F(RowOutputTest, WantsAFolderForParts) {
  auto options = To("rows.csv");
  options.max_file_bytes = 1000;
  const auto status = Open(options).status();
  EXPECT_TRUE(IsUsageError(status));
  EXPECT_THAT(status.message(), ::testing::HasSubstr("-o DIR/"));
  EXPECT_THAT(Held(), ::testing::IsEmpty());
}

TEST(ChosenFormat, IsTheOneNamedElseTheEndingsElseTheFallback) {
  const auto chosen = [](const std::string& format, const std::optional<std::string>& output) {
    RowOutputOptions options;
    options.format = format;
    options.fallback = RowFormat::kJson;
    options.output = output;
    return ChosenFormat(options).ValueOrDie();
  };
  EXPECT_EQ(chosen("csv", "rows.parquet"), RowFormat::kCsv);
  EXPECT_EQ(chosen("", "rows.parquet"), RowFormat::kParquet);
  EXPECT_EQ(chosen("", "rows/"), RowFormat::kParquet);
  EXPECT_EQ(chosen("", "rows"), RowFormat::kJson);
  EXPECT_EQ(chosen("", std::nullopt), RowFormat::kJson);
}

}  // namespace
}  // namespace artemis
