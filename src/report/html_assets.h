#pragma once
// html_assets: the style and the script of an HTML report, which needs nothing from elsewhere.

#include "base/buf.h"

void html_assets_head(struct buf *out);   // the policy of the page, and its style
void html_assets_script(struct buf *out); // at the end of the body
