#pragma once
// versions: the releases of ingress-nginx that changed what its annotations mean
// (reference/kubernetes.md 4.2, 4.7).

enum nginx_release {
    NGINX_LISTS = 1000005,        // several origins, wildcards, echo: before, one static origin
    NGINX_WRONG_ITEMS = 1001002,  // a wrong item leaves the others alone: before, a bug
    NGINX_RANGE = 1002001,        // the default request headers
    NGINX_SNIPPETS_OFF = 1009000, // allow-snippet-annotations is false by default
    NGINX_COMMA = 1009005,        // an empty item is nothing: before, everybody
    NGINX_VALIDATES = 1012000,    // annotation values are checked; any scheme
    NGINX_NULL = 1013000,         // the origin null
};
