// Writes the inputs that the fuzz targets start from, below the folder given: make_corpus fuzz/corpus
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include "artemis/table/deletion_vector.h"
#include "artemis/table/manifest_avro.h"
#include "artemis/table/metadata_json.h"
#include "artemis/table/puffin.h"
#include "artemis/table/sample_table.h"
#include "artemis/table/update.h"

namespace artemis {
namespace {

class Corpus {
 public:
  explicit Corpus(std::string folder) : folder_(std::move(folder)) {}

  void Add(const std::string& target, const std::string& name, const std::string& bytes) const {
    std::filesystem::create_directories(folder_ + "/" + target);
    std::ofstream(folder_ + "/" + target + "/" + name, std::ios::binary) << bytes;
  }

 private:
  std::string folder_;
};

void AddMetadata(const Corpus& corpus) {
  for (int32_t version = 1; version <= 3; ++version) {
    TableMetadata metadata = SampleMetadata(version);
    const std::string name = "v" + std::to_string(version);
    corpus.Add("metadata_json", name + "-empty", TableMetadataToJson(metadata));
    if (version == 1) continue;
    Snapshot first = SampleSnapshot(11, 1, 2000);
    Snapshot second = SampleSnapshot(12, 2, 3000);
    second.parent_id = first.id;
    if (version == 3) {
      first.first_row_id = 0;
      first.added_rows = 10;
      second.first_row_id = 10;
      second.added_rows = 10;
    }
    metadata = AddSnapshot(metadata, first).ValueOrDie();
    metadata = AddSnapshot(metadata, second).ValueOrDie();
    SnapshotRef tag;
    tag.snapshot_id = first.id;
    tag.kind = SnapshotRef::Kind::kTag;
    metadata = SetRef(metadata, "incident", tag).ValueOrDie();
    corpus.Add("metadata_json", name + "-two-snapshots", TableMetadataToJson(metadata));
  }
}

void AddManifests(const Corpus& corpus) {
  const std::vector<ManifestEntry> entries = {
      SampleEntry(EntryStatus::kAdded, SampleFile("file:///w/a.parquet", "apollo-7", 19797)),
      SampleEntry(EntryStatus::kExisting, SampleFile("file:///w/b.parquet", "gemini", -1), 2)};
  for (const int32_t version : {2, 3}) {
    for (const AvroCodec codec : {AvroCodec::kNull, AvroCodec::kDeflate, AvroCodec::kZstandard}) {
      WriteManifestOptions options;
      options.format_version = version;
      options.snapshot_id = SnapshotId(77);
      options.codec = codec;
      options.codec_level = 1;
      const auto written =
          WriteManifest("file:///w/m.avro", SampleSchema(), SampleSpec(), entries, options)
              .ValueOrDie();
      const std::string name = "v" + std::to_string(version) + "-" + AvroCodecName(codec);
      corpus.Add("manifest", name, written.bytes);
      if (codec != AvroCodec::kNull) continue;
      corpus.Add("manifest_list", name,
                 WriteManifestList({written.file}, version, SnapshotId(77), SnapshotId(76),
                                   SequenceNumber(3))
                     .ValueOrDie());
    }
  }
}

void AddDeletes(const Corpus& corpus) {
  std::vector<int64_t> run;
  for (int64_t i = 0; i < 300; ++i) run.push_back(i);
  const struct {
    const char* name;
    std::vector<int64_t> positions;
  } cases[] = {{"empty", {}}, {"one", {5}}, {"run", run}, {"far", {1, 70000, int64_t{1} << 33}}};
  for (const auto& each : cases) {
    const auto blob = EncodeDeletionVector(each.positions).ValueOrDie();
    const auto count = static_cast<uint16_t>(each.positions.size());
    const std::string prefix = {static_cast<char>(count & 0xFF), static_cast<char>(count >> 8)};
    corpus.Add("deletion_vector", each.name, prefix + blob);
    PuffinBlob entry;
    entry.type = kDeletionVectorBlob;
    entry.offset = 4;
    entry.length_bytes = static_cast<int64_t>(blob.size());
    entry.properties = {{"referenced-data-file", "file:///w/a.parquet"}, {"cardinality", "1"}};
    corpus.Add(
        "puffin", each.name,
        std::string(kPuffinMagic) + blob + PuffinFooterText({{entry}, {{"created-by", "x"}}}));
  }
}

void AddTexts(const Corpus& corpus) {
  corpus.Add("schema_json", "nested",
             R"json({"type":"struct","schema-id":0,"identifier-field-ids":[1],
"fields":[{"id":1,"name":"a","required":true,"type":"long","doc":"x"},
{"id":2,"name":"l","required":false,
 "type":{"type":"list","element-id":3,"element":"string","element-required":true}},
{"id":4,"name":"m","required":false,"type":{"type":"map","key-id":5,"key":"uuid","value-id":6,
 "value":"decimal(9, 2)","value-required":false}},
{"id":7,"name":"s","required":false,"type":{"type":"struct",
 "fields":[{"id":8,"name":"t","required":false,"type":"timestamptz_ns"}]}}]})json");
  corpus.Add("name_mapping", "nested", R"json([{"field-id":1,"names":["id","record_id"]},
{"names":["x"]},{"field-id":3,"names":["p"],"fields":[{"field-id":4,"names":["lat","latitude"]}]}])json");
  corpus.Add("predicate_json", "all", R"json({"op":"and","args":[
{"op":"or","args":[{"op":"eq","column":"i","value":5},{"op":"in","column":"s","values":["a","b"]}]},
{"op":"not","args":[{"op":"between","column":"d","lo":-1.5,"hi":2}]},
{"op":"is_nan","column":"f"},{"op":"starts_with","column":"s","value":"x"},
{"op":"ge","column":"t","value":"2024-03-15T07:00:00Z"},
{"op":"lt","column":"n","value":"3.14"}]})json");
  corpus.Add("as_of", "time", "SELECT * FROM a.t AS OF TIMESTAMP '2024-03-15T07:00:00Z' AS x");
  corpus.Add(
      "as_of", "mixed",
      "SHOW TABLES IN artemis.sda; SELECT \"AS OF\", $$ AS OF $$ FROM t x AS OF SNAPSHOT (4 + "
      "5) -- AS OF\nJOIN u AS OF 'tag' USING (id), v AS OF SNAPSHOT ?");
  const std::string texts[] = {"2024-03-15T07:00:00.000001+01:00",
                               "day(a) as d, bucket(16, b), truncate(4, c)",
                               "decimal(9, 2)",
                               "-12.345",
                               "0x00ff01aa",
                               "true",
                               "-2147483648",
                               "9223372036854775807",
                               "1.5e10",
                               "-Infinity",
                               "2024-02-29",
                               "23:59:59.999999",
                               "1969-12-31 23:59:59.999999",
                               "f79c3e09-677c-4bbd-a479-3f349cb785e7",
                               "2024-03-15T07:00:00Z",
                               "2024-03-15T07:00:00.123456789Z",
                               "0x"};
  corpus.Add("text_rows", "json-lines",
             std::string(1, '\0') +
                 R"json({"i": 1, "s": "a\u00e9\n", "d": NaN, "b": true, "n": "1.25", "l": [1, null]}
{"t": "2024-03-15T07:00:00Z", "x": "0x00ff", "m": {"k": 5}, "p": {"a": 1.5}}
{"t": 1710486000.5, "m": [{"key": "k", "value": 6}], "d": -1e300}
)json");
  corpus.Add("text_rows", "csv",
             "\x01"
             "s,i,d,b,n,t,x\r\n\"a,\"\"b\"\"\nc\",1,-Infinity,false,0.5,2024-03-15 "
             "07:00:00+01:00,ff\n,,,,,,\n");
  char choice = 0;
  for (const std::string& text : texts) {
    corpus.Add("text", std::to_string(int{choice}), std::string(1, choice) + text);
    ++choice;
  }
}

}  // namespace
}  // namespace artemis

int main(int argc, char** argv) {
  using namespace artemis;
  if (argc != 2) {
    std::fputs("make_corpus: expected a folder\n", stderr);
    return 2;
  }
  const Corpus corpus(argv[1]);
  AddMetadata(corpus);
  AddManifests(corpus);
  AddDeletes(corpus);
  AddTexts(corpus);
  return 0;
}
