#pragma once
// sent: requests as a browser sends them: what it leaves out, and what it asks for in a preflight.
// Private to browser/.

#include "browser/judge.h"

// The requests of a situation with that method, from `origins`; NULL when there are none.
const struct box *sent_requests(struct model *model, const struct fa *origins,
                                const struct endpoint *endpoint, const struct box *situation,
                                const struct demand *demand, Str method);
