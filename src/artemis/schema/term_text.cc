// A scanner over the text, then the binding to columns.
#include "artemis/schema/term_text.h"

#include <charconv>
#include <optional>

#include "artemis/base/near_match.h"

namespace artemis {
namespace {

bool IsNameByte(char c, bool first) {
  if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_') return true;
  if (static_cast<unsigned char>(c) >= 0x80) return true;
  return !first && ((c >= '0' && c <= '9') || c == '.' || c == '$');
}

class TermScanner {
 public:
  explicit TermScanner(std::string_view text) : text_(text) {}

  bool AtEnd() {
    SkipBlanks();
    return at_ == text_.size();
  }

  bool Accept(char c) {
    SkipBlanks();
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  bool AtName() {
    SkipBlanks();
    return at_ < text_.size() &&
           (text_[at_] == '"' || text_[at_] == '`' || IsNameByte(text_[at_], true));
  }

  arrow::Result<std::string> Name() {
    if (!AtName()) return Expected("a name");
    if (text_[at_] == '"' || text_[at_] == '`') return QuotedName();
    const size_t start = at_;
    while (at_ < text_.size() && IsNameByte(text_[at_], false)) ++at_;
    return std::string(text_.substr(start, at_ - start));
  }

  arrow::Result<std::string> Argument() {
    if (AtName()) return Name();
    const size_t start = at_;
    while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9') ++at_;
    if (at_ == start) return Expected("a column or a number");
    return std::string(text_.substr(start, at_ - start));
  }

  arrow::Status Expected(const char* what) const {
    return arrow::Status::Invalid("'", text_, "': expected ", what, " at byte ", at_ + 1);
  }

 private:
  void SkipBlanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n')) {
      ++at_;
    }
  }

  arrow::Result<std::string> QuotedName() {
    const char quote = text_[at_++];
    std::string name;
    for (; at_ < text_.size(); ++at_) {
      if (text_[at_] == quote) {
        ++at_;
        if (at_ == text_.size() || text_[at_] != quote) return name;
      }
      name += text_[at_];
    }
    return Expected("a closing quote");
  }

  std::string_view text_;
  size_t at_ = 0;
};

arrow::Result<TransformTerm> ScanTerm(TermScanner& in) {
  TransformTerm term;
  ARROW_ASSIGN_OR_RAISE(std::string name, in.Name());
  if (in.Accept('(')) {
    term.function = std::move(name);
    do {
      ARROW_ASSIGN_OR_RAISE(term.arguments.emplace_back(), in.Argument());
    } while (in.Accept(','));
    if (!in.Accept(')')) return in.Expected("')'");
  } else {
    term.arguments.push_back(std::move(name));
  }
  while (in.AtName()) {
    ARROW_ASSIGN_OR_RAISE(term.words.emplace_back(), in.Name());
  }
  return term;
}

std::optional<int32_t> WholeNumber(std::string_view text) {
  int32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

arrow::Result<TransformKind> FunctionKind(const std::string& function) {
  std::string name = AsciiLower(function);
  if (name == "years" || name == "months" || name == "days" || name == "hours") name.pop_back();
  if (name == "identity") return TransformKind::kIdentity;
  if (name == "bucket") return TransformKind::kBucket;
  if (name == "truncate") return TransformKind::kTruncate;
  if (name == "year") return TransformKind::kYear;
  if (name == "month") return TransformKind::kMonth;
  if (name == "day" || name == "date") return TransformKind::kDay;
  if (name == "hour") return TransformKind::kHour;
  if (name == "void") return TransformKind::kVoid;
  return arrow::Status::Invalid(
      "no such transform: ", function,
      DidYouMean(name, {"identity", "bucket", "truncate", "year", "month", "day", "hour"}),
      "; there are identity, bucket(N, column), truncate(W, column), year, month, day, hour");
}

// Splits the arguments of a transform into its column and its number.
arrow::Result<std::string> ReadArguments(const TransformTerm& term, Transform* transform) {
  const bool takes_number =
      transform->kind == TransformKind::kBucket || transform->kind == TransformKind::kTruncate;
  if (term.arguments.size() != (takes_number ? 2u : 1u)) {
    return arrow::Status::Invalid(term.function, ": expected ",
                                  takes_number ? "a number and a column" : "one column", ", found ",
                                  term.arguments.size(), " arguments");
  }
  if (!takes_number) return term.arguments[0];
  auto number = WholeNumber(term.arguments[0]);
  const bool number_first = number.has_value();
  if (!number) number = WholeNumber(term.arguments[1]);
  if (!number || *number <= 0) {
    return arrow::Status::Invalid(term.function, ": expected a number greater than 0");
  }
  transform->parameter = *number;
  return term.arguments[number_first ? 1 : 0];
}

bool LiesInListOrMap(const std::vector<Field>& fields, FieldId id, bool repeated) {
  for (const Field& field : fields) {
    if (field.id == id && repeated) return true;
    const bool repeats = field.type.kind == TypeKind::kList || field.type.kind == TypeKind::kMap;
    if (LiesInListOrMap(field.type.fields, id, repeated || repeats)) return true;
  }
  return false;
}

}  // namespace

arrow::Result<std::vector<TransformTerm>> ParseTransformTerms(std::string_view text) {
  TermScanner in(text);
  std::vector<TransformTerm> terms;
  if (in.AtEnd()) return terms;
  do {
    ARROW_ASSIGN_OR_RAISE(terms.emplace_back(), ScanTerm(in));
  } while (in.Accept(','));
  if (!in.AtEnd()) return in.Expected("',' or the end");
  return terms;
}

arrow::Result<BoundTerm> BindTerm(const TransformTerm& term, const Schema& schema) {
  BoundTerm bound;
  if (term.function.empty()) {
    bound.column = term.arguments.front();
  } else {
    ARROW_ASSIGN_OR_RAISE(bound.transform.kind, FunctionKind(term.function));
    ARROW_ASSIGN_OR_RAISE(bound.column, ReadArguments(term, &bound.transform));
  }
  ARROW_ASSIGN_OR_RAISE(bound.source, RequireField(schema, bound.column));
  const auto result = TransformResultType(bound.transform, bound.source->type);
  if (!result.ok()) {
    return arrow::Status::Invalid("column ", bound.column, ": ", result.status().message());
  }
  if (LiesInListOrMap(schema.fields, bound.source->id, false)) {
    return arrow::Status::Invalid("column ", bound.column, " lies in a list or map");
  }
  return bound;
}

std::string QuoteTermName(std::string_view name) {
  bool bare = !name.empty() && IsNameByte(name.front(), true);
  for (const char c : name) bare = bare && IsNameByte(c, false);
  if (bare) return std::string(name);
  std::string quoted = "\"";
  for (const char c : name) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

std::string FormatTerm(const Transform& transform, std::string_view column) {
  const std::string name = QuoteTermName(column);
  switch (transform.kind) {
    case TransformKind::kIdentity:
      return name;
    case TransformKind::kBucket:
      return "bucket(" + std::to_string(transform.parameter) + ", " + name + ")";
    case TransformKind::kTruncate:
      return "truncate(" + std::to_string(transform.parameter) + ", " + name + ")";
    default:
      return transform.ToString() + "(" + name + ")";
  }
}

}  // namespace artemis
