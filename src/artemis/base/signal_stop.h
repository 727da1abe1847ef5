// SIGINT and SIGTERM as an arrow::StopToken.
#pragma once

#include <arrow/util/cancel.h>

namespace artemis {

// The first signal requests a stop, the next one kills: the handler takes itself away. At most one
// object lives at a time. Arm and the token are for any thread.
class SignalStop {
 public:
  SignalStop();
  ~SignalStop();
  SignalStop(const SignalStop&) = delete;
  SignalStop& operator=(const SignalStop&) = delete;

  // All tokens are of one stop: Arm takes it back for those, too, that were handed out before.
  arrow::StopToken token();
  // From now on no signal kills: every one requests a stop, whoever sent ones before. For a prompt, where stopping is an everyday thing.
  void KeepArmed();
  // Forgets a stop and waits for the next signal: between the statements of a prompt.
  void Arm();

 private:
  arrow::StopSource source_;
  bool keeps_armed_ = false;
};

}  // namespace artemis
