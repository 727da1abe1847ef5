// Facts of opening rows: formats are told apart by their bytes, and what is wrong is said in one line.
#include "artemis/ingest/open_rows.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include <arrow/api.h>
#include <arrow/io/file.h>
#include <arrow/ipc/writer.h>
#include <gtest/gtest.h>

#include "artemis/base/error.h"
#include "artemis/parquet/writer.h"

namespace artemis {
namespace {

class OpenRowsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(::testing::TempDir()) /
              ("open_rows_" + std::to_string(::getpid()) + "_" +
               ::testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string Path(const std::string& name) const { return (folder_ / name).string(); }

  std::string WriteText(const std::string& name, const std::string& bytes) const {
    std::ofstream(Path(name), std::ios::binary) << bytes;
    return Path(name);
  }

  std::filesystem::path folder_;
};

std::shared_ptr<arrow::RecordBatch> Numbers(int64_t first, int64_t count) {
  arrow::Int64Builder builder;
  for (int64_t i = 0; i < count; ++i) EXPECT_TRUE(builder.Append(first + i).ok());
  return arrow::RecordBatch::Make(arrow::schema({arrow::field("n", arrow::int64())}), count,
                                  {builder.Finish().ValueOrDie()});
}

// Two batches of 100 rows, 0 .. 199.
std::string Ipc(bool file_format) {
  auto out = arrow::io::BufferOutputStream::Create().ValueOrDie();
  const auto schema = Numbers(0, 0)->schema();
  auto writer = (file_format ? arrow::ipc::MakeFileWriter(out, schema)
                             : arrow::ipc::MakeStreamWriter(out, schema))
                    .ValueOrDie();
  EXPECT_TRUE(writer->WriteRecordBatch(*Numbers(0, 100)).ok());
  EXPECT_TRUE(writer->WriteRecordBatch(*Numbers(100, 100)).ok());
  EXPECT_TRUE(writer->Close().ok());
  return out->Finish().ValueOrDie()->ToString();
}

std::string Parquet() {
  auto out = arrow::io::BufferOutputStream::Create().ValueOrDie();
  auto writer = MakeParquetWriter(out, "f", Numbers(0, 0)->schema()).ValueOrDie();
  EXPECT_TRUE(writer->Write(*Numbers(0, 200)).ok());
  EXPECT_TRUE(writer->Close().ok());
  return out->Finish().ValueOrDie()->ToString();
}

arrow::Result<std::vector<int64_t>> ReadNumbers(const std::string& path) {
  ARROW_ASSIGN_OR_RAISE(const auto rows, OpenRows(path));
  std::vector<int64_t> numbers;
  while (true) {
    ARROW_ASSIGN_OR_RAISE(const auto batch, rows->Next());
    if (batch == nullptr) return numbers;
    const auto& column = static_cast<const arrow::Int64Array&>(*batch->column(0));
    for (int64_t i = 0; i < column.length(); ++i) numbers.push_back(column.Value(i));
  }
}

void ExpectNumbers(const arrow::Result<std::vector<int64_t>>& numbers) {
  ASSERT_TRUE(numbers.ok()) << numbers.status();
  ASSERT_EQ(numbers->size(), 200u);
  for (int64_t i = 0; i < 200; ++i) EXPECT_EQ((*numbers)[static_cast<size_t>(i)], i);
}

void ExpectOneLine(const arrow::Status& status, const std::vector<std::string>& parts) {
  const std::string text = status.ToString();
  EXPECT_FALSE(status.ok());
  EXPECT_EQ(text.find('\n'), std::string::npos) << text;
  for (const std::string& part : parts) EXPECT_NE(text.find(part), std::string::npos) << text;
}

TEST_F(OpenRowsTest, ReadsEachFormatWhateverItsName) {
  ExpectNumbers(ReadNumbers(WriteText("a.csv", Ipc(false))));
  ExpectNumbers(ReadNumbers(WriteText("b.csv", Ipc(true))));
  ExpectNumbers(ReadNumbers(WriteText("c.csv", Parquet())));
  ExpectNumbers(ReadNumbers("file://" + WriteText("d", Parquet())));
}

TEST_F(OpenRowsTest, ReadsArrowFromAPipe) {
  for (bool file_format : {false, true}) {
    const std::string pipe = Path(file_format ? "file.pipe" : "stream.pipe");
    ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
    std::thread feeder([&] { std::ofstream(pipe, std::ios::binary) << Ipc(file_format); });
    const auto numbers = ReadNumbers(pipe);
    feeder.join();
    ExpectNumbers(numbers);
  }
}

TEST_F(OpenRowsTest, RefusesParquetFromAPipe) {
  const std::string pipe = Path("pipe");
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  std::thread feeder([&] { std::ofstream(pipe, std::ios::binary) << "PAR1...."; });
  const arrow::Status status = OpenRows(pipe).status();
  feeder.join();
  ExpectOneLine(status, {pipe, "Parquet", "pipe"});
}

TEST_F(OpenRowsTest, NamesTheFirstBytesOfWhatItDoesNotKnow) {
  const std::string path = WriteText("x", "hello\n, world");
  const arrow::Status status = OpenRows(path).status();
  EXPECT_TRUE(status.IsInvalid());
  ExpectOneLine(status, {path + " is neither Arrow IPC nor Parquet",
                         "(first bytes 68 65 6c 6c 6f 0a", "'hello.,"});
  ExpectOneLine(OpenRows(WriteText("y", "\x7f")).status(), {"neither", "7f '.'"});
}

TEST_F(OpenRowsTest, NamesEmptyMissingAndFolder) {
  ExpectOneLine(OpenRows(WriteText("empty", "")).status(), {Path("empty"), "is empty"});
  ExpectOneLine(OpenRows(Path("missing")).status(), {Path("missing")});
  ExpectOneLine(OpenRows(folder_.string()).status(), {folder_.string(), "is a folder"});
}

TEST_F(OpenRowsTest, TellsACutOffFileAndTheRowsBefore) {
  const std::string stream = Ipc(false);
  const std::string path = WriteText("cut", stream.substr(0, stream.size() - 100));
  const auto numbers = ReadNumbers(path);
  ExpectOneLine(numbers.status(), {path, "after 100 rows"});
  EXPECT_NE(FindDetail<CorruptFile>(numbers.status()), nullptr);

  for (const std::string& whole : {Ipc(true), Parquet()}) {
    const std::string cut = WriteText("cut2", whole.substr(0, whole.size() - 10));
    const arrow::Status status = ReadNumbers(cut).status();
    ExpectOneLine(status, {cut});
    EXPECT_NE(FindDetail<CorruptFile>(status), nullptr) << status;
  }
  ExpectOneLine(ReadNumbers(WriteText("short", stream.substr(0, 20))).status(), {Path("short")});
}

TEST_F(OpenRowsTest, RefusesBatchesThatWouldBeReadOutOfBounds) {
  // A string column whose last offset points past its bytes.
  const std::vector<int32_t> offsets = {0, 1'000'000};
  const auto data = arrow::ArrayData::Make(
      arrow::utf8(), 1,
      {nullptr, arrow::Buffer::Wrap(offsets), arrow::Buffer::FromString("abcdefgh")});
  const auto batch = arrow::RecordBatch::Make(arrow::schema({arrow::field("s", arrow::utf8())}), 1,
                                              {arrow::MakeArray(data)});
  auto out = arrow::io::BufferOutputStream::Create().ValueOrDie();
  auto writer = arrow::ipc::MakeStreamWriter(out, batch->schema()).ValueOrDie();
  if (!writer->WriteRecordBatch(*batch).ok()) GTEST_SKIP() << "Arrow refuses to write it";
  ASSERT_TRUE(writer->Close().ok());
  const std::string path = WriteText("bad", out->Finish().ValueOrDie()->ToString());
  const auto rows = OpenRows(path).ValueOrDie();
  const arrow::Status status = rows->Next().status();
  EXPECT_NE(FindDetail<CorruptFile>(status), nullptr) << status;
}

}  // namespace
}  // namespace artemis
