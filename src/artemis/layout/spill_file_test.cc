// Facts of putting rows aside on disk.
#include "artemis/layout/spill_file.h"

#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <random>
#include <thread>

#include <arrow/api.h>
#include <gtest/gtest.h>

#include "artemis/schema/arrow_schema.h"

namespace artemis {
namespace {

class SpillFileTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(::testing::TempDir()) /
              ("spill_file_" + std::to_string(::getpid()) + "_" +
               ::testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  static Schema NumberSchema() {
    Schema schema;
    for (const auto kind : {TypeKind::kLong, TypeKind::kString, TypeKind::kLong}) {
      Field field;
      field.id = FieldId(static_cast<int32_t>(schema.fields.size()) + 1);
      field.name = "c" + std::to_string(schema.fields.size());
      field.type = Type::Of(kind);
      schema.fields.push_back(field);
    }
    return schema;
  }

  // Random numbers and texts; the last column counts the rows.
  static std::shared_ptr<arrow::RecordBatch> Numbers(int64_t first, int64_t rows) {
    std::mt19937_64 random(static_cast<uint64_t>(first) + 1);
    arrow::Int64Builder number, row;
    arrow::StringBuilder text;
    for (int64_t i = 0; i < rows; ++i) {
      EXPECT_TRUE(number.Append(static_cast<int64_t>(random() % 5000)).ok());
      EXPECT_TRUE((i % 7 == 0 ? text.AppendNull() : text.Append(std::to_string(random()))).ok());
      EXPECT_TRUE(row.Append(first + i).ok());
    }
    return arrow::RecordBatch::Make(
        ToArrowSchema(NumberSchema()), rows,
        {number.Finish().ValueOrDie(), text.Finish().ValueOrDie(), row.Finish().ValueOrDie()});
  }

  std::unique_ptr<SpillFile> Open() const {
    return SpillFile::Create(folder_.string(), ToArrowSchema(NumberSchema()),
                             arrow::default_memory_pool())
        .ValueOrDie();
  }

  std::filesystem::path folder_;
};

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
