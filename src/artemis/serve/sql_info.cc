// The SqlInfo set (FlightSql.proto, enum SqlInfo).
#include "artemis/serve/sql_info.h"

#include <map>
#include <string>
#include <utility>
#include <variant>

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/table_builder.h>
#include <arrow/util/config.h>

#include "artemis/base/version.h"

namespace artemis {

namespace {

using InfoStrings = std::vector<std::string>;
// For SQL_SUPPORTS_CONVERT: none of the conversions are told.
struct NoConversions {};
// In the order of the union's children.
using InfoValue = std::variant<std::string, bool, int64_t, int32_t, InfoStrings, NoConversions>;
using InfoMap = std::map<uint32_t, InfoValue>;

std::shared_ptr<arrow::DataType> InfoUnion() {
  return arrow::dense_union(
      {arrow::field("string_value", arrow::utf8()), arrow::field("bool_value", arrow::boolean()),
       arrow::field("bigint_value", arrow::int64()), arrow::field("int32_bitmask", arrow::int32()),
       arrow::field("string_list", arrow::list(arrow::utf8())),
       arrow::field("int32_to_int32_list_map",
                    arrow::map(arrow::int32(), arrow::list(arrow::int32())))});
}

void AddServerInfo(InfoMap& info, const SqlInfoFacts& facts) {
  info[0] = "Artemis";
  info[1] = ARTEMIS_VERSION;
  info[2] = ARROW_VERSION_STRING;
  info[3] = !facts.writes;  // read only
  info[4] = true;           // SQL
  info[5] = false;          // Substrait
  info[6] = "";             // its lowest version
  info[7] = "";             // its highest version
  info[8] = int32_t{1};     // transactions, without savepoints
  info[9] = true;           // cancel
  info[10] = facts.writes;  // bulk ingestion
  info[11] = facts.writes;  // in transactions
  info[100] = static_cast<int32_t>(facts.statement_timeout_ms);
  info[101] = static_cast<int32_t>(facts.transaction_timeout_ms);
}

void AddNames(InfoMap& info, const SqlInfoFacts& facts) {
  info[500] = false;         // DDL of catalogs
  info[501] = facts.writes;  // DDL of schemas
  info[502] = facts.writes;  // DDL of tables
  info[503] = int32_t{1};    // identifiers: case-insensitive
  info[504] = "\"";
  info[505] = int32_t{1};  // quoted identifiers: case-insensitive
  info[506] = true;        // all tables are selectable
  info[507] = int32_t{3};  // nulls come at the end, whatever the order
  info[508] =
      InfoStrings{"ANTI",    "ASOF",  "ATTACH", "DESCRIBE", "EXCLUDE",    "GLOB",    "ILIKE",
                  "LATERAL", "MACRO", "OF",     "PIVOT",    "POSITIONAL", "QUALIFY", "RETURNING",
                  "SAMPLE",  "SEMI",  "SHOW",   "STRUCT",   "SUMMARIZE",  "UNPIVOT"};
  info[509] = InfoStrings{"ABS",   "ACOS", "ASIN",    "ATAN",  "ATAN2",   "CEIL",   "CEILING",
                          "COS",   "COT",  "DEGREES", "EXP",   "FLOOR",   "LN",     "LOG",
                          "LOG10", "MOD",  "PI",      "POWER", "RADIANS", "RANDOM", "ROUND",
                          "SIGN",  "SIN",  "SQRT",    "TAN",   "TRUNC"};
  info[510] = InfoStrings{"ASCII", "CHR",   "CONCAT",    "LCASE",  "LEFT",    "LENGTH",  "LOWER",
                          "LPAD",  "LTRIM", "POSITION",  "REPEAT", "REPLACE", "REVERSE", "RIGHT",
                          "RPAD",  "RTRIM", "SUBSTRING", "TRIM",   "UCASE",   "UPPER"};
  info[511] = InfoStrings{"COALESCE", "IFNULL", "NULLIF"};
  info[512] = InfoStrings{"CURRENT_DATE", "CURRENT_TIMESTAMP",
                          "DATE_DIFF",    "DATE_PART",
                          "DATE_TRUNC",   "DAY",
                          "DAYNAME",      "DAYOFMONTH",
                          "DAYOFWEEK",    "DAYOFYEAR",
                          "EXTRACT",      "HOUR",
                          "MINUTE",       "MONTH",
                          "MONTHNAME",    "NOW",
                          "QUARTER",      "SECOND",
                          "WEEK",         "YEAR"};
  info[513] = "\\";  // escapes wildcards
  info[514] = "";    // extra characters of names
}

void AddGrammar(InfoMap& info) {
  info[515] = true;             // column aliases
  info[516] = true;             // null plus a value is null
  info[517] = NoConversions();  // CONVERT
  info[518] = true;             // table aliases
  info[519] = false;            // that must differ from the names of tables
  info[520] = true;             // expressions in ORDER BY
  info[521] = true;             // ORDER BY what is not selected
  info[522] = int32_t{3};       // GROUP BY: unrelated, beyond what is selected
  info[523] = true;             // LIKE with an escape
  info[524] = true;             // columns that are not nullable
  info[525] = int32_t{7};       // grammar: minimum, core, extended
  info[526] = int32_t{1};       // ANSI 92: entry
  info[527] = false;            // integrity enhancement
  info[528] = int32_t{6};       // outer joins: limited, full
  info[529] = "schema";
  info[530] = "procedure";
  info[531] = "catalog";
  info[532] = true;         // the catalog comes first
  info[533] = int32_t{0};   // schemas in calls, indexes, privileges
  info[534] = int32_t{0};   // catalogs there
  info[535] = int32_t{0};   // positioned updates and deletes
  info[536] = false;        // SELECT FOR UPDATE
  info[537] = false;        // stored procedures
  info[538] = int32_t{15};  // subqueries: comparisons, EXISTS, IN, quantified
  info[539] = true;         // correlated ones
  info[540] = int32_t{3};   // UNION, UNION ALL
}

// 0: no limit, or none that is known.
void AddLimits(InfoMap& info) {
  for (uint32_t id = 541; id <= 561; ++id) info[id] = int64_t{0};
  info[556] = true;        // the row size holds its blobs
  info[558] = int64_t{1};  // statements of one text
}

void AddTransactions(InfoMap& info, const SqlInfoFacts& facts) {
  info[562] = int64_t{4};   // isolation, by default: serializable; drivers read 64 bits
  info[563] = true;         // transactions
  info[564] = int32_t{16};  // isolation levels: serializable
  info[565] = false;        // DDL commits
  info[566] = false;        // DDL is ignored in transactions
  info[567] = int32_t{2};   // result sets: forward only
  info[568] = int32_t{0};   // concurrency of other result sets
  info[569] = int32_t{2};   // of forward only ones: read only
  info[570] = int32_t{0};
  info[571] = int32_t{0};
  info[572] = facts.writes;  // batches of updates
  info[573] = false;         // savepoints
  info[574] = false;         // named parameters
  info[575] = false;         // locators update a copy
  info[576] = false;         // stored functions by call syntax
}

InfoMap AllInfo(const SqlInfoFacts& facts) {
  InfoMap info;
  AddServerInfo(info, facts);
  AddNames(info, facts);
  AddGrammar(info);
  AddLimits(info);
  AddTransactions(info, facts);
  return info;
}

// Builds the union's arrays one beside the other.
class InfoBuilder {
 public:
  arrow::Status Add(uint32_t id, const InfoValue& value) {
    ARROW_RETURN_NOT_OK(names_.Append(id));
    ARROW_RETURN_NOT_OK(codes_.Append(static_cast<int8_t>(value.index())));
    ARROW_RETURN_NOT_OK(offsets_.Append(counts_[value.index()]++));
    return std::visit([this](const auto& each) { return AddValue(each); }, value);
  }

