# Makes a C++ source of the code blocks of a document, and of what the document says that they print:
#
#   cmake -DDOCUMENT=docs/guide.md -DFUNCTION=RunGuide -DOUTPUT=guide.cc -P ExtractGuide.cmake
#
# The blocks ```cpp become one function `arrow::Status <FUNCTION>(const std::string& folder)`, but for the first, which holds the
# includes. The blocks ```text become `const char* <FUNCTION>Output()`.
cmake_minimum_required(VERSION 3.25)

file(READ "${DOCUMENT}" rest)
set(includes "")
set(body "")
set(expected "")
while(TRUE)
  string(FIND "${rest}" "\n```" begin)
  if(begin EQUAL -1)
    break()
  endif()
  math(EXPR begin "${begin} + 4")
  string(SUBSTRING "${rest}" ${begin} -1 rest)
  string(FIND "${rest}" "\n" line_end)
  string(SUBSTRING "${rest}" 0 ${line_end} language)
  string(FIND "${rest}" "\n```" end)
  math(EXPR code_begin "${line_end} + 1")
  math(EXPR length "${end} + 1 - ${code_begin}")
  string(SUBSTRING "${rest}" ${code_begin} ${length} code)
  math(EXPR end "${end} + 4")
  string(SUBSTRING "${rest}" ${end} -1 rest)
  if(language STREQUAL "cpp" AND includes STREQUAL "")
    set(includes "${code}")
  elseif(language STREQUAL "cpp")
    string(APPEND body "${code}\n")
  elseif(language STREQUAL "text")
    string(APPEND expected "${code}")
  endif()
endwhile()
file(WRITE "${OUTPUT}"
  "// Made of ${DOCUMENT}.\n${includes}\n"
  "arrow::Status ${FUNCTION}(const std::string& folder);\n"
  "const char* ${FUNCTION}Output();\n\n"
  "const char* ${FUNCTION}Output() {\n  return R\"GUIDE(${expected})GUIDE\";\n}\n\n"
  "arrow::Status ${FUNCTION}(const std::string& folder) {\n${body}  return arrow::Status::OK();\n}\n")
