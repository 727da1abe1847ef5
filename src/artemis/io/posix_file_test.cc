// Tests of io/posix_file.h.
#include "artemis/io/posix_file.h"

#include <fcntl.h>

#include <cerrno>

#include <gtest/gtest.h>

#include "artemis/base/error.h"
#include "artemis/io/file_system.h"

namespace artemis {
namespace {

TEST(ErrnoStatus, GivesCallersWhatTheyCanActOn) {
  for (const int error : {EACCES, EPERM, EROFS}) {
    EXPECT_NE(FindDetail<PermissionDenied>(ErrnoStatus(error, "cannot open", "/x")), nullptr);
  }
  EXPECT_TRUE(ErrnoStatus(EEXIST, "cannot create", "/x").IsAlreadyExists());
  EXPECT_TRUE(IsFileNotFound(ErrnoStatus(ENOENT, "cannot open", "/x")));
  EXPECT_TRUE(ErrnoStatus(ENOSPC, "cannot write", "/x").IsIOError());
  EXPECT_EQ(ErrnoStatus(ENOENT, "cannot open", "/x").message(),
            "cannot open /x: No such file or directory");
}

TEST(DurableOutput, AFailedWriteFailsEverythingAfterIt) {
  const int fd = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  if (fd < 0) GTEST_SKIP() << "there is no /dev/full";
  DurableOutput output(fd, "/dev/full");
  EXPECT_TRUE(output.Write("small", 5).ok());
  EXPECT_TRUE(output.Flush().IsIOError());
  EXPECT_TRUE(output.Write("more", 4).IsIOError());
  const auto closed = output.Close();
  EXPECT_TRUE(closed.IsIOError());
  EXPECT_NE(closed.message().find("/dev/full"), std::string::npos);
  EXPECT_TRUE(output.Close().IsIOError());
}

}  // namespace
}  // namespace artemis
