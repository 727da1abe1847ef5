// Sort orders as text.
#include "artemis/schema/sort_order.h"

#include "artemis/base/near_match.h"
#include "artemis/schema/term_text.h"

namespace artemis {
namespace {

arrow::Status BadSortWords(const TransformTerm& term) {
  std::string words;
  for (const std::string& word : term.words) words += (words.empty() ? "" : " ") + word;
  return arrow::Status::Invalid("sort field: expected [asc|desc] [nulls first|last], found '",
                                words, "'");
}

arrow::Status ReadSortWords(const TransformTerm& term, SortField* field) {
  size_t at = 0;
  const auto word = [&](size_t i) {
    return i < term.words.size() ? AsciiLower(term.words[i]) : std::string();
  };
  if (word(at) == "asc" || word(at) == "desc") {
    field->direction = word(at++) == "asc" ? SortDirection::kAscending : SortDirection::kDescending;
  }
  field->null_order = field->direction == SortDirection::kAscending ? NullOrder::kNullsFirst
                                                                    : NullOrder::kNullsLast;
  if (word(at) == "nulls" && (word(at + 1) == "first" || word(at + 1) == "last")) {
    field->null_order = word(at + 1) == "first" ? NullOrder::kNullsFirst : NullOrder::kNullsLast;
    at += 2;
  }
  return at == term.words.size() ? arrow::Status::OK() : BadSortWords(term);
}

}  // namespace

arrow::Result<SortOrder> ParseSortOrder(std::string_view text, const Schema& schema,
                                        SortOrderId id) {
  ARROW_ASSIGN_OR_RAISE(const auto terms, ParseTransformTerms(text));
  if (terms.empty()) return SortOrder{};
  SortOrder order{id, {}};
  for (const TransformTerm& term : terms) {
    ARROW_ASSIGN_OR_RAISE(const BoundTerm bound, BindTerm(term, schema));
    SortField field;
    field.source_id = bound.source->id;
    field.transform = bound.transform;
    ARROW_RETURN_NOT_OK(ReadSortWords(term, &field));
    for (const SortField& other : order.fields) {
      if (other.source_id == field.source_id && other.transform == field.transform) {
        return arrow::Status::Invalid("the sort order has ",
                                      FormatTerm(bound.transform, bound.column), " twice");
      }
    }
    order.fields.push_back(std::move(field));
  }
  return order;
}

std::string FormatSortOrder(const SortOrder& order, const Schema& schema) {
  std::string text;
  for (const SortField& field : order.fields) {
    std::string column = schema.FullName(field.source_id);
    if (column.empty()) column = "field " + ToString(field.source_id);
    if (!text.empty()) text += ", ";
    text += FormatTerm(field.transform, column);
    text += field.direction == SortDirection::kAscending ? " asc" : " desc";
    text += field.null_order == NullOrder::kNullsFirst ? " nulls first" : " nulls last";
  }
  return text;
}

}  // namespace artemis
