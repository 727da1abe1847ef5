// libedit calls back with the editor as its client data.
#include "artemis/shell/line_editor.h"

#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <clocale>
#include <cstdio>
#include <cstdlib>
#include <string>

#include <arrow/util/cancel.h>
#include <arrow/util/io_util.h>
#include <histedit.h>
#include <langinfo.h>

#include "artemis/output/text_table.h"
#include "artemis/shell/screen.h"

namespace artemis {

namespace {

constexpr size_t kListedMax = 200;
constexpr int kPollMs = 250;
constexpr int kHistoryEntriesMax = 2000;
// Keys that no keyboard has: for what one function tells libedit to do next.
constexpr char kNewLineKey[] = "\n";
constexpr char kPreviousKey[] = "\033\020";
constexpr char kNextKey[] = "\033\016";
constexpr char kInsertKey[] = "\033\001";

std::atomic<bool> g_window_changed{false};
std::atomic<bool> g_continued{false};

void NoteSignal(int number) {
  if (number == SIGWINCH) g_window_changed = true;
  if (number == SIGCONT) g_continued = true;
}

void HandleWith(int number, void (*handler)(int)) {
  struct sigaction action = {};
  action.sa_handler = handler;
  sigemptyset(&action.sa_mask);
  sigaction(number, &action, nullptr);
}

void UseUtf8() {
  std::setlocale(LC_CTYPE, "");
  if (std::string_view(::nl_langinfo(CODESET)) != "UTF-8") std::setlocale(LC_CTYPE, "C.UTF-8");
}

}  // namespace

class LineEditor::Inside {
 public:
  Inside(const std::string& program, SignalStop& signals, EditorCallbacks callbacks)
      : signals_(signals), callbacks_(std::move(callbacks)) {
    UseUtf8();
    HandleWith(SIGWINCH, NoteSignal);
    HandleWith(SIGCONT, NoteSignal);
    FILE* echo = ::isatty(STDOUT_FILENO) == 1 ? stdout : stderr;
    edit_ = ::el_init(program.c_str(), stdin, echo, stderr);
    history_ = ::history_init();
    HistEvent event;
    ::history(history_, &event, H_SETSIZE, kHistoryEntriesMax);
    ::history(history_, &event, H_SETUNIQUE, 1);
    ::el_set(edit_, EL_CLIENTDATA, this);
    ::el_set(edit_, EL_SIGNAL, 0);
    ::el_set(edit_, EL_EDITOR, "emacs");
    ::el_set(edit_, EL_HIST, ::history, history_);
    ::el_set(edit_, EL_PROMPT, &Inside::Prompt);
    ::el_set(edit_, EL_GETCFN, &Inside::ReadCharacter);
    ::el_source(edit_, nullptr);
    BindKeys();
    const char* terminal = std::getenv("TERM");
    is_capable_ =
        terminal != nullptr && std::string_view(terminal) != "dumb" && ::isatty(fileno(echo)) == 1;
    echo_ = echo;
  }

  ~Inside() {
    HandleWith(SIGWINCH, SIG_DFL);
    HandleWith(SIGCONT, SIG_DFL);
    ::el_end(edit_);
    ::history_end(history_);
  }

  EditorInput Read(const std::string& prompt) {
    first_prompt_ = prompt_ = prompt;
    earlier_.clear();
    rows_ = 0;
    initial_.clear();
    while (true) {
      const auto line = ReadLine();
      if (!line) {
        Echo(kind_ == EditorInput::Kind::kCancelled ? cancelled_ + "\n" : "\n");
        return {kind_, ""};
      }
      if (pulls_back_) {
        PullBack(*line);
        continue;
      }
      earlier_ += *line;
      const auto continuation = callbacks_.continuation(earlier_);
      if (!continuation) return {EditorInput::Kind::kText, earlier_};
      rows_ += RowsOf(prompt_, *line);
      earlier_ += '\n';
      prompt_ = *continuation;
    }
  }

  void Remember(const std::string& text) {
    HistEvent event;
    ::history(history_, &event, H_ENTER, text.c_str());
  }

 private:
  static Inside& Of(EditLine* edit) {
    void* self = nullptr;
    ::el_get(edit, EL_CLIENTDATA, &self);
    return *static_cast<Inside*>(self);
  }

  static char* Prompt(EditLine* edit) { return Of(edit).prompt_.data(); }

