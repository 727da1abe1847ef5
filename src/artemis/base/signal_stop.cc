// Signals as stops.
#include "artemis/base/signal_stop.h"

#include <signal.h>

#include <atomic>

namespace artemis {

namespace {

std::atomic<arrow::StopSource*> g_stopped_by_signal{nullptr};

void RequestStop(int signal_number) {
  if (auto* source = g_stopped_by_signal.load(); source != nullptr) {
    source->RequestStopFromSignal(signal_number);
  }
}

void Handle(int signal_number, void (*handler)(int), bool once = true) {
  struct sigaction action = {};
  action.sa_handler = handler;
  sigemptyset(&action.sa_mask);
  if (once) action.sa_flags = static_cast<int>(SA_RESETHAND);
  sigaction(signal_number, &action, nullptr);
}

}  // namespace

SignalStop::SignalStop() {
  g_stopped_by_signal = &source_;
  Arm();
}

SignalStop::~SignalStop() {
  Handle(SIGINT, SIG_DFL);
  Handle(SIGTERM, SIG_DFL);
  g_stopped_by_signal = nullptr;
}

arrow::StopToken SignalStop::token() { return source_.token(); }

void SignalStop::KeepArmed() {
  keeps_armed_ = true;
  Arm();
}

void SignalStop::Arm() {
  if (source_.token().IsStopRequested()) source_.Reset();
  Handle(SIGINT, RequestStop, !keeps_armed_);
  Handle(SIGTERM, RequestStop, !keeps_armed_);
}

}  // namespace artemis
