// Policies that AWS manages, by their ids: reference/cdn.md 3.7.
#include "dialect/cloudfront/cloudfront.h"

static const struct cf_managed policies[] = {
    { "60669652-455b-4ae9-85a4-c4c02393f86c", "SimpleCORS", true, false },
    { "5cc3b908-e619-4b99-88e5-2cf7f45965bd", "CORS-With-Preflight", true, true },
    { "e61eb60c-9c35-4d20-a928-2b84e02af89c", "CORS-and-SecurityHeadersPolicy", true, false },
    { "eaab4381-ed33-4a86-88ca-d9558dc6cd63", "CORS-with-preflight-and-SecurityHeadersPolicy", true,
      true },
    { "67f7725c-6f97-4210-82d7-5512b31e9d03", "SecurityHeadersPolicy", false, false },
};

#define PREFLIGHT "access-control-request-headers,access-control-request-method"

// What MediaTailor and UserAgentRefererHeaders forward beyond this has no part in CORS.
static const struct cf_managed_request requests[] = {
    { "88a5eaf4-2fd4-4709-b370-b4c650ea3fcf", "CORS-S3Origin", CF_LISTED, "origin," PREFLIGHT },
    { "59781a5b-3903-41f3-afcb-af62929ccde1", "CORS-CustomOrigin", CF_LISTED, "origin" },
    { "216adef6-5c7f-47e4-b989-5492eafa07d3", "AllViewer", CF_ALL, "" },
    { "b689b0a8-53d0-40ab-baf2-68738e2966ac", "AllViewerExceptHostHeader", CF_ALL_BUT, "host" },
    { "33f36d7e-f396-46d9-90e0-52428a34d9dc", "AllViewerAndCloudFrontHeaders-2022-06", CF_ALL, "" },
    { "acba4595-bd28-49b8-b9fe-13317c0390fa", "UserAgentRefererHeaders", CF_LISTED,
      "referer,user-agent" },
    { "bf0718e1-ba1e-49d1-88b1-f726733018ae", "HostHeaderOnly", CF_LISTED, "host" },
    { "775133bc-15f2-49f9-abea-afb2e0bf67d2", "Elemental-MediaTailor-PersonalizedManifests",
      CF_LISTED, "origin," PREFLIGHT ",user-agent,x-forwarded-for" },
};

#define ORIGIN_CONTROLS "host,origin,x-http-method,x-http-method-override,x-method-override"

static const struct cf_managed_cache caches[] = {
    { "658327ea-f89d-4fab-a63d-7e88639e58f6", "CachingOptimized", "", CACHE_KEEPS_ALL, true },
    { "4135ea2d-6df8-44a3-9df3-4b5a84be39ad", "CachingDisabled", "", CACHE_KEEPS_NONE, false },
    { "b2884449-e4de-46a7-ac36-70bc7f1ddd6d", "CachingOptimizedForUncompressedObjects", "",
      CACHE_KEEPS_ALL, true },
    { "08627262-05a9-4f76-9ded-b50ca2e3a84f", "Elemental-MediaPackage", "origin", CACHE_KEEPS_ALL,
      false },
    { "2e54312d-136d-493c-8eb9-b001f22f67d2", "Amplify", "authorization,host", CACHE_KEEPS_ALL,
      true },
    { "83da9c7e-98b4-4e11-a168-04f0df8e2c65", "UseOriginCacheControlHeaders", ORIGIN_CONTROLS,
      CACHE_KEEPS_FRESH, false },
    { "4cc15a8a-d715-48a4-82b8-cc0b614638fe", "UseOriginCacheControlHeaders-QueryStrings",
      ORIGIN_CONTROLS, CACHE_KEEPS_FRESH, false },
};

#define FIND(table, wanted)                                                                        \
    for (size_t i = 0; i < sizeof table / sizeof *(table); i++)                                    \
        if (str_is_nocase(wanted, table[i].id))                                                    \
            return &table[i];                                                                      \
    return NULL

const struct cf_managed *cf_managed_policy(Str id)
{
    FIND(policies, id);
}

const struct cf_managed_request *cf_managed_request(Str id)
{
    FIND(requests, id);
}

const struct cf_managed_cache *cf_managed_cache(Str id)
{
    FIND(caches, id);
}
