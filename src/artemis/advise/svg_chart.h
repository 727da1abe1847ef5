// Small charts as SVG, for reports that are read in browsers and on code hosts: no scripts, no fonts, and colours that follow the
// reader's light or dark scheme. Texts are escaped. The same text for the same values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace artemis {

// What is compared: a colour and a line of the legend each; at most four are told apart.
struct ChartSeries {
  std::string name;
  std::vector<double> values;
};

// Horizontal bars, a group for each label and in it one for each series.
struct BarChart {
  std::string title;
  std::vector<std::string> labels;
  // A value for each label, from 0 on.
  std::vector<ChartSeries> series;
  // Written beside each bar, as series[s].values[i]; empty: the number.
  std::vector<std::vector<std::string>> texts;
};
std::string BarChartSvg(const BarChart& chart);

// For each series, which share of its values is at most x; x on a logarithmic scale of percent from 0.001 to 100. Values are shares
// from 0 to 1; what is below the scale stands at its left end.
struct ShareChart {
  std::string title;
  std::string x_title, y_title;
  std::vector<ChartSeries> series;
};
std::string ShareChartSvg(const ShareChart& chart);

// How many values lie in each power of two: [1, 2), [2, 4) and so on; below 1 with the first.
struct HistogramChart {
  std::string title;
  std::string x_title, y_title;
  std::vector<int64_t> values;
};
std::string HistogramSvg(const HistogramChart& chart);

}  // namespace artemis
