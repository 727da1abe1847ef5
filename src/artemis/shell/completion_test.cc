// What Tab offers.
#include "artemis/shell/completion.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "artemis/shell/dot_completion.h"
#include "artemis/shell/mentions.h"

namespace artemis {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

class FixedNames : public CompletionNames {
 public:
  const std::vector<std::string>& Namespaces() override { return namespaces_; }
  const std::vector<std::string>& Tables(const std::string& space) override {
    return space == "sda" ? tables_ : none_;
  }
  std::vector<std::string> Columns(const std::string& space, const std::string& table) override {
    asked.push_back(space + "." + table);
    if (space == "sda" && table == "observations") return {"mission_id", "temp_c", "temp_f", "Ä b"};
    if (space == "sda" && table == "passes") return {"pass_id", "mission_id"};
    return {};
  }
  const std::vector<LocalTable>& LocalTables() override { return locals_; }
  DefaultSchema Default() override { return standing; }
  const std::vector<std::string>& Functions() override { return functions_; }
  const std::vector<std::string>& TableFunctions() override { return table_functions_; }
  const std::vector<std::string>& Settings() override { return settings_; }
  std::vector<std::string> Files(const std::string& prefix) override { return {prefix + "!"}; }

  DefaultSchema standing{"memory", "main"};
  std::vector<std::string> asked;

