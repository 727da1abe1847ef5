// Charts are whole, escaped, and show what they were given.
#include "artemis/advise/svg_chart.h"

#include <gtest/gtest.h>

namespace artemis {
namespace {

size_t CountOfText(const std::string& text, const std::string& part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

TEST(SvgChart, DrawsABarForEachValue) {
  BarChart chart;
  chart.title = "kept";
  chart.labels = {"one", "two", "three"};
  chart.series = {{"a", {0.5, 0.25, 0}}, {"b", {1, 0.75, 0.1}}};
  const auto svg = BarChartSvg(chart);
  EXPECT_EQ(svg.rfind("<svg ", 0), 0u);
  EXPECT_EQ(svg.substr(svg.size() - 7), "</svg>\n");
  // Two rectangles of the legend besides.
  EXPECT_EQ(CountOfText(svg, "<rect class=\"s"), 6u + 2u);
  EXPECT_EQ(CountOfText(svg, "<text"), CountOfText(svg, "</text>"));
}

TEST(SvgChart, EscapesTexts) {
  BarChart chart;
  chart.title = "a < b & \"c\"";
  chart.labels = {"<script>"};
  chart.series = {{"s", {1}}};
  const auto svg = BarChartSvg(chart);
  EXPECT_NE(svg.find("a &lt; b &amp; &quot;c&quot;"), std::string::npos);
  EXPECT_NE(svg.find("&lt;script&gt;"), std::string::npos);
  EXPECT_EQ(svg.find("<script"), std::string::npos);
}

TEST(SvgChart, FollowsTheReadersColourScheme) {
  const auto svg = HistogramSvg({"t", "x", "y", {1, 2, 3}});
  EXPECT_NE(svg.find("prefers-color-scheme: dark"), std::string::npos);
}

TEST(SvgChart, DrawsALineForEachSeriesWithValues) {
  ShareChart chart;
  chart.series = {{"a", {0.1, 0.2, 0.2}}, {"b", {}}, {"c", {0}}};
  EXPECT_EQ(CountOfText(ShareChartSvg(chart), "<polyline"), 2u);
}

TEST(SvgChart, CountsValuesByPowersOfTwo) {
  // 0 and 1 in [1, 2), 2 and 3 in [2, 4), none in [4, 8), 8 in [8, 16): three bars.
  EXPECT_EQ(CountOfText(HistogramSvg({"t", "x", "y", {0, 1, 2, 3, 8}}), "<rect class=\"s"), 3u);
  EXPECT_EQ(CountOfText(HistogramSvg({"t", "x", "y", {}}), "<rect class=\"s"), 0u);
}

}  // namespace
}  // namespace artemis
