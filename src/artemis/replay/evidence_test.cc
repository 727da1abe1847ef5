// Facts of evidence: what a record says, and that verification finds each way in which a table can differ from it.
#include "artemis/replay/evidence.h"

#include <filesystem>
#include <fstream>
#include <set>

#include <gtest/gtest.h>

#include "artemis/base/error.h"
#include "artemis/base/sha256.h"
#include "artemis/commit/commit.h"
#include "artemis/io/location.h"
#include "artemis/read/catalog_fixture.h"
#include "artemis/read/rows_fixture.h"
#include "artemis/replay/evidence_json.h"
#include "artemis/replay/replay.h"
#include "artemis/replay/verify.h"
#include "artemis/table/update.h"

namespace artemis {
namespace {

std::string ReadText(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void WriteText(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

class EvidenceTest : public ::testing::Test {
 protected:
  static TestTableOptions IdAndName() {
    TestTableOptions options;
    options.fields = {MakeField(1, "id", TypeKind::kLong), MakeField(2, "name", TypeKind::kString)};
    return options;
  }
  DataFile Append(const std::string& rows_json) {
    const DataFile file = table_.Write(rows_json).at(0);
    table_.clock().AdvanceMs(1000);
    EXPECT_TRUE(AppendFiles(table_.catalog(), table_.name(), {file}).ok());
    return file;
  }
  SnapshotId Current() { return *table_.metadata()->current_snapshot_id; }

  // A replay to its end, and what is recorded of it.
  Evidence Record(const ReplayTarget& target = {}, ReplayOptions replay = {}) {
    MakeRepeatable(&replay);
    const auto session =
        ReplayEngine(table_.catalog(), table_.name()).Open(target, replay).ValueOrDie();
    const auto rows = session.Rows().ValueOrDie();
    RowSetHash hash;
    for (const auto& batch : rows->ToRecordBatches().ValueOrDie()) {
      EXPECT_TRUE(hash.Add(*batch).ok());
    }
    EvidenceOptions options;
    options.full = full_;
    options.principal = "ada";
    options.versions = {{"artemis", "0.0.1"}};
    options.now = table_.clock().Now();
    return CollectEvidence(table_.catalog(), session, hash, options).ValueOrDie();
  }

  Verification Verify(const Evidence& evidence) {
    auto found = VerifyEvidence(table_.catalog(), evidence);
    EXPECT_TRUE(found.ok()) << found.status();
    return found.ok() ? *found : Verification{};
  }
  // What the differences are about, each once.
  std::set<std::string> Differing(const Evidence& evidence) {
    std::set<std::string> what;
    for (const auto& difference : Verify(evidence).differences) what.insert(difference.what);
    return what;
  }
  using Names = std::set<std::string>;

  CatalogTable table_{IdAndName()};
  bool full_ = false;
};

constexpr char kRows[] =
    R"([{"id": 1, "name": "sun"}, {"id": 2, "name": "moon"}, {"id": 3, "name": null}])";

TEST_F(EvidenceTest, NamesWhatWasRead) {
  const auto file = Append(kRows);
  ReplayOptions replay;
  replay.where = Leaf(PredicateOp::kGt, "id", {int64_t{1}});
  replay.columns = {"name"};
  const auto evidence = Record(table_.TimeOf(Current()), replay);
  EXPECT_EQ(evidence.table, "sda.t");
  EXPECT_EQ(evidence.table_uuid, table_.metadata()->table_uuid);
  EXPECT_EQ(evidence.snapshot_id, Current());
  EXPECT_EQ(evidence.committed_at, table_.TimeOf(Current()));
  EXPECT_EQ(evidence.schema_id, table_.metadata()->current_schema_id);
  EXPECT_EQ(evidence.spec_ids, std::vector<SpecId>{SpecId(0)});
  EXPECT_EQ(evidence.where, replay.where);
  EXPECT_EQ(evidence.columns, replay.columns);
  EXPECT_EQ(evidence.result_rows, 2);
  ASSERT_EQ(evidence.result_columns.size(), 1u);
  EXPECT_EQ(evidence.result_columns[0], (EvidenceColumn{2, "name", "string"}));
  ASSERT_EQ(evidence.files.size(), 1u);
  EXPECT_EQ(evidence.files[0].path, file.path);
  EXPECT_EQ(evidence.files[0].record_count, 3);
  EXPECT_EQ(evidence.files[0].sha256, "");
  const auto bytes = ReadText(LocalPath(file.path));
  EXPECT_EQ(evidence.files[0].size_bytes, static_cast<int64_t>(bytes.size()));
  EXPECT_EQ(evidence.files[0].footer_sha256,
            HexOf(Sha256Of(
                bytes.substr(bytes.size() - static_cast<size_t>(evidence.files[0].footer_bytes)))));
  const auto metadata = ReadText(LocalPath(evidence.metadata.location));
  EXPECT_EQ(evidence.metadata.sha256, HexOf(Sha256Of(metadata)));
  full_ = true;
  EXPECT_EQ(Record().files.at(0).sha256, HexOf(Sha256Of(bytes)));
}

TEST_F(EvidenceTest, IsReadBackAsItWasWritten) {
  Append(kRows);
  for (const ReplayTarget& target : {ReplayTarget(), ReplayTarget(table_.TimeOf(Current())),
                                     ReplayTarget(Current()), ReplayTarget(std::string("main"))}) {
    ReplayOptions replay;
    replay.where = Leaf(PredicateOp::kIn, "id", {int64_t{1}, int64_t{3}});
    replay.read.limit = 5;
    const auto evidence = Record(target, replay);
    const auto text = EvidenceToJson(evidence).ValueOrDie();
    const auto read = EvidenceFromJson(text, "e.json");
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(*read, evidence);
  }
  full_ = true;
  const auto evidence = Record();
  EXPECT_EQ(EvidenceFromJson(*EvidenceToJson(evidence), "e.json").ValueOrDie(), evidence);
}

TEST_F(EvidenceTest, RefusesWhatIsNoWholeRecord) {
  Append(kRows);
  const auto text = EvidenceToJson(Record()).ValueOrDie();
  const auto error = [](const std::string& record) {
    return EvidenceFromJson(record, "e.json").status().message();
  };
  for (size_t end = 0; end < text.size() - 2; end += 7) {
    EXPECT_NE(error(text.substr(0, end)).find("e.json: is cut off"), std::string::npos) << end;
  }
  EXPECT_NE(error("[]").find("no JSON object"), std::string::npos);
  EXPECT_NE(error("{}").find("is no evidence record"), std::string::npos);
  EXPECT_NE(error(R"({"artemis_evidence": 2})").find("format 2"), std::string::npos);
  EXPECT_NE(error(R"({"artemis_evidence": 1})").find("'record_sha256' is missing"),
            std::string::npos);
  // Every member that is changed, be it to another that makes sense.
  auto changed = text;
  changed.replace(changed.find("\"rows\": 3"), 9, "\"rows\": 2");
  EXPECT_NE(error(changed).find("was changed after it was written"), std::string::npos);
}

TEST_F(EvidenceTest, NamesTheMemberThatIsMissingFromASignedRecord) {
  const std::string members = R"({"artemis_evidence":1,"created_at":"2024-03-15T07:00:00.000Z"})";
  const std::string record = members.substr(0, members.size() - 1) + R"(,"record_sha256":")" +
                             HexOf(Sha256Of(members)) + "\"}";
  EXPECT_EQ(EvidenceFromJson(record, "e.json").status().message(),
            "e.json: 'principal' is missing");
}

TEST_F(EvidenceTest, FindsNothingWhereNothingChanged) {
  Append(kRows);
  const auto first = Current();
  const auto then = table_.TimeOf(first);
  for (const bool full : {false, true}) {
    full_ = full;
    ReplayOptions filtered;
    filtered.where = Leaf(PredicateOp::kGt, "id", {int64_t{1}});
    filtered.columns = {"name", "_pos"};
    ReplayOptions limited;
    limited.read.limit = 2;
    const std::vector<Evidence> records = {Record(), Record(first), Record(then, filtered),
                                           Record(std::string("main"), limited)};
    // The table goes on; what was is as it was.
    Append(R"([{"id": 4, "name": "mars"}])");
    for (const auto& evidence : records) {
      const auto found = Verify(evidence);
      EXPECT_TRUE(found.is_same()) << found.differences.at(0).what;
      EXPECT_EQ(found.rows, evidence.result_rows);
      EXPECT_EQ(found.hash, evidence.result_hash);
    }
  }
}

TEST_F(EvidenceTest, FindsAChangedByteOfADataFile) {
  const auto file = Append(kRows);
  const auto usual = Record();
  full_ = true;
  const auto full = Record();
  const auto path = LocalPath(file.path);
  const auto bytes = ReadText(path);
  const auto pages = bytes.size() - static_cast<size_t>(usual.files.at(0).footer_bytes);
  for (const size_t at : {size_t{4}, pages / 2, pages - 1, pages + 3, bytes.size() - 9}) {
    auto changed = bytes;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    WriteText(path, changed);
    EXPECT_TRUE(Differing(full).contains("file")) << at;
    if (at >= pages) {
      EXPECT_TRUE(Differing(usual).contains("file")) << at;
    }
  }
  WriteText(path, bytes);
  EXPECT_TRUE(Verify(usual).is_same());
}

TEST_F(EvidenceTest, FindsAChangedValueByTheRowsAlone) {
  // A page without compression and checksum, in which "moon" stands as it is.
  const auto schema =
      arrow::schema({ArrowField(1, "id", arrow::int64()), ArrowField(2, "name", arrow::utf8())});
  const auto file = WriteForeign(table_, schema, kRows);
  ASSERT_TRUE(AppendFiles(table_.catalog(), table_.name(), {file}).ok());
  const auto evidence = Record();
  auto bytes = ReadText(LocalPath(file.path));
  const auto at = bytes.find("moon");
  ASSERT_LT(at, bytes.size() - static_cast<size_t>(evidence.files.at(0).footer_bytes));
  bytes[at] = 'n';
  WriteText(LocalPath(file.path), bytes);
  EXPECT_EQ(Differing(evidence), Names{"hash"});
}

TEST_F(EvidenceTest, FindsASwappedFile) {
  const auto first = Append(R"([{"id": 1, "name": "aaa"}])");
  const auto second = Append(R"([{"id": 2, "name": "bbb"}])");
  const auto evidence = Record();
  std::filesystem::copy_file(LocalPath(second.path), LocalPath(first.path),
                             std::filesystem::copy_options::overwrite_existing);
  const auto found = Verify(evidence);
  ASSERT_FALSE(found.is_same());
  EXPECT_EQ(found.differences[0].what, "file");
  EXPECT_EQ(found.differences[0].path, first.path);
  EXPECT_TRUE(Differing(evidence).contains("hash"));
  EXPECT_FALSE(Differing(evidence).contains("rows"));
}

TEST_F(EvidenceTest, FindsARemovedRow) {
  const auto file = Append(kRows);
  const auto evidence = Record();
  const auto shorter = table_.Write(R"([{"id": 1, "name": "sun"}, {"id": 3, "name": null}])").at(0);
  std::filesystem::copy_file(LocalPath(shorter.path), LocalPath(file.path),
                             std::filesystem::copy_options::overwrite_existing);
  const auto found = Verify(evidence);
  EXPECT_EQ(found.rows, 2);
  for (const char* what : {"file", "rows", "hash"}) {
    EXPECT_TRUE(Differing(evidence).contains(what)) << what;
  }
}

TEST_F(EvidenceTest, FindsAnotherSnapshot) {
  Append(kRows);
  const auto first = Current();
  Append(R"([{"id": 4, "name": "mars"}])");
  for (const ReplayTarget& target : {ReplayTarget(), ReplayTarget(table_.TimeOf(Current())),
                                     ReplayTarget(std::string("main"))}) {
    auto evidence = Record(target);
    EXPECT_TRUE(Verify(evidence).is_same());
    evidence.snapshot_id = first;
    const auto differing = Differing(evidence);
    for (const char* what : {"target", "manifest_list", "plan", "rows", "hash"}) {
      EXPECT_TRUE(differing.contains(what)) << what;
    }
  }
}

TEST_F(EvidenceTest, FindsThatATimeLeadsToAnotherSnapshotToday) {
  Append(kRows);
  const auto first = Current();
  Append(R"([{"id": 4, "name": "mars"}])");
  const auto evidence = Record(table_.TimeOf(Current()));
  // Somebody rewrites history: the first snapshot was current all along.
  table_.Change([&](TableMetadata& metadata) {
    for (auto& entry : metadata.snapshot_log) entry.snapshot_id = first;
    metadata.current_snapshot_id = first;
    metadata.refs["main"].snapshot_id = first;
  });
  EXPECT_EQ(Differing(evidence), Names{"target"});
}

TEST_F(EvidenceTest, SaysThatABranchWentOnWithoutCallingItADifference) {
  Append(kRows);
  const auto evidence = Record(std::string("main"));
  Append(R"([{"id": 4, "name": "mars"}])");
  const auto found = Verify(evidence);
  EXPECT_TRUE(found.is_same());
  ASSERT_EQ(found.notes.size(), 1u);
  EXPECT_NE(found.notes[0].find("main"), std::string::npos);
}

TEST_F(EvidenceTest, FindsAnotherTableOfTheName) {
  Append(kRows);
  auto evidence = Record();
  evidence.table_uuid = "00000000-0000-0000-0000-000000000000";
  EXPECT_EQ(Differing(evidence), Names{"table"});
  evidence.table = "sda.gone";
  EXPECT_NE(FindDetail<NoSuchTable>(VerifyEvidence(table_.catalog(), evidence).status()), nullptr);
}

TEST_F(EvidenceTest, FindsAMissingFile) {
  const auto file = Append(kRows);
  const auto evidence = Record();
  ASSERT_TRUE(table_.files().Delete(file.path).ok());
  const auto found = Verify(evidence);
  ASSERT_EQ(found.differences.size(), 1u);
  EXPECT_EQ(found.differences[0].what, "file");
  EXPECT_EQ(found.differences[0].path, file.path);
  EXPECT_EQ(found.differences[0].found, "missing");
  EXPECT_EQ(found.rows, std::nullopt);
}

TEST_F(EvidenceTest, TellsAnExpiredSnapshot) {
  const auto file = Append(kRows);
  const auto first = Current();
  const auto evidence = Record();
  Append(R"([{"id": 4, "name": "mars"}])");
  table_.Change(
      [&](TableMetadata& metadata) { metadata = RemoveSnapshots(metadata, {first}).ValueOrDie(); });
  const auto status = VerifyEvidence(table_.catalog(), evidence).status();
  ASSERT_NE(FindDetail<SnapshotExpired>(status), nullptr) << status;
  EXPECT_EQ(FindDetail<SnapshotExpired>(status)->oldest_available, table_.TimeOf(Current()));
}

TEST_F(EvidenceTest, HoldsDeleteFiles) {
  const auto file = Append(kRows);
  table_.Commit({WritePositionDeletes(table_, {{file.path, 1}})});
  const auto evidence = Record();
  EXPECT_EQ(evidence.result_rows, 2);
  ASSERT_EQ(evidence.delete_files.size(), 1u);
  EXPECT_EQ(evidence.delete_files[0].content, "position-deletes");
  EXPECT_TRUE(Verify(evidence).is_same());
  // Another row is deleted in its place.
  const auto other = WritePositionDeletes(table_, {{file.path, 0}});
  std::filesystem::copy_file(LocalPath(other.path), LocalPath(evidence.delete_files[0].path),
                             std::filesystem::copy_options::overwrite_existing);
  EXPECT_TRUE(Differing(evidence).contains("delete_file"));
  EXPECT_TRUE(Differing(evidence).contains("hash"));
}

TEST_F(EvidenceTest, StandsWithoutTheMetadataFileItWasTakenFrom) {
  Append(kRows);
  const auto evidence = Record();
  Append(R"([{"id": 4, "name": "mars"}])");
  ASSERT_TRUE(table_.files().Delete(evidence.metadata.location).ok());
  const auto found = Verify(evidence);
  EXPECT_TRUE(found.is_same());
  ASSERT_EQ(found.notes.size(), 1u);
  EXPECT_NE(found.notes[0].find("metadata file is gone"), std::string::npos);
}

TEST_F(EvidenceTest, FindsAChangedMetadataFile) {
  Append(kRows);
  const auto evidence = Record();
  Append(R"([{"id": 4, "name": "mars"}])");
  const auto path = LocalPath(evidence.metadata.location);
  WriteText(path, ReadText(path) + " ");
  EXPECT_EQ(Differing(evidence), Names{"metadata"});
}

TEST_F(EvidenceTest, RecordsATableBeforeItsFirstCommit) {
  const auto created = table_.clock().Now();
  table_.clock().AdvanceMs(5000);
  Append(kRows);
  const auto evidence = Record(TimestampMs(created.value + 10));
  EXPECT_EQ(evidence.snapshot_id, std::nullopt);
  EXPECT_EQ(evidence.result_rows, 0);
  EXPECT_EQ(EvidenceFromJson(*EvidenceToJson(evidence), "e.json").ValueOrDie(), evidence);
  EXPECT_TRUE(Verify(evidence).is_same());
}

TEST_F(EvidenceTest, IsTheSameHashWithAnyThreadsAndBatches) {
  for (int i = 0; i < 6; ++i) {
    Append(R"([{"id": )" + std::to_string(i) + R"(, "name": "a"}, {"id": 0, "name": null}])");
  }
  const auto serial = Record();
  ReplayOptions replay;
  replay.read.threads = 4;
  replay.read.batch_rows = 1;
  const auto parallel = Record({}, replay);
  EXPECT_EQ(parallel.result_hash, serial.result_hash);
  EXPECT_EQ(parallel.result_rows, 12);
  EXPECT_EQ(parallel.files, serial.files);
}

}  // namespace
}  // namespace artemis
