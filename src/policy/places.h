#pragma once
// places: endpoints that share URLs, as one. Products choose a route by method and header, too; but
// a preflight for a URL comes with another method and without those headers, so an endpoint has to
// hold all that is asked at its URLs.

#include "policy/policy.h"

// Merges the endpoints of the policy from number `from` on whose boxes are about more than the URL
// (method, headers, cookies) so that none is; what none of them serves at those URLs is answered
// with 404. False when there are more overlaps than a limit allows (CG903): the policy is then not
// whole.
MUST_CHECK bool places_merge(struct policy *policy, uint32_t from);
