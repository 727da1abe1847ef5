// Draws with rectangles, lines and texts.
#include "artemis/advise/svg_chart.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdio>
#include <string_view>

namespace artemis {

namespace {

constexpr double kWidth = 860;
constexpr double kTop = 64;
constexpr double kMargin = 16;
constexpr size_t kColours = 4;

constexpr std::string_view kStyle =
    "<style>\n"
    "  .back { fill: #ffffff } .grid { stroke: #d0d7de; stroke-width: 1 }\n"
    "  text { fill: #1f2328; font: 12px sans-serif } .title { font-size: 15px; font-weight: bold "
    "}\n"
    "  .minor { fill: #59636e }\n"
    "  .s0 { fill: #0969da; stroke: #0969da } .s1 { fill: #bc4c00; stroke: #bc4c00 }\n"
    "  .s2 { fill: #1a7f37; stroke: #1a7f37 } .s3 { fill: #8250df; stroke: #8250df }\n"
    "  .line { fill: none; stroke-width: 2 } .bar { stroke: none }\n"
    "  @media (prefers-color-scheme: dark) {\n"
    "    .back { fill: #0d1117 } .grid { stroke: #30363d } text { fill: #e6edf3 }\n"
    "    .minor { fill: #9198a1 }\n"
    "    .s0 { fill: #4493f8; stroke: #4493f8 } .s1 { fill: #f0883e; stroke: #f0883e }\n"
    "    .s2 { fill: #3fb950; stroke: #3fb950 } .s3 { fill: #ab7df8; stroke: #ab7df8 }\n"
    "    .line { fill: none } .bar { stroke: none }\n"
    "  }\n"
    "</style>\n";

std::string Escaped(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      default:
        // XML has no other control characters.
        escaped += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
  }
  return escaped;
}

std::string Number(double value) {
  std::array<char, 32> buffer;
  const int length = std::snprintf(buffer.data(), buffer.size(), "%.1f", value);
  return std::string(buffer.data(), static_cast<size_t>(length));
}

std::string SeriesClass(size_t series) { return "s" + std::to_string(series % kColours); }

// An SVG that is being drawn; y grows downwards.
class Drawing {
 public:
  Drawing(double height, const std::string& title) {
    const std::string size = Number(kWidth) + " " + Number(height);
    svg_ = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + size + "\" width=\"" +
           Number(kWidth) + "\" height=\"" + Number(height) + "\" role=\"img\">\n<title>" +
           Escaped(title) + "</title>\n";
    svg_ += kStyle;
    svg_ += "<rect class=\"back\" width=\"100%\" height=\"100%\"/>\n";
    Text(kMargin, 26, title, "title");
  }

  void Text(double x, double y, std::string_view text, const char* style = "",
            const char* anchor = "start") {
    svg_ += "<text x=\"" + Number(x) + "\" y=\"" + Number(y) + "\" class=\"" + style +
            "\" text-anchor=\"" + anchor + "\">" + Escaped(text) + "</text>\n";
  }

  void Bar(double x, double y, double width, double height, size_t series) {
    svg_ += "<rect class=\"" + SeriesClass(series) + " bar\" x=\"" + Number(x) + "\" y=\"" +
            Number(y) + "\" width=\"" + Number(width) + "\" height=\"" + Number(height) + "\"/>\n";
  }

  void GridLine(double x1, double y1, double x2, double y2) {
    svg_ += "<line class=\"grid\" x1=\"" + Number(x1) + "\" y1=\"" + Number(y1) + "\" x2=\"" +
            Number(x2) + "\" y2=\"" + Number(y2) + "\"/>\n";
  }

  void Path(const std::string& points, size_t series) {
    svg_ += "<polyline class=\"" + SeriesClass(series) + " line\" points=\"" + points + "\"/>\n";
  }

  void Legend(const std::vector<ChartSeries>& series) {
    double x = kMargin;
    for (size_t i = 0; i < series.size(); ++i) {
      Bar(x, 40, 10, 10, i);
      Text(x + 15, 49, series[i].name);
      x += 35 + 7 * static_cast<double>(series[i].name.size());
    }
  }

  std::string Finish() && {
    svg_ += "</svg>\n";
    return std::move(svg_);
  }

