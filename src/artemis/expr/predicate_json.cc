// The JSON form of predicates.
#include <algorithm>
#include <limits>

#include <nlohmann/json.hpp>

#include "artemis/base/error.h"
#include "artemis/expr/predicate.h"

namespace artemis {
namespace {

using nlohmann::json;

struct OpName {
  PredicateOp op;
  const char* name;
};

constexpr OpName kOpNames[] = {
    {PredicateOp::kAnd, "and"},
    {PredicateOp::kOr, "or"},
    {PredicateOp::kNot, "not"},
    {PredicateOp::kIsNull, "is_null"},
    {PredicateOp::kNotNull, "not_null"},
    {PredicateOp::kIsNaN, "is_nan"},
    {PredicateOp::kNotNaN, "not_nan"},
    {PredicateOp::kEq, "eq"},
    {PredicateOp::kNe, "ne"},
    {PredicateOp::kLt, "lt"},
    {PredicateOp::kLe, "le"},
    {PredicateOp::kGt, "gt"},
    {PredicateOp::kGe, "ge"},
    {PredicateOp::kIn, "in"},
    {PredicateOp::kNotIn, "not_in"},
    {PredicateOp::kStartsWith, "starts_with"},
    {PredicateOp::kNotStartsWith, "not_starts_with"},
};

std::string Quoted(const json& part) {
  std::string text = part.dump(-1, ' ', false, json::error_handler_t::replace);
  constexpr size_t kShown = 80;
  return text.size() <= kShown ? text : text.substr(0, kShown) + "...";
}

template <typename... Parts>
arrow::Status PredicateError(const Parts&... parts) {
  return arrow::Status::Invalid("predicate: ", parts...);
}

arrow::Status TooDeep() {
  return LimitExceededError("predicate is nested deeper than " +
                            std::to_string(kPredicateDepthMax) + " levels");
}

bool TakesNoValue(PredicateOp op) {
  return op >= PredicateOp::kIsNull && op <= PredicateOp::kNotNaN;
}

class JsonPredicateReader {
 public:
  arrow::Result<Predicate> Read(const json& node, int depth) {
    if (depth > kPredicateDepthMax) return TooDeep();
    if (!node.is_object()) return PredicateError("expected an object, found ", Quoted(node));
    const auto op = node.find("op");
    if (op == node.end() || !op->is_string()) {
      return PredicateError("expected a text \"op\" in ", Quoted(node));
    }
    const auto& name = op->get_ref<const std::string&>();
    if (name == "between") return ReadBetween(node, depth);
    for (const auto& known : kOpNames) {
      if (name == known.name) {
        return IsLeafOp(known.op) ? ReadLeaf(node, known.op) : ReadNode(node, known.op, depth);
      }
    }
    return PredicateError("unknown op \"", name, "\"");
  }

 private:
  arrow::Result<Predicate> ReadNode(const json& node, PredicateOp op, int depth) {
    ARROW_RETURN_NOT_OK(RequireKeys(node, {"op", "args"}));
    const json& args = node["args"];
    if (!args.is_array()) return PredicateError("expected an array of \"args\" in ", Quoted(node));
    if (op == PredicateOp::kNot && args.size() != 1) {
      return PredicateError("\"not\" takes one of \"args\", found ", args.size());
    }
    Predicate result;
    result.op = op;
    if (args.empty()) {
      result.op = op == PredicateOp::kAnd ? PredicateOp::kTrue : PredicateOp::kFalse;
    }
    for (const auto& arg : args) {
      ARROW_ASSIGN_OR_RAISE(result.args.emplace_back(), Read(arg, depth + 1));
    }
    return result;
  }

  arrow::Result<Predicate> ReadLeaf(const json& node, PredicateOp op) {
    if (op == PredicateOp::kIn || op == PredicateOp::kNotIn) return ReadSet(node, op);
    if (TakesNoValue(op)) {
      ARROW_RETURN_NOT_OK(RequireKeys(node, {"op", "column"}));
      return MakeLeaf(node, op);
    }
    ARROW_RETURN_NOT_OK(RequireKeys(node, {"op", "column", "value"}));
    ARROW_ASSIGN_OR_RAISE(Predicate result, MakeLeaf(node, op));
    ARROW_RETURN_NOT_OK(AddValue(node["value"], result));
    return result;
  }

  arrow::Result<Predicate> ReadSet(const json& node, PredicateOp op) {
    ARROW_RETURN_NOT_OK(RequireKeys(node, {"op", "column", "values"}));
    ARROW_ASSIGN_OR_RAISE(Predicate result, MakeLeaf(node, op));
    const json& values = node["values"];
    if (!values.is_array()) {
      return PredicateError("expected an array of \"values\" in ", Quoted(node));
    }
    for (const auto& value : values) ARROW_RETURN_NOT_OK(AddValue(value, result));
    return result;
  }

