// Facts of archive files.
#include "artemis/write/archive.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include <arrow/api.h>
#include <arrow/json/from_string.h>
#include <gtest/gtest.h>

#include "artemis/io/file_system.h"
#include "artemis/parquet/file_reader.h"

namespace artemis {
namespace {

class ArchiveTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(::testing::TempDir()) /
              ("archive_" + std::to_string(::getpid()) + "_" +
               ::testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string Path() const { return (folder_ / "out.parquet").string(); }
  size_t FilesOnDisk() const {
    return static_cast<size_t>(std::distance(std::filesystem::directory_iterator(folder_), {}));
  }

  std::filesystem::path folder_;
};

// Nanoseconds and unsigned numbers: what a table cannot hold as it is.
std::shared_ptr<arrow::RecordBatch> ArchiveBatch(const std::string& nanos) {
  const auto times = arrow::timestamp(arrow::TimeUnit::NANO);
  return arrow::RecordBatch::Make(
      arrow::schema({arrow::field("ts", times), arrow::field("payload_id", arrow::uint32())}), 2,
      {arrow::json::ArrayFromJSONString(times, nanos).ValueOrDie(),
       arrow::json::ArrayFromJSONString(arrow::uint32(), "[1, 4294967295]").ValueOrDie()});
}

std::shared_ptr<arrow::RecordBatchReader> ReaderOf(
    const std::shared_ptr<arrow::RecordBatch>& batch) {
  return arrow::RecordBatchReader::Make({batch}).ValueOrDie();
}

std::shared_ptr<arrow::Table> ReadBack(const std::string& path) {
  const auto input = LocalFileSystem().OpenInput(path).ValueOrDie();
  auto batches = OpenParquet(input, ReadFooter(input, path).ValueOrDie()).ValueOrDie();
  std::vector<std::shared_ptr<arrow::RecordBatch>> all;
  while (auto batch = batches->Next().ValueOrDie()) all.push_back(batch);
  return arrow::Table::FromRecordBatches(batches->schema(), all).ValueOrDie();
}

// Gives one batch, then fails.
class FailingRows : public arrow::RecordBatchReader {
 public:
  std::shared_ptr<arrow::Schema> schema() const override {
    return ArchiveBatch("[1, 2]")->schema();
  }
  arrow::Status ReadNext(std::shared_ptr<arrow::RecordBatch>* out) override {
    if (given_) return arrow::Status::IOError("the link broke");
    given_ = true;
    *out = ArchiveBatch("[1, 2]");
    return arrow::Status::OK();
  }

 private:
  bool given_ = false;
};

TEST_F(ArchiveTest, KeepsArrowTypes) {
  const auto batch = ArchiveBatch("[1, -1]");
  const WriteSummary summary = WriteArchive(*ReaderOf(batch), Path()).ValueOrDie();
  EXPECT_EQ(summary.path, Path());
  EXPECT_EQ(summary.rows, 2);
  EXPECT_EQ(summary.compressed_bytes, static_cast<int64_t>(std::filesystem::file_size(Path())));
  EXPECT_TRUE(ReadBack(Path())->Equals(*arrow::Table::FromRecordBatches({batch}).ValueOrDie()));
  EXPECT_EQ(FilesOnDisk(), 1u);
}

TEST_F(ArchiveTest, WritesTableTypesAndFieldIdsForIceberg) {
  ArchiveOptions options;
  options.iceberg = true;
  ASSERT_TRUE(WriteArchive(*ReaderOf(ArchiveBatch("[1000, -1000]")), Path(), options).ok());
  const auto table = ReadBack(Path());
  EXPECT_TRUE(table->schema()->field(0)->type()->Equals(arrow::timestamp(arrow::TimeUnit::MICRO)));
  EXPECT_TRUE(table->schema()->field(1)->type()->Equals(arrow::int64()));
  EXPECT_EQ(table->schema()->field(1)->metadata()->Get("PARQUET:field_id").ValueOrDie(), "2");
  EXPECT_TRUE(table->column(0)->chunk(0)->Equals(
      arrow::json::ArrayFromJSONString(arrow::timestamp(arrow::TimeUnit::MICRO), "[1, -1]")
          .ValueOrDie()));
}

TEST_F(ArchiveTest, LeavesWhatWasThereWhenItFails) {
  ASSERT_TRUE(WriteArchive(*ReaderOf(ArchiveBatch("[1, 2]")), Path()).ok());
  const auto size = std::filesystem::file_size(Path());
  FailingRows failing;
  ArchiveOptions replacing;
  replacing.replace = true;
  EXPECT_EQ(WriteArchive(failing, Path(), replacing).status().message(), "the link broke");
  ArchiveOptions iceberg = replacing;
  iceberg.iceberg = true;
  const auto refused =
      WriteArchive(*ReaderOf(ArchiveBatch("[1000, 1001]")), Path(), iceberg).status();
  EXPECT_NE(refused.message().find("column 'ts', row 1"), std::string::npos) << refused;
  arrow::StopSource stop;
  stop.RequestStop();
  ArchiveOptions stopped = replacing;
  stopped.stop = stop.token();
  EXPECT_TRUE(
      WriteArchive(*ReaderOf(ArchiveBatch("[1, 2]")), Path(), stopped).status().IsCancelled());
  EXPECT_EQ(std::filesystem::file_size(Path()), size);
  EXPECT_EQ(FilesOnDisk(), 1u);
}

TEST_F(ArchiveTest, DoesNotReplaceAPipe) {
  ASSERT_EQ(::mkfifo(Path().c_str(), 0600), 0);
  ArchiveOptions replacing;
  replacing.replace = true;
  const auto status = WriteArchive(*ReaderOf(ArchiveBatch("[1, 2]")), Path(), replacing).status();
  EXPECT_TRUE(status.IsInvalid()) << status;
  EXPECT_NE(status.message().find("out.parquet is a device or a pipe"), std::string::npos);
  EXPECT_TRUE(std::filesystem::is_fifo(Path()));
}

TEST_F(ArchiveTest, ReplacesWhatALinkNames) {
  const std::string target = (folder_ / "target.parquet").string();
  std::filesystem::create_symlink(target, Path());
  ASSERT_TRUE(WriteArchive(*ReaderOf(ArchiveBatch("[1, 2]")), Path(), {}).ok());
  EXPECT_TRUE(std::filesystem::is_symlink(Path()));
  EXPECT_EQ(ReadBack(target)->num_rows(), 2);
}

TEST_F(ArchiveTest, ReplacesAFileOnlyWhenAllowed) {
  ASSERT_TRUE(WriteArchive(*ReaderOf(ArchiveBatch("[1, 2]")), Path()).ok());
  EXPECT_TRUE(WriteArchive(*ReaderOf(ArchiveBatch("[5, 6]")), Path()).status().IsAlreadyExists());
  ArchiveOptions options;
  options.replace = true;
  ASSERT_TRUE(WriteArchive(*ReaderOf(ArchiveBatch("[3, 4]")), Path(), options).ok());
  EXPECT_EQ(ReadBack(Path())->column(0)->chunk(0)->data()->GetValues<int64_t>(1)[0], 3);
}

}  // namespace
}  // namespace artemis