  void BindKeys() {
    struct Key {
      const char* name;
      const char* help;
      unsigned char (*function)(EditLine*, int);
      std::vector<const char*> keys;
    };
    const std::vector<Key> keys = {
        {"artemis-complete", "Complete the word", &Inside::Complete, {"^I"}},
        {"artemis-paste", "Insert what is pasted", &Inside::Paste, {"\\e[200~"}},
        {"artemis-up", "Up a line or in the history", &Inside::Up, {"\\e[A", "\\eOA"}},
        {"artemis-down", "Down a line or in the history", &Inside::Down, {"\\e[B", "\\eOB"}},
        {"artemis-break", "Insert a line break", &Inside::Break, {"\\e^M", "\\e^J"}},
        {"artemis-insert", "Insert the earlier lines", &Inside::Insert, {"\\e^A"}},
    };
    for (const auto& key : keys) {
      ::el_set(edit_, EL_ADDFN, key.name, key.help, key.function);
      for (const char* text : key.keys) ::el_set(edit_, EL_BIND, text, key.name, nullptr);
    }
    const std::vector<std::pair<const char*, const char*>> builtin = {
        {"^R", "em-inc-search-prev"}, {"\\e^P", "ed-prev-history"},
        {"\\e^N", "ed-next-history"}, {"\\e[3~", "ed-delete-next-char"},
        {"\\e[H", "ed-move-to-beg"},  {"\\e[F", "ed-move-to-end"},
        {"\\e[1~", "ed-move-to-beg"}, {"\\e[4~", "ed-move-to-end"},
        {"\\e[1;5D", "ed-prev-word"}, {"\\e[1;5C", "em-next-word"},
        {"^W", "ed-delete-prev-word"}};
    for (const auto& [text, name] : builtin) ::el_set(edit_, EL_BIND, text, name, nullptr);
  }

  std::optional<std::string> ReadLine() {
    kind_ = EditorInput::Kind::kEnd;
    pulls_back_ = false;
    history_depth_ = 0;
    // Pasted text then comes between marks: its line breaks end nothing, its tabs complete nothing.
    if (is_capable_) Echo("\033[?2004h");
    // Before the prompt appears: what is typed at once is for the editor, Ctrl-D above all.
    ::el_set(edit_, EL_PREP_TERM, 1);
    int count = 0;
    const char* line = ::el_gets(edit_, &count);
    std::optional<std::string> text;
    if (line != nullptr && count > 0) text = std::string(line, static_cast<size_t>(count));
    if (is_capable_) Echo("\033[?2004l");
    if (!text) return std::nullopt;
    while (!text->empty() && (text->back() == '\n' || text->back() == '\r')) text->pop_back();
    return text;
  }

  // One character of standard input, as libedit asks for it. Ends reading when the user wants to stop.
  static int ReadCharacter(EditLine* edit, wchar_t* character) {
    Inside& self = Of(edit);
    mbstate_t state = {};
    while (true) {
      if (!self.WaitForInput()) return -1;
      char byte = 0;
      const ssize_t got = ::read(STDIN_FILENO, &byte, 1);
      if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
      if (got <= 0) return static_cast<int>(got);
      const size_t used = std::mbrtowc(character, &byte, 1, &state);
      if (used == static_cast<size_t>(-2)) continue;
      if (used == static_cast<size_t>(-1)) {
        state = {};
        continue;
      }
      return 1;
    }
  }

  bool WaitForInput() {
    while (true) {
      if (const auto stop = signals_.token().Poll(); !stop.ok()) {
        if (arrow::internal::SignalFromStatus(stop) == SIGINT) {
          kind_ = EditorInput::Kind::kCancelled;
          cancelled_ = BehindText();
        }
        signals_.Arm();
        return false;
      }
      if (g_continued.exchange(false)) {
        ::el_set(edit_, EL_PREP_TERM, 0);
        ::el_set(edit_, EL_PREP_TERM, 1);
        Redraw(0);
      }
      if (g_window_changed.exchange(false)) {
        ::el_resize(edit_);
        const Place here = Here();
        Redraw(RowsOf(prompt_, here.text.substr(0, here.cursor)) - 1);
      }
      pollfd input = {STDIN_FILENO, POLLIN, 0};
      // A key behind Ctrl-C is of the next text.
      const bool is_there = ::poll(&input, 1, kPollMs) > 0;
      if (is_there && !signals_.token().IsStopRequested()) return true;
    }
  }