  arrow::Result<std::shared_ptr<arrow::RecordBatch>> Finish() {
    ARROW_ASSIGN_OR_RAISE(const auto names, names_.Finish());
    arrow::ArrayVector children;
    for (arrow::ArrayBuilder* builder : std::initializer_list<arrow::ArrayBuilder*>{
             &strings_, &bools_, &longs_, &ints_, &lists_, &maps_}) {
      ARROW_ASSIGN_OR_RAISE(auto child, builder->Finish());
      children.push_back(std::move(child));
    }
    ARROW_ASSIGN_OR_RAISE(const auto codes, codes_.Finish());
    ARROW_ASSIGN_OR_RAISE(const auto offsets, offsets_.Finish());
    std::vector<std::string> field_names;
    const auto type = InfoUnion();
    for (const auto& field : type->fields()) field_names.push_back(field->name());
    ARROW_ASSIGN_OR_RAISE(const auto values,
                          arrow::DenseUnionArray::Make(*codes, *offsets, children, field_names));
    return arrow::RecordBatch::Make(SqlInfoSchema(), names->length(), {names, values});
  }

 private:
  arrow::Status AddValue(const std::string& value) { return strings_.Append(value); }
  arrow::Status AddValue(bool value) { return bools_.Append(value); }
  arrow::Status AddValue(int64_t value) { return longs_.Append(value); }
  arrow::Status AddValue(int32_t value) { return ints_.Append(value); }
  arrow::Status AddValue(const InfoStrings& values) {
    ARROW_RETURN_NOT_OK(lists_.Append());
    return static_cast<arrow::StringBuilder*>(lists_.value_builder())->AppendValues(values);
  }
  arrow::Status AddValue(NoConversions) { return maps_.Append(); }

