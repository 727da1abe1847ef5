// Where results go: files that appear whole, and what must not be replaced by one.
#include "artemis/output/target.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "artemis/base/uuid.h"

namespace artemis {
namespace {

namespace fs = std::filesystem;

class OutputTargetTest : public testing::Test {
 protected:
  OutputTargetTest() : folder_(::testing::TempDir() + "target-" + RandomUuid()) {
    fs::create_directory(folder_);
  }
  ~OutputTargetTest() override { fs::remove_all(folder_); }

  std::string At(const std::string& name) const { return folder_ + "/" + name; }

  static std::string TextOf(const std::string& path) {
    std::string text;
    std::getline(std::ifstream(path), text, '\0');
    return text;
  }

  static arrow::Status WriteTo(const std::string& path, const std::string& text) {
    ARROW_ASSIGN_OR_RAISE(const auto target, OutputTarget::Open(path));
    ARROW_RETURN_NOT_OK(target->Write(text));
    return target->Finish();
  }

  const std::string folder_;
};

TEST_F(OutputTargetTest, AFileIsThereOnceItIsFinished) {
  std::ofstream(At("rows.csv")) << "before";
  {
    const auto target = OutputTarget::Open(At("rows.csv")).ValueOrDie();
    ASSERT_TRUE(target->Write("after").ok());
    EXPECT_EQ(TextOf(At("rows.csv")), "before");
    ASSERT_TRUE(target->Finish().ok());
  }
  EXPECT_EQ(TextOf(At("rows.csv")), "after");
  { ASSERT_TRUE(OutputTarget::Open(At("rows.csv")).ValueOrDie()->Write("half").ok()); }
  EXPECT_EQ(TextOf(At("rows.csv")), "after");
  EXPECT_FALSE(fs::exists(At("rows.csv.inprogress")));
}

TEST_F(OutputTargetTest, ALinkStaysALink) {
  std::ofstream(At("rows.csv")) << "before";
  fs::create_symlink("rows.csv", At("link.csv"));
  ASSERT_TRUE(WriteTo(At("link.csv"), "after").ok());
  EXPECT_TRUE(fs::is_symlink(At("link.csv")));
  EXPECT_EQ(TextOf(At("rows.csv")), "after");
}

// A link to what stands for an open descriptor, which is open on a plain file: as /dev/stdout is where output is redirected.
TEST_F(OutputTargetTest, TheNameOfADescriptorIsWrittenAndNotReplaced) {
  std::ofstream open_file(At("out.txt"));
  open_file << "first\n" << std::flush;
  FILE* const file = std::fopen(At("out.txt").c_str(), "a");
  ASSERT_NE(file, nullptr);
  const std::string name = "/proc/self/fd/" + std::to_string(::fileno(file));
  fs::create_symlink(name, At("out"));
  ASSERT_TRUE(WriteTo(At("out"), "second\n").ok());
  EXPECT_TRUE(fs::is_symlink(At("out")));
  EXPECT_EQ(fs::read_symlink(At("out")), name);
  EXPECT_EQ(TextOf(At("out.txt")), "first\nsecond\n");
  std::fclose(file);
}

TEST_F(OutputTargetTest, APipeIsWrittenAsItIs) {
  ASSERT_EQ(::mkfifo(At("pipe").c_str(), 0600), 0);
  std::string text;
  std::thread reader([&] { text = TextOf(At("pipe")); });
  EXPECT_TRUE(WriteTo(At("pipe"), "rows").ok());
  reader.join();
  EXPECT_EQ(text, "rows");
  EXPECT_TRUE(fs::is_fifo(At("pipe")));
}

// Before any row is read for it.
TEST_F(OutputTargetTest, AFolderIsRefused) {
  const auto status = OutputTarget::Open(folder_).status();
  ASSERT_TRUE(status.IsInvalid()) << status;
  EXPECT_NE(status.message().find(folder_ + " is a folder"), std::string::npos) << status;
}

TEST_F(OutputTargetTest, AFullDeviceIsToldWithItsReason) {
  const auto status = WriteTo("/dev/full", "rows");
  ASSERT_TRUE(status.IsIOError()) << status;
  EXPECT_EQ(status.message(), "cannot write to /dev/full: No space left on device");
  EXPECT_TRUE(fs::is_character_file("/dev/full"));
}

}  // namespace
}  // namespace artemis
