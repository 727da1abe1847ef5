// Plans: which values reach the sink, what is skipped, and what is refused.
#include "artemis/avro/decode_plan.h"

#include <gtest/gtest.h>

#include "artemis/avro/encoder.h"

namespace artemis {
namespace {

constexpr uint32_t kIntegers = AvroTypeSet({AvroType::kInt, AvroType::kLong});
constexpr uint32_t kTexts = AvroTypeSet({AvroType::kString, AvroType::kBytes, AvroType::kFixed});

// Writes down every call.
class RecordingSink : public AvroSink {
 public:
  void BeginRecord() override { log += "("; }
  void OnLong(int slot, int64_t value) override { Add(slot, std::to_string(value)); }
  void OnFloat(int slot, float value) override { Add(slot, std::to_string(value)); }
  void OnDouble(int slot, double value) override { Add(slot, std::to_string(value)); }
  void OnBytes(int slot, std::string_view value) override { Add(slot, std::string(value)); }
  void OnElement(int slot) override { Add(slot, "*"); }
  arrow::Status EndRecord() override {
    log += ")";
    return arrow::Status::OK();
  }
  std::string log;

 private:
  void Add(int slot, const std::string& text) { log += std::to_string(slot) + "=" + text + " "; }
};

std::string Decoded(const std::string& schema_json, const std::vector<AvroWanted>& wanted,
                    const std::string& raw, int64_t count = 1) {
  const auto schema = ParseAvroSchema(schema_json);
  if (!schema.ok()) return schema.status().ToString();
  const auto plan = AvroPlan::Compile(*schema, wanted);
  if (!plan.ok()) return plan.status().ToString();
  RecordingSink sink;
  const arrow::Status status = plan->Decode(raw, count, &sink);
  return status.ok() ? sink.log : status.ToString();
}

constexpr char kTwoFields[] = R"({"type":"record","name":"test","fields":[
    {"name":"a","type":"long","field-id":1},{"name":"b","type":"string","field-id":2}]})";

TEST(AvroPlan, DecodesTheSpecificationsRecord) {
  const std::string raw("\x36\x06\x66\x6f\x6f");
  EXPECT_EQ(Decoded(kTwoFields, {{FieldId(1), 10, kIntegers}, {FieldId(2), 20, kTexts}}, raw),
            "(10=27 20=foo )");
}

TEST(AvroPlan, SkipsWhatIsNotWanted) {
  const std::string raw("\x36\x06\x66\x6f\x6f\x36\x06\x66\x6f\x6f");
  EXPECT_EQ(Decoded(kTwoFields, {{FieldId(2), 20, kTexts}}, raw, 2), "(20=foo )(20=foo )");
  EXPECT_EQ(Decoded(kTwoFields, {}, raw, 2), "()()");
}

TEST(AvroPlan, RefusesATypeTheSinkDoesNotTake) {
  EXPECT_NE(Decoded(kTwoFields, {{FieldId(2), 20, kIntegers}}, "").find("field 2"),
            std::string::npos);
}

TEST(AvroPlan, CallsNothingForANull) {
  const std::string schema = R"({"type":"record","name":"r","fields":[
      {"name":"a","type":["null","string"],"field-id":1},
      {"name":"b","type":["string","null"],"field-id":2}]})";
  const std::vector<AvroWanted> wanted = {{FieldId(1), 1, kTexts}, {FieldId(2), 2, kTexts}};
  EXPECT_EQ(Decoded(schema, wanted, std::string("\x00\x02", 2)), "()");
  EXPECT_EQ(Decoded(schema, wanted, std::string("\x02\x02\x61\x00\x02\x62", 6)), "(1=a 2=b )");
  EXPECT_NE(Decoded(schema, wanted, std::string("\x04", 1)).find("no such branch"),
            std::string::npos);
}

TEST(AvroPlan, FindsFieldsOfNestedRecords) {
  const std::string schema = R"({"type":"record","name":"r","fields":[
      {"name":"file","field-id":2,"type":{"type":"record","name":"r2","fields":[
        {"name":"x","type":"int","field-id":5},{"name":"y","type":"boolean","field-id":6},
        {"name":"z","type":"float","field-id":7}]}}]})";
  EXPECT_EQ(Decoded(schema,
                    {{FieldId(5), 5, kIntegers},
                     {FieldId(6), 6, AvroTypeSet({AvroType::kBoolean})},
                     {FieldId(7), 7, AvroTypeSet({AvroType::kFloat})}},
                    std::string("\x0e\x01\x00\x00\x00\x3f", 6)),
            "(5=7 6=1 7=0.500000 )");
}

