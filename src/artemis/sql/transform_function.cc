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

void RequireRowIds(duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
  duckdb::UnifiedVectorFormat ids;
  arguments.data[0].ToUnifiedFormat(arguments.size(), ids);
  for (duckdb::idx_t row = 0; row < arguments.size(); ++row) {
    if (ids.validity.RowIsValid(ids.sel->get_index(row))) continue;
    throw duckdb::NotImplementedException(
        "_row_id: a data file holds row ids for some of its rows alone; artemis-replay reads them");
  }
  result.Reference(arguments.data[0]);
}

}  // namespace

duckdb::unique_ptr<duckdb::Expression> StoredRowIdExpression(
    duckdb::unique_ptr<duckdb::Expression> stored) {
  duckdb::ScalarFunction function("artemis_row_id", {duckdb::LogicalType::BIGINT},
                                  duckdb::LogicalType::BIGINT, RequireRowIds);
  function.SetNullHandling(duckdb::FunctionNullHandling::SPECIAL_HANDLING);
  duckdb::vector<duckdb::unique_ptr<duckdb::Expression>> arguments;
  arguments.push_back(std::move(stored));
  return duckdb::make_uniq<duckdb::BoundFunctionExpression>(
      duckdb::LogicalType::BIGINT, std::move(function), std::move(arguments), nullptr);
}

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