  struct Place {
    std::string text;
    size_t cursor;
  };
  Place Here() const {
    const LineInfo* line = ::el_line(edit_);
    return {std::string(line->buffer, line->lastchar),
            static_cast<size_t>(line->cursor - line->buffer)};
  }

  // Draws the text anew, from `rows_above` rows above the cursor on.
  void Redraw(size_t rows_above) {
    if (is_capable_) {
      Echo((rows_above > 0 ? "\033[" + std::to_string(rows_above) + "A" : "") + "\r\033[J");
    }
    ::el_set(edit_, EL_REFRESH);
  }

  // What brings the cursor to the last row of the text, so that nothing of it is overwritten.
  std::string BehindText() const {
    const Place here = Here();
    if (here.cursor == here.text.size()) return "^C";
    const size_t rows =
        RowsOf(prompt_, here.text) - RowsOf(prompt_, here.text.substr(0, here.cursor));
    return is_capable_ && rows > 0 ? "\033[" + std::to_string(rows) + "B" : "";
  }

  static unsigned char Complete(EditLine* edit, int) {
    Inside& self = Of(edit);
    const Place here = self.Here();
    const bool again = self.completed_ == here.text.substr(0, here.cursor);
    const std::string text = self.earlier_ + here.text;
    const size_t cursor = self.earlier_.size() + here.cursor;
    const Completion found = self.callbacks_.complete(text, cursor, again);
    if (found.candidates.empty()) return CC_REFRESH_BEEP;
    const std::string typed = text.substr(found.begin, cursor - found.begin);
    const bool is_one = found.candidates.size() == 1;
    const std::string whole =
        is_one ? found.candidates[0] + (found.ends_word ? " " : "") : found.common;
    if (whole != typed && (is_one || CodePoints(whole) > CodePoints(typed))) {
      ::el_deletestr(edit, static_cast<int>(CodePoints(typed)));
      ::el_insertstr(edit, whole.c_str());
      self.completed_.clear();
      return CC_REFRESH;
    }
    if (is_one) return CC_REFRESH_BEEP;
    self.completed_ = here.text.substr(0, here.cursor);
    self.Echo("\n" + ListedCandidates(found.candidates, SizeOfScreen(fileno(self.echo_)).columns,
                                      kListedMax));
    return CC_REDISPLAY;
  }

  // Inserts what comes until the end of the paste, without what a keyboard would do.
  static unsigned char Paste(EditLine* edit, int) {
    constexpr std::wstring_view end = L"\033[201~";
    std::wstring pasted;
    wchar_t character = 0;
    while (!pasted.ends_with(end)) {
      if (::el_wgetc(edit, &character) != 1) return CC_EOF;
      pasted += character == L'\r' ? L'\n' : character;
    }
    pasted.resize(pasted.size() - end.size());
    std::erase_if(pasted,
                  [](wchar_t c) { return (c < 0x20 && c != L'\n' && c != L'\t') || c == 0x7f; });
    ::el_winsertstr(edit, pasted.c_str());
    return CC_REFRESH;
  }

  // Moves to the line above or below in the text that is edited; false where there is none.
  static bool MoveLine(EditLine* edit, bool up) {
    const LineInfoW* line = ::el_wline(edit);
    const std::wstring_view text(line->buffer, static_cast<size_t>(line->lastchar - line->buffer));
    const auto cursor = static_cast<size_t>(line->cursor - line->buffer);
    const size_t before = cursor == 0 ? std::wstring_view::npos : text.rfind(L'\n', cursor - 1);
    const size_t begin = before == std::wstring_view::npos ? 0 : before + 1;
    size_t target = 0;
    size_t target_end = 0;
    if (up) {
      if (begin == 0) return false;
      const size_t above = begin < 2 ? std::wstring_view::npos : text.rfind(L'\n', begin - 2);
      target = above == std::wstring_view::npos ? 0 : above + 1;
      target_end = begin - 1;
    } else {
      const size_t end = text.find(L'\n', cursor);
      if (end == std::wstring_view::npos) return false;
      target = end + 1;
      target_end = std::min(text.find(L'\n', target), text.size());
    }
    const size_t wanted = std::min(target + (cursor - begin), target_end);
    ::el_cursor(edit, static_cast<int>(wanted) - static_cast<int>(cursor));
    return true;
  }

  static unsigned char Up(EditLine* edit, int) {
    Inside& self = Of(edit);
    if (MoveLine(edit, true)) return CC_REFRESH;
    if (!self.earlier_.empty() && self.is_capable_) {
      self.pulls_back_ = true;
      ::el_push(edit, kNewLineKey);
    } else {
      ++self.history_depth_;
      ::el_push(edit, kPreviousKey);
    }
    return CC_NORM;
  }

