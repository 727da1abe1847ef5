// Reads statements from the terminal, over libedit: history, completion, pasting, and lines that may still be changed when later ones
// have been typed.
//
//   Up on a line of a statement   takes its earlier lines back into the editor; on the first line: the history
//   Alt-Enter                     a line break within the editor
//   Ctrl-R                        searches the history
//   ~/.editrc                     is read first: bind -v for vi's keys
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "artemis/base/signal_stop.h"
#include "artemis/shell/completion.h"

namespace artemis {

struct EditorCallbacks {
  // What Tab does in `text` at byte `cursor`; `again`: the same place as the Tab before.
  std::function<Completion(std::string_view text, size_t cursor, bool again)> complete;
  // The prompt for a further line of `text`; nullopt where it is complete.
  std::function<std::optional<std::string>(const std::string& text)> continuation;
};

struct EditorInput {
  enum class Kind : uint8_t {
    kText,
    kCancelled,  // Ctrl-C: what was typed is to be forgotten
    kEnd,        // Ctrl-D on an empty line, or SIGTERM
  };
  Kind kind = Kind::kText;
  // Without the last line break.
  std::string text;
};

// At most one lives at a time. On the thread that it was made on.
class LineEditor {
 public:
  // Reads from standard input and echoes to standard output, or to standard error where that is the terminal alone. Makes the
  // characters of this process UTF-8 where the user's locale has others. `signals` must outlive it.
  LineEditor(const std::string& program, SignalStop& signals, EditorCallbacks callbacks);
  ~LineEditor();
  LineEditor(const LineEditor&) = delete;
  LineEditor& operator=(const LineEditor&) = delete;

  // Reads lines until `continuation` says that they are complete. A window that changes its size is drawn anew.
  EditorInput Read(const std::string& prompt);

  // Puts a text into the history that Up goes through.
  void Remember(const std::string& text);

  class Inside;

 private:
  const std::unique_ptr<Inside> inside_;
};

// Names in columns for a window, by columns as ls has them; of more than `count_max` the first, and a line that says how many there are.
std::string ListedCandidates(const std::vector<std::string>& candidates, size_t width,
                             size_t count_max);

}  // namespace artemis
