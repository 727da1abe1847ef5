// Puts each record on a line of its own, and reads the lines.
#include "artemis/timetravel/json_records.h"

#include <string>
#include <utility>

#include <arrow/buffer.h>
#include <arrow/io/memory.h>

#include "artemis/ingest/json_lines.h"
#include "artemis/ingest/line_source.h"
#include "artemis/schema/arrow_schema.h"
#include "artemis/schema/literal.h"

namespace artemis {

namespace {

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// Cuts the text at the objects of its outermost level. What is inside of them is left to the parser.
class RecordSplitter {
 public:
  explicit RecordSplitter(std::string_view text) : text_(text) {}

  arrow::Result<std::string> Run() {
    std::string lines;
    SkipBlanks();
    const bool array = Take('[');
    for (SkipBlanks(); !AtEnd(); SkipBlanks()) {
      if (array && Take(']')) {
        SkipBlanks();
        if (!AtEnd()) return Unexpected("the end");
        return lines;
      }
      if (array && records_ > 0 && !Take(',')) return Unexpected("',' or ']'");
      SkipBlanks();
      ARROW_ASSIGN_OR_RAISE(const auto record, Object());
      AppendLine(record, &lines);
    }
    if (array) return Unexpected("']'");
    return lines;
  }

 private:
  bool AtEnd() const { return at_ == text_.size(); }
  bool Take(char c) {
    if (AtEnd() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  void SkipBlanks() {
    while (!AtEnd() && IsBlank(text_[at_])) ++at_;
  }

  arrow::Status Unexpected(const std::string& expected) const {
    const std::string found = AtEnd() ? "the end" : "'" + std::string(1, text_[at_]) + "'";
    return arrow::Status::Invalid("JSON records, after record ", records_, ": expected ", expected,
                                  ", found ", found);
  }

  arrow::Result<std::string_view> Object() {
    if (AtEnd() || text_[at_] != '{') return Unexpected("'{'");
    const size_t begin = at_;
    int depth = 0;
    bool quoted = false;
    for (; !AtEnd(); ++at_) {
      const char c = text_[at_];
      if (quoted) {
        if (c == '\\' && at_ + 1 < text_.size()) ++at_;
        quoted = c != '"';
      } else if (c == '"') {
        quoted = true;
      } else if (c == '{' || c == '[') {
        ++depth;
      } else if ((c == '}' || c == ']') && --depth == 0) {
        ++at_;
        ++records_;
        return text_.substr(begin, at_ - begin);
      }
    }
    return Unexpected("'}'");
  }

  // Line breaks in JSON stand between its tokens only.
  static void AppendLine(std::string_view record, std::string* lines) {
    for (const char c : record) *lines += c == '\n' || c == '\r' ? ' ' : c;
    *lines += '\n';
  }

  const std::string_view text_;
  size_t at_ = 0;
  int64_t records_ = 0;
};

std::shared_ptr<const RowTarget> TargetOf(const TableMetadata& table) {
  auto target = std::make_shared<RowTarget>();
  const Schema& current = table.CurrentSchema();
  target->schema = ToArrowSchema(current);
  for (const auto& field : current.fields) {
    if (!field.write_default) continue;
    target->defaults[field.name] = FormatLiteral(field.type, *field.write_default);
  }
  for (const auto& schema : table.schemas) {
    for (const auto& field : schema.fields) {
      if (target->schema->GetFieldIndex(field.name) >= 0) continue;
      const Field* now = current.FindField(field.id);
      if (now != nullptr) target->former_names[field.name] = now->name;
    }
  }
  return target;
}

}  // namespace

arrow::Result<std::shared_ptr<arrow::RecordBatchReader>> ReadJsonRecords(const TableMetadata& table,
                                                                         std::string_view json) {
  ARROW_ASSIGN_OR_RAISE(auto lines, RecordSplitter(json).Run());
  const auto target = TargetOf(table);
  const TextRowsOptions options;
  auto bytes = MakeByteSource(
      std::make_shared<arrow::io::BufferReader>(arrow::Buffer::FromString(std::move(lines))));
  return MakeTextRows("JSON records",
                      std::make_unique<LineSource>(std::move(bytes), options.line_bytes_max),
                      MakeJsonLineParser(target, options), target, options, nullptr);
}

}  // namespace artemis
