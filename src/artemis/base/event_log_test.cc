// Tests of base/event_log.h.
#include "artemis/base/event_log.h"

#include <unistd.h>

#include <fstream>
#include <sstream>
#include <thread>

#include <gtest/gtest.h>

#include "artemis/base/uuid.h"

namespace artemis {
namespace {

std::string LogOneEvent(EventFormat format) {
  const std::string path = ::testing::TempDir() + "events-" + std::to_string(getpid()) + ".log";
  std::remove(path.c_str());
  const FixedClock clock(TimestampMs(0));
  {
    auto log = EventLog::Open(path, format, clock);
    EXPECT_TRUE(log.ok()) << log.status();
    (*log)->Write(EventLevel::kInfo, "commit",
                  {{"table", "a\"b"},
                   {"attempts", int64_t{2}},
                   {"ok", true},
                   {"ids", std::vector<int64_t>{1, 2}}});
  }
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  std::remove(path.c_str());
  return text.str();
}

TEST(EventLog, WritesOneJsonObjectALine) {
  EXPECT_EQ(LogOneEvent(EventFormat::kJson),
            "{\"ts\":\"1970-01-01T00:00:00.000Z\",\"level\":\"info\",\"event\":\"commit\","
            "\"table\":\"a\\\"b\","
            "\"attempts\":2,\"ok\":true,\"ids\":[1,2]}\n");
}

TEST(EventLog, WritesText) {
  EXPECT_EQ(LogOneEvent(EventFormat::kText),
            "1970-01-01T00:00:00.000Z info commit table=a\"b attempts=2 ok=true ids=[1,2]\n");
}

TEST(EventLog, LinesOfManyThreadsDoNotMix) {
  const std::string path = ::testing::TempDir() + "events-threads-" + RandomUuid() + ".log";
  {
    const auto log = *EventLog::Open(path);
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&log] {
        for (int j = 0; j < 200; ++j) {
          log->Write(EventLevel::kInfo, "e", {{"text", std::string(300, 'x')}});
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
  std::ifstream file(path);
  std::string line;
  int lines = 0;
  for (; std::getline(file, line); ++lines) {
    ASSERT_TRUE(line.starts_with("{\"ts\":") && line.ends_with("x\"}")) << line;
  }
  EXPECT_EQ(lines, 800);
  std::remove(path.c_str());
}

TEST(EventLog, KeepsAnEventOnOneLineWhateverItsValues) {
  const std::string path = ::testing::TempDir() + "events-lines-" + RandomUuid() + ".log";
  const FixedClock clock(TimestampMs(0));
  (*EventLog::Open(path, EventFormat::kText, clock))
      ->Write(EventLevel::kError, "e",
              {{"message", std::string("two\nlines")},
               {"names", std::vector<std::string>{"a b", "c"}},
               {"pins", EventJson{"[{\"table\":\"t\"}]"}}});
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  EXPECT_EQ(text.str(),
            "1970-01-01T00:00:00.000Z error e message=\"two\\nlines\" names=[\"a b\",\"c\"] "
            "pins=[{\"table\":\"t\"}]\n");
  std::remove(path.c_str());
}

TEST(EventLog, IsSilentWhenOff) {
  EXPECT_TRUE(EventLog::Open("off").ok());
  EXPECT_TRUE(EventLog::Open("").ok());
  (*EventLog::Open("off"))->Write(EventLevel::kInfo, "e", {});
}

TEST(EventLog, NamesTheSinkItCannotOpen) {
  const auto log = EventLog::Open("/nonexistent-folder/x.log");
  ASSERT_FALSE(log.ok());
  EXPECT_NE(log.status().message().find("/nonexistent-folder/x.log"), std::string::npos);
}

}  // namespace
}  // namespace artemis
