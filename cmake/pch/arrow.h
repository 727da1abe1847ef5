// Precompiled for the folders that handle rows: light.h and Arrow's arrays, files and compute functions, and Parquet.
#pragma once

#include "pch/light.h"

#include <arrow/api.h>
#include <arrow/compute/api.h>
#include <arrow/filesystem/api.h>
#include <arrow/io/api.h>
#include <arrow/ipc/api.h>
#include <parquet/api/reader.h>
#include <parquet/api/writer.h>
#include <parquet/arrow/reader.h>
#include <parquet/arrow/writer.h>
