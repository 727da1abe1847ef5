// Splits a record in place; fields with doubled quotes are copied.
#include "artemis/ingest/csv_records.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "artemis/base/error.h"

namespace artemis {
namespace {

constexpr size_t kColumnsMax = 10'000;

struct CsvField {
  std::string_view text;
  bool quoted = false;
  bool doubled_quotes = false;
};

// Fields of one record, in place.
class CsvSplitter {
 public:
  explicit CsvSplitter(char delimiter) : delimiter_(delimiter) {}

  arrow::Status Split(std::string_view record, std::vector<CsvField>* fields) const {
    fields->clear();
    size_t at = 0;
    while (true) {
      CsvField field;
      const bool quoted = at < record.size() && record[at] == '"';
      ARROW_ASSIGN_OR_RAISE(at,
                            quoted ? Quoted(record, at + 1, &field) : Plain(record, at, &field));
      fields->push_back(field);
      if (fields->size() > kColumnsMax) {
        return LimitExceededError("more than " + std::to_string(kColumnsMax) + " columns");
      }
      if (at == record.size()) return arrow::Status::OK();
      ++at;  // the delimiter
    }
  }

 private:
  // Both give the place of the delimiter behind the field, or the end.
  arrow::Result<size_t> Plain(std::string_view record, size_t begin, CsvField* field) const {
    const size_t end = std::min(record.find(delimiter_, begin), record.size());
    field->text = record.substr(begin, end - begin);
    if (field->text.find('"') != std::string_view::npos) {
      return arrow::Status::Invalid("a quote within a field without quotes: ",
                                    ShownValue(field->text, Spelling::kPlain));
    }
    return end;
  }

  arrow::Result<size_t> Quoted(std::string_view record, size_t begin, CsvField* field) const {
    field->quoted = true;
    size_t at = begin;
    while (true) {
      at = record.find('"', at);
      if (at == std::string_view::npos) return arrow::Status::Invalid("a quote is not closed");
      if (at + 1 == record.size() || record[at + 1] != '"') break;
      field->doubled_quotes = true;
      at += 2;
    }
    field->text = record.substr(begin, at - begin);
    ++at;
    if (at < record.size() && record[at] != delimiter_) {
      return arrow::Status::Invalid("text behind a closing quote: ",
                                    ShownValue(record.substr(at), Spelling::kPlain));
    }
    return at;
  }

  const char delimiter_;
};

std::string_view WithoutDoubledQuotes(std::string_view text, std::string* scratch) {
  scratch->clear();
  for (size_t i = 0; i < text.size(); ++i) {
    *scratch += text[i];
    if (text[i] == '"') ++i;
  }
  return *scratch;
}

class CsvRecordParser final : public LineParser {
 public:
  CsvRecordParser(std::shared_ptr<const RowTarget> target, const TextRowsOptions& options)
      : target_(std::move(target)),
        delimiter_(options.delimiter),
        ignore_unknown_(options.ignore_unknown),
        splitter_(options.delimiter) {}

  arrow::Status ReadHeader(LineSource& lines) {
    TextLine line;
    bool quote_open = false;
    ARROW_ASSIGN_OR_RAISE(const bool more, lines.NextRecord(delimiter_, &line, &quote_open));
    if (!more) return arrow::Status::Invalid("expected a header of CSV, found no line");
    header_ = std::string(line.verbatim);
    if (!IsUtf8Text(line.text)) {
      return arrow::Status::Invalid("the header of CSV is no UTF-8");
    }
    const auto split = splitter_.Split(line.text, &fields_);
    if (!split.ok()) return WithContext(split, "the header of CSV");
    std::vector<std::string> names;
    for (const CsvField& field : fields_) names.emplace_back(Unquoted(field));
    for (const std::string& name : names) ARROW_RETURN_NOT_OK(AddColumn(name));
    return CheckRequired();
  }

  arrow::Result<bool> Next(LineSource& lines, TextLine* line) override {
    while (true) {
      ARROW_ASSIGN_OR_RAISE(const bool more, lines.NextRecord(delimiter_, line, &quote_open_));
      if (!more) return false;
      if (!line->text.empty() || places_.size() == 1) return true;
    }
  }

  arrow::Status Append(const TextLine& line, const StructColumn& row) override {
    if (quote_open_) return arrow::Status::Invalid("a quote is not closed before the end");
    if (!IsUtf8Text(line.text)) {
      return arrow::Status::Invalid("bytes that are no UTF-8");
    }
    ARROW_RETURN_NOT_OK(splitter_.Split(line.text, &fields_));
    if (fields_.size() != places_.size()) {
      return arrow::Status::Invalid("expected ", places_.size(), " fields as in the header, found ",
                                    fields_.size());
    }
    for (size_t i = 0; i < fields_.size(); ++i) {
      if (places_[i] < 0) continue;
      ValueColumn& column = *row.children()[static_cast<size_t>(places_[i])];
      const CsvField& field = fields_[i];
      ARROW_RETURN_NOT_OK(field.text.empty() && !field.quoted
                              ? column.AppendNull()
                              : column.AppendText(Unquoted(field), Spelling::kPlain));
    }
    return arrow::Status::OK();
  }

  std::string_view header() const override { return header_; }

 private:
  std::string_view Unquoted(const CsvField& field) {
    return field.doubled_quotes ? WithoutDoubledQuotes(field.text, &scratch_) : field.text;
  }

  arrow::Status AddColumn(const std::string& name) {
    const int place = target_->schema->GetFieldIndex(name);
    if (place < 0) {
      if (!ignore_unknown_) return UnknownColumn(*target_, name);
    } else if (std::find(places_.begin(), places_.end(), place) != places_.end()) {
      return arrow::Status::Invalid("the header of CSV has column '", name, "' twice");
    } else if (target_->schema->field(place)->type()->num_fields() > 0) {
      return arrow::Status::Invalid("column '", name, "' is nested, which CSV cannot hold");
    }
    places_.push_back(place);
    return arrow::Status::OK();
  }

  arrow::Status CheckRequired() const {
    for (int i = 0; i < target_->schema->num_fields(); ++i) {
      const auto& field = *target_->schema->field(i);
      const bool there = std::find(places_.begin(), places_.end(), i) != places_.end();
      if (there || field.nullable() || target_->defaults.contains(field.name())) continue;
      return arrow::Status::Invalid("the header of CSV does not have column '", field.name(),
                                    "', which ", target_->owner, " requires");
    }
    return arrow::Status::OK();
  }

  std::shared_ptr<const RowTarget> target_;
  const char delimiter_;
  const bool ignore_unknown_;
  const CsvSplitter splitter_;
  std::string header_;
  std::vector<int> places_;  // in the target, of each field; -1: ignored
  std::vector<CsvField> fields_;
  std::string scratch_;
  bool quote_open_ = false;  // of the record that Next gave
};

}  // namespace

arrow::Result<std::unique_ptr<LineParser>> MakeCsvRecordParser(
    LineSource& lines, std::shared_ptr<const RowTarget> target, const TextRowsOptions& options) {
  auto parser = std::make_unique<CsvRecordParser>(std::move(target), options);
  ARROW_RETURN_NOT_OK(parser->ReadHeader(lines));
  return parser;
}

}  // namespace artemis
