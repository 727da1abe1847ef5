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

class FileSystem;

struct AtomicFileOptions {
  // Whether a file already at the path is replaced; else AlreadyExists, when opened or when committed.
  bool replace = false;
  // Null: the machine's. Must outlive the file.
  FileSystem* files = nullptr;
};

// One thread at a time.
class AtomicFile {
 public:
  // Makes the file's folders. IOError "is being written by another process" when its .inprogress is locked.
  static arrow::Result<std::unique_ptr<AtomicFile>> Open(const std::string& path,
                                                         const AtomicFileOptions& options = {});
  // Removes the .inprogress when it was not committed, unless it is kept.
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  // Where to write. Closing it is allowed; Commit does. Whoever keeps it keeps the lock.
  const std::shared_ptr<arrow::io::OutputStream>& stream() const { return stream_; }

  // Whether the .inprogress stays when this is destroyed without a commit; what was not yet given to the system is not in it.
  void KeepUnfinished(bool keep) { keep_unfinished_ = keep; }

  // Flushes, syncs, renames, syncs the folder. After an error nothing is at the path that was not there before (except when only
  // the last sync failed). Committing twice: Invalid.
  arrow::Status Commit();

 private:
  AtomicFile(FileSystem& files, std::string path, std::shared_ptr<arrow::io::OutputStream> stream,
             bool replace);

  FileSystem& files_;
  const std::string path_;
  const std::string unfinished_path_;
  const bool replace_;
  // Holds the lock until the file has its name.
  std::shared_ptr<arrow::io::OutputStream> stream_;
  bool keep_unfinished_ = false;
  bool committed_ = false;
  bool renamed_ = false;
};

}  // namespace artemis
