#pragma once
// cluster: what one version of a project puts into a Kubernetes cluster, as far as it can be seen:
// its objects, the controllers that read them, and how those are set up.

#include "dialect/kubernetes/objects.h"

struct controller;

// A controller's container, as a workload among the manifests runs it.
struct installed {
    const struct controller *controller;
    const struct object *workload;
    uint32_t version;        // 1012000 for 1.12.0; 0: its image does not say
    Span image;              // where that stands
    const struct data *args; // of the container: a list of texts, or NULL
};

// An Ingress object and who reads it.
struct claimed {
    const struct object *object;
    const struct controller *controller; // NULL: one that is not in the table
};

struct cluster {
    struct reading *reading;
    struct model *model;
    struct run *run;
    struct arena *arena;
    struct policy *policy;
    const struct dialect_options *options;
    struct objects objects;
    struct {
        struct installed *items;
        uint32_t count, capacity;
    } installed;
    struct {
        struct claimed *items; // in the order of the objects
        uint32_t count, capacity;
    } ingresses;
    bool good; // becomes false when something could not be read
};

// A version as .corsgate.yml or an image's tag writes it: 1.12.0, v1.12, 3.7.6-alpine. 0: none.
uint32_t version_parse(Str text);
Str version_text(struct arena *arena, uint32_t version);

// `controllers: PRODUCT: KEY: ...` of .corsgate.yml; empty when it does not say.
Str cluster_setting(const struct cluster *cluster, const char *product, const char *key);
// The same as a truth; false, and *out left alone, when it does not say.
bool cluster_setting_bool(const struct cluster *cluster, const char *product, const char *key,
                          bool *out);

// Which version of a controller runs.
struct running {
    uint32_t version; // 0: the newest known
    bool is_known;    // the manifests or the configuration say so
    Span span;        // where the manifests say so, else none
    const struct data *args;
};
struct running cluster_running(const struct cluster *cluster, const struct controller *controller);
// The value of a flag "--name=value" or "--name" in a container's arguments. False when it is not
// given.
bool running_flag(const struct running *running, const char *name, Str *value);

// Something that is not known, once: of a whole object, or of what stands at `span` in it. In a
// comparison it cancels where the object (and what it is rendered from) is the same.
void cluster_unknown(struct cluster *cluster, const struct object *object, Span span, Str reason);
// The same of all that an object serves, as an endpoint under a host of its own, so that its
// changes are seen (document_outside). `more` covers what decides beside the object; 0: nothing
// does.
void cluster_outside(struct cluster *cluster, const struct object *object, Span span, Str reason,
                     uint64_t more);
// The same because a template still has to say where.
void cluster_open(struct cluster *cluster, const struct object *object, Span span, uint64_t more);
// An object's name for document_own_host: "api.prod.Ingress".
Str object_name(struct arena *arena, const struct object *object);
uint64_t object_identity(const struct cluster *cluster, const struct object *object);
// A remark of a rule about an object. `identity`: see struct remark.
void cluster_remark(struct cluster *cluster, const char *rule, Span span, Str message,
                    uint64_t identity);
// An object refers to one that is not there (CG908). What it would say is for the caller to treat
// as not known.
void cluster_dangling(struct cluster *cluster, const struct object *from, Span span,
                      const char *kind, Str space, Str name);
