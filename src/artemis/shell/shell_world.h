// What a program hands to the shell that it runs.
#pragma once

#include <functional>
#include <string>

#include <arrow/status.h>
#include <arrow/util/cancel.h>

#include "artemis/base/progress.h"
#include "artemis/base/signal_stop.h"
#include "artemis/output/row_output.h"

namespace artemis {

class Clock;
class FileSystem;

// The references must outlive the shell.
struct ShellWorld {
  // Scripts are read from.
  FileSystem& files;
  // For times such as -2h.
  const Clock& clock;
  // Stops statements, and lines that are typed.
  SignalStop& signals;
  ProgressMode progress = ProgressMode::kAuto;
  // "artemis-sql"
  std::string program;
  // A failure as one line for people, with what the program knows to add.
  std::function<std::string(const arrow::Status&)> error_line;

  arrow::StopToken stop() const { return signals.token(); }
  StreamControl stream_control() const { return {stop(), progress, program}; }
};

}  // namespace artemis