  static std::shared_ptr<arrow::ListBuilder> ConversionLists() {
    return std::make_shared<arrow::ListBuilder>(arrow::default_memory_pool(),
                                                std::make_shared<arrow::Int32Builder>());
  }

  arrow::UInt32Builder names_;
  arrow::Int8Builder codes_;
  arrow::Int32Builder offsets_;
  int32_t counts_[6] = {};
  arrow::StringBuilder strings_;
  arrow::BooleanBuilder bools_;
  arrow::Int64Builder longs_;
  arrow::Int32Builder ints_;
  arrow::ListBuilder lists_{arrow::default_memory_pool(), std::make_shared<arrow::StringBuilder>()};
  arrow::MapBuilder maps_{arrow::default_memory_pool(), std::make_shared<arrow::Int32Builder>(),
                          ConversionLists()};
};

// A row of type info. Codes are those of FlightSql.proto's XdbcDataType and XdbcDatetimeSubcode.
struct XdbcType {
  const char* name;
  int32_t code;
  int32_t size;
  const char* prefix;  // null: none
  const char* suffix;
  const char* parameters;  // null: none
  int32_t searchable;      // 3: everywhere, 2: but for LIKE
  int is_unsigned;         // -1: no number
  int32_t scale_max;       // -1: none
  int32_t sql_code;
  int32_t subcode;  // 0: none
  int32_t radix;    // 0: none
};

// SEARCHABLE_FULL = 3, SEARCHABLE_BASIC = 2.
constexpr XdbcType kXdbcTypes[] = {
    {"BOOLEAN", -7, 1, nullptr, nullptr, nullptr, 2, -1, -1, -7, 0, 0},
    {"BIGINT", -5, 19, nullptr, nullptr, nullptr, 2, 0, 0, -5, 0, 10},
    {"BLOB", -3, 2147483647, "'", "'", nullptr, 2, -1, -1, -3, 0, 0},
    {"DECIMAL", 3, 38, nullptr, nullptr, "precision,scale", 2, 0, 38, 3, 0, 10},
    {"INTEGER", 4, 10, nullptr, nullptr, nullptr, 2, 0, 0, 4, 0, 10},
    {"FLOAT", 6, 24, nullptr, nullptr, nullptr, 2, 0, -1, 6, 0, 2},
    {"DOUBLE", 8, 53, nullptr, nullptr, nullptr, 2, 0, -1, 8, 0, 2},
    {"VARCHAR", 12, 2147483647, "'", "'", nullptr, 3, -1, -1, 12, 0, 0},
    {"DATE", 91, 10, "DATE '", "'", nullptr, 2, -1, -1, 9, 1, 0},
    {"TIME", 92, 15, "TIME '", "'", nullptr, 2, -1, 6, 9, 2, 0},
    {"TIMESTAMP", 93, 26, "TIMESTAMP '", "'", nullptr, 2, -1, 6, 9, 3, 0},
};

std::shared_ptr<arrow::DataType> ParametersType() {
  return arrow::list(arrow::field("item", arrow::utf8(), false));
}

// Appends values of mixed types to the columns of a batch, left to right.
class TypeRow {
 public:
  explicit TypeRow(arrow::RecordBatchBuilder& builder) : builder_(builder) {}