  static unsigned char Down(EditLine* edit, int) {
    if (MoveLine(edit, false)) return CC_REFRESH;
    Inside& self = Of(edit);
    // Further down than where it began there is nothing, and the text would be lost.
    if (self.history_depth_ == 0) return CC_REFRESH_BEEP;
    --self.history_depth_;
    ::el_push(edit, kNextKey);
    return CC_NORM;
  }

  static unsigned char Break(EditLine* edit, int) {
    ::el_insertstr(edit, "\n");
    return CC_REFRESH;
  }

  static unsigned char Insert(EditLine* edit, int) {
    Inside& self = Of(edit);
    ::el_insertstr(edit, self.initial_.c_str());
    ::el_cursor(edit, -static_cast<int>(self.behind_));
    self.initial_.clear();
    return CC_REFRESH;
  }

  // Takes the lines before `last` from the screen and back into the editor, the cursor at the end of the line above it.
  void PullBack(const std::string& last) {
    const size_t rows = rows_ + RowsOf(prompt_, last);
    Echo("\033[" + std::to_string(rows) + "A\r\033[J");
    initial_ = earlier_ + last;
    behind_ = CodePoints(last) + 1;
    earlier_.clear();
    rows_ = 0;
    prompt_ = first_prompt_;
    ::el_push(edit_, kInsertKey);
  }

  // How many rows of the screen a text behind its prompt takes.
  size_t RowsOf(const std::string& prompt, const std::string& text) const {
    const size_t columns = std::max<size_t>(SizeOfScreen(fileno(echo_)).columns, 1);
    size_t rows = 0;
    size_t width = DisplayWidth(prompt);
    for (size_t begin = 0; begin <= text.size();) {
      const size_t end = std::min(text.find('\n', begin), text.size());
      width += DisplayWidth(text.substr(begin, end - begin));
      rows += std::max<size_t>((width + columns - 1) / columns, 1);
      width = 0;
      begin = end + 1;
    }
    return rows;
  }

  void Echo(const std::string& text) {
    std::fputs(text.c_str(), echo_);
    std::fflush(echo_);
  }

  SignalStop& signals_;
  const EditorCallbacks callbacks_;
  EditLine* edit_ = nullptr;
  History* history_ = nullptr;
  FILE* echo_ = nullptr;
  bool is_capable_ = false;
  std::string first_prompt_;
  std::string prompt_;
  // Lines of the statement that have been entered, each with its break, and the rows they take on the screen.
  std::string earlier_;
  size_t rows_ = 0;
  // What Insert puts into the editor, and how far from its end the cursor goes.
  std::string initial_;
  size_t behind_ = 0;
  bool pulls_back_ = false;
  // How far Up has gone.
  int history_depth_ = 0;
  // Where Tab last listed what there is.
  std::string completed_;
  // What a cancelled text is left with.
  std::string cancelled_;
  EditorInput::Kind kind_ = EditorInput::Kind::kEnd;
};

LineEditor::LineEditor(const std::string& program, SignalStop& signals, EditorCallbacks callbacks)
    : inside_(std::make_unique<Inside>(program, signals, std::move(callbacks))) {}
LineEditor::~LineEditor() = default;

EditorInput LineEditor::Read(const std::string& prompt) { return inside_->Read(prompt); }
void LineEditor::Remember(const std::string& text) { inside_->Remember(text); }

std::string ListedCandidates(const std::vector<std::string>& candidates, size_t width,
                             size_t count_max) {
  const size_t count = std::min(candidates.size(), count_max);
  std::vector<std::string> names;
  size_t widest = 0;
  for (size_t i = 0; i < count; ++i) {
    names.push_back(Printable(candidates[i]));
    widest = std::max(widest, DisplayWidth(names.back()) + 2);
  }
  const size_t columns = std::max<size_t>(width / std::max<size_t>(widest, 1), 1);
  const size_t rows = (count + columns - 1) / columns;
  std::string text;
  for (size_t row = 0; row < rows; ++row) {
    std::string line;
    for (size_t i = row; i < count; i += rows) {
      line += names[i] + std::string(widest - DisplayWidth(names[i]), ' ');
    }
    line.resize(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  if (count < candidates.size()) {
    text += "... and " + std::to_string(candidates.size() - count) + " more\n";
  }
  return text;
}

}  // namespace artemis
