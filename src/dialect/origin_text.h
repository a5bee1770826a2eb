#pragma once
// origin_text: origins as configuration writes them, for products that compare them byte by byte.

#include "base/str.h"

// Why no browser sends `text` as the value of Origin (reference/browser.md 1.16); NULL when one
// could. To be said after "...: it".
const char *origin_flaw(Str text);
