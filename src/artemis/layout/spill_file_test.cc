// Facts of putting rows aside on disk.
#include "artemis/layout/spill_file.h"

#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <thread>

#include <arrow/api.h>
#include <gtest/gtest.h>

#include "artemis/layout/spill_fixture.h"

namespace artemis {
namespace {

class SpillFileTest : public SpillTest {};

TEST_F(SpillFileTest, GivesBackWhatWasWritten) {
  const auto file = Open();
  const auto batch = Numbers(0, 1000);
  const auto slice = batch->Slice(100, 50);
  const auto whole_place = file->Write(*batch).ValueOrDie();
  const auto slice_place = file->Write(*slice).ValueOrDie();
  EXPECT_EQ(slice_place.rows, 50);
  EXPECT_LT(slice_place.bytes * 10, whole_place.bytes);
  EXPECT_TRUE(file->Read(slice_place).ValueOrDie()->Equals(*slice));
  EXPECT_TRUE(file->Read(whole_place).ValueOrDie()->Equals(*batch));
  file->Release(slice_place);
  EXPECT_TRUE(file->Read(whole_place).ValueOrDie()->Equals(*batch));
}

TEST_F(SpillFileTest, HasNoNameThatCouldStayBehind) {
  const auto file = Open();
  ASSERT_TRUE(file->Write(*Numbers(0, 1000)).ok());
  EXPECT_TRUE(std::filesystem::is_empty(folder_));
}

TEST_F(SpillFileTest, NamesTheFolderThatIsNotThere) {
  const auto status = SpillFile::Create((folder_ / "absent").string(), arrow::schema({}),
                                        arrow::default_memory_pool())
                          .status();
  EXPECT_TRUE(status.IsIOError()) << status;
  EXPECT_NE(status.message().find((folder_ / "absent").string()), std::string::npos) << status;
}

TEST_F(SpillFileTest, SaysThatTheDiskIsFull) {
  const auto file = Open();
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before = {};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit small = {1 << 16, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const auto status = file->Write(*Numbers(0, 10'000)).status();
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  EXPECT_TRUE(status.IsIOError()) << status;
  EXPECT_NE(status.message().find(folder_.string()), std::string::npos) << status;
}

TEST_F(SpillFileTest, TakesBatchesOfSeveralThreads) {
  const auto file = Open();
  std::vector<std::thread> threads;
  for (int64_t t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int64_t i = 0; i < 20; ++i) {
        const auto batch = Numbers(t * 1000 + i, 500);
        const auto place = file->Write(*batch).ValueOrDie();
        EXPECT_TRUE(file->Read(place).ValueOrDie()->Equals(*batch));
      }
    });
  }
  for (auto& thread : threads) thread.join();
}

}  // namespace
}  // namespace artemis
