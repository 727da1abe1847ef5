// Clusterings as text.
#include "artemis/layout/clustering.h"

#include <algorithm>
#include <charconv>

#include "artemis/base/error.h"
#include "artemis/base/near_match.h"
#include "artemis/schema/term_text.h"

namespace artemis {
namespace {

constexpr char kFieldsWord[] = "fields";

ClusteringKind KindOf(const TransformTerm& term) {
  const std::string name = AsciiLower(term.function);
  if (name == "zorder") return ClusteringKind::kZOrder;
  if (name == "hilbert") return ClusteringKind::kHilbert;
  return ClusteringKind::kNone;
}

bool IsCurve(const TransformTerm& term) { return KindOf(term) != ClusteringKind::kNone; }

const char* KindName(ClusteringKind kind) {
  return kind == ClusteringKind::kHilbert ? "hilbert" : "zorder";
}

std::string TermText(const TransformTerm& term) {
  std::string text;
  for (const std::string& argument : term.arguments) {
    text += (text.empty() ? "" : ", ") + QuoteTermName(argument);
  }
  return term.function.empty() ? text : term.function + "(" + text + ")";
}

arrow::Result<FieldId> ClusterColumn(const std::string& name, const Schema& schema) {
  TransformTerm column;
  column.arguments.push_back(name);
  ARROW_ASSIGN_OR_RAISE(const BoundTerm bound, BindTerm(column, schema));
  return bound.source->id;
}

arrow::Result<std::vector<FieldId>> ReadFieldIds(const TransformTerm& fields) {
  std::vector<FieldId> ids;
  for (const std::string& text : fields.arguments) {
    int32_t id = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
    if (error != std::errc() || end != text.data() + text.size()) {
      return arrow::Status::Invalid("fields(…): expected field ids, found '", text, "'");
    }
    ids.emplace_back(id);
  }
  return ids;
}

// The terms of a clustering: the curve, and its columns by id or else by name.
struct CurveText {
  TransformTerm curve;
  std::vector<FieldId> ids;
};

arrow::Result<CurveText> ReadCurveText(std::string_view text) {
  ARROW_ASSIGN_OR_RAISE(const auto terms, ParseTransformTerms(text));
  CurveText result;
  if (terms.empty()) return result;
  if (!IsCurve(terms[0]) || !terms[0].words.empty()) {
    return arrow::Status::Invalid("'", text, "': expected zorder(column, …) or hilbert(column, …)");
  }
  result.curve = terms[0];
  if (terms.size() == 1) return result;
  if (terms.size() > 2 || terms[1].function != kFieldsWord || !terms[1].words.empty()) {
    return arrow::Status::Invalid("'", text, "': expected nothing after ", TermText(terms[0]));
  }
  ARROW_ASSIGN_OR_RAISE(result.ids, ReadFieldIds(terms[1]));
  if (result.ids.size() != result.curve.arguments.size()) {
    return arrow::Status::Invalid("'", text, "': expected as many field ids as columns");
  }
  return result;
}

arrow::Result<Clustering> BindCurve(const CurveText& text, const Schema& schema) {
  Clustering clustering{KindOf(text.curve), text.ids};
  if (!text.ids.empty() || clustering.is_none()) return clustering;
  for (const std::string& name : text.curve.arguments) {
    ARROW_ASSIGN_OR_RAISE(clustering.columns.emplace_back(), ClusterColumn(name, schema));
  }
  return clustering;
}

}  // namespace

arrow::Status CheckClustering(const Clustering& clustering, const Schema& schema) {
  if (clustering.is_none()) return arrow::Status::OK();
  const char* kind = KindName(clustering.kind);
  if (clustering.columns.empty() || clustering.columns.size() > Clustering::kColumnsMax) {
    return arrow::Status::Invalid(kind, ": expected 1 to ", Clustering::kColumnsMax,
                                  " columns, found ", clustering.columns.size());
  }
  for (size_t i = 0; i < clustering.columns.size(); ++i) {
    const FieldId id = clustering.columns[i];
    const std::string name = schema.FullName(id);
    if (name.empty()) return arrow::Status::Invalid(kind, ": no column has field id ", id.value);
    ARROW_RETURN_NOT_OK(WithContext(ClusterColumn(name, schema).status(), kind));
    const Type& type = schema.FindField(id)->type;
    if (!type.is_primitive() || type.kind == TypeKind::kUnknown) {
      return arrow::Status::Invalid(kind, ": column ", name, " of type ", type.ToString(),
                                    " has no order");
    }
    const auto begin = clustering.columns.begin();
    if (std::find(begin, begin + static_cast<ptrdiff_t>(i), id) !=
        begin + static_cast<ptrdiff_t>(i)) {
      return arrow::Status::Invalid(kind, ": column ", name, " is there twice");
    }
  }
  return arrow::Status::OK();
}

arrow::Result<Clustering> ParseClustering(std::string_view text, const Schema& schema) {
  ARROW_ASSIGN_OR_RAISE(const CurveText curve, ReadCurveText(text));
  ARROW_ASSIGN_OR_RAISE(Clustering clustering, BindCurve(curve, schema));
  ARROW_RETURN_NOT_OK(CheckClustering(clustering, schema));
  return clustering;
}

std::string FormatClustering(const Clustering& clustering, const Schema& schema) {
  if (clustering.is_none()) return "";
  std::string columns;
  for (const FieldId id : clustering.columns) {
    const std::string name = schema.FullName(id);
    columns += (columns.empty() ? "" : ", ") +
               (name.empty() ? "field " + ToString(id) : QuoteTermName(name));
  }
  return std::string(KindName(clustering.kind)) + "(" + columns + ")";
}

std::string ClusteringText(const Clustering& clustering, const Schema& schema) {
  if (clustering.is_none()) return "";
  std::string ids;
  for (const FieldId id : clustering.columns) ids += (ids.empty() ? "" : ", ") + ToString(id);
  return FormatClustering(clustering, schema) + ", " + kFieldsWord + "(" + ids + ")";
}

arrow::Result<Clustering> ClusteringOf(const std::map<std::string, std::string>& properties,
                                       const Schema& schema) {
  const auto property = properties.find(kClusteringProperty);
  if (property == properties.end()) return Clustering{};
  std::string context = "table property ";
  context.append(kClusteringProperty);
  const auto curve = ReadCurveText(property->second);
  ARROW_RETURN_NOT_OK(WithContext(curve.status(), context));
  auto clustering = BindCurve(*curve, schema);
  ARROW_RETURN_NOT_OK(WithContext(clustering.status(), context));
  std::erase_if(clustering->columns, [&](FieldId id) { return schema.FindField(id) == nullptr; });
  if (clustering->columns.empty()) return Clustering{};
  ARROW_RETURN_NOT_OK(WithContext(CheckClustering(*clustering, schema), context));
  return clustering;
}

arrow::Result<RowOrder> ParseRowOrder(std::string_view text, const Schema& schema) {
  RowOrder order;
  ARROW_ASSIGN_OR_RAISE(const auto terms, ParseTransformTerms(text));
  const auto curve = std::find_if(terms.begin(), terms.end(), IsCurve);
  if (curve == terms.end()) {
    ARROW_ASSIGN_OR_RAISE(order.sort, ParseSortOrder(text, schema));
    return order;
  }
  for (const TransformTerm& term : terms) {
    if (&term == &*curve || term.function == kFieldsWord) continue;
    return arrow::Status::Invalid("rows are clustered by ", TermText(*curve), " or sorted by ",
                                  TermText(term), ", not both");
  }
  ARROW_ASSIGN_OR_RAISE(order.clustering, ParseClustering(text, schema));
  return order;
}

}  // namespace artemis
