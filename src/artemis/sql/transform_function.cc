// Value by value, through literals: such files are rare.
#include "artemis/sql/transform_function.h"

#include <utility>

#include <duckdb/execution/expression_executor.hpp>
#include <duckdb/planner/expression/bound_function_expression.hpp>

#include "artemis/sql/duck_types.h"

namespace artemis {
namespace {

struct TransformBindData : public duckdb::FunctionData {
  TransformBindData(Transform the_transform, Type the_source, Type the_result)
      : transform(std::move(the_transform)),
        source(std::move(the_source)),
        result(std::move(the_result)) {}

  duckdb::unique_ptr<FunctionData> Copy() const override {
    return duckdb::make_uniq<TransformBindData>(transform, source, result);
  }
  bool Equals(const FunctionData& other) const override {
    const auto& that = other.Cast<TransformBindData>();
    return transform == that.transform && source == that.source;
  }

  const Transform transform;
  const Type source;
  const Type result;
};

void ApplyToVector(duckdb::DataChunk& arguments, duckdb::ExpressionState& state,
                   duckdb::Vector& result) {
  const auto& info =
      state.expr.Cast<duckdb::BoundFunctionExpression>().bind_info->Cast<TransformBindData>();
  for (duckdb::idx_t row = 0; row < arguments.size(); ++row) {
    const auto literal = ToLiteral(info.source, arguments.GetValue(0, row));
    const auto value =
        literal ? ApplyTransform(info.transform, info.source, *literal) : std::nullopt;
    result.SetValue(
        row, value ? ToDuckValue(info.result, *value) : duckdb::Value(ToDuckType(info.result)));
  }
}

}  // namespace

duckdb::unique_ptr<duckdb::Expression> TransformExpression(
    const Transform& transform, const Type& source,
    duckdb::unique_ptr<duckdb::Expression> argument) {
  const Type result = TransformResultType(transform, source).ValueOr(source);
  duckdb::ScalarFunction function("artemis_transform", {ToDuckType(source)}, ToDuckType(result),
                                  ApplyToVector);
  duckdb::vector<duckdb::unique_ptr<duckdb::Expression>> arguments;
  arguments.push_back(std::move(argument));
  return duckdb::make_uniq<duckdb::BoundFunctionExpression>(
      ToDuckType(result), std::move(function), std::move(arguments),
      duckdb::make_uniq<TransformBindData>(transform, source, result));
}

}  // namespace artemis
