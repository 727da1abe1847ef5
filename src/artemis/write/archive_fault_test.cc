// Facts of archive files that are given up, fought over, or written to a disk that fails.
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>

#include <arrow/api.h>
#include <arrow/util/io_util.h>
#include <gtest/gtest.h>
#include <parquet/arrow/reader.h>

#include "artemis/base/event_log.h"
#include "artemis/io/faulty_file_system.h"
#include "artemis/parquet/file_reader.h"
#include "artemis/write/archive.h"

namespace artemis {
namespace {

size_t OpenDescriptors() {
  return static_cast<size_t>(
      std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {}));
}

// Numbers that do not compress: 8 bytes a row in the file.
std::shared_ptr<arrow::RecordBatch> NoisyRows(int64_t rows) {
  arrow::DoubleBuilder values;
  arrow::Int64Builder numbers;
  uint64_t state = 88172645463325252ull;
  for (int64_t i = 0; i < rows; ++i) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    EXPECT_TRUE(values.Append(static_cast<double>(state)).ok());
    EXPECT_TRUE(numbers.Append(i).ok());
  }
  return arrow::RecordBatch::Make(arrow::schema({arrow::field("panel_voltage", arrow::float64()),
                                                 arrow::field("n", arrow::int64())}),
                                  rows,
                                  {values.Finish().ValueOrDie(), numbers.Finish().ValueOrDie()});
}

class ArchiveFaultTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(::testing::TempDir()) /
              ("archive_fault_" + std::to_string(::getpid()) + "_" +
               ::testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string Path() const { return (folder_ / "out.parquet").string(); }
  std::string Unfinished() const { return Path() + ".inprogress"; }
  bool Exists(const std::string& path) const { return std::filesystem::exists(path); }
  size_t FilesOnDisk() const {
    return static_cast<size_t>(std::distance(std::filesystem::directory_iterator(folder_), {}));
  }

  // Ours and Arrow's.
  bool AnyReaderAccepts(const std::string& path) const {
    const auto input = LocalFileSystem().OpenInput(path).ValueOrDie();
    return ReadFooter(input, path).ok() ||
           parquet::arrow::OpenFile(input, arrow::system_memory_pool()).ok();
  }

  ArchiveOptions SmallRowGroups() const {
    ArchiveOptions options;
    options.parquet.row_group_bytes = 256 << 10;
    options.parquet.threads = 2;
    return options;
  }

  arrow::Status WriteWhole(const ArchiveOptions& options, int batches = 4) const {
    auto rows = arrow::RecordBatchReader::Make(std::vector<std::shared_ptr<arrow::RecordBatch>>(
                                                   static_cast<size_t>(batches), rows_))
                    .ValueOrDie();
    return WriteArchive(*rows, Path(), options).status();
  }

  std::filesystem::path folder_;
  const std::shared_ptr<arrow::RecordBatch> rows_ = NoisyRows(50'000);
};

TEST_F(ArchiveFaultTest, LeavesAnUnfinishedFileThatNoReaderTakesWhenItIsDestroyed) {
  for (int batches = 0; batches <= 3; ++batches) {
    {
      auto writer = ArchiveWriter::Open(Path(), rows_->schema(), SmallRowGroups()).ValueOrDie();
      for (int i = 0; i < batches; ++i) ASSERT_TRUE(writer->Write(rows_).ok());
    }
    EXPECT_FALSE(Exists(Path()));
    ASSERT_TRUE(Exists(Unfinished()));
    EXPECT_FALSE(AnyReaderAccepts(Unfinished())) << batches;
  }
  ASSERT_TRUE(WriteWhole(SmallRowGroups()).ok());
  EXPECT_TRUE(AnyReaderAccepts(Path()));
  EXPECT_FALSE(Exists(Unfinished()));
}

TEST_F(ArchiveFaultTest, RemovesTheUnfinishedFileWhenItIsDiscarded) {
  auto writer = ArchiveWriter::Open(Path(), rows_->schema()).ValueOrDie();
  ASSERT_TRUE(writer->Write(rows_).ok());
  writer->Discard();
  writer.reset();
  EXPECT_EQ(FilesOnDisk(), 0u);
}

TEST_F(ArchiveFaultTest, RefusesASecondWriterOfTheSamePath) {
  auto first = ArchiveWriter::Open(Path(), rows_->schema()).ValueOrDie();
  const auto second = ArchiveWriter::Open(Path(), rows_->schema()).status();
  EXPECT_TRUE(second.IsIOError());
  EXPECT_NE(second.message().find("being written by another process"), std::string::npos) << second;
  const pid_t child = ::fork();
  if (child == 0) {
    ::_exit(ArchiveWriter::Open(Path(), rows_->schema()).ok() ? 1 : 0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  ASSERT_TRUE(first->Write(rows_).ok());
  EXPECT_TRUE(first->Close().ok());
  EXPECT_TRUE(AnyReaderAccepts(Path()));
}

TEST_F(ArchiveFaultTest, TakesOverWhatAKilledWriterLeft) {
  const pid_t child = ::fork();
  if (child == 0) {
    ArchiveOptions options = SmallRowGroups();
    options.parquet.threads = 1;
    auto writer = ArchiveWriter::Open(Path(), rows_->schema(), options).ValueOrDie();
    for (int i = 0; i < 8; ++i) (void)writer->Write(rows_);
    ::kill(::getpid(), SIGKILL);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  ASSERT_TRUE(WIFSIGNALED(status));
  ASSERT_TRUE(Exists(Unfinished()));
  EXPECT_GT(std::filesystem::file_size(Unfinished()), 0u);
  EXPECT_FALSE(AnyReaderAccepts(Unfinished()));
  ASSERT_TRUE(WriteWhole(SmallRowGroups()).ok());
  EXPECT_EQ(FilesOnDisk(), 1u);
}

TEST_F(ArchiveFaultTest, MakesNoFileForWhatCannotBeStored) {
  const auto schema = arrow::schema({arrow::field("span", arrow::month_interval())});
  const auto status = ArchiveWriter::Open(Path(), schema).status();
  EXPECT_TRUE(status.IsTypeError());
  EXPECT_NE(status.message().find("column 'span'"), std::string::npos) << status;
  ArchiveOptions filter;
  filter.parquet.bloom_filter_columns = {"nope"};
  EXPECT_TRUE(ArchiveWriter::Open(Path(), rows_->schema(), filter).status().IsInvalid());
  EXPECT_EQ(FilesOnDisk(), 0u);
}

// Every call to the file system fails once, in every way a disk fails; then the same write goes well.
TEST_F(ArchiveFaultTest, FailsAtEveryCallWithoutAFileAndWithoutALeak) {
  FaultyFileSystem files(LocalFileSystem());
  ArchiveOptions options = SmallRowGroups();
  options.files = &files;
  options.replace = true;
  ASSERT_TRUE(WriteWhole(options).ok());
  const int64_t calls = files.total_calls();
  const int64_t opens = files.calls(FileOperation::kOpenLocked);
  const int64_t writes = files.calls(FileOperation::kStreamWrite);
  ASSERT_EQ(opens, 1);
  ASSERT_GT(writes, 20);
  std::filesystem::remove(Path());
  const size_t descriptors = OpenDescriptors();
  const int64_t memory = arrow::system_memory_pool()->bytes_allocated();
  for (const auto& [name, error] :
       {std::pair{"ENOSPC", ENOSPC}, {"EIO", EIO}, {"EMFILE", EMFILE}}) {
    for (int64_t call = 1; call <= calls; ++call) {
      SCOPED_TRACE(std::string(name) + " at call " + std::to_string(call));
      files.Reset(ParseFaultPlan("*:" + std::to_string(call) + ":fail=" + name).ValueOrDie());
      const arrow::Status status = WriteWhole(options);
      ASSERT_FALSE(status.ok());
      EXPECT_EQ(arrow::internal::ErrnoFromStatus(status), error) << status;
      EXPECT_NE(status.message().find(folder_.string()), std::string::npos) << status;
      // Only when the folder's sync is lost has the whole file its name.
      const bool named = files.calls(FileOperation::kSyncFolder) > 0;
      EXPECT_EQ(Exists(Path()), named);
      if (named) {
        EXPECT_TRUE(AnyReaderAccepts(Path()));
      }
      std::filesystem::remove(Path());
      EXPECT_EQ(FilesOnDisk(), 0u);
      EXPECT_EQ(OpenDescriptors(), descriptors);
      EXPECT_EQ(arrow::system_memory_pool()->bytes_allocated(), memory);
    }
  }
  files.Reset({});
  EXPECT_TRUE(WriteWhole(options).ok());
}

// Whoever reads the events may take a file that was closed for one that outlives a power cut.
TEST_F(ArchiveFaultTest, TellsOfTheCloseOnlyWhenTheFileIsDurable) {
  const auto log_path = folder_ / "events.jsonl";
  FaultyFileSystem files(LocalFileSystem());
  ArchiveOptions options = SmallRowGroups();
  options.files = &files;
  options.replace = true;
  const auto closes = [&](const std::string& plan) {
    std::filesystem::remove(log_path);
    const auto log = EventLog::Open(log_path.string()).ValueOrDie();
    options.parquet.events = log.get();
    files.Reset(ParseFaultPlan(plan).ValueOrDie());
    EXPECT_EQ(WriteWhole(options).ok(), plan.empty());
    std::stringstream text;
    text << std::ifstream(log_path).rdbuf();
    int found = 0;
    for (std::string line; std::getline(text, line);) {
      found += line.find("\"event\":\"write_closed\"") != std::string::npos;
    }
    return found;
  };
  EXPECT_EQ(closes(""), 1);
  const int64_t calls = files.total_calls();
  for (int64_t call = 1; call <= calls; ++call) {
    EXPECT_EQ(closes("*:" + std::to_string(call) + ":fail=EIO"), 0) << "call " << call;
  }
}

// The kernel's own refusal, in the middle of a write: a limit on the size of files.
TEST_F(ArchiveFaultTest, FailsWhenTheFileMayGrowNoFurther) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit small = {300'000, 300'000};
    if (::setrlimit(RLIMIT_FSIZE, &small) != 0) ::_exit(2);
    ArchiveOptions options = SmallRowGroups();
    options.parquet.threads = 1;
    const arrow::Status status = WriteWhole(options);
    const bool told = !status.ok() && arrow::internal::ErrnoFromStatus(status) == EFBIG &&
                      status.message().find(Path()) != std::string::npos;
    ::_exit(told && FilesOnDisk() == 0 ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

// No descriptor left, at the first call that takes one, the second, and so on.
TEST_F(ArchiveFaultTest, FailsWhenThereAreNoDescriptors) {
  rlimit before = {};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  const int next = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  ASSERT_GE(next, 0);
  ::close(next);
  bool went_well = false;
  int failures = 0;
  for (rlim_t free_descriptors = 0; free_descriptors < 8 && !went_well; ++free_descriptors) {
    const rlimit few = {static_cast<rlim_t>(next) + free_descriptors, before.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &few), 0);
    const arrow::Status status = WriteWhole(SmallRowGroups());
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
    went_well = status.ok();
    if (went_well) break;
    ++failures;
    EXPECT_EQ(arrow::internal::ErrnoFromStatus(status), EMFILE) << status;
    EXPECT_EQ(FilesOnDisk(), 0u) << status;
  }
  EXPECT_TRUE(went_well);
  EXPECT_GE(failures, 2);
}

}  // namespace
}  // namespace artemis