constexpr char kArrayOfLongs[] = R"({"type":"record","name":"r","fields":[
    {"name":"l","type":{"type":"array","items":"long","element-id":9},"field-id":8},
    {"name":"after","type":"long","field-id":1}]})";

TEST(AvroPlan, ReadsArraysInBothBlockForms) {
  const std::vector<AvroWanted> wanted = {
      {FieldId(8), 8, AvroTypeSet({AvroType::kArray})},
      {FieldId(9), 9, kIntegers},
      {FieldId(1), 1, kIntegers},
  };
  const std::string plain("\x04\x06\x36\x00\x02", 5);
  const std::string sized("\x03\x04\x06\x36\x00\x02", 6);
  EXPECT_EQ(Decoded(kArrayOfLongs, wanted, plain), "(8=* 9=3 8=* 9=27 1=1 )");
  EXPECT_EQ(Decoded(kArrayOfLongs, wanted, sized), "(8=* 9=3 8=* 9=27 1=1 )");
}

TEST(AvroPlan, SkipsArraysInBothBlockForms) {
  const std::vector<AvroWanted> wanted = {{FieldId(1), 1, kIntegers}};
  EXPECT_EQ(Decoded(kArrayOfLongs, wanted, std::string("\x04\x06\x36\x00\x02", 5)), "(1=1 )");
  // The sized form is jumped over: its content need not even be longs.
  EXPECT_EQ(Decoded(kArrayOfLongs, wanted, std::string("\x03\x04\xff\xff\x00\x02", 6)), "(1=1 )");
}

TEST(AvroPlan, RefusesABlockThatItsItemsDoNotFill) {
  const std::vector<AvroWanted> wanted = {{FieldId(9), 9, kIntegers}};
  EXPECT_NE(Decoded(kArrayOfLongs, wanted, std::string("\x03\x06\x06\x36\x00\x00\x02", 7))
                .find("do not fill"),
            std::string::npos);
}

constexpr char kKeyValues[] = R"({"type":"record","name":"r","fields":[
    {"name":"bounds","field-id":125,"type":["null",{"type":"array","logicalType":"map","items":
      {"type":"record","name":"k126_v127","fields":[
        {"name":"key","type":"int","field-id":126},{"name":"value","type":"bytes","field-id":127}]}}]},
    {"name":"after","type":"long","field-id":1}]})";

std::string KeyValueBytes() {
  AvroEncoder pairs;
  for (int key : {1, 2, 5000}) {
    pairs.PutLong(key);
    pairs.PutBytes("v" + std::to_string(key));
  }
  AvroEncoder record;
  record.PutBranch(1);
  record.PutBlock(3, pairs.bytes());
  record.PutLong(42);
  return record.bytes();
}

TEST(AvroPlan, TakesAllPairsWithoutAFilter) {
  EXPECT_EQ(
      Decoded(kKeyValues,
              {{FieldId(126), 1, kIntegers}, {FieldId(127), 2, kTexts}, {FieldId(1), 3, kIntegers}},
              KeyValueBytes()),
      "(1=1 2=v1 1=2 2=v2 1=5000 2=v5000 3=42 )");
}

TEST(AvroPlan, TakesOnlyTheKeysOfItsFilter) {
  const AvroKeyFilter keys({FieldId(5000), FieldId(2)});
  EXPECT_EQ(Decoded(kKeyValues,
                    {{FieldId(126), 1, kIntegers, &keys},
                     {FieldId(127), 2, kTexts},
                     {FieldId(1), 3, kIntegers}},
                    KeyValueBytes()),
            "(1=2 2=v2 1=5000 2=v5000 3=42 )");
}

TEST(AvroPlan, JumpsOverTheRestOnceAllWantedKeysWereFound) {
  const AvroKeyFilter keys({FieldId(1), FieldId(1)});
  std::string raw = KeyValueBytes();
  const size_t garbage = raw.find("v2") - 2;  // the second pair's key and length
  raw[garbage] = raw[garbage + 1] = '\xff';
  const std::vector<AvroWanted> wanted = {
      {FieldId(126), 1, kIntegers, &keys}, {FieldId(127), 2, kTexts}, {FieldId(1), 3, kIntegers}};
  EXPECT_EQ(Decoded(kKeyValues, wanted, raw), "(1=1 2=v1 3=42 )");
}

TEST(AvroPlan, RefusesABlockThatEndsBeforeItsWantedPairs) {
  const AvroKeyFilter keys({FieldId(1)});
  std::string raw = KeyValueBytes();
  raw[2] = '\x02';  // the block's size: one byte
  EXPECT_NE(
      Decoded(kKeyValues, {{FieldId(126), 1, kIntegers, &keys}, {FieldId(127), 2, kTexts}}, raw)
          .find("too short"),
      std::string::npos);
}