  void Text(const char* value) {
    auto* column = Next<arrow::StringBuilder>();
    Keep(value != nullptr ? column->Append(value) : column->AppendNull());
  }
  void Int(int32_t value, bool is_null = false) {
    auto* column = Next<arrow::Int32Builder>();
    Keep(is_null ? column->AppendNull() : column->Append(value));
  }
  void Bool(bool value, bool is_null = false) {
    auto* column = Next<arrow::BooleanBuilder>();
    Keep(is_null ? column->AppendNull() : column->Append(value));
  }
  void Parameters(const char* names) {
    auto* column = Next<arrow::ListBuilder>();
    if (names == nullptr) return Keep(column->AppendNull());
    Keep(column->Append());
    auto* values = static_cast<arrow::StringBuilder*>(column->value_builder());
    const std::string text = names;
    const size_t comma = text.find(',');
    Keep(values->Append(text.substr(0, comma)));
    if (comma != std::string::npos) Keep(values->Append(text.substr(comma + 1)));
  }
  const arrow::Status& status() const { return status_; }

 private:
  template <typename Builder>
  Builder* Next() {
    return builder_.GetFieldAs<Builder>(column_++);
  }
  void Keep(const arrow::Status& status) {
    if (status_.ok()) status_ = status;
  }

  arrow::RecordBatchBuilder& builder_;
  int column_ = 0;
  arrow::Status status_;
};

arrow::Status AddType(arrow::RecordBatchBuilder& builder, const XdbcType& type) {
  TypeRow row(builder);
  row.Text(type.name);
  row.Int(type.code);
  row.Int(type.size);
  row.Text(type.prefix);
  row.Text(type.suffix);
  row.Parameters(type.parameters);
  row.Int(1);                      // nullable
  row.Bool(type.searchable == 3);  // case-sensitive
  row.Int(type.searchable);
  row.Bool(type.is_unsigned == 1, type.is_unsigned < 0);
  row.Bool(type.code == 3);               // fixed precision and scale
  row.Bool(false, type.is_unsigned < 0);  // auto-increment
  row.Text(type.name);                    // local name
  row.Int(0, type.scale_max < 0);         // least scale
  row.Int(type.scale_max, type.scale_max < 0);
  row.Int(type.sql_code);
  row.Int(type.subcode, type.subcode == 0);
  row.Int(type.radix, type.radix == 0);
  row.Int(0, true);  // interval precision
  return row.status();
}

}  // namespace

std::shared_ptr<arrow::Schema> SqlInfoSchema() {
  return arrow::schema({arrow::field("info_name", arrow::uint32(), false),
                        arrow::field("value", InfoUnion(), false)});
}

arrow::Result<std::shared_ptr<arrow::RecordBatch>> SqlInfoBatch(const std::vector<uint32_t>& ids,
                                                                const SqlInfoFacts& facts) {
  const auto all = AllInfo(facts);
  InfoBuilder builder;
  for (const uint32_t id : ids) {
    const auto found = all.find(id);
    if (found == all.end()) return arrow::Status::KeyError("there is no SqlInfo ", id);
    ARROW_RETURN_NOT_OK(builder.Add(id, found->second));
  }
  if (ids.empty()) {
    for (const auto& [id, value] : all) ARROW_RETURN_NOT_OK(builder.Add(id, value));
  }
  return builder.Finish();
}

std::shared_ptr<arrow::Schema> TypeInfoSchema() {
  using arrow::field;
  return arrow::schema(
      {field("type_name", arrow::utf8(), false), field("data_type", arrow::int32(), false),
       field("column_size", arrow::int32()), field("literal_prefix", arrow::utf8()),
       field("literal_suffix", arrow::utf8()), field("create_params", ParametersType()),
       field("nullable", arrow::int32(), false), field("case_sensitive", arrow::boolean(), false),
       field("searchable", arrow::int32(), false), field("unsigned_attribute", arrow::boolean()),
       field("fixed_prec_scale", arrow::boolean(), false),
       field("auto_increment", arrow::boolean()), field("local_type_name", arrow::utf8()),
       field("minimum_scale", arrow::int32()), field("maximum_scale", arrow::int32()),
       field("sql_data_type", arrow::int32(), false), field("datetime_subcode", arrow::int32()),
       field("num_prec_radix", arrow::int32()), field("interval_precision", arrow::int32())});
}

arrow::Result<std::shared_ptr<arrow::RecordBatch>> TypeInfoBatch(std::optional<int32_t> data_type) {
  ARROW_ASSIGN_OR_RAISE(const auto builder, arrow::RecordBatchBuilder::Make(
                                                TypeInfoSchema(), arrow::default_memory_pool()));
  for (const auto& type : kXdbcTypes) {
    if (!data_type || *data_type == type.code) ARROW_RETURN_NOT_OK(AddType(*builder, type));
  }
  return builder->Flush();
}

}  // namespace artemis
