// Tests of base/metrics.h.
#include "artemis/base/metrics.h"

#include <sys/stat.h>

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include <gtest/gtest.h>

#include "artemis/base/uuid.h"

namespace artemis {
namespace {

TEST(MetricsRegistry, WritesTheExpositionFormat) {
  MetricsRegistry metrics;
  metrics.Counter("artemis_rows_total", "Rows read.\nAll of them.", {{"table", "a\"b\\c\n"}})
      .Add(3);
  metrics.Counter("artemis_rows_total", "ignored").Add(2.5);
  metrics.Gauge("artemis_peak_bytes", "Peak.").Set(-INFINITY);
  EXPECT_EQ(metrics.PrometheusText(),
            "# HELP artemis_peak_bytes Peak.\n"
            "# TYPE artemis_peak_bytes gauge\n"
            "artemis_peak_bytes -Inf\n"
            "# HELP artemis_rows_total Rows read.\\nAll of them.\n"
            "# TYPE artemis_rows_total counter\n"
            "artemis_rows_total 2.5\n"
            "artemis_rows_total{table=\"a\\\"b\\\\c\\n\"} 3\n");
}

TEST(MetricsRegistry, CountsFromManyThreads) {
  MetricsRegistry metrics;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&metrics] {
      for (int j = 0; j < 1'000; ++j) metrics.Counter("n_total", "").Add(1);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(metrics.Counter("n_total", "").value(), 4'000);
}

TEST(MetricsRegistry, ReplacesTheFileWhole) {
  const std::string path = ::testing::TempDir() + "metrics-" + RandomUuid() + ".prom";
  MetricsRegistry metrics;
  metrics.Gauge("a", "A.").Set(1);
  ASSERT_TRUE(metrics.WritePrometheusText(path).ok());
  metrics.Gauge("a", "A.").Set(2);
  ASSERT_TRUE(metrics.WritePrometheusText(path).ok());
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  EXPECT_EQ(text.str(), metrics.PrometheusText());
  std::remove(path.c_str());
}

// Renaming a file over one of these would take it from the whole machine.
TEST(MetricsRegistry, WritesToAPipeAndADeviceAsTheyAre) {
  const std::string pipe = ::testing::TempDir() + "metrics-" + RandomUuid();
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  MetricsRegistry metrics;
  metrics.Gauge("a", "A.").Set(1);
  std::string text;
  std::thread reader([&] { std::getline(std::ifstream(pipe), text, '\0'); });
  EXPECT_TRUE(metrics.WritePrometheusText(pipe).ok());
  reader.join();
  EXPECT_EQ(text, metrics.PrometheusText());
  EXPECT_TRUE(std::filesystem::is_fifo(pipe));
  std::remove(pipe.c_str());
}

TEST(MetricsRegistry, LeavesALinkALink) {
  const std::string file = ::testing::TempDir() + "metrics-" + RandomUuid();
  const std::string link = file + ".link";
  std::filesystem::create_symlink(file, link);
  ASSERT_TRUE(MetricsRegistry().WritePrometheusText(link).ok());
  EXPECT_TRUE(std::filesystem::is_symlink(link));
  EXPECT_TRUE(std::filesystem::is_regular_file(file));
  std::remove(link.c_str());
  std::remove(file.c_str());
}

TEST(MetricsRegistry, NamesThePathItCannotWrite) {
  const auto status = MetricsRegistry().WritePrometheusText("/nonexistent-folder/m.prom");
  ASSERT_TRUE(status.IsIOError());
  EXPECT_NE(status.message().find("/nonexistent-folder/m.prom"), std::string::npos);
}

TEST(MetricsRegistryDeathTest, RefusesOneNameWithTwoKinds) {
  MetricsRegistry metrics;
  metrics.Counter("a_total", "");
  EXPECT_DEATH(metrics.Gauge("a_total", ""), "check failed");
  EXPECT_DEATH(metrics.Gauge("a b", ""), "check failed");
}

}  // namespace
}  // namespace artemis