  arrow::Result<Predicate> ReadBetween(const json& node, int depth) {
    if (depth + 1 > kPredicateDepthMax) return TooDeep();
    ARROW_RETURN_NOT_OK(RequireKeys(node, {"op", "column", "lo", "hi"}));
    ARROW_ASSIGN_OR_RAISE(Predicate lo, MakeLeaf(node, PredicateOp::kGe));
    ARROW_RETURN_NOT_OK(AddValue(node["lo"], lo));
    ARROW_ASSIGN_OR_RAISE(Predicate hi, MakeLeaf(node, PredicateOp::kLe));
    ARROW_RETURN_NOT_OK(AddValue(node["hi"], hi));
    Predicate result;
    result.op = PredicateOp::kAnd;
    result.args = {std::move(lo), std::move(hi)};
    return result;
  }

  arrow::Result<Predicate> MakeLeaf(const json& node, PredicateOp op) {
    if (!node["column"].is_string()) {
      return PredicateError("expected a text \"column\" in ", Quoted(node));
    }
    Predicate result;
    result.op = op;
    result.column = node["column"].get<std::string>();
    return result;
  }

  arrow::Status AddValue(const json& value, Predicate& leaf) {
    if (++values_ > kPredicateValuesMax) {
      return LimitExceededError("predicate holds more than " + std::to_string(kPredicateValuesMax) +
                                " values");
    }
    if (value.is_boolean()) {
      leaf.values.emplace_back(value.get<bool>());
    } else if (value.is_number_integer() && IsInt64(value)) {
      leaf.values.emplace_back(value.get<int64_t>());
    } else if (value.is_number()) {
      leaf.values.emplace_back(value.get<double>());
    } else if (value.is_string()) {
      leaf.values.emplace_back(value.get<std::string>());
    } else if (value.is_null()) {
      return PredicateError("column \"", leaf.column,
                            "\" is compared with null: use is_null or not_null");
    } else {
      return PredicateError("expected a value for column \"", leaf.column, "\", found ",
                            Quoted(value));
    }
    return arrow::Status::OK();
  }

  static bool IsInt64(const json& value) {
    return !value.is_number_unsigned() ||
           value.get<uint64_t>() <= static_cast<uint64_t>(std::numeric_limits<int64_t>::max());
  }

  static arrow::Status RequireKeys(const json& node, std::initializer_list<const char*> keys) {
    for (const char* key : keys) {
      if (!node.contains(key)) {
        return PredicateError("expected \"", key, "\" in ", Quoted(node));
      }
    }
    for (const auto& item : node.items()) {
      if (std::find(keys.begin(), keys.end(), item.key()) == keys.end()) {
        return PredicateError("unexpected \"", item.key(), "\" in ", Quoted(node));
      }
    }
    return arrow::Status::OK();
  }

  int64_t values_ = 0;
};

// Whether brackets nest deeper than any predicate needs: two for each node, of which a leaf's may be
// a list of values. Deeper texts are not even parsed, since writing them into a message recurses.
bool NestsTooDeep(std::string_view text) {
  int depth = 0;
  bool in_string = false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (in_string) {
      if (text[i] == '\\')
        ++i;
      else if (text[i] == '"')
        in_string = false;
    } else if (text[i] == '"') {
      in_string = true;
    } else if (text[i] == '{' || text[i] == '[') {
      if (++depth > 2 * kPredicateDepthMax) return true;
    } else if (text[i] == '}' || text[i] == ']') {
      --depth;
    }
  }
  return false;
}

json ValueToJson(const UnboundValue& value) {
  return std::visit([](const auto& held) { return json(held); }, value);
}

json NodeToJson(const Predicate& predicate) {
  if (predicate.op == PredicateOp::kTrue) return {{"op", "and"}, {"args", json::array()}};
  if (predicate.op == PredicateOp::kFalse) return {{"op", "or"}, {"args", json::array()}};
  json node = json::object();
  for (const auto& known : kOpNames) {
    if (known.op == predicate.op) node["op"] = known.name;
  }
  if (!IsLeafOp(predicate.op)) {
    node["args"] = json::array();
    for (const auto& arg : predicate.args) node["args"].push_back(NodeToJson(arg));
    return node;
  }
  node["column"] = predicate.column;
  if (predicate.op == PredicateOp::kIn || predicate.op == PredicateOp::kNotIn) {
    node["values"] = json::array();
    for (const auto& value : predicate.values) node["values"].push_back(ValueToJson(value));
  } else if (!predicate.values.empty()) {
    node["value"] = ValueToJson(predicate.values.front());
  }
  return node;
}

}  // namespace

arrow::Result<Predicate> PredicateFromJson(std::string_view text) {
  if (NestsTooDeep(text)) return TooDeep();
  json root;
  try {
    root = json::parse(text);
  } catch (const json::exception& error) {
    return PredicateError("not JSON: ", error.what());
  }
  return JsonPredicateReader().Read(root, 1);
}

std::string PredicateToJson(const Predicate& predicate) {
  return NodeToJson(predicate).dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace artemis
