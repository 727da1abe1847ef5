// A file that appears whole or not at all.
//
// It is written as "<path>.inprogress" under an exclusive flock(2) and renamed when it is committed. A crash leaves an
// unlocked .inprogress, which the next writer of that path takes over and empties.
#pragma once

#include <memory>
#include <string>

#include <arrow/io/interfaces.h>
#include <arrow/result.h>

namespace artemis {

struct AtomicFileOptions {
  // Whether a file already at the path is replaced; else AlreadyExists, when opened or when committed.
  bool replace = false;
};

// One thread at a time. Local paths and file: locations only.
class AtomicFile {
 public:
  // Makes the file's folders. IOError "is being written by another process" when its .inprogress is locked.
  static arrow::Result<std::unique_ptr<AtomicFile>> Open(const std::string& path,
                                                         const AtomicFileOptions& options = {});
  // Removes the .inprogress when it was not committed.
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  // Where to write. Closing it is allowed; Commit does.
  const std::shared_ptr<arrow::io::OutputStream>& stream() const { return stream_; }

  // Flushes, syncs, renames, syncs the folder. After an error nothing is at the path that was not there before (except when only
  // the last sync failed), and the .inprogress goes with this object. Committing twice: Invalid.
  arrow::Status Commit();

 private:
  AtomicFile(std::string path, int lock, std::shared_ptr<arrow::io::OutputStream> stream,
             bool replace);

  const std::string path_;
  const std::string unfinished_path_;
  const int lock_;  // holds the flock until the file has its name
  const bool replace_;
  std::shared_ptr<arrow::io::OutputStream> stream_;
  bool committed_ = false;
  bool renamed_ = false;
};

}  // namespace artemis