 private:
  std::vector<std::string> none_;
  std::vector<std::string> namespaces_ = {"ground.eu", "sda", "sdb"};
  std::vector<std::string> tables_ = {"observations", "passes"};
  std::vector<LocalTable> locals_ = {{"temp", "main", "notes", false, {"at", "what"}}};
  std::vector<std::string> functions_ = {"count", "cos", "temporal"};
  std::vector<std::string> table_functions_ = {"range", "read_parquet"};
  std::vector<std::string> settings_ = {"artemis.as_of", "artemis.projection_mode", "threads"};
};

// What Tab offers where '|' stands.
Completion At(const std::string& text, FixedNames& names, bool all = false) {
  const size_t cursor = text.find('|');
  std::string sql = text;
  sql.erase(cursor, 1);
  return CompleteSql(sql, cursor, names, all);
}
std::vector<std::string> Offered(const std::string& text, bool all = false) {
  FixedNames names;
  return At(text, names, all).candidates;
}

TEST(CompleteSql, OffersKeywordsAsTheyAreTyped) {
  EXPECT_THAT(Offered("SEL|"), ElementsAre("SELECT"));
  EXPECT_THAT(Offered("sel|"), ElementsAre("select"));
  EXPECT_THAT(Offered("SELECT 1; SUM|"), ElementsAre("SUMMARIZE"));
  EXPECT_THAT(Offered("SELECT * FROM artemis.sda.passes WHE|"), ElementsAre("WHEN", "WHERE"));
  EXPECT_THAT(Offered("SELECT * FROM artemis.sda.passes AS OF T|"), ElementsAre("TIMESTAMP"));
}

TEST(CompleteSql, GoesDownThePathOfATable) {
  EXPECT_THAT(Offered("SELECT * FROM ar|"), ElementsAre("artemis."));
  EXPECT_THAT(Offered("SELECT * FROM artemis.sd|"), ElementsAre("sda.", "sdb."));
  EXPECT_THAT(Offered("SELECT * FROM artemis.g|"), ElementsAre("\"ground.eu\"."));
  EXPECT_THAT(Offered("SELECT * FROM artemis.\"gr|"), ElementsAre("\"ground.eu\"."));
  EXPECT_THAT(Offered("SELECT * FROM artemis.sda.ob|"), ElementsAre("observations"));
  EXPECT_THAT(Offered("SELECT * FROM artemis.sda.|"), ElementsAre("observations", "passes"));
  EXPECT_THAT(Offered("SELECT * FROM artemis.snap|"), ElementsAre("snapshots("));
  EXPECT_THAT(Offered("SELECT * FROM artemis.sda.passes, artemis.sda.o|"),
              ElementsAre("observations"));
  EXPECT_THAT(Offered("SELECT * FROM x JOIN artemis.SDB.|"), IsEmpty());
  EXPECT_THAT(Offered("DELETE FROM artemis.sda.p|"), ElementsAre("passes"));
}

TEST(CompleteSql, OffersNamesWithoutAPath) {
  EXPECT_THAT(Offered("SELECT * FROM no|"), ElementsAre("notes"));
  EXPECT_THAT(Offered("WITH nodes AS (SELECT 1) SELECT * FROM no|"), ElementsAre("nodes", "notes"));
  EXPECT_THAT(Offered("SELECT * FROM rea|"), ElementsAre("read_parquet("));
  EXPECT_THAT(Offered("SELECT * FROM pas|"), IsEmpty());
  FixedNames names;
  names.standing = {"artemis", "sda"};
  EXPECT_THAT(At("SELECT * FROM pas|", names).candidates, ElementsAre("passes"));
  EXPECT_THAT(At("SELECT pass| FROM passes", names).candidates, ElementsAre("pass_id"));
}

TEST(CompleteSql, OffersColumnsOfTheTablesThatAreNamed) {
  EXPECT_THAT(Offered("SELECT temp| FROM artemis.sda.observations"),
              ElementsAre("temp_c", "temp_f"));
  EXPECT_THAT(Offered("SELECT * FROM artemis.sda.observations WHERE tem|"),
              ElementsAre("temp_c", "temp_f"));
  EXPECT_THAT(
      Offered("SELECT tem| FROM artemis.sda.passes; SELECT * FROM artemis.sda.observations"),
      ElementsAre("temp", "temporal("));
  EXPECT_THAT(Offered("SELECT | FROM artemis.sda.passes p"),
              ElementsAre("mission_id", "p.", "pass_id"));
  EXPECT_THAT(Offered("SELECT wh| FROM notes"), ElementsAre("what"));
  EXPECT_THAT(Offered("SELECT \"Ä| FROM artemis.sda.observations"), ElementsAre("\"Ä b\""));
}

TEST(CompleteSql, FollowsAliases) {
  EXPECT_THAT(Offered("SELECT p.| FROM artemis.sda.observations o JOIN artemis.sda.passes AS p"),
              ElementsAre("mission_id", "pass_id"));
  EXPECT_THAT(Offered("SELECT o.t| FROM artemis.sda.observations AS OF TIMESTAMP 'now' o"),
              ElementsAre("temp_c", "temp_f"));
  EXPECT_THAT(Offered("SELECT observations.t| FROM artemis.sda.observations"),
              ElementsAre("temp_c", "temp_f"));
  EXPECT_THAT(Offered("SELECT x.t| FROM artemis.sda.observations o"), IsEmpty());
}

TEST(CompleteSql, OffersWhatIsLessLikelyWhenAskedAgain) {
  EXPECT_THAT(Offered("SELECT temp| FROM artemis.sda.observations", true),
              ElementsAre("temp", "temp_c", "temp_f", "temporal("));
  EXPECT_THAT(Offered("SELECT cou|"), ElementsAre("count("));
}

TEST(CompleteSql, OffersSettingsAndSchemas) {
  EXPECT_THAT(Offered("SET art|"), ElementsAre("artemis.as_of", "artemis.projection_mode"));
  EXPECT_THAT(Offered("SET artemis.pro|"), ElementsAre("artemis.projection_mode"));
  EXPECT_THAT(Offered("RESET thr|"), ElementsAre("threads"));
  EXPECT_THAT(Offered("UPDATE artemis.sda.passes SET pa|"), ElementsAre("pass_id"));
  EXPECT_THAT(Offered("USE artemis.sd|"), ElementsAre("sda", "sdb"));
  EXPECT_THAT(Offered("SHOW TABLES FROM artemis.s|"), ElementsAre("sda", "sdb"));
}

TEST(CompleteSql, CompletesWithinStrings) {
  EXPECT_THAT(Offered("SELECT * FROM artemis.snapshots('s|"), ElementsAre("sda.", "sdb."));
  EXPECT_THAT(Offered("SELECT * FROM artemis.snapshots('sda.o|')"),
              ElementsAre("sda.observations"));
  EXPECT_THAT(Offered("SELECT * FROM read_parquet('da|"), ElementsAre("da!"));
  EXPECT_THAT(Offered("SELECT * FROM t WHERE a = 'x|"), IsEmpty());
  EXPECT_THAT(Offered("SELECT 1 -- sel|"), IsEmpty());
}

TEST(CompleteSql, SaysWhatToReplaceAndHowFar) {
  FixedNames names;
  const auto found = At("SELECT TEM| FROM artemis.sda.observations", names);
  EXPECT_EQ(found.begin, 7u);
  EXPECT_EQ(found.common, "temp_");
  EXPECT_TRUE(At("SELECT temp_c| FROM artemis.sda.observations", names).ends_word);
  EXPECT_FALSE(At("SELECT * FROM art|", names).ends_word);
  EXPECT_EQ(At("zzz|", names).common, "zzz");
}

TEST(CompleteSql, AsksForColumnsOnlyWhereColumnsFit) {
  FixedNames names;
  At("SELECT * FROM artemis.sda.observations, artemis.sd|", names);
  EXPECT_THAT(names.asked, IsEmpty());
}

TEST(CompleteSql, CompletesDotCommands) {
  EXPECT_THAT(Offered(".ti|"), ElementsAre(".timer"));
  EXPECT_THAT(Offered(".timer |"), ElementsAre("off", "on"));
  EXPECT_THAT(Offered(".mode js|"), ElementsAre("json", "jsonl"));
  EXPECT_THAT(Offered(".help sch|"), ElementsAre("schema"));
  EXPECT_THAT(Offered(".schema sd|"), ElementsAre("sda.", "sdb."));
  EXPECT_THAT(Offered(".schema sda.|"), ElementsAre("sda.observations", "sda.passes"));
  EXPECT_THAT(Offered(".read x|"), ElementsAre("x!"));
  EXPECT_THAT(Offered(".output x|"), ElementsAre("x!"));
  EXPECT_THAT(Offered(".quit |"), IsEmpty());
}

TEST(QuotedSqlName, QuotesWhatNeedsIt) {
  EXPECT_EQ(QuotedSqlName("mission_id"), "mission_id");
  EXPECT_EQ(QuotedSqlName("ground.eu"), "\"ground.eu\"");
  EXPECT_EQ(QuotedSqlName("select"), "\"select\"");
  EXPECT_EQ(QuotedSqlName("a\"b"), "\"a\"\"b\"");
  EXPECT_EQ(QuotedSqlName("1a"), "\"1a\"");
}

TEST(MentionedTables, AreNamedAfterFromAndItsLike) {
  EXPECT_THAT(MentionedTables("SELECT * FROM a.b.c x, d AS OF SNAPSHOT 4 y JOIN \"E f\" ON 1 "
                              "WHERE q IN (SELECT z FROM g)"),
              ElementsAre(MentionedTable{{"a", "b", "c"}, "x"}, MentionedTable{{"d"}, "y"},
                          MentionedTable{{"E f"}, ""}, MentionedTable{{"g"}, ""}));
  EXPECT_THAT(MentionedTables("SELECT * FROM range(3) t"), IsEmpty());
  EXPECT_THAT(MentionedTables("UPDATE t SET a = 1"), ElementsAre(MentionedTable{{"t"}, ""}));
}

TEST(DefinedNames, AreThoseOfWith) {
  EXPECT_THAT(DefinedNames("WITH a AS (SELECT 1), b AS MATERIALIZED (SELECT 2) SELECT 1 AS (c)"),
              ElementsAre("a", "b"));
}

TEST(FilesThatBegin, ListsAFolder) {
  namespace fs = std::filesystem;
  const fs::path folder = fs::path(::testing::TempDir()) / ("files_" + std::to_string(::getpid()));
  fs::create_directories(folder / "queries");
  std::ofstream(folder / "june.sql") << "";
  std::ofstream(folder / ".hidden") << "";
  const std::string lead = folder.string() + "/";
  EXPECT_THAT(FilesThatBegin(lead), ElementsAre(lead + "june.sql", lead + "queries/"));
  EXPECT_THAT(FilesThatBegin(lead + "ju"), ElementsAre(lead + "june.sql"));
  EXPECT_THAT(FilesThatBegin(lead + ".h"), ElementsAre(lead + ".hidden"));
  EXPECT_THAT(FilesThatBegin(lead + "none/"), IsEmpty());
  fs::remove_all(folder);
}

TEST(CommonBeginning, CutsNoCharacter) {
  EXPECT_EQ(CommonBeginning({"Äb", "Äc"}, ""), "Ä");
  EXPECT_EQ(CommonBeginning({"Ä", "Ü"}, ""), "");
  EXPECT_EQ(CommonBeginning({}, "x"), "x");
}

}  // namespace
}  // namespace artemis
