// Dot commands and their arguments.
#include "artemis/shell/dot_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "artemis/base/program_error.h"

namespace artemis {
namespace {

using ::testing::HasSubstr;

ParsedDotCommand Parsed(std::string_view line) {
  const auto parsed = ParseDotCommand(line);
  EXPECT_TRUE(parsed.ok()) << parsed.status();
  return parsed.ok() ? *parsed : ParsedDotCommand{};
}

std::string Refused(std::string_view line) {
  const auto parsed = ParseDotCommand(line);
  EXPECT_TRUE(IsUsageError(parsed.status())) << line;
  return parsed.status().message();
}

TEST(ParseDotCommand, TakesTheWholeNameOrItsBeginning) {
  const ParsedDotCommand timer{DotCommand::kTimer, {"on"}};
  EXPECT_EQ(Parsed(".timer on"), timer);
  EXPECT_EQ(Parsed("  .TIMER   on ; "), timer);
  EXPECT_EQ(Parsed(".ti on"), timer);
  EXPECT_EQ(Parsed(".exit"), (ParsedDotCommand{DotCommand::kQuit, {}}));
  EXPECT_EQ(Parsed(".q"), (ParsedDotCommand{DotCommand::kQuit, {}}));
}

TEST(ParseDotCommand, KeepsQuotedArgumentsTogether) {
  EXPECT_EQ(Parsed(".read 'a b.sql'").arguments, (std::vector<std::string>{"a b.sql"}));
  EXPECT_EQ(Parsed(".read \"it's.sql\"").arguments, (std::vector<std::string>{"it's.sql"}));
  EXPECT_EQ(Parsed(".read a' 'b").arguments, (std::vector<std::string>{"a b"}));
  EXPECT_THAT(Refused(".read 'a b"), HasSubstr("quote is not closed"));
}

TEST(ParseDotCommand, TakesALineForSomeArguments) {
  EXPECT_EQ(Parsed(".pager less -S 'x'").arguments, (std::vector<std::string>{"less -S 'x'"}));
  EXPECT_EQ(Parsed(".as_of 2024-03-15 10:00Z").arguments,
            (std::vector<std::string>{"2024-03-15 10:00Z"}));
}

TEST(ParseDotCommand, OffersANearCommand) {
  EXPECT_THAT(Refused(".tabels"), HasSubstr("did you mean .tables?"));
  EXPECT_THAT(Refused(".exti"), HasSubstr("did you mean .exit?"));
  EXPECT_THAT(Refused(".zzzzzz"), HasSubstr("unknown command .zzzzzz; .help lists"));
  EXPECT_THAT(Refused("."), HasSubstr(".help lists"));
  EXPECT_THAT(Refused(".m"), HasSubstr(".maxrows, .mode"));
}

TEST(ParseDotCommand, CountsArguments) {
  EXPECT_EQ(Refused(".read"), "usage: .read FILE");
  EXPECT_EQ(Refused(".mode csv json"), "usage: .mode [MODE]");
  EXPECT_EQ(Refused(".quit now"), "usage: .quit");
}

TEST(IsDotCommand, LooksAtTheFirstCharacter) {
  EXPECT_TRUE(IsDotCommand("  .help"));
  EXPECT_FALSE(IsDotCommand("SELECT .5"));
  EXPECT_FALSE(IsDotCommand(""));
}

TEST(DotCommandHelp, ListsEveryCommandAndExplainsEach) {
  for (const auto& info : DotCommands()) {
    EXPECT_THAT(DotCommandsHelp(), HasSubstr("." + std::string(info.name)));
    EXPECT_THAT(DotCommandHelp(info.name).ValueOrDie(), HasSubstr(std::string(info.summary)));
  }
  EXPECT_THAT(DotCommandHelp(".mode").ValueOrDie(), HasSubstr("markdown"));
  EXPECT_THAT(DotCommandHelp("mod").ValueOrDie(), HasSubstr("markdown"));
  EXPECT_TRUE(IsUsageError(DotCommandHelp("nothing").status()));
}

TEST(ParseOnOff, TakesNothingElse) {
  EXPECT_TRUE(ParseOnOff("ON").ValueOrDie());
  EXPECT_FALSE(ParseOnOff("off").ValueOrDie());
  EXPECT_TRUE(IsUsageError(ParseOnOff("yes").status()));
}

}  // namespace
}  // namespace artemis