 private:
  std::string svg_;
};

// Where a share stands on the logarithmic scale, from 0 to 1.
double LogPlace(double share) {
  const double least = 1e-5;
  return (std::log10(std::clamp(share, least, 1.0)) - std::log10(least)) / -std::log10(least);
}

// What an axis ends at: 1, 2 or 5 times a power of ten.
double RoundUp(double value) {
  if (value <= 0) return 1;
  const double power = std::pow(10, std::floor(std::log10(value)));
  for (const double step : {1.0, 2.0, 5.0}) {
    if (value <= step * power) return step * power;
  }
  return 10 * power;
}

std::string ShortNumber(int64_t value) {
  if (value >= 1'000'000) return Number(static_cast<double>(value) / 1e6) + "M";
  if (value >= 10'000) return Number(static_cast<double>(value) / 1e3) + "k";
  return std::to_string(value);
}

struct Frame {
  double left, right, top, bottom;
  double X(double place) const { return left + (right - left) * place; }
  double Y(double place) const { return bottom - (bottom - top) * place; }
};

void DrawShareAxes(const ShareChart& chart, const Frame& frame, Drawing* drawing) {
  for (const double share : {1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1.0}) {
    const double x = frame.X(LogPlace(share));
    std::array<char, 16> label;
    std::snprintf(label.data(), label.size(), "%g %%", share * 100);
    drawing->GridLine(x, frame.top, x, frame.bottom);
    drawing->Text(x, frame.bottom + 16, label.data(), "minor", "middle");
  }
  for (int quarter = 0; quarter <= 4; ++quarter) {
    const double y = frame.Y(quarter / 4.0);
    drawing->GridLine(frame.left, y, frame.right, y);
    drawing->Text(frame.left - 6, y + 4, std::to_string(quarter * 25) + " %", "minor", "end");
  }
  drawing->Text((frame.left + frame.right) / 2, frame.bottom + 36, chart.x_title, "", "middle");
  drawing->Text(kMargin, frame.top - 8, chart.y_title, "minor");
}

std::string SharePoints(std::vector<double> values, const Frame& frame) {
  std::sort(values.begin(), values.end());
  std::string points;
  const auto add = [&](double x, double y) {
    points += (points.empty() ? "" : " ") + Number(x) + "," + Number(y);
  };
  double y = frame.bottom;
  add(frame.left, y);
  for (size_t i = 0; i < values.size(); ++i) {
    // The line goes level to a value and then up past all that equal it.
    if (i + 1 < values.size() && values[i + 1] == values[i]) continue;
    const double x = frame.X(LogPlace(values[i]));
    add(x, y);
    y = frame.Y(static_cast<double>(i + 1) / static_cast<double>(values.size()));
    add(x, y);
  }
  add(frame.right, y);
  return points;
}

}  // namespace

std::string BarChartSvg(const BarChart& chart) {
  const double bar = 14, gap = 14;
  const double group = bar * static_cast<double>(chart.series.size()) + 18 + gap;
  Drawing drawing(kTop + group * static_cast<double>(chart.labels.size()) + kMargin, chart.title);
  drawing.Legend(chart.series);
  double most = 0;
  for (const auto& series : chart.series) {
    for (const double value : series.values) most = std::max(most, value);
  }
  const double full = kWidth - 2 * kMargin - 190;
  for (size_t i = 0; i < chart.labels.size(); ++i) {
    double y = kTop + group * static_cast<double>(i) + 12;
    drawing.Text(kMargin, y, chart.labels[i]);
    y += 6;
    for (size_t s = 0; s < chart.series.size(); ++s, y += bar) {
      const double value = chart.series[s].values[i];
      const double width = most > 0 ? std::max(1.0, full * value / most) : 1;
      drawing.Bar(kMargin, y, width, bar - 3, s);
      drawing.Text(kMargin + width + 6, y + bar - 4,
                   chart.texts.empty() ? Number(value) : chart.texts[s][i], "minor");
    }
  }
  return std::move(drawing).Finish();
}

std::string ShareChartSvg(const ShareChart& chart) {
  const Frame frame{64, kWidth - 24, kTop + 20, 320};
  Drawing drawing(380, chart.title);
  drawing.Legend(chart.series);
  DrawShareAxes(chart, frame, &drawing);
  for (size_t i = 0; i < chart.series.size(); ++i) {
    if (!chart.series[i].values.empty()) {
      drawing.Path(SharePoints(chart.series[i].values, frame), i);
    }
  }
  return std::move(drawing).Finish();
}

std::string HistogramSvg(const HistogramChart& chart) {
  const Frame frame{64, kWidth - 24, kTop, 300};
  Drawing drawing(360, chart.title);
  std::vector<int64_t> counts(1, 0);
  for (const int64_t value : chart.values) {
    const auto bucket =
        static_cast<size_t>(std::bit_width(static_cast<uint64_t>(std::max<int64_t>(value, 1))) - 1);
    if (bucket >= counts.size()) counts.resize(bucket + 1);
    ++counts[bucket];
  }
  const double top = RoundUp(static_cast<double>(*std::max_element(counts.begin(), counts.end())));
  for (const double part : {0.0, 0.5, 1.0}) {
    drawing.GridLine(frame.left, frame.Y(part), frame.right, frame.Y(part));
    drawing.Text(frame.left - 6, frame.Y(part) + 4, ShortNumber(std::llround(top * part)), "minor",
                 "end");
  }
  const double width = (frame.right - frame.left) / static_cast<double>(counts.size());
  for (size_t i = 0; i < counts.size(); ++i) {
    const double height = (frame.bottom - frame.top) * static_cast<double>(counts[i]) / top;
    const double x = frame.left + width * static_cast<double>(i);
    if (counts[i] > 0) drawing.Bar(x + 1, frame.bottom - height, width - 2, height, 0);
    drawing.Text(x, frame.bottom + 16, ShortNumber(int64_t{1} << i), "minor", "middle");
  }
  drawing.Text((frame.left + frame.right) / 2, frame.bottom + 38, chart.x_title, "", "middle");
  drawing.Text(kMargin, frame.top - 8, chart.y_title, "minor");
  return std::move(drawing).Finish();
}

}  // namespace artemis
