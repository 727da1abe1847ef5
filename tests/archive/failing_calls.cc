// Loaded before libc (LD_PRELOAD): lets one call on the files of a folder fail, as a full disk or a broken one would.
//
//   FAILING_FOLDER=<path>   counted are calls on this folder and the files in it, by any name
//   FAILING_CALL=<n>        which of them fails, from 1
//   FAILING_ERRNO=<number>  with which error; 0: a write takes half of its bytes, other calls are made as they are
//   FAILING_REPORT=<path>   takes the name of the call that failed; not made when there were fewer calls
//
// Counted: open, write, pwrite, writev, fsync, fdatasync, ftruncate, flock, rename, renameat2, link, unlink, close. A
// close that fails has closed its descriptor all the same, as Linux does.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

template <typename Function>
Function* Real(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

#define ARTEMIS_REAL(name) (*Real<decltype(::name)>(#name))

bool InFolder(const char* path) {
  const char* folder = std::getenv("FAILING_FOLDER");
  return folder != nullptr && path != nullptr &&
         std::strncmp(path, folder, std::strlen(folder)) == 0;
}

bool InFolder(int fd) {
  char link[64];
  char path[4096];
  std::snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  const ssize_t length = ::readlink(link, path, sizeof path - 1);
  if (length < 0) return false;
  path[length] = '\0';
  return InFolder(path);
}

int Number(const char* name) {
  const char* text = std::getenv(name);
  return text != nullptr ? std::atoi(text) : 0;
}

void Report(const char* call) {
  const char* path = std::getenv("FAILING_REPORT");
  if (path == nullptr) return;
  const int fd = ARTEMIS_REAL(open)(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (fd < 0) return;
  (void)!ARTEMIS_REAL(write)(fd, call, std::strlen(call));
  ARTEMIS_REAL(close)(fd);
}

std::atomic<int> counted_calls = 0;

// Whether this call is the one; the error is in errno then.
template <typename File>
bool Fails(const char* call, File file) {
  if (!InFolder(file) || ++counted_calls != Number("FAILING_CALL")) return false;
  Report(call);
  errno = Number("FAILING_ERRNO");
  return true;
}

// Whether a call that has no half must fail.
template <typename File>
bool FailsWhole(const char* call, File file) {
  return Fails(call, file) && errno != 0;
}

int ModeOf(int flags, va_list& arguments) {
  return (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(arguments, int) : 0;
}

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const int mode = ModeOf(flags, arguments);
  va_end(arguments);
  return FailsWhole("open", path) ? -1 : ARTEMIS_REAL(open)(path, flags, mode);
}

int open64(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const int mode = ModeOf(flags, arguments);
  va_end(arguments);
  return FailsWhole("open", path) ? -1 : ARTEMIS_REAL(open64)(path, flags, mode);
}

ssize_t write(int fd, const void* data, size_t size) {
  if (Fails("write", fd)) {
    if (errno != 0) return -1;
    size = (size + 1) / 2;
  }
  return ARTEMIS_REAL(write)(fd, data, size);
}

ssize_t pwrite(int fd, const void* data, size_t size, off_t offset) {
  return FailsWhole("pwrite", fd) ? -1 : ARTEMIS_REAL(pwrite)(fd, data, size, offset);
}

ssize_t pwrite64(int fd, const void* data, size_t size, off64_t offset) {
  return FailsWhole("pwrite", fd) ? -1 : ARTEMIS_REAL(pwrite64)(fd, data, size, offset);
}

ssize_t writev(int fd, const iovec* parts, int count) {
  return FailsWhole("writev", fd) ? -1 : ARTEMIS_REAL(writev)(fd, parts, count);
}

int fsync(int fd) { return FailsWhole("fsync", fd) ? -1 : ARTEMIS_REAL(fsync)(fd); }

int fdatasync(int fd) { return FailsWhole("fdatasync", fd) ? -1 : ARTEMIS_REAL(fdatasync)(fd); }

int ftruncate(int fd, off_t size) noexcept {
  return FailsWhole("ftruncate", fd) ? -1 : ARTEMIS_REAL(ftruncate)(fd, size);
}

int ftruncate64(int fd, off64_t size) noexcept {
  return FailsWhole("ftruncate", fd) ? -1 : ARTEMIS_REAL(ftruncate64)(fd, size);
}

int flock(int fd, int operation) noexcept {
  return FailsWhole("flock", fd) ? -1 : ARTEMIS_REAL(flock)(fd, operation);
}

int rename(const char* from, const char* to) noexcept {
  return FailsWhole("rename", to) ? -1 : ARTEMIS_REAL(rename)(from, to);
}

int link(const char* from, const char* to) noexcept {
  return FailsWhole("link", to) ? -1 : ARTEMIS_REAL(link)(from, to);
}

int unlink(const char* path) noexcept {
  return FailsWhole("unlink", path) ? -1 : ARTEMIS_REAL(unlink)(path);
}

int close(int fd) {
  const bool fails = FailsWhole("close", fd);
  const int error = errno;
  const int closed = ARTEMIS_REAL(close)(fd);
  if (!fails) return closed;
  errno = error;
  return -1;
}

int renameat2(int from_folder, const char* from, int to_folder, const char* to,
              unsigned flags) noexcept {
  if (FailsWhole("renameat2", to)) return -1;
  return ARTEMIS_REAL(renameat2)(from_folder, from, to_folder, to, flags);
}

// All calls by number pass here; one of them is renameat2.
long syscall(long number, ...) noexcept {
  va_list arguments;
  va_start(arguments, number);
  long values[6];
  for (long& value : values) value = va_arg(arguments, long);
  va_end(arguments);
  if (number == SYS_renameat2 &&
      FailsWhole("renameat2", reinterpret_cast<const char*>(values[3]))) {
    return -1;
  }
  return ARTEMIS_REAL(syscall)(number, values[0], values[1], values[2], values[3], values[4],
                               values[5]);
}

}  // extern "C"
