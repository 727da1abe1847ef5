// Walks a line and hands its values to the columns; numbers go on as their text, so that no digit is lost.
#include "artemis/ingest/json_lines.h"

#include <string>
#include <utility>

#include "artemis/ingest/json_cursor.h"

namespace artemis {
namespace {

constexpr char kEntryForm[] = R"(expected entries {"key":…,"value":…})";

class JsonLineParser final : public LineParser {
 public:
  JsonLineParser(std::shared_ptr<const RowTarget> target, const TextRowsOptions& options)
      : target_(std::move(target)), ignore_unknown_(options.ignore_unknown) {}

  arrow::Result<bool> Next(LineSource& lines, TextLine* line) override {
    while (true) {
      ARROW_ASSIGN_OR_RAISE(const bool more, lines.NextLine(line));
      if (!more) return false;
      if (line->text.find_first_not_of(" \t\r") != std::string_view::npos) return true;
    }
  }

  arrow::Status Append(const TextLine& line, const StructColumn& row) override {
    if (!IsUtf8Text(line.text)) return NoJson("bytes that are no UTF-8");
    JsonCursor cursor(line.text);
    ARROW_ASSIGN_OR_RAISE(const JsonKind kind, cursor.Peek());
    if (kind != JsonKind::kObject) {
      return arrow::Status::Invalid("expected an object, found ",
                                    ShownValue(line.text, Spelling::kNumber));
    }
    ARROW_RETURN_NOT_OK(AppendMembers(cursor, row, row.length()));
    return cursor.End();
  }

 private:
  // The members of a row or a struct; its children have `length` values before.
  arrow::Status AppendMembers(JsonCursor& cursor, const StructColumn& parent, int64_t length) {
    int expected = 0;
    std::string_view name;
    for (bool first = true;; first = false) {
      ARROW_ASSIGN_OR_RAISE(const bool more, cursor.NextMember(first, &name));
      if (!more) return arrow::Status::OK();
      const int place = parent.FindChild(name, expected);
      if (place < 0) {
        if (!ignore_unknown_) return Unknown(parent, name);
        ARROW_RETURN_NOT_OK(cursor.Skip());
        continue;
      }
      expected = place + 1;
      ValueColumn& column = *parent.children()[static_cast<size_t>(place)];
      if (column.length() > length) return RefuseColumn(column.name(), "is there twice");
      ARROW_RETURN_NOT_OK(AppendValue(cursor, column));
    }
  }

  arrow::Status Unknown(const StructColumn& parent, std::string_view name) const {
    const bool top = parent.name().empty();
    if (top) return UnknownColumn(*target_, name);
    return RefuseColumn(parent.name() + "." + std::string(name), "is not in " + target_->owner);
  }

  arrow::Status AppendValue(JsonCursor& cursor, ValueColumn& column) {
    ARROW_ASSIGN_OR_RAISE(const JsonKind kind, cursor.Peek());
    switch (kind) {
      case JsonKind::kString: {
        ARROW_ASSIGN_OR_RAISE(const std::string_view text, cursor.String());
        return column.AppendText(text, Spelling::kString);
      }
      case JsonKind::kWord: {
        ARROW_ASSIGN_OR_RAISE(const std::string_view word, cursor.Word());
        return AppendWord(word, column);
      }
      case JsonKind::kArray:
        return AppendArray(cursor, column);
      default:
        return AppendObject(cursor, column);
    }
  }

  static arrow::Status AppendWord(std::string_view word, ValueColumn& column) {
    if (word == "null") return column.AppendNull();
    if (word == "true" || word == "false") return column.AppendText(word, Spelling::kBoolean);
    const bool python = word == "NaN" || word == "Infinity" || word == "-Infinity";
    if (python || IsJsonNumber(word)) return column.AppendText(word, Spelling::kNumber);
    return RefuseColumn(column.name(),
                        ShownValue(word, Spelling::kNumber) + " is no value of JSON");
  }

  arrow::Status AppendArray(JsonCursor& cursor, ValueColumn& column) {
    const bool is_list = column.shape() == ValueColumn::Shape::kList;
    if (!is_list && column.shape() != ValueColumn::Shape::kMap) {
      return column.AppendText("[", Spelling::kNumber);
    }
    auto& list = static_cast<ListColumn&>(column);
    for (bool first = true;; first = false) {
      ARROW_ASSIGN_OR_RAISE(const bool more, cursor.NextElement(first));
      if (!more) break;
      ARROW_RETURN_NOT_OK(is_list ? AppendValue(cursor, list.element())
                                  : AppendEntry(cursor, list));
    }
    list.Close();
    return arrow::Status::OK();
  }

  // {"key":…,"value":…}
  arrow::Status AppendEntry(JsonCursor& cursor, ListColumn& map) {
    const int64_t length = map.key().length();
    ARROW_ASSIGN_OR_RAISE(const JsonKind kind, cursor.Peek());
    if (kind != JsonKind::kObject) return RefuseColumn(map.name(), kEntryForm);
    std::string_view name;
    for (bool first = true;; first = false) {
      ARROW_ASSIGN_OR_RAISE(const bool more, cursor.NextMember(first, &name));
      if (!more) break;
      if (name != "key" && name != "value") return RefuseColumn(map.name(), kEntryForm);
      ValueColumn& column = name == "key" ? map.key() : map.value();
      if (column.length() > length) return RefuseColumn(column.name(), "is there twice");
      ARROW_RETURN_NOT_OK(AppendValue(cursor, column));
    }
    if (map.key().length() == length) return RefuseColumn(map.key().name(), "is missing");
    if (map.value().length() == length) return map.value().AppendNull();
    return arrow::Status::OK();
  }

  arrow::Status AppendObject(JsonCursor& cursor, ValueColumn& column) {
    if (column.shape() == ValueColumn::Shape::kMap) {
      return AppendMap(cursor, static_cast<ListColumn&>(column));
    }
    if (column.shape() != ValueColumn::Shape::kStruct) {
      return column.AppendText("{", Spelling::kNumber);
    }
    auto& parent = static_cast<StructColumn&>(column);
    const int64_t length = parent.length();
    ARROW_RETURN_NOT_OK(AppendMembers(cursor, parent, length));
    for (const auto& child : parent.children()) {
      if (child->length() > length) continue;
      if (!child->nullable()) {
        return RefuseColumn(child->name(), "is missing, and " + target_->owner + " requires it");
      }
      ARROW_RETURN_NOT_OK(child->AppendNull());
    }
    parent.Close();
    return arrow::Status::OK();
  }

  arrow::Status AppendMap(JsonCursor& cursor, ListColumn& map) {
    if (map.key().shape() != ValueColumn::Shape::kScalar) {
      return map.AppendText("{", Spelling::kNumber);
    }
    std::string_view name;
    for (bool first = true;; first = false) {
      ARROW_ASSIGN_OR_RAISE(const bool more, cursor.NextMember(first, &name));
      if (!more) break;
      ARROW_RETURN_NOT_OK(map.key().AppendText(name, Spelling::kString));
      ARROW_RETURN_NOT_OK(AppendValue(cursor, map.value()));
    }
    map.Close();
    return arrow::Status::OK();
  }

  std::shared_ptr<const RowTarget> target_;
  const bool ignore_unknown_;
};

}  // namespace

std::unique_ptr<LineParser> MakeJsonLineParser(std::shared_ptr<const RowTarget> target,
                                               const TextRowsOptions& options) {
  return std::make_unique<JsonLineParser>(std::move(target), options);
}

}  // namespace artemis
