// Facts of many inputs: which files a folder means, their order, and whose error it is.
#include "artemis/ingest/row_inputs.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "artemis/ingest/text_test_support.h"

namespace artemis {
namespace {

class RowInputsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(::testing::TempDir()) /
              ("row_inputs_" + std::to_string(::getpid()) + "_" +
               ::testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string Write(const std::string& name, const std::string& bytes = "") const {
    const auto path = folder_ / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << bytes;
    return path.string();
  }

  static OpenRowsOptions Options() {
    OpenRowsOptions options;
    options.target = TargetOf({arrow::field("a", arrow::int64())});
    return options;
  }

  static arrow::Result<std::vector<int64_t>> Numbers(const std::vector<std::string>& paths,
                                                     const OpenRowsOptions& options = Options()) {
    ARROW_ASSIGN_OR_RAISE(const auto inputs, OpenRows(paths, options));
    std::vector<int64_t> numbers;
    while (true) {
      ARROW_ASSIGN_OR_RAISE(const InputBatch read, inputs->Next());
      if (read.batch == nullptr) return numbers;
      const auto& column = static_cast<const arrow::Int64Array&>(*read.batch->column(0));
      for (int64_t i = 0; i < column.length(); ++i) numbers.push_back(column.Value(i));
    }
  }

  std::filesystem::path folder_;
};

TEST_F(RowInputsTest, TakeAFoldersFilesSortedAndLeaveOutWhatIsHidden) {
  const std::string b = Write("b.jsonl.gz");
  const std::string a = Write("sub/a.CSV");
  const std::string c = Write("a/c.parquet");
  Write("_SUCCESS.json");
  Write(".hidden.jsonl");
  Write("_temporary/0.jsonl");
  Write("readme.txt");
  EXPECT_EQ(ExpandInputs({folder_.string()}).ValueOrDie(), (std::vector<std::string>{c, b, a}));
  EXPECT_EQ(ExpandInputs({"x.any", folder_.string(), "-"}).ValueOrDie(),
            (std::vector<std::string>{"x.any", c, b, a, "-"}));
  EXPECT_TRUE(ExpandInputs({"-", "-"}).status().IsInvalid());
}

TEST_F(RowInputsTest, RefuseAFolderWithoutRows) {
  Write("readme.txt");
  const auto status = ExpandInputs({folder_.string()}).status();
  EXPECT_NE(status.message().find(folder_.string() + " has no file of rows"), std::string::npos)
      << status;
}

TEST_F(RowInputsTest, ReadFormatsOneAfterTheOther) {
  const std::string json = Write("1.jsonl", "{\"a\":1}\n{\"a\":2}\n");
  const std::string packed = Write("2.ndjson.gz", Gzip("{\"a\":3}\n") + Gzip("{\"a\":4}\n"));
  const std::string csv = Write("3.csv", "a\n5\n");
  const std::string empty = Write("4.jsonl", "");
  const std::string unnamed = Write("5", " \n{\"a\":6}\n");
  EXPECT_EQ(Numbers({json, packed, csv, empty, unnamed}).ValueOrDie(),
            (std::vector<int64_t>{1, 2, 3, 4, 5, 6}));
}

TEST_F(RowInputsTest, NameTheFileThatIsWrong) {
  const std::string good = Write("1.jsonl", "{\"a\":1}\n");
  const std::string bad = Write("2.jsonl", "{\"a\":1}\n{\"a\":x}\n");
  const auto status = Numbers({good, bad}).status();
  EXPECT_TRUE(status.IsInvalid());
  EXPECT_NE(status.message().find(bad + ", line 2, column 'a'"), std::string::npos) << status;
}

TEST_F(RowInputsTest, HoldAnAskedFormatAgainstTheContent) {
  OpenRowsOptions options = Options();
  options.format = InputFormat::kCsv;
  EXPECT_EQ(Numbers({Write("data.txt", "a\n7\n")}, options).ValueOrDie(), std::vector<int64_t>{7});
  options.format = InputFormat::kParquet;
  const auto status = Numbers({Write("x.jsonl", "{}\n")}, options).status();
  EXPECT_NE(status.message().find("is JSON lines, not Parquet"), std::string::npos) << status;
  EXPECT_FALSE(Numbers({Write("y.json", "[{\"a\":1}]")}).ok());
  EXPECT_FALSE(Numbers({Write("z.txt", "a\n1\n")}).ok());
}

TEST_F(RowInputsTest, NeedASchemaForText) {
  const auto status = OpenRows(Write("x.csv", "a\n1\n")).status();
  EXPECT_NE(status.message().find("is CSV, which does not tell the types"), std::string::npos)
      << status;
}

}  // namespace
}  // namespace artemis
