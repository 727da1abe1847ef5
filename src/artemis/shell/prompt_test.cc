// What the prompt makes of lines.
#include "artemis/shell/prompt.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "artemis/shell/line_editor.h"
#include "artemis/shell/tables.h"
#include "artemis/shell/watcher.h"

namespace artemis {
namespace {

using ::testing::HasSubstr;

TEST(ContinuationPrompt, NamesWhatIsOpen) {
  EXPECT_EQ(ContinuationPrompt("SELECT 1", "artemis"), "      -> ");
  EXPECT_EQ(ContinuationPrompt("SELECT (1", "artemis"), "      (> ");
  EXPECT_EQ(ContinuationPrompt("SELECT '1;", "artemis"), "      '> ");
  EXPECT_EQ(ContinuationPrompt("SELECT \"1;", "artemis"), "      \"> ");
  EXPECT_EQ(ContinuationPrompt("SELECT 1 /* ;", "artemis"), "      *> ");
  EXPECT_EQ(ContinuationPrompt("SELECT 1", "artemis[as of now]"), std::string(17, ' ') + "-> ");
}

TEST(ContinuationPrompt, LetsCompleteTextsGo) {
  for (const char* text : {"", "  ", "SELECT 1;", "SELECT 1; -- done", "-- a comment", ".tables",
                           ".read it's.sql", "exit", "\\d sda.obs", "SELECT 1;\n.mode csv"}) {
    EXPECT_EQ(ContinuationPrompt(text, "artemis"), std::nullopt) << text;
  }
  EXPECT_NE(ContinuationPrompt(".mode csv\nSELECT 1", "artemis"), std::nullopt);
}

TEST(AsDotCommand, KnowsTheWordsOfOtherShells) {
  EXPECT_EQ(AsDotCommand("exit;"), ".quit");
  EXPECT_EQ(AsDotCommand(" \\q "), ".quit");
  EXPECT_EQ(AsDotCommand("\\d"), ".tables");
  EXPECT_EQ(AsDotCommand("\\d sda.Obs"), ".schema sda.Obs");
  EXPECT_EQ(AsDotCommand("help"), ".help");
  EXPECT_EQ(AsDotCommand("SELECT 1"), std::nullopt);
  EXPECT_EQ(AsDotCommand("exit\n1"), std::nullopt);
}

TEST(FindInitFile, PrefersTheHomeFolder) {
  namespace fs = std::filesystem;
  const fs::path home = fs::path(::testing::TempDir()) / ("init_" + std::to_string(::getpid()));
  fs::create_directories(home / ".config" / "artemis");
  ::setenv("HOME", home.c_str(), 1);
  ::unsetenv("XDG_CONFIG_HOME");
  EXPECT_EQ(FindInitFile(), "");
  std::ofstream(home / ".config" / "artemis" / "artemisrc") << ".timer on\n";
  EXPECT_EQ(FindInitFile(), (home / ".config" / "artemis" / "artemisrc").string());
  std::ofstream(home / ".artemisrc") << ".timer on\n";
  EXPECT_EQ(FindInitFile(), (home / ".artemisrc").string());
  fs::remove_all(home);
}

TEST(ListedCandidates, FillColumnsDownward) {
  EXPECT_EQ(ListedCandidates({"aa", "b", "c", "d"}, 8, 10), "aa  c\nb   d\n");
  EXPECT_EQ(ListedCandidates({"aa", "b", "c"}, 3, 2), "aa\nb\n... and 1 more\n");
  EXPECT_EQ(ListedCandidates({"a\x1b"}, 80, 2), "a\\x1b\n");
}

TEST(ProgressBarText, SaysWhatIsKnown) {
  EXPECT_EQ(ProgressBarText(0.5, 12'400, 0),
            " 50 % [====================                    ] 12 s");
  EXPECT_EQ(ProgressBarText(1.7, 0, 0), "100 % [" + std::string(40, '=') + "] 0 s");
  EXPECT_EQ(ProgressBarText(-1, 3'000, 0), "running: 3 s");
  EXPECT_EQ(ProgressBarText(0.5, 3'000, 1'234'567), "counting: 1,234,567 rows, 3 s");
}

TEST(FitsTablePattern, TakesPartsAndStars) {
  EXPECT_TRUE(FitsTablePattern("sda.observations", ""));
  EXPECT_TRUE(FitsTablePattern("sda.observations", "OBS"));
  EXPECT_TRUE(FitsTablePattern("sda.observations", "artemis.sda.obs"));
  EXPECT_TRUE(FitsTablePattern("sda.observations", "sda.*"));
  EXPECT_TRUE(FitsTablePattern("sda.observations", "*.obs*ions"));
  EXPECT_FALSE(FitsTablePattern("sda.observations", "obs*"));
  EXPECT_FALSE(FitsTablePattern("sda.observations", "*.obs"));
  EXPECT_FALSE(FitsTablePattern("sda.observations", "passes"));
}

TEST(CreateTableText, QuotesNames) {
  EXPECT_EQ(CreateTableText("artemis.lab.t", {{"id", "BIGINT", true}, {"a b", "VARCHAR", false}},
                            "day(at)", ""),
            "CREATE TABLE artemis.lab.t (\n"
            "  id BIGINT NOT NULL,\n"
            "  \"a b\" VARCHAR\n"
            ") PARTITIONED BY (day(at));\n");
}

TEST(CreateTableText, CallsForWhatTheStatementHasNoWordsFor) {
  EXPECT_EQ(CreateTableText("artemis.lab.t", {{"it's", "BIGINT", false}}, "day(at) as day",
                            "id asc nulls first"),
            "CALL artemis.create_table('artemis.lab.t',\n"
            "  columns := '\n"
            "  \"it''s\" BIGINT\n"
            "  ',\n"
            "  partition := 'day(at) as day',\n"
            "  sort_order := 'id asc nulls first');\n");
}

}  // namespace
}  // namespace artemis
