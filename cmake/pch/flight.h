// Precompiled for serve/ alone: light.h, Arrow's arrays and Flight.
#pragma once

#include "pch/light.h"

#include <arrow/api.h>
#include <arrow/flight/api.h>