TEST(AvroPlan, SkipsTheArrayOfAnEmptyFilter) {
  const AvroKeyFilter keys{std::vector<FieldId>()};
  EXPECT_EQ(Decoded(kKeyValues,
                    {{FieldId(126), 1, kIntegers, &keys},
                     {FieldId(127), 2, kTexts},
                     {FieldId(1), 3, kIntegers}},
                    KeyValueBytes()),
            "(3=42 )");
}

TEST(AvroPlan, ReadsMapsWithStringKeys) {
  const std::string schema = R"({"type":"record","name":"r","fields":[
      {"name":"m","type":{"type":"map","values":"long","key-id":11,"value-id":12},"field-id":10}]})";
  EXPECT_EQ(Decoded(schema, {{FieldId(11), 11, kTexts}, {FieldId(12), 12, kIntegers}},
                    std::string("\x02\x02k\x08\x00", 5)),
            "(11=k 12=4 )");
}

TEST(AvroPlan, GivesARecordThatIsWantedAsItIsEncoded) {
  const std::string schema = R"({"type":"record","name":"r","fields":[
      {"name":"p","field-id":102,"type":{"type":"record","name":"q","fields":[
          {"name":"a","type":["null","long"],"field-id":1000},
          {"name":"b","type":"string","field-id":1001}]}},
      {"name":"c","type":"long","field-id":2}]})";
  const std::string raw("\x02\x06\x04xy\x08", 6);
  EXPECT_EQ(Decoded(schema,
                    {{FieldId(102), 7, AvroTypeSet({AvroType::kRecord})},
                     {FieldId(1001), 8, kTexts},
                     {FieldId(2), 9, kIntegers}},
                    raw),
            "(7=" + raw.substr(0, 5) + " 9=4 )");
}

// Pairs of many shapes, so that those that are skipped at once stand next to those that are not.
TEST(AvroPlan, SkipsPairsOfEveryShapeBetweenWantedOnes) {
  for (const bool text : {false, true}) {
    const std::string value = text ? "\"bytes\"" : "\"long\"";
    const std::string schema = R"({"type":"record","name":"r","fields":[{"name":"m","type":{
        "type":"array","items":{"type":"record","name":"kv","fields":[
        {"name":"key","type":"int","field-id":126},
        {"name":"value","type":)" +
                               value + R"(,"field-id":127}]}}}]})";
    const AvroKeyFilter keys({FieldId(5), FieldId(70)});
    AvroEncoder items;
    std::string expected = "(";
    const int64_t order[] = {1, -1, 2, 63, 64, 5, 3, 5000, 70, 4, 6, 7};
    for (size_t i = 0; i < std::size(order); ++i) {
      items.PutLong(order[i]);
      const bool wanted = order[i] == 5 || order[i] == 70;
      if (wanted) expected += "1=" + std::to_string(order[i]) + " 2=";
      if (text) {
        const std::string bytes(i * i * 7, static_cast<char>('a' + i));
        items.PutBytes(bytes);
        if (wanted) expected += bytes + " ";
      } else {
        const int64_t number = (int64_t{1} << (i * 5)) + 1;
        items.PutLong(number);
        if (wanted) expected += std::to_string(number) + " ";
      }
    }
    AvroEncoder plain;
    plain.PutLong(static_cast<int64_t>(std::size(order)));
    plain.PutFixed(items.bytes());
    plain.PutLong(0);
    EXPECT_EQ(
        Decoded(schema,
                {{FieldId(126), 1, kIntegers, &keys}, {FieldId(127), 2, text ? kTexts : kIntegers}},
                plain.bytes()),
        expected + ")");
  }
}

TEST(AvroPlan, RefusesArraysWhoseElementsTakeNoBytes) {
  const std::string schema = R"({"type":"record","name":"r","fields":[
      {"name":"l","type":{"type":"array","items":"null"}}]})";
  EXPECT_NE(Decoded(schema, {}, "").find("no bytes"), std::string::npos);
}

TEST(AvroPlan, RefusesRecordsThatDoNotFillTheBlock) {
  EXPECT_NE(Decoded(kTwoFields, {}, std::string("\x36\x06\x66\x6f\x6f\x00", 6)).find("left"),
            std::string::npos);
  EXPECT_NE(Decoded(kTwoFields, {}, std::string("\x36\x06\x66", 3)).find("raw byte 1"),
            std::string::npos);
  EXPECT_NE(Decoded(kTwoFields, {}, "\x36", 2).find("cannot hold"), std::string::npos);
}

}  // namespace
}  // namespace artemis
